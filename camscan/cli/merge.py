"""`camscan merge`: records that are one device."""

from typing import Annotated

import typer

from camscan.cli.deciding import ReasonOption, WhoOption, say_decided, word_of
from camscan.cli.options import InventoryOption, QuietOption


def merge(
    device: Annotated[
        str, typer.Argument(metavar="DEVICE", help="The one by which it is called: its id, address, serial or MAC.")
    ],
    others: Annotated[list[str], typer.Argument(metavar="OTHER…", help="The records that are a part of it.")],
    reason: ReasonOption = "",
    who: WhoOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say that records of the inventory are one device, such as a recorder with two network ports. Sends nothing.

    From now on they are told of, counted and compared as one. Each part is found, and keeps its history, by itself.

    \b
    camscan merge 10.20.0.17 10.21.0.17 --reason 'recorder in the town hall, both its ports'

    Exit codes: 0 done, 2 usage (no such device among them), 4 could not run.
    """
    from camscan.cli.register import inventory_at
    from camscan.inventory.groups import merge as join
    from camscan.inventory.lookup import the_one

    word = word_of(who, reason)
    with inventory_at(inventory, quiet=quiet) as opened:
        with opened.writing() as connection:
            parts = dict.fromkeys(the_one(connection, other) for other in others)
            numbers = join(connection, the_one(connection, device), list(parts), word)
        if not quiet:
            say_decided(numbers, word, opened)
