"""Reads the user's site file: `[[site]]` tables with a name, networks and what the owner says of the place.

Several tables may be of one site, each for a building or a room of it. What such a part does not say it has from the
building, or the site, that it is in.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

from camscan.assess.site import OWNERS, Owner, Site
from camscan.datafile import load_toml, need, parse_toml, refuse_unknown, tables, text_of, texts
from camscan.errors import KnowledgeError
from camscan.scope import Network

KEYS = (
    "name", "district", "building", "room", "networks", "country", "owner", "authority", "contact", "sensitive",
    "remove_by", "vantage", "policies",
)  # fmt: skip
"""What may stand in a table, in the order in which it is written."""

_COUNTRY = re.compile(r"[A-Z]{2}")
_TEXTS = ("district", "building", "room", "authority", "contact", "vantage")
_SHARED = ("district", "country", "owner", "authority", "sensitive", "contact", "remove_by", "vantage")


def load_sites(path: Path, policies: Container[str]) -> tuple[Site, ...]:
    """The sites of a file. Raises `KnowledgeError` naming the file, the site and the reason."""
    return _sites(load_toml(path), str(path), policies)


def parse_sites(text: str, file: str, policies: Container[str]) -> tuple[Site, ...]:
    """The sites of a text that is such a file; `file` is what it is called. Raises `KnowledgeError`."""
    return _sites(parse_toml(text, file), file, policies)


def _sites(document: dict[str, Any], file: str, policies: Container[str]) -> tuple[Site, ...]:
    refuse_unknown(document, {"site"}, file)
    found = [_site(table, policies, file) for table in tables(document.get("site", []), f"{file}: site")]
    if not found:
        raise KnowledgeError(f"{file}: no [[site]] in it")
    found = _with_shared(found, file)
    _refuse_twice(found, file)
    return tuple(found)


def _site(table: dict[str, Any], policies: Container[str], file: str) -> Site:
    name = text_of(table, "name", f"{file}: site")
    where = f"{file}: site {name}"
    refuse_unknown(table, set(KEYS), where)
    if "networks" in table and not table["networks"]:
        raise KnowledgeError(f"{where}: networks is empty; leave it out for all that no other site holds")
    said: dict[str, Any] = {key: _text(table, key, where) for key in _TEXTS}
    if said["room"] and not said["building"]:
        raise KnowledgeError(f"{where}: room {said['room']} is in no building")
    return Site(
        name=name,
        networks=tuple(_network(text, where) for text in texts(table, "networks", where)),
        country=_country(table, where),
        owner=_owner(table, where),
        sensitive=need(table, "sensitive", bool, where) if "sensitive" in table else None,
        remove_by=_day(table, where),
        policies=_policies(table, policies, where),
        **said,
    )


def _text(table: dict[str, Any], key: str, where: str) -> str | None:
    return text_of(table, key, where) if key in table else None


def _day(table: dict[str, Any], where: str) -> date | None:
    """The day of `remove_by`, written as TOML writes a date or as the same in quotes."""
    if "remove_by" not in table:
        return None
    day = need(table, "remove_by", (date, str), where)
    if isinstance(day, datetime):
        raise KnowledgeError(f"{where}: remove_by has a time of day; a date is enough, such as 2027-06-30")
    try:
        return date.fromisoformat(day) if isinstance(day, str) else cast(date, day)
    except ValueError:
        raise KnowledgeError(f"{where}: remove_by is {day}, no date such as 2027-06-30") from None


def _network(text: str, where: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise KnowledgeError(f"{where}: networks: {error}") from None


def _country(table: dict[str, Any], where: str) -> str | None:
    if "country" not in table:
        return None
    code = need(table, "country", str, where)
    if not _COUNTRY.fullmatch(code):
        raise KnowledgeError(f"{where}: country is {code}, not two capital letters such as US or GB (ISO 3166)")
    return cast(str, code)


def _owner(table: dict[str, Any], where: str) -> Owner | None:
    if "owner" not in table:
        return None
    owner = need(table, "owner", str, where)
    if owner not in OWNERS:
        raise KnowledgeError(f"{where}: owner is {owner}, none of {', '.join(OWNERS)}")
    return cast(Owner, owner)


def _policies(table: dict[str, Any], known: Container[str], where: str) -> tuple[str, ...]:
    chosen = texts(table, "policies", where)
    for name in chosen:
        if name not in known:
            raise KnowledgeError(f"{where}: no policy {name}; `camscan policy list` names those there are")
    return tuple(dict.fromkeys(chosen))


def _refuse_twice(sites: Iterable[Site], file: str) -> None:
    """A device must not belong to two places."""
    spots: set[tuple[str | None, ...]] = set()
    owners: dict[Network | None, Site] = {}
    for site in sites:
        if site.spot in spots:
            raise KnowledgeError(f"{file}: site {called(site)}: the name stands twice")
        spots.add(site.spot)
        for network in site.networks or (() if site.is_part else (None,)):
            first = owners.setdefault(network, site)
            if first is not site:
                what = f"network {network}" if network else "no networks"
                raise KnowledgeError(f"{file}: site {called(site)}: {what}, as {called(first)} has")


def _with_shared(sites: Iterable[Site], file: str) -> list[Site]:
    """The entries, each with what it has from the building and the site that it is in."""
    by_name: dict[str | None, list[Site]] = defaultdict(list)
    for site in sites:
        by_name[site.name].append(site)
    return [_completed(site, by_name[site.name], file) for site in sites]


def _completed(site: Site, of_name: Sequence[Site], file: str) -> Site:
    """One entry among those of its name; the district may stand at any of them."""
    district = _first(of_name, "district")
    if site.district not in (None, district):
        raise KnowledgeError(f"{file}: site {called(site)}: district {site.district}, and {district} before")
    above = list(_above(site, of_name))
    given = {name: _first([site, *above], name) for name in _SHARED} | {"district": district}
    policies = dict.fromkeys(policy for one in (*reversed(above), site) for policy in one.policies)
    is_part = len(of_name) > 1 or site.building is not None
    return replace(site, policies=tuple(policies), is_part=is_part, **given)


def _above(site: Site, sites: Iterable[Site]) -> Iterator[Site]:
    """The building that a room is in, and the site."""
    for spot in ((site.name, site.building, None), (site.name, None, None)):
        yield from (one for one in sites if one.spot == spot != site.spot)


def _first(sites: Iterable[Site], name: str) -> Any:
    return next((value for one in sites if (value := getattr(one, name)) is not None), None)


def called(site: Site) -> str:
    """`Town hall / East wing / Room 4`."""
    return " / ".join(part for part in site.spot if part is not None)
