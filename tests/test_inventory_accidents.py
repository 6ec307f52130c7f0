"""Accidents on real files: damage of every kind, a disk that is full, a file that is locked, tables of a newer camscan.
Each is one line and an exit code, and what was recorded before can be read afterwards."""

import json
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from camscan.inventory.place import Place
from camscan.inventory.store import HEAD
from tests.cli_rig import Ended, run
from tests.inventory_rig import made
from tests.test_inventory_check import fill, sql

COMMANDS = (
    ("inventory", "check"),
    ("devices",),
    ("devices", "--gone"),
    ("history", "10.0.0.1"),
    ("diff",),
    ("reassess",),
    ("inventory", "export"),
    ("inventory", "prune", "--older-than", "0"),
)
PAGE = 4096
LITTLE = 300_000  # bytes of a file: the inventory here fits, and not much more


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with made(Place(path=tmp_path / "inventory.sqlite")) as inventory:
        fill(inventory)
    return tmp_path / "inventory.sqlite"


def on(path: Path, *words: str) -> Ended:
    """A command; whatever it says is one line, and never a mistake of camscan."""
    ended = run(*words, "--inventory", str(path))
    assert "mistake in camscan" not in ended.err
    assert ended.err.count("\n") <= 1
    return ended


def numbered(path: Path) -> list[str]:
    """The addresses of the devices that are there."""
    return [one["address"] for one in json.loads(on(path, "devices", "-f", "json").out)["devices"]]


def overwritten(page: int) -> Callable[[bytes], bytes]:
    noise = random.Random(page).randbytes(PAGE)
    return lambda whole: whole[: page * PAGE] + noise + whole[(page + 1) * PAGE :]


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[: -8 * PAGE],
        lambda whole: whole[:100],
        lambda whole: whole[:PAGE] + bytes(len(whole) - PAGE),
        lambda whole: whole[:3000] + b"\xe3\xff" * 548 + whole[PAGE:],
    ],
)
def test_a_file_that_is_cut_or_blank_is_refused_by_all(
    path: Path, words: tuple[str, ...], damage: Callable[[bytes], bytes]
) -> None:
    path.write_bytes(damage(path.read_bytes()))
    ended = on(path, *words)
    assert (ended.code, ended.out) == (4, "")
    assert str(path) in ended.err
    assert "damaged" in ended.err


@pytest.mark.parametrize("page", range(1, 30, 2))
def test_a_page_that_was_overwritten_is_found_by_a_check(path: Path, page: int) -> None:
    assert path.stat().st_size >= 29 * PAGE
    path.write_bytes(overwritten(page)(path.read_bytes()))
    for words in COMMANDS[:-2]:
        ended = on(path, *words)
        assert ended.code in ((4,) if words[-1] == "check" else (0, 2, 4))


@pytest.mark.parametrize("words", COMMANDS)
@pytest.mark.parametrize(("content", "said"), [(b"", "nothing in it yet"), (b"x" * 9000, "not an inventory")])
def test_a_file_that_is_none_is_refused_by_all(path: Path, words: tuple[str, ...], content: bytes, said: str) -> None:
    path.write_bytes(content)
    ended = on(path, *words)
    assert (ended.code, ended.out, path.read_bytes()[:100]) == (2, "", content[:100] or path.read_bytes()[:100])
    assert said in ended.err


@pytest.mark.parametrize("words", [*COMMANDS, ("inventory", "backup", "copy.sqlite")])
def test_tables_of_a_newer_camscan_are_refused_by_all(
    path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    sql(path, "UPDATE alembic_version SET version_num = '9999'")
    ended = on(path, *words)
    assert (ended.code, ended.out) == (4, "")
    assert "newer camscan" in ended.err
    assert not (path.parent / "copy.sqlite").exists()
    sql(path, f"UPDATE alembic_version SET version_num = '{HEAD}'")  # noqa: S608
    assert numbered(path) == ["10.0.0.1", "10.0.0.4", "10.0.0.9"]


def test_a_row_that_names_a_scan_that_is_not_there_is_damage(path: Path) -> None:
    sql(path, "DELETE FROM scan WHERE number = 1")
    for words in COMMANDS[1:4]:
        ended = on(path, *words)
        assert (ended.code, "scan 1 is named, and is not there" in ended.err) == (4, True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program is writing."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM sighting")
        yield
        other.execute("ROLLBACK")


def test_whoever_writes_waits_for_another_and_whoever_reads_does_not(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camscan.inventory.store.LOCK_SECONDS", 0.1)
    copy = path.with_name("copy.sqlite")
    with locked(path):
        for words in (("diff", "--set-baseline"), ("inventory", "prune", "--older-than", "0"), ("reassess",)):
            ended = on(path, *words)
            assert (ended.code, "another program is writing" in ended.err) == (4, True)
        for words in (("devices",), ("history", "10.0.0.1"), ("diff",), ("inventory", "check")):
            assert on(path, *words).code == 0
        assert on(path, "inventory", "backup", str(copy)).code == 0
    assert numbered(copy) == numbered(path) == ["10.0.0.1", "10.0.0.4", "10.0.0.9"]
    assert on(path, "inventory", "check").code == 0


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (LITTLE, LITTLE))


def test_a_file_that_may_not_grow_costs_the_scan_that_did_not_fit(path: Path) -> None:
    before = numbered(path)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.small_disk", str(path.parent), "scan", "0"],
        preexec_fn=limited, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert json.loads(ended.stdout)["code"] == 4
    assert numbered(path) == before
    assert on(path, "inventory", "check").code == 0


@pytest.mark.lab
@pytest.mark.parametrize("free", [8_192, 65_536, 100_000])
@pytest.mark.parametrize("what", ["scan", "backup", "restore", "prune"])
def test_a_disk_that_is_full_loses_nothing(path: Path, what: str, free: int) -> None:
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("needs root, for a small disk of its own")
    disk = path.parent / "disk"
    disk.mkdir()
    before = numbered(path)
    steps = 'mount -t tmpfs -o size=1m tmpfs "$1" && cp "$2" "$1/inventory.sqlite" && shift 2 && exec "$@"'
    python = (sys.executable, "-m", "tests.small_disk", str(disk), what, str(free))
    ended = subprocess.run(
        ["unshare", "-m", "sh", "-c", steps, "_", str(disk), str(path), *python],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    told = json.loads(ended.stdout)
    assert (told["check"], told["left"]) == (0, ["inventory.sqlite"])
    assert set(told["devices"]) == set(before)
    if what == "prune":  # what is forgotten is, even where the room cannot be given back
        assert told["code"] in (0, 4)
        return
    assert told["code"] == 4
    assert "full" in told["err"] or "no space left" in told["err"]
    assert told["err"].count("\n") == 1
    if what == "backup" and free > 8_192:  # with less, the inventory itself cannot be opened beside it
        assert told["err"].startswith((f"camscan: {disk}: the disk is full", f"camscan: {disk / 'copy.sqlite'}: "))
