"""`camscan merge`: records that are one device."""

from typing import Annotated

import typer

from camscan.cli.deciding import ReasonOption, WhoOption, word_of
from camscan.cli.options import FingerprintsOption, InventoryOption, QuietOption


def merge(
    device: Annotated[
        str, typer.Argument(metavar="DEVICE", help="The record that stays: its id, address, serial or MAC.")
    ],
    others: Annotated[list[str], typer.Argument(metavar="OTHER…", help="The records that become a part of it.")],
    reason: ReasonOption = "",
    who: WhoOption = None,
    fingerprints: FingerprintsOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say that records of the inventory are one device, such as a recorder with two network ports. Sends nothing.

    From now on scans take what the parts say for the words of one device, wherever its serials and MACs are heard. The
    history of each part stays its own. `camscan split DEVICE ID` parts them again.

    \b
    camscan merge 10.20.0.17 10.21.0.17 --reason 'recorder in the town hall, both its ports'

    Exit codes: 0 done, 2 usage (no such device among them), 4 could not run.
    """
    from camscan.cli.correcting import correcting
    from camscan.cli.ending import say
    from camscan.cli.register import inventory_at
    from camscan.inventory.lookup import public_ids, the_one
    from camscan.inventory.merge import merge as join

    word, made = word_of(who, reason), correcting(fingerprints, "merge")
    with inventory_at(inventory, quiet=quiet) as opened:
        with opened.writing() as connection:
            into = the_one(connection, device)
            parts = [the_one(connection, other) for other in dict.fromkeys(others)]
            number = join(connection, into, parts, word, made.result, made.entry, made.judge)
            names = public_ids(connection, [into, *parts])
        if not quiet:
            joined = ", ".join(names[part] for part in parts)
            say(f"{joined} is a part of {names[into]} since scan {number} in {opened.name}")
