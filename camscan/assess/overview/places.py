"""Devices by site, at sensitive places, and how far their removal has come: what `camscan sites` counts of the two
makers since the first scan, from what a report has read already.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import reduce

from camscan.assess.overview.makers import is_rebranded
from camscan.assess.overview.weights import exploited, exposed
from camscan.dossier import Dossier, Sheet
from camscan.model import MAKERS
from camscan.place import NOWHERE, Location
from camscan.register import Listed
from camscan.removal import Removal, Said, SiteCount, Tally


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


def site_counts(dossier: Dossier) -> tuple[SiteCount, ...]:
    """A row for each site at which something of the makers is, was, or of which the owner says something, the most
    devices first, none at the end."""
    heard = _heard(dossier)
    tallies: dict[Location, Tally] = defaultdict(Tally)
    removals: dict[Location, Removal] = defaultdict(Removal)
    for one in dossier.sheets:
        if one.device.vendor in MAKERS:
            site = _site(one.where)
            tallies[site] += _tally(one)
            asked = one.device.last_seen == heard[site.site]
            removals[site] += Removal(left=1) if asked else Removal(unasked=1)
    for gone in dossier.gone:
        if gone.values.get("vendor") in MAKERS:
            removals[_site_of(gone)] += Removal(replaced=1)
    said = _said(dossier.said)
    rows = [
        SiteCount(
            where=site, level="none" if site == NOWHERE else "site", tally=tallies[site], removal=removals[site],
            said=said.get(site, Said()),
        )
        for site in {**tallies, **removals, **said}
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.where == NOWHERE, -row.tally.makers, row.where.site or "")))


def _site(where: Location) -> Location:
    return Location(district=where.district, site=where.site) if where.site is not None else NOWHERE


def _site_of(gone: Listed) -> Location:
    return _site(Location(district=gone.values.get("district"), site=gone.values.get("site")))


def _heard(dossier: Dossier) -> dict[str | None, float]:
    """When each site was last heard of: who was not heard then was not looked for, or he would be gone."""
    heard: dict[str | None, float] = defaultdict(float)
    for one in dossier.sheets:
        heard[one.where.site] = max(heard[one.where.site], one.device.last_seen or 0.0)
    for gone in dossier.gone:
        site = _site_of(gone).site
        heard[site] = max(heard[site], gone.last_seen)
    return heard


def _tally(one: Sheet) -> Tally:
    return Tally(
        devices=1,
        makers=1,
        rebranded=int(is_rebranded(one)),
        exposed=int(exposed(one.device)),
        exploited=int(exploited(one.device)),
    )


def _said(said: Mapping[Location, Said]) -> dict[Location, Said]:
    """Of each site: sensitive where something in it is, and the earliest day of anything in it."""
    parts: dict[Location, list[Said]] = defaultdict(list)
    for where, words in said.items():
        parts[_site(where)].append(words)
    return {site: _together(words) for site, words in parts.items()}


def _together(words: list[Said]) -> Said:
    answers = [one.sensitive for one in words if one.sensitive is not None]
    days = [one.remove_by for one in words if one.remove_by is not None]
    return Said(sensitive=any(answers) if answers else None, remove_by=min(days, default=None))


def removal(sites: tuple[SiteCount, ...]) -> Removal:
    """That of all sites together."""
    return reduce(Removal.__add__, (one.removal for one in sites), Removal())
