"""Where the inventory is: a file of this user, unless `--inventory` or CAMSCAN_INVENTORY names another or a database.

A new file is for its owner alone (0600), and so is a directory that is made for it (0700): it holds serials, addresses
and what devices lay open.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from camscan.errors import CannotRunError, UsageError

VARIABLE = "CAMSCAN_INVENTORY"
FILE = "inventory.sqlite"

APPLICATION_ID = 0x63616D73  # "cams": by this SQLite files tell whose they are (`PRAGMA application_id`)

_HEADER = b"SQLite format 3\0"
_ID_END = 72  # the offset after the application id in the header (sqlite.org/fileformat2.html)
_POSTGRES = ("postgresql://", "postgres://", "postgresql+psycopg://")
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A SQLite file, or the URL of a PostgreSQL database. `named`: the user asked for this one."""

    path: Path | None = None
    url: str | None = None
    named: bool = False

    @property
    def exists(self) -> bool:
        """Whether there may be something; a database is asked when it is opened."""
        return self.path is None or self.path.exists()


def find_place(wanted: str | None, environment: Mapping[str, str] = os.environ) -> Place:
    """The place that was asked for, else the usual one. Raises `UsageError` for a URL of no such database."""
    text = wanted or environment.get(VARIABLE)
    if text:
        return _named(text)
    from platformdirs import user_data_path

    return Place(path=user_data_path("camscan") / FILE)


def _named(text: str) -> Place:
    if text.startswith(_POSTGRES):
        return Place(url=f"postgresql+psycopg://{text.partition('://')[2]}", named=True)
    if text.startswith(_SQLITE):
        return Place(path=Path(text.removeprefix(_SQLITE)), named=True)
    if "://" in text:
        raise UsageError(f"inventory {text.partition('://')[0]}://…: neither a file nor a PostgreSQL database")
    if (scheme := text.partition(":")[0]) != text and scheme.lower().startswith(("postgres", "sqlite")):
        raise UsageError(
            f"inventory {scheme}:…: a database is named postgresql://USER@HOST/NAME"
        )  # no word of the rest
    return Place(path=Path(text), named=True)


def make_file(path: Path) -> None:
    """An empty file for its owner alone, where there is none. Raises `CannotRunError` where that cannot be."""
    try:
        if not path.parent.exists():
            path.parent.parent.mkdir(parents=True, exist_ok=True)
            path.parent.mkdir(mode=0o700, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600))
    except OSError as error:
        raise CannotRunError(f"inventory {path}: {_why(error)}") from None


def check_file(path: Path) -> None:
    """Raises `UsageError` for a file that is no inventory, `CannotRunError` for one that cannot be read. It only reads:
    opening a database may already change it."""
    try:
        if not path.is_file():
            raise UsageError(f"inventory {path}: not a regular file")
        with path.open("rb") as stream:
            beginning = stream.read(_ID_END)
    except OSError as error:
        raise CannotRunError(f"inventory {path}: {_why(error)}") from None
    if beginning and not beginning.startswith(_HEADER):
        raise UsageError(f"inventory {path}: not an inventory, or damaged at its beginning")
    if beginning and beginning[_ID_END - 4 :] != APPLICATION_ID.to_bytes(4, "big"):
        raise UsageError(f"inventory {path}: a database of another program")


def warning_about(place: Place) -> str | None:
    """One line where others than its owner may read or write the file, which camscan never makes so."""
    if place.path is None or not place.path.exists():
        return None
    mode = stat.S_IMODE(place.path.stat().st_mode)
    if not mode & 0o077:
        return None
    return (
        f"inventory {place.path}: its mode is {mode:04o}, and it tells what devices lay open; chmod 600 keeps it yours"
    )


def is_writable(path: Path) -> bool:
    """Whether this user may write the file, and beside it."""
    return os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


def _why(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
