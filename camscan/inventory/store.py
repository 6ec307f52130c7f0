"""Opens the inventory and gives out transactions: a writer is alone, and what it writes appears whole or not at all.

Whatever the database refuses becomes one line: what, where, why.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, create_engine, event, inspect, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from camscan.errors import CannotRunError, UsageError
from camscan.inventory.pages import appearing, copy_pages, reader
from camscan.inventory.place import APPLICATION_ID, Place, check_file, is_writable, make_file
from camscan.inventory.refused import SpoiltError, explained
from camscan.inventory.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

Transaction = Connection
"""What everything that reads or writes takes; only this package knows more of it."""

HEAD = "0006"
"""The revision of the tables that this program reads and writes, the last of `migrations/`."""

FIRST = "0001"
OURS = frozenset({"scan", "device", "sighting", "attribute", "judgement", "observation", "heard"})
"""The first revision, and tables that are in all of them."""

LOCK_SECONDS = 10.0  # a scan of 100,000 devices is written in so much; who waits longer waits for something else
_WRITING = "camscan_writing"
_LOCK = APPLICATION_ID  # the number of the advisory lock by which writers of one PostgreSQL database take turns
_SHRINKING = {
    "sqlite": ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"),
    "postgresql": tuple(f'VACUUM (ANALYZE) "{table.name}"' for table in metadata.sorted_tables),
}


class Inventory:
    """An open inventory. `name` is fit to be shown: its place without a password."""

    def __init__(self, engine: Engine, place: Place, name: str) -> None:
        self._engine = engine
        self.place = place
        self.name = name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state. Raises `CannotRunError`."""
        one_state = {"isolation_level": "REPEATABLE READ"} if self.place.path is None else {}
        with self._explained(), self._engine.execution_options(**one_state).begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that is alone, and undone where anything is raised. Raises `CannotRunError`."""
        with self._explained(), self._engine.execution_options(**{_WRITING: True}).begin() as connection:
            yield connection

    def close(self) -> None:
        """Ends its connections."""
        self._engine.dispose()

    def copy_to(self, path: Path) -> None:
        """Makes the empty file at `path` a copy of this SQLite file, as it is now. Raises `CannotRunError`."""
        if self.place.path is None:
            raise ValueError("PostgreSQL has no pages to be copied")
        with explained(f"copy of inventory {self.name}"), closing(read_only(self.place.path)) as source:
            copy_pages(source, path)

    def shrink(self) -> None:
        """Gives room that is no longer used back: to the disk, or for rows to come. Raises `CannotRunError`."""
        with self._explained(), closing(self._engine.raw_connection()) as connection:
            if self.place.path is None:
                connection.driver_connection.autocommit = True  # type: ignore[union-attr]
            for statement in _SHRINKING[self._engine.dialect.name]:
                connection.cursor().execute(statement)

    def _explained(self) -> AbstractContextManager[None]:
        return explained(f"inventory {self.name}")


@contextmanager
def opened(place: Place, *, create: bool = False, only_read: bool = False) -> Iterator[Inventory]:
    """The inventory at a place, brought up to date. With `create` it is made where there is none; with `only_read`
    nothing of a file is changed.

    Raises `UsageError` where there is none, or something else; `CannotRunError` where it cannot be used.
    """
    inventory = _connected(place, create, only_read)
    try:
        _bring_up_to_date(inventory, create)
        yield inventory
    finally:
        inventory.close()


def _connected(place: Place, create: bool, only_read: bool) -> Inventory:
    if place.path is None:
        return _postgres(place)
    if not place.path.exists() and not create:
        raise UsageError(f"inventory {place.path}: there is none yet; `camscan scan` makes it")
    if create:
        make_file(place.path)
    check_file(place.path)
    writable = is_writable(place.path) and not only_read
    engine = _engine_of(place.path, writable)
    event.listen(engine, "connect", _prepare if writable else _prepare_to_read)
    event.listen(engine, "begin", _begin)
    return Inventory(engine, place, str(place.path))


def _engine_of(path: Path, writable: bool) -> Engine:
    """Where nothing can be written, neither can the files of WAL mode beside it: then SQLite must be told that nobody
    else writes, unless somebody who does has them open."""
    if writable:
        url, arguments = URL.create("sqlite", database=str(path)), {"timeout": LOCK_SECONDS}
        return create_engine(url, poolclass=NullPool, connect_args=arguments)
    return create_engine("sqlite://", poolclass=NullPool, creator=lambda: read_only(path))


def read_only(path: Path) -> sqlite3.Connection:
    """A connection to a SQLite file that changes nothing there. Raises `sqlite3.Error`."""
    alone = not is_writable(path) and not path.with_name(f"{path.name}-wal").exists()
    return reader(path, alone=alone, timeout=LOCK_SECONDS)


def _prepare_to_read(connection: Any, record: object) -> None:
    connection.isolation_level = None
    connection.create_function("lower", 1, _lower, deterministic=True)


def _prepare(connection: Any, record: object) -> None:
    """SQLite: transactions are begun here and not by the driver, which begins too late; readers do not wait."""
    _prepare_to_read(connection, record)
    if not connection.execute("PRAGMA page_count").fetchone()[0]:  # before WAL, so that it stands in the file itself
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _lower(value: object) -> object:
    """SQLite's own knows the letters of English alone."""
    return value.lower() if isinstance(value, str) else value


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _postgres(place: Place) -> Inventory:
    try:
        url = make_url(place.url or "")
        if "@" in (url.host or ""):
            raise UsageError("inventory: no URL of a database; an @ in a password is written %40")
        engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": int(LOCK_SECONDS)})
    except (ArgumentError, ValueError):
        raise UsageError("inventory: this is no URL of a database") from None
    except ModuleNotFoundError:
        raise CannotRunError("inventory: PostgreSQL needs psycopg: pip install 'camscan[postgres]'") from None
    event.listen(engine, "begin", _take_turns)
    shown = URL.create("postgresql", url.username, host=url.host, port=url.port, database=url.database)
    return Inventory(engine, place, shown.render_as_string())  # without its query, which may hold a password too


