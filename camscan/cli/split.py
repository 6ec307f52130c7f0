"""`camscan split`: a record that holds two devices."""

from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.deciding import ReasonOption, WhoOption, word_of
from camscan.cli.options import FingerprintsOption, InventoryOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.cli.correcting import Correcting
    from camscan.inventory.decisions import Word
    from camscan.inventory.store import Transaction


def split(
    device: Annotated[str, typer.Argument(metavar="DEVICE", help="The record: its id, address, serial or MAC.")],
    off: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ADDRESS|ID]…", help="What is another device: addresses, or the id of a part."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="SCAN", help="Who was seen by this scan and later is another device."),
    ] = None,
    reason: ReasonOption = "",
    who: WhoOption = None,
    fingerprints: FingerprintsOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say that a record of the inventory holds two devices. Sends nothing.

    By address: what is heard there is another device from now on. By the id of a part that was merged by hand: it is a
    device of its own again. By --since: the camera was replaced by one alike, which nothing of it tells.

    \b
    camscan split 3f2a9c04 10.21.0.17
    camscan split 10.20.0.17 --since 42 --reason 'replaced on 3 November'

    Exit codes: 0 done, 2 usage (no such device or address among them), 4 could not run.
    """
    from camscan.cli.correcting import correcting
    from camscan.cli.ending import say
    from camscan.cli.register import inventory_at
    from camscan.inventory.lookup import the_one

    if bool(off) == (since is not None):
        raise UsageError("name what is another device: its addresses, or --since, one of the two")
    word, made = word_of(who, reason), correcting(fingerprints, "split")
    with inventory_at(inventory, quiet=quiet) as opened:
        with opened.writing() as connection:
            number = the_one(connection, device)
            if since is not None:
                told = _since(connection, number, since, word, made)
            else:
                told = _off(connection, number, list(dict.fromkeys(off or ())), word, made)
        if not quiet:
            say(f"{told}, in {opened.name}")


def _since(connection: "Transaction", number: int, since: str, word: "Word", made: "Correcting") -> str:
    from camscan.inventory.lookup import public_ids
    from camscan.inventory.scans import find_scan
    from camscan.inventory.split import split_since

    scan = find_scan(connection, since).number
    other = split_since(connection, number, scan, word, made.entry.now)
    return f"device {public_ids(connection, [other])[other]} since scan {scan}"


def _off(connection: "Transaction", number: int, off: list[str], word: "Word", made: "Correcting") -> str:
    from camscan.inventory.lookup import parts_of, public_ids
    from camscan.inventory.split import part_again, split_off

    parts = parts_of(connection, number)
    if len(off) == 1 and (found := [part for part, name in parts.items() if name.startswith(off[0].lower())]):
        scan = part_again(connection, found[0], word, made.result, made.entry, made.judge)
        return f"device {parts[found[0]]} again since scan {scan}"
    scan, other = split_off(connection, number, off, word, made.result, made.entry, made.judge)
    return f"device {public_ids(connection, [other])[other]} since scan {scan}"
