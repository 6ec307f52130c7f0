"""The file of the inventory: for its owner alone, whole after every accident, and refused in one line where it is not
one."""

import sqlite3
import stat
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.engine import Connection

from camscan.errors import CamscanError, CannotRunError, UsageError
from camscan.inventory import store
from camscan.inventory.history import histories
from camscan.inventory.migrate import configuration
from camscan.inventory.place import APPLICATION_ID, Place, find_place
from camscan.inventory.replies import replies_of
from camscan.inventory.store import HEAD, opened
from camscan.inventory.tables import device, metadata
from tests.inventory_rig import camera, finding, made, put, scanned


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(path=tmp_path / "new" / "inventory.sqlite")


def devices(place: Place) -> int:
    with opened(place) as inventory, inventory.reading() as connection:
        return int(connection.execute(select(func.count()).select_from(device)).scalar() or 0)


def fill(place: Place) -> None:
    with made(place) as inventory:
        put(inventory, scanned(1, camera(1)))


def test_file_and_directory_are_for_the_owner_alone(place: Place) -> None:
    with opened(place, create=True) as inventory:
        put(inventory, scanned(1, camera(1)))
    assert place.path is not None
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.path.parent.stat().st_mode) == 0o700


def test_the_place_is_what_is_asked_for_then_the_variable_then_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/home/somebody/data")
    assert find_place("a.sqlite", {"CAMSCAN_INVENTORY": "b.sqlite"}) == Place(path=Path("a.sqlite"), named=True)
    assert find_place(None, {"CAMSCAN_INVENTORY": "b.sqlite"}) == Place(path=Path("b.sqlite"), named=True)
    assert find_place(None, {}) == Place(path=Path("/home/somebody/data/camscan/inventory.sqlite"))
    assert find_place("postgres://u@h/d", {}).url == "postgresql+psycopg://u@h/d"
    with pytest.raises(UsageError, match="neither a file nor a PostgreSQL database"):
        find_place("mysql://h/d", {})


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_the_tables_that_the_program_knows(place: Place) -> None:
    with made(place) as inventory, inventory.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert ScriptDirectory.from_config(configuration(connection)).get_current_head() == HEAD
        made_by_migrations = indexes(connection)
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as connection:
        assert made_by_migrations == indexes(connection)
    engine.dispose()


def indexes(connection: Connection) -> list[str]:
    """Every index as it was written, those on expressions too, which the comparison leaves out."""
    query = text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return sorted(" ".join(sql.replace('"', "").split()) for sql in connection.execute(query).scalars())


def refused(place: Place, error: type[CamscanError], said: str, *, create: bool = True) -> None:
    with pytest.raises(error, match=said) as raised, opened(place, create=create):
        pass
    assert "\n" not in str(raised.value)
    assert str(place.path) in str(raised.value)


def test_the_file_says_whose_it_is_from_the_beginning(place: Place) -> None:
    with made(place):
        assert place.path is not None
        assert place.path.read_bytes()[68:72] == b"cams"


def test_what_is_not_there_is_not_made_by_reading(place: Place) -> None:
    refused(place, UsageError, "there is none yet", create=False)
    assert place.path is not None
    assert not place.path.parent.exists()


