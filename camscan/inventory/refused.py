"""What a database refuses, in one line: what, where, why."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from camscan.errors import CannotRunError
from camscan.inventory.packed import DamagedError

_BUSY = "another program is writing to it; try again when it is done"
_DAMAGED = "it is damaged; keep it, and restore a copy"
_NO_DATABASE = "not an inventory, or damaged"
_SAID: tuple[tuple[str, str], ...] = (
    ("database is locked", _BUSY),
    ("lock timeout", _BUSY),
    ("disk is full", "the disk is full"),
    ("No space left", "the disk is full"),
    ("disk I/O error", "the disk refuses to read or to write it; is it full?"),
    ("readonly database", "it can only be read"),
    ("unable to open", "it cannot be opened; may its directory be written?"),
    ("malformed", _DAMAGED),
    ("Could not decode", _DAMAGED),
    ("not a database", _NO_DATABASE),
)


class SpoiltError(CannotRunError):
    """An inventory of which nothing can be made: damaged, or of a newer camscan. A restore may put its file aside."""


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Whatever a database refuses becomes a `CannotRunError` about `what`; damage a `SpoiltError`."""
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reason = _reason(error)
        kind = SpoiltError if reason in (_DAMAGED, _NO_DATABASE) else CannotRunError
        raise kind(f"{what}: {reason}") from None
    except UnicodeDecodeError:  # the driver reads what SQLite says of a damaged file as UTF-8, and it quotes the file
        raise SpoiltError(f"{what}: {_DAMAGED}") from None
    except DamagedError as error:
        raise SpoiltError(f"{what}: {_DAMAGED} ({error})") from None


def _reason(error: DBAPIError | sqlite3.Error) -> str:
    said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
    return next((reason for part, reason in _SAID if part in said), said)
