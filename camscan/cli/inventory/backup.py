"""`camscan inventory backup`: a copy in one file, made while others write."""

from pathlib import Path
from typing import Annotated

import typer

from camscan.cli.options import InventoryOption, QuietOption

ForceOption = Annotated[bool, typer.Option("--force", help="Replace what is there.")]


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The copy; a SQLite file, whatever is copied.")],
    force: ForceOption = False,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Copy the inventory into FILE, as it is now; a scan may be recorded meanwhile.

    The copy is checked before it gets its name, and for its owner alone. `--inventory FILE` opens it.

    \b
    camscan inventory backup /backup/inventory.sqlite --force
    camscan devices --inventory /backup/inventory-2026-11-30.sqlite

    Exit codes: 0 done, 2 usage, 4 could not run; FILE is then as it was before.
    """
    from camscan.cli.ending import say
    from camscan.cli.register import inventory_at
    from camscan.inventory.backup import back_up, named

    with inventory_at(inventory, quiet=quiet) as opened:
        made = back_up(opened, file, force=force)
    if not quiet:
        say(f"{file}: {named(made.scans, 'scan')}, {named(made.devices, 'device')}, {made.size:,} bytes")
