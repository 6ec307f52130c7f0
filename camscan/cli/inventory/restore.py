"""`camscan inventory restore`: a backup takes the place of the inventory."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.inventory.backup import ForceOption
from camscan.cli.options import InventoryOption, QuietOption
from camscan.errors import CannotRunError

if TYPE_CHECKING:
    from camscan.inventory.store import Transaction


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file as `camscan inventory backup` writes it.")],
    force: ForceOption = False,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Put the backup FILE into the place of the inventory: all of it, or nothing changes.

    FILE is checked first. What was there before is kept beside the inventory, under a name that is said; of a
    PostgreSQL database it is not: make a backup before.

    \b
    camscan inventory restore /backup/inventory-2026-11-30.sqlite --force
    camscan inventory restore laptop.sqlite --inventory postgresql://register.example/camscan

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.ending import say
    from camscan.inventory.backup import named
    from camscan.inventory.place import find_place
    from camscan.inventory.restore import opened_backup
    from camscan.inventory.restore import restore as put

    place = find_place(inventory)
    with opened_backup(file, place.path) as copy, copy.reading() as source:
        scans, devices = _counted_whole(source, file)
        kept = put(place, source, force=force, moment=f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    if quiet:
        return
    say(f"restored {named(scans, 'scan')} and {named(devices, 'device')} from {file}")
    if kept is not None:
        say(f"what was there before is {kept}")


def _counted_whole(source: "Transaction", file: Path) -> tuple[int, int]:
    """How many scans and devices it holds. Raises `CannotRunError` where a row breaks a rule."""
    from camscan.cli.inventory.check import checked_by_this_version

    checked = checked_by_this_version(source)
    if checked.broken:
        first, more = checked.broken[0], len(checked.broken) - 1
        raise CannotRunError(f"backup {file}: {first.rule}: {first.what}" + (f", and {more:,} more" if more else ""))
    return checked.rows["scan"], checked.rows["device"]
