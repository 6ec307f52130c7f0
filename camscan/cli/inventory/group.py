"""The group of commands that keep the inventory safe."""

import typer

from camscan.cli.inventory.check import check

inventory = typer.Typer(help="Check, back up, restore, prune and export the inventory.", rich_markup_mode=None)


@inventory.callback()
def group() -> None:
    """Check, back up, restore, prune and export the inventory. Nothing is sent, and nothing is forgotten unasked."""


for command in (check,):
    inventory.command()(command)
