"""A backup is what was recorded by then, in one file, whatever happens meanwhile; a restore puts it back, all or
nothing."""

import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from camscan.errors import UsageError
from camscan.inventory.place import Place
from camscan.inventory.store import opened
from camscan.inventory.tables import metadata
from tests.cli_rig import run
from tests.inventory_rig import TO_THE_FIRST, camera, fresh_database, made, put, scanned
from tests.test_inventory_check import fill, sql

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(params=["sqlite", "postgres"])
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The place of an inventory that is still empty."""
    if request.param == "sqlite":
        return str(tmp_path / "inventory.sqlite")
    return fresh_database(request.getfixturevalue("server"), f"test_{abs(hash(request.node.nodeid))}")


def place_of(name: str) -> Place:
    if "://" in name:
        return Place(url=name.replace("postgresql://", "postgresql+psycopg://"))
    return Place(path=Path(name))


@pytest.fixture
def filled(name: str) -> str:
    with made(place_of(name)) as inventory:
        fill(inventory)
    sql_of(name, "UPDATE device SET merged_into = 4 WHERE number = 3")  # names one that comes later
    return name


def sql_of(name: str, statement: str) -> None:
    with opened(place_of(name)) as inventory, inventory.writing() as connection:
        connection.exec_driver_sql(statement)


def everything(name: str) -> Rows:
    with opened(place_of(name)) as inventory, inventory.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def test_a_backup_holds_everything_in_one_file_for_its_owner(filled: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    ended = run("inventory", "backup", str(copy), "--inventory", filled)
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"camscan: {copy}: 3 scans, 4 devices, {copy.stat().st_size:,} bytes\n"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir() if "copy" in path.name] == ["copy.sqlite"]
    assert copy.read_bytes()[18:20] == b"\x01\x01"  # no WAL: it can be opened where nothing can be written
    assert everything(str(copy)) == everything(filled)
    assert run("inventory", "check", "--inventory", str(copy)).code == 0


def test_a_backup_replaces_only_what_it_is_told_to(filled: str, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    copy.write_text("something else")
    refused = run("inventory", "backup", str(copy), "--inventory", filled)
    assert (refused.code, copy.read_text()) == (2, "something else")
    assert run("inventory", "backup", str(copy), "--inventory", filled, "--force").code == 0
    assert everything(str(copy)) == everything(filled)


def test_a_backup_is_not_written_over_the_inventory_or_one_that_is_open(tmp_path: Path) -> None:
    path = tmp_path / "inventory.sqlite"
    with made(Place(path=path)) as inventory:
        fill(inventory)
    before = everything(str(path))
    assert run("inventory", "backup", str(path), "--force", "--inventory", str(path)).code == 2
    other = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE t (x)")
        ended = run("inventory", "backup", str(other), "--force", "--inventory", str(path))
    assert (ended.code, ended.err.count("\n")) == (4, 1)
    assert "other.sqlite-wal" in ended.err
    assert everything(str(path)) == before


def test_a_backup_while_scans_are_recorded_is_a_state_that_was_there(name: str, tmp_path: Path) -> None:
    copy, stop = tmp_path / "copy.sqlite", threading.Event()
    with made(place_of(name)) as inventory:
        put(inventory, scanned(1, *map(camera, range(1, 40))))

    def nights() -> None:
        with made(place_of(name)) as inventory:
            for day in range(2, 60):
                put(inventory, scanned(day, *(camera(n, firmware=f"V{day}") for n in range(1, 40))))
                if stop.is_set():
                    return

    writer = threading.Thread(target=nights)
    writer.start()
    try:
        for _ in range(5):
            assert run("inventory", "backup", str(copy), "--force", "--inventory", name).code == 0
            checked = run("inventory", "check", "--inventory", str(copy))
            assert (checked.code, checked.err) == (0, "")
    finally:
        stop.set()
        writer.join()
    assert run("inventory", "check", "--inventory", name).code == 0


def test_a_restore_brings_back_what_was_there(filled: str, tmp_path: Path) -> None:
    copy, before = tmp_path / "copy.sqlite", everything(filled)
    assert run("inventory", "backup", str(copy), "--inventory", filled).code == 0
    with made(place_of(filled)) as inventory:
        put(inventory, scanned(9, camera(9)))
    later = everything(filled)
    refused = run("inventory", "restore", str(copy), "--inventory", filled)
    assert (refused.code, everything(filled)) == (2, later)
    assert "it holds 4 scans and 5 devices" in refused.err
    done = run("inventory", "restore", str(copy), "--inventory", filled, "--force")
    assert done.code == 0
    assert done.err.startswith(f"camscan: restored 3 scans and 4 devices from {copy}\n")
    assert everything(filled) == before
    if "://" not in filled:
        (kept,) = [path for path in tmp_path.iterdir() if ".replaced-" in path.name]
        assert done.err.endswith(f"camscan: what was there before is {kept}\n")
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert everything(str(kept)) == later
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_backup_is_restored_into_an_empty_place_of_the_other_kind(filled: str, tmp_path: Path, server: str) -> None:
    copy = tmp_path / "copy.sqlite"
    assert run("inventory", "backup", str(copy), "--inventory", filled).code == 0
    empty = fresh_database(server, f"empty_{abs(hash(filled))}", bare=True)
    for target in (empty, str(tmp_path / "new" / "inventory.sqlite")):
        assert run("inventory", "restore", str(copy), "--inventory", target).code == 0
        assert everything(target) == everything(filled)
        with made(place_of(target)) as inventory:
            assert put(inventory, scanned(9, camera(1), camera(7))) == 4
        assert run("inventory", "check", "--inventory", target).code == 0


@pytest.mark.parametrize(
    ("damage", "code", "said"),
    [
        (lambda path: path.unlink(), 2, "no such backup"),
        (lambda path: path.write_bytes(b"notes" * 100), 2, "not an inventory"),
        (lambda path: path.write_bytes(path.read_bytes()[:-8192]), 4, "damaged"),
        (lambda path: sql(path, "UPDATE alembic_version SET version_num = '9999'"), 4, "newer camscan"),
        (lambda path: sql(path, "DELETE FROM scan WHERE number = 2"), 4, "is-there: "),
        (lambda path: sql(path, "UPDATE observation SET latest_sum = 7"), 4, "replies-are-what-they-say"),
    ],
)
def test_a_backup_that_is_not_whole_is_not_restored(
    filled: str, tmp_path: Path, damage: object, code: int, said: str
) -> None:
    copy, before = tmp_path / "copy.sqlite", everything(filled)
    assert run("inventory", "backup", str(copy), "--inventory", filled).code == 0
    damage(copy)  # type: ignore[operator]
    ended = run("inventory", "restore", str(copy), "--inventory", filled, "--force")
    assert (ended.code, ended.err.count("\n")) == (code, 1)
    assert said in ended.err
    assert everything(filled) == before


def test_a_damaged_inventory_is_put_aside_by_a_restore(tmp_path: Path) -> None:
    path, copy = tmp_path / "inventory.sqlite", tmp_path / "copy.sqlite"
    with made(Place(path=path)) as inventory:
        fill(inventory)
    assert run("inventory", "backup", str(copy), "--inventory", str(path)).code == 0
    before, whole = everything(str(path)), path.read_bytes()
    path.write_bytes(whole[:8192] + b"\xff" * (len(whole) - 8192))
    damaged = path.read_bytes()
    refused = run("inventory", "restore", str(copy), "--inventory", str(path))
    assert (refused.code, path.read_bytes()) == (4, damaged)
    assert "--force puts it aside" in refused.err
    assert run("inventory", "restore", str(copy), "--inventory", str(path), "--force").code == 0
    (kept,) = [one for one in tmp_path.iterdir() if ".replaced-" in one.name]
    assert kept.read_bytes() == damaged
    assert everything(str(path)) == before


def test_a_scan_that_is_being_recorded_is_not_torn_by_a_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, copy = tmp_path / "inventory.sqlite", tmp_path / "copy.sqlite"
    with made(Place(path=path)) as inventory:
        fill(inventory)
    assert run("inventory", "backup", str(copy), "--inventory", str(path)).code == 0
    monkeypatch.setattr("camscan.inventory.store.LOCK_SECONDS", 0.1)
    before = everything(str(path))
    with made(Place(path=path)) as inventory, inventory.writing():
        ended = run("inventory", "restore", str(copy), "--inventory", str(path), "--force")
    assert (ended.code, ended.err.count("\n")) == (4, 1)
    assert "another program is writing" in ended.err
    assert everything(str(path)) == before


def test_an_older_file_is_brought_up_to_date_and_kept_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "inventory.sqlite"
    with made(Place(path=path)) as inventory:
        fill(inventory)
    before = everything(str(path))
    sql(path, *TO_THE_FIRST)
    old = tmp_path / "old.sqlite"
    shutil.copy(path, old)
    assert everything(str(path)) == before
    kept = tmp_path / "inventory.sqlite.tables-0001"
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
        assert connection.execute("SELECT count(*) FROM scan").fetchall() == [(3,)]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    untouched = old.read_bytes()
    target = tmp_path / "new.sqlite"
    assert run("inventory", "restore", str(old), "--inventory", str(target)).code == 0
    assert (everything(str(target)), old.read_bytes()) == (before, untouched)


def test_nothing_is_brought_up_to_date_where_it_cannot_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "inventory.sqlite"
    with made(Place(path=path)) as inventory:
        fill(inventory)
    sql(path, *TO_THE_FIRST)
    (tmp_path / "inventory.sqlite.tables-0001").mkdir()
    before = path.read_bytes()
    with pytest.raises(UsageError, match="tables-0001: not a regular file"), opened(Place(path=path)):
        pass
    assert path.read_bytes() == before


def test_a_backup_into_a_directory_that_is_not_there_is_one_line(filled: str) -> None:
    for where in ("/dev/null/copy.sqlite", "/nowhere/copy.sqlite"):
        ended = run("inventory", "backup", where, "--inventory", filled)
        assert (ended.code, ended.err.count("\n")) == (4, 1)


def test_one_scan_of_one_device_is_told_so(tmp_path: Path) -> None:
    path, copy = str(tmp_path / "inventory.sqlite"), str(tmp_path / "copy.sqlite")
    with made(place_of(path)) as inventory:
        put(inventory, scanned(1, camera(1)))
    assert f"{copy}: 1 scan, 1 device, " in run("inventory", "backup", copy, "--inventory", path).err
    assert "it holds 1 scan and 1 device; " in run("inventory", "restore", copy, "--inventory", path).err
    done = run("inventory", "restore", copy, "--force", "--inventory", path)
    assert done.err.startswith(f"camscan: restored 1 scan and 1 device from {copy}\n")
