"""At which places devices are, how many at sensitive ones, and how far their removal has come: what `camscan sites`
counts of the two makers since the first scan.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import reduce

from camscan.dossier import Dossier
from camscan.model import MAKERS
from camscan.place import Location
from camscan.register import Listed
from camscan.removal import Removal, Said, SiteCount


def sensitive(dossier: Dossier) -> int | None:
    """How many devices of the two makers are at a place that the owner calls sensitive; None where he says of no place
    whether it is."""
    if not any(said.sensitive is not None for said in dossier.said.values()):
        return None
    ours = (one for one in dossier.sheets if one.device.vendor in MAKERS and not one.is_middlebox)
    return sum(is_sensitive(one.where, dossier.said) for one in ours)


def is_sensitive(where: Location, said: Mapping[Location, Said]) -> bool:
    """Whether the smallest place of which he says something is. A part of a site has from it what it does not say."""
    return bool(said_of(where, said).sensitive)


def said_of(where: Location, said: Mapping[Location, Said]) -> Said:
    """What the owner says of a place: of the smallest one around it of which he says something."""
    return next((said[place] for place in _around(where) if place in said), Said())


def _around(where: Location) -> Iterator[Location]:
    yield where
    yield replace(where, room=None)
    yield replace(where, room=None, building=None)


def places(dossier: Dossier) -> tuple[SiteCount, ...]:
    """Of all sites those at which something of the makers is, was, or of which the owner says something, the most
    devices first, none at the end."""
    some = (row for row in dossier.sites if row.tally.makers or row.removal.total or row.said != Said())
    return tuple(sorted(some, key=lambda row: (row.level == "none", -row.tally.makers, row.where.site or "")))


def removal(sites: tuple[SiteCount, ...]) -> Removal:
    """That of all sites together."""
    return reduce(Removal.__add__, (one.removal for one in sites), Removal())


def pruned(all_removed: Removal, gone: Iterable[Listed]) -> int:
    """How many of the makers are gone and forgotten: `gone` are those that are not."""
    return all_removed.replaced - sum(one.values.get("vendor") in MAKERS for one in gone)