def test_a_file_that_is_no_database_is_refused_and_left(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes, not a register")
    refused(Place(path=path), UsageError, "not an inventory")
    assert path.read_text() == "my notes, not a register"


def test_a_damaged_file_is_refused(place: Place) -> None:
    fill(place)
    assert place.path is not None
    whole = place.path.read_bytes()
    place.path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    refused(place, CannotRunError, "damaged|malformed")


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE cookies (id)")
    connection.close()
    before = path.read_bytes()
    refused(Place(path=path), UsageError, "another program")
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("revision", ["0000", "0001", "9999", "ab12cd34ef56", ""])
def test_tables_that_another_program_numbers_are_refused(tmp_path: Path, revision: str) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("CREATE TABLE alembic_version (version_num)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", [revision])
        connection.execute("CREATE TABLE cookies (id)")
    connection.close()
    refused(Place(path=path), UsageError, "another program: it holds cookies")


@pytest.mark.parametrize("damage", ["'{'", "'5'", "'[[[[[' || hex(zeroblob(9))"])
@pytest.mark.parametrize("cell", ["scan SET scope", "scan SET data", "phrase SET text"])
def test_damaged_words_are_one_line(place: Place, cell: str, damage: str) -> None:
    with made(place) as inventory:
        put(inventory, scanned(1, camera(1, findings=(finding(),))))
    assert place.path is not None
    with sqlite3.connect(place.path) as connection:
        connection.execute(f"UPDATE {cell} = {damage}")
    connection.close()
    with opened(place) as inventory, pytest.raises(CannotRunError, match="damaged"), inventory.reading() as reading:
        histories(reading, "10.0.0.1", now=0.0)


@pytest.mark.parametrize("cell", ["first_data", "latest_data"])
def test_damaged_replies_are_one_line(place: Place, cell: str) -> None:
    fill(place)
    assert place.path is not None
    with sqlite3.connect(place.path) as connection:
        connection.execute(f"UPDATE observation SET {cell} = x'00'")  # noqa: S608
    connection.close()
    with opened(place) as inventory, pytest.raises(CannotRunError, match="damaged"), inventory.reading() as reading:
        replies_of(reading, [1])


def test_tables_of_a_newer_camscan_are_refused(place: Place) -> None:
    fill(place)
    assert place.path is not None
    with sqlite3.connect(place.path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    refused(place, CannotRunError, "newer camscan")


@pytest.mark.parametrize("path", [Path("/dev/null/inventory"), Path("/proc/camscan/inventory")])
def test_a_directory_that_cannot_be_written_is_named(path: Path) -> None:
    refused(Place(path=path), CannotRunError, "not a directory|no such file")


def test_a_directory_is_no_inventory(tmp_path: Path) -> None:
    refused(Place(path=tmp_path), CannotRunError, "is a directory")


def test_a_full_disk_costs_the_scan_that_did_not_fit_and_nothing_else(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(place)
    begin = store._begin

    def small(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as many as there are
        begin(connection)

    monkeypatch.setattr(store, "_begin", small)
    with opened(place) as inventory, pytest.raises(CannotRunError, match="the disk is full"):
        put(inventory, scanned(2, *(camera(number) for number in range(2, 200))))
    monkeypatch.undo()
    assert devices(place) == 1


def test_a_password_in_a_url_is_never_said() -> None:
    place = Place(url="postgresql+psycopg://auditor:secret@127.0.0.1:1/register")
    with pytest.raises(CannotRunError) as raised, opened(place):
        pass
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_what_can_only_be_read_can_be_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(place)
    assert place.path is not None
    monkeypatch.setattr(store, "is_writable", lambda path: False)
    before = place.path.read_bytes()
    assert devices(place) == 1
    with opened(place) as inventory, pytest.raises(CannotRunError, match="it can only be read"):
        put(inventory, scanned(2, camera(1)))
    assert list(place.path.parent.iterdir()) == [place.path]
    assert place.path.read_bytes() == before


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///x?host=/nonexistent&password=SECRET",
        "postgresql:///x?host=/nonexistent&sslpassword=SECRET",
        "postgresql://bob:SECRET@127.0.0.1:1/x",
        "postgresql://bob:SECRET@SECRET@127.0.0.1:1/x",
        "postgresql://bob:SE@CR:SECRET@127.0.0.1/x",
        "postgresql://bob:SECRET@h:port/x",
        "postgresql://bob:SECRET@[::1/x",
    ],
)
def test_a_password_is_never_shown(url: str) -> None:
    with pytest.raises(CamscanError) as raised, opened(find_place(url, {})):
        pass
    assert "SECRET" not in str(raised.value)
    assert "\n" not in str(raised.value)
