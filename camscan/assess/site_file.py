"""Reads the user's site file: `[[site]]` tables with a name, networks and what the owner says of the place."""

import re
from collections.abc import Container
from ipaddress import ip_network
from pathlib import Path
from typing import Any, cast

from camscan.assess.site import OWNERS, Owner, Site
from camscan.datafile import load_toml, need, refuse_unknown, tables, text_of, texts
from camscan.errors import KnowledgeError
from camscan.scope import Network

_KEYS = {"name", "networks", "country", "owner", "authority", "sensitive", "policies"}
_COUNTRY = re.compile(r"[A-Z]{2}")


def load_sites(path: Path, policies: Container[str]) -> tuple[Site, ...]:
    """The sites of a file. Raises `KnowledgeError` naming the file, the site and the reason."""
    document = load_toml(path)
    refuse_unknown(document, {"site"}, str(path))
    sites = tuple(_site(table, policies, str(path)) for table in tables(document.get("site", []), f"{path}: site"))
    if not sites:
        raise KnowledgeError(f"{path}: no [[site]] in it")
    _refuse_twice(sites, path)
    return sites


def _site(table: dict[str, Any], policies: Container[str], file: str) -> Site:
    name = text_of(table, "name", f"{file}: site")
    where = f"{file}: site {name}"
    refuse_unknown(table, _KEYS, where)
    if "networks" in table and not table["networks"]:
        raise KnowledgeError(f"{where}: networks is empty; leave it out for all that no other site holds")
    return Site(
        name=name,
        networks=tuple(_network(text, where) for text in texts(table, "networks", where)),
        country=_country(table, where),
        owner=_owner(table, where),
        authority=text_of(table, "authority", where) if "authority" in table else None,
        sensitive=need(table, "sensitive", bool, where) if "sensitive" in table else None,
        policies=_policies(table, policies, where),
    )


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


def _refuse_twice(sites: tuple[Site, ...], path: Path) -> None:
    """A device must not belong to two places."""
    names: set[str] = set()
    owners: dict[Network | None, str] = {}
    for site in sites:
        if site.name in names:
            raise KnowledgeError(f"{path}: site {site.name}: the name stands twice")
        names.add(str(site.name))
        for network in site.networks or (None,):
            first = owners.setdefault(network, str(site.name))
            if first != site.name:
                what = f"network {network}" if network else "no networks"
                raise KnowledgeError(f"{path}: site {site.name}: {what}, as {first} has")
