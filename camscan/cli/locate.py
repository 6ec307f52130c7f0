"""`camscan locate`: says by hand where a device is."""

from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.deciding import DeviceArgument, ReasonOption, WhoOption, refuse_long, word_of
from camscan.cli.options import InventoryOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.assess.site import Site
    from camscan.inventory.decisions import Word
    from camscan.inventory.store import Transaction
    from camscan.place import Location


def locate(
    device: DeviceArgument,
    site: Annotated[str | None, typer.Option("--site", metavar="NAME", help="The site that it is at.")] = None,
    building: Annotated[str | None, typer.Option("--building", metavar="NAME", help="The building of it.")] = None,
    room: Annotated[str | None, typer.Option("--room", metavar="NAME", help="The room in the building.")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="It is where its address says again.")] = False,
    reason: ReasonOption = "",
    who: WhoOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Say where a device is. Goes before what the sites say of its address, whatever address it gets. Sends nothing.

    \b
    camscan locate 10.20.0.17 --site "Town hall" --building "East wing" --room 4
    camscan locate 44:19:b6:01:02:03 --clear

    Exit codes: 0 done, 2 usage (no such device, or several), 4 could not run.
    """
    from camscan.cli.ending import say
    from camscan.cli.kept_sites import sites_in
    from camscan.cli.register import inventory_at

    _check(site, building, room, clear)
    word = word_of(who, reason)
    with inventory_at(inventory, quiet=quiet) as opened, opened.writing() as connection:
        sites = sites_in(connection)
        where = None if site is None else _location(sites, site, building, room)
        said = _locate(connection, device, where, word, sites)
    if not quiet:
        say(said)


def _check(site: str | None, building: str | None, room: str | None, clear: bool) -> None:
    if clear and (site, building, room) != (None, None, None):
        raise UsageError("--clear does not go with --site, --building or --room")
    if not clear and not (site and site.strip()):
        raise UsageError("--site is missing, or --clear")
    for option, text in (("--site", site), ("--building", building), ("--room", room)):
        refuse_long(option, text or "")
    if room is not None and building is None:
        raise UsageError(f"--room {room}: in which --building?")
    for option, text in (("--building", building), ("--room", room)):
        if text is not None and not text.strip():
            raise UsageError(f"{option} is empty")


def _location(sites: "tuple[Site, ...]", name: str, building: str | None, room: str | None) -> "Location":
    """The place. Raises `UsageError` for a site that the sites, if there are any, do not know."""
    from camscan.place import Location

    districts = {site.name: site.district for site in sites}
    if sites and name not in districts:
        raise UsageError(f"no site {name} among those in the inventory; `camscan sites show` lists them")
    return Location(district=districts.get(name), site=name, building=building, room=room)


def _locate(
    connection: "Transaction", device: str, where: "Location | None", word: "Word", sites: "tuple[Site, ...]"
) -> str:
    """Writes it. What was done, in a sentence."""
    from camscan.cli.kept_sites import place_of
    from camscan.inventory.groups import with_parts
    from camscan.inventory.locations import put, take_back
    from camscan.inventory.lookup import public_ids, the_one

    number = the_one(connection, device)
    public = public_ids(connection, [number])[number]
    if where is not None:
        put(connection, number, where, word)
        shown = " / ".join(part for part in (where.site, where.building, where.room) if part)
        return f"device {public} is at {shown}"
    (records,) = with_parts(connection, [number]).values()
    if sum(take_back(connection, record, place_of(sites), word.made) for record in records):
        return f"device {public} is where its address says"
    return f"device {public} was not put anywhere by hand; nothing was changed"