def _take_turns(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITING):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS * 1000:.0f}ms'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _bring_up_to_date(inventory: Inventory, create: bool) -> None:
    with inventory.reading() as connection:
        revision, others = _revision(connection), _tables(connection)
    if (revision is None and others) or (revision is not None and not _is_ours(revision, others)):
        raise UsageError(f"inventory {inventory.name}: a database of another program: it holds {_foreign(others)}")
    if revision == HEAD:
        return
    if revision is None and not create:
        raise UsageError(f"inventory {inventory.name}: nothing in it yet; `camscan scan` begins it")
    if revision is not None and not revision < HEAD:
        raise SpoiltError(
            f"inventory {inventory.name}: written by a newer camscan (tables {revision}, this one knows {HEAD})"
        )
    from camscan.inventory.migrate import upgrade

    if revision is not None:
        _keep_as_it_was(inventory, revision)
    with inventory.writing() as connection:
        upgrade(connection)


def _keep_as_it_was(inventory: Inventory, revision: str) -> None:
    """A copy of a SQLite file beside it before its tables are changed: the program that wrote it can read that."""
    path = inventory.place.path
    if path is None:
        return
    with appearing(path.with_name(f"{path.name}.tables-{revision}"), force=True) as copy:
        inventory.copy_to(copy)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    told = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if told is None else str(told)


def _is_ours(revision: str, others: "Sequence[str]") -> bool:
    """Whether these tables are those of some camscan: other programs number their own with Alembic too."""
    return re.fullmatch(r"\d{4}", revision) is not None and revision >= FIRST and set(others) >= OURS


def _foreign(others: "Sequence[str]") -> str:
    return next((name for name in others if name not in OURS and name != "alembic_version"), others[0])


def _tables(connection: Connection) -> "Sequence[str]":
    return sorted(inspect(connection).get_table_names())
