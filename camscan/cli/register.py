"""Opens the inventory for the commands that read it, and reads the days that users write."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.inventory.store import Inventory, Transaction


@contextmanager
def inventory_at(wanted: str | None, *, quiet: bool = False) -> Iterator["Inventory"]:
    """The inventory that is meant. Raises `CamscanError` where there is none or it cannot be used."""
    from camscan.cli.ending import say
    from camscan.inventory.place import find_place, warning_about
    from camscan.inventory.store import opened

    place = find_place(wanted)
    with opened(place) as inventory:
        if not quiet and (warning := warning_about(place)):
            say(warning)
        yield inventory


@contextmanager
def reading(wanted: str | None) -> Iterator["Transaction"]:
    """One state of it, to be read."""
    with inventory_at(wanted) as inventory, inventory.reading() as connection:
        yield connection


def moment_of(text: str, option: str) -> float:
    """A day or a moment (ISO 8601, UTC unless it says otherwise) in seconds since the epoch; a day is its beginning.

    Raises `UsageError` for anything else.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text}: neither a day (2026-11-29) nor a moment (2026-11-29T08:00)") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
