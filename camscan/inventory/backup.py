"""A copy of the inventory in one file, while others write to it: what was recorded by then, whole. From PostgreSQL too
a backup is a SQLite file, so that `--inventory` opens it wherever it is taken to.
"""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from camscan.errors import UsageError
from camscan.inventory.pages import appearing, settle
from camscan.inventory.place import Place
from camscan.inventory.refused import explained
from camscan.inventory.rows import copy_rows
from camscan.inventory.store import Inventory, opened
from camscan.inventory.tables import device, scan


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy holds, and its size in bytes."""

    scans: int
    devices: int
    size: int


def back_up(inventory: Inventory, path: Path, *, force: bool) -> Copied:
    """The copy at `path`, checked page by page before it has that name; a file that is there goes only by `force`.

    Raises `UsageError` where it must not be written there, `CannotRunError` where it cannot be.
    """
    _refuse_itself(inventory, path)
    with appearing(path, force=force) as temporary:
        if inventory.place.path is not None:
            inventory.copy_to(temporary)
        else:
            _copy_rows(inventory, temporary)
        return counted(temporary)


def counted(path: Path) -> Copied:
    """What a settled copy holds. Raises `CannotRunError`."""
    with opened(Place(path=path), only_read=True) as copy, copy.reading() as connection:
        scans, devices = (
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (scan, device)
        )
    return Copied(scans=scans, devices=devices, size=path.stat().st_size)


def named(number: int, noun: str) -> str:
    """A number with what it counts, which is one or several."""
    return f"{number:,} {noun if number == 1 else f'{noun}s'}"


def _refuse_itself(inventory: Inventory, path: Path) -> None:
    own = inventory.place.path
    if own is not None and path.exists() and path.samefile(own):
        raise UsageError(f"{path}: this is the inventory itself")


def _copy_rows(inventory: Inventory, path: Path) -> None:
    with opened(Place(path=path), create=True) as copy, inventory.reading() as source, copy.writing() as target:
        copy_rows(source, target)
    with explained(str(path)):
        settle(path)
