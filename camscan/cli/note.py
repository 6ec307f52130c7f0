"""`camscan note`: a remark on a device."""

from typing import Annotated

import typer

from camscan.cli.deciding import DeviceArgument, UntilOption, WhoOption, decided, word_of
from camscan.cli.options import InventoryOption, QuietOption
from camscan.errors import UsageError


def note(
    device: DeviceArgument,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is to be known of it.")],
    who: WhoOption = None,
    until: UntilOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Write a remark on a device into the inventory; `camscan history` shows it. Sends nothing.

    \b
    camscan note 10.20.0.17 'key to the cabinet is with the caretaker'

    Exit codes: 0 done, 2 usage (no such device among them), 4 could not run.
    """
    from camscan.cli.register import inventory_at

    if not text.strip():
        raise UsageError("TEXT: there is nothing in it")
    with inventory_at(inventory, quiet=quiet) as opened:
        decided(opened, "note", [device], word_of(who, text, until), quiet=quiet)
