"""The sites that the inventory holds: used wherever something is recorded and no site file is named."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from camscan.cli.chosen import Chosen, chosen_sites, known_policies
from camscan.errors import CamscanError

if TYPE_CHECKING:
    from camscan.assess.site import Site
    from camscan.inventory.store import Transaction
    from camscan.place import Location


def with_kept_sites(chosen: Chosen, wanted: str | None, environment: Mapping[str, str] = os.environ) -> Chosen:
    """What was chosen; without a site file, with the sites of the inventory that is meant, if it has some. One that
    cannot be read has none here: whoever is to write into it says why."""
    from camscan.inventory.locations import kept_sites
    from camscan.inventory.place import find_place
    from camscan.inventory.store import opened

    place = find_place(wanted, environment)
    if chosen.site is not None or not place.exists:
        return chosen
    try:
        with opened(place) as inventory, inventory.reading() as connection:
            return chosen._replace(kept=kept_sites(connection))
    except CamscanError:
        return chosen


def sites_in(connection: "Transaction") -> "tuple[Site, ...]":
    """The sites of this inventory. Raises `KnowledgeError` where they are not what this camscan knows."""
    from camscan.inventory.locations import kept_sites

    text = kept_sites(connection)
    return () if text is None else chosen_sites(Chosen(kept=text), known_policies(None))


def place_of(sites: "Sequence[Site]") -> "Callable[[str], Location]":
    """Where an address is, by these sites."""
    from camscan.assess.site import SiteIndex

    index = SiteIndex(sites)
    return lambda address: location_of(index.of(address))


def location_of(site: "Site") -> "Location":
    """What the inventory keeps of a site."""
    from camscan.place import Location

    return Location(district=site.district, site=site.name, building=site.building, room=site.room)
