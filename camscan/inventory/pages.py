"""Copies of a SQLite file, page by page, as it is at one moment, while others write to it (sqlite.org/backup.html); and
files that appear whole or not at all, for their owner alone.
"""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from camscan.errors import CannotRunError, UsageError
from camscan.inventory.packed import DamagedError

_COMPANIONS = ("-wal", "-shm", "-journal")  # what SQLite lays beside a file while somebody writes to it


def reader(path: Path, *, alone: bool, timeout: float) -> sqlite3.Connection:
    """A connection that only reads. `alone`: nobody else writes, and nothing may be laid beside the file."""
    immutable = "&immutable=1" if alone else ""
    name = f"file:{quote(os.fsencode(path.absolute()))}?mode=ro{immutable}"
    return sqlite3.connect(name, uri=True, timeout=timeout)


def copy_pages(source: sqlite3.Connection, path: Path) -> None:
    """Makes the empty file at `path` a copy: one file that needs no other beside it. Raises `sqlite3.Error`, and
    `CannotRunError` about the directory of the copy where that has no room: the source is only read."""
    try:
        with closing(sqlite3.connect(path)) as target:
            source.backup(target)  # all pages in one go: a writer does not make it begin anew
        settle(path)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise CannotRunError(f"{path.absolute().parent}: the disk is full") from None


def settle(path: Path) -> None:
    """Makes a file that was written in WAL mode one that needs no other, and sees whether its pages hang together.

    Raises `sqlite3.Error`, and `DamagedError` where they do not.
    """
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (told,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if told != "ok":
        raise DamagedError(" ".join(str(told).split()))


@contextmanager
def appearing(path: Path, *, force: bool) -> Iterator[Path]:
    """An empty file beside the path that takes its name when the block ends well, and is gone when it does not.

    Raises `UsageError` where a file has that name already, unless `force`; `CannotRunError` where it cannot be written,
    or where another file belongs to it.
    """
    _refuse_taken(path, force)
    temporary = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}")
    try:
        os.close(os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        yield temporary
        _sync(temporary)
        _refuse_taken(path, force)
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise CannotRunError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    finally:
        remove(temporary)


def remove(path: Path) -> None:
    """Takes a database file away with all that lies beside it, as far as it is there."""
    for ending in ("", *_COMPANIONS):
        with suppress(OSError):
            path.with_name(f"{path.name}{ending}").unlink()


def put_aside(path: Path, name: Path) -> None:
    """Gives a database file, and what lies beside it, another name. Raises `OSError`."""
    for ending in reversed(("", *_COMPANIONS)):
        beside = path.with_name(f"{path.name}{ending}")
        if beside.exists():
            beside.rename(name.with_name(f"{name.name}{ending}"))


def _refuse_taken(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise UsageError(f"{path}: there is a file already; --force replaces it")
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: not a regular file")
    for ending in _COMPANIONS:  # would be taken for a part of the new file, and spoil it
        if (beside := path.with_name(f"{path.name}{ending}")).exists():
            raise CannotRunError(f"{beside}: somebody has this file open, or was cut short with it; take another name")


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(number)
    finally:
        os.close(number)
