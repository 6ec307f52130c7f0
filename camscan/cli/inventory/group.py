"""The group of commands that keep the inventory safe."""

import typer

from camscan.cli.inventory.backup import backup
from camscan.cli.inventory.check import check
from camscan.cli.inventory.export import export
from camscan.cli.inventory.prune import prune
from camscan.cli.inventory.restore import restore

inventory = typer.Typer(rich_markup_mode=None)


@inventory.callback()
def group() -> None:
    """Check, back up, restore, prune and export the inventory. Nothing is sent, and nothing is forgotten unasked.

    \b
    camscan inventory check
    camscan inventory backup /backup/inventory.sqlite --force
    """


for command in (check, backup, restore, prune, export):
    inventory.command()(command)
