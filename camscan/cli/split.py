"""`camscan split`: a record that holds two devices."""

from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.deciding import DeviceArgument, ReasonOption, WhoOption, say_decided, word_of
from camscan.cli.options import InventoryOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.place import Location


def split(
    device: DeviceArgument,
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="[ADDRESS…]", help="Those at which another device is.")
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="SCAN", help="Who was seen by this scan and later is another device."),
    ] = None,
    reason: ReasonOption = "",
    who: WhoOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say that a record of the inventory holds two devices. Sends nothing.

    By address: what is heard there is another device from the next scan on, whatever identifiers it shares. By --since:
    the camera was replaced by one alike, of which nothing tells that it is another one; that parts what was recorded,
    and cannot be taken back.

    \b
    camscan split 10.20.0.17 fe80::4619:b6ff:fe01:203
    camscan split 10.20.0.17 --since 42 --reason 'replaced on 3 November'

    Exit codes: 0 done, 2 usage (no such device or address among them), 4 could not run.
    """
    from camscan.cli.ending import say
    from camscan.cli.register import inventory_at
    from camscan.inventory.cut import cut
    from camscan.inventory.groups import split as part
    from camscan.inventory.locations import put_by_hand
    from camscan.inventory.lookup import public_ids, the_record
    from camscan.inventory.scans import find_scan

    if bool(addresses) == (since is not None):
        raise UsageError("name what is another device: its addresses, or --since, one of the two")
    word = word_of(who, reason)
    with inventory_at(inventory, quiet=quiet) as opened:
        with opened.writing() as connection:
            number = the_record(connection, device)
            if since is None:
                told = part(connection, number, addresses or (), word)
            else:
                other = cut(connection, number, find_scan(connection, since).number, word)
                name = public_ids(connection, [other])[other]
                where = put_by_hand(connection, [other]).get(other)
        if not quiet and since is None:
            say_decided(told, word, opened)
        elif not quiet:
            say(f"device {name} since scan {since}, in {opened.name}{_at(where)}")


def _at(where: "Location | None") -> str:
    """What else there is to know of a device whose record was put somewhere by hand."""
    if where is None:
        return ""
    shown = " / ".join(part for part in (where.site, where.building, where.room) if part)
    return f"; as its record was, it is at {shown} by hand: `camscan locate` says otherwise"
