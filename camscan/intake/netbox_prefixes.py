"""NetBox's prefixes → rows of places: the CSV that its list exports, or is imported from, and the JSON of its REST API.

Public sources: NetBox, `ipam/tables/ip.py` (titles of the exported columns), `ipam/forms/bulk_import.py` (names of the
imported ones), `ipam/api/serializers_/ip.py` (`GET /api/ipam/prefixes/`). Until 4.1 a prefix has a `site`; since 4.2 a
`scope`, which is a site, or a region, a site group or a location. A container that has a site holds what no smaller
prefix does; one without, and what is reserved or deprecated, is left out. Role, VLAN, tenant and description have no
place in a site file and become a note beside the network.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from camscan.errors import UsageError
from camscan.intake.csv_text import records
from camscan.intake.json_value import Value, parse_json
from camscan.intake.site_csv import Columns, plain, position, table_of
from camscan.intake.site_rows import LeftOut, SiteRow

_UNUSED = ("reserved", "deprecated")
_TELLING = {"vrf", "vlan", "role", "tenant", "scope", "scope type", "utilization", "children", "is pool", "pool"}
_NOTED = ("role", "vlan", "tenant", "description")
_KINDS = {"dcim.region": "region", "dcim.sitegroup": "site group", "dcim.location": "location", "dcim.site": "site"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prefix:
    """One prefix: texts by NetBox's own names; `extra` what the user takes from other columns."""

    where: str
    texts: Mapping[str, str]
    extra: Mapping[str, str]


def is_netbox_csv(text: str) -> bool:
    """Whether the header has columns of NetBox: a prefix with a status, and something that only it has."""
    header = next(records("", text), None)
    titles = {plain(title) for title in header.cells} if header else set()
    return {"prefix", "status"} <= titles and bool(titles & _TELLING)


def read_netbox_csv(name: str, text: str, columns: Columns) -> Iterator[SiteRow | LeftOut]:
    """The rows of an exported list. `columns` name further ones for keys of a site file. Raises `UsageError`."""
    header, rows = table_of(name, text)
    titles = [plain(title) for title in header]
    if "prefix" not in titles:
        raise UsageError(f"{name}: no column Prefix in it")
    extra = {key: position(name, header, title) for key, title in columns.items()}
    for record in rows:
        where, row = f"line {record.line}", record.cells
        if record.problem:
            yield LeftOut(where=where, reason=record.problem)
            continue
        found = {key: row[index] for key, index in extra.items() if index < len(row)}
        yield _row(_Prefix(where=where, texts=dict(zip(titles, row, strict=False)), extra=found))


def read_netbox_json(name: str, text: str, columns: Columns) -> Iterator[SiteRow | LeftOut]:
    """The prefixes of an answer of the API, whole or one page. `columns` name fields of a prefix, or custom fields, for
    keys of a site file. Raises `UsageError`."""
    document = parse_json(name, text)
    prefixes = document if isinstance(document.value, list) else document["results"]
    missing = dict(columns)
    for prefix in prefixes.each():
        try:
            texts = {key: _text(value) for key, value in prefix.pairs()}
            custom = prefix.value.get("custom_fields") or {}
            fields = {key: _text(value) for key, value in Value(custom, name, prefix.path).pairs()} | texts
            extra = {key: fields[title] for key, title in columns.items() if title in fields}
        except UsageError as error:
            yield LeftOut(where=prefix.path, reason=str(error).removeprefix(f"{prefix.where}"))
            continue
        missing = {key: title for key, title in missing.items() if key not in extra}
        yield _row(_Prefix(where=prefix.path, texts={plain(key): value for key, value in texts.items()}, extra=extra))
    for key, title in missing.items():
        yield LeftOut(where=f"--map {key}={title}", reason="no prefix has such a field")
    if isinstance(document.value, dict) and document.value.get("next"):
        more = document.value.get("count")
        of = f" of {more:,}" if isinstance(more, int) else ""
        yield LeftOut(where="next", reason=f"this is one page{of}: ask for all with ?limit=0, or import each page")


def _text(value: Value) -> str:
    """What a field says: a text, a number, or the name of what it refers to."""
    held = value.value
    if isinstance(held, dict):
        return next((_text(value[key]) for key in ("name", "value", "display", "label") if held.get(key)), "")
    if isinstance(held, list) or held is None:
        return ""
    return value.text() if isinstance(held, str) else str(held)


def _row(prefix: _Prefix) -> SiteRow | LeftOut:
    texts = {key: text.strip() for key, text in prefix.texts.items()}
    network, status = texts.get("prefix", ""), texts.get("status", "").casefold()
    if not network:
        return LeftOut(where=prefix.where, reason="no prefix in it")
    if status in _UNUSED:
        return LeftOut(where=prefix.where, reason=f"{network} is {status}")
    site, reason = _site(texts)
    values = {"networks": network} | ({"name": site} if site else {}) | dict(prefix.extra)
    if not values.get("name", "").strip():
        kind = "a container" if status == "container" else "a prefix"
        return LeftOut(where=prefix.where, reason=f"{network} is {kind} {reason}")
    note = ", ".join(f"{key} {texts[key]}" for key in _NOTED if texts.get(key))
    return SiteRow(where=prefix.where, values=values, note=note or None)


def _site(texts: Mapping[str, str]) -> tuple[str | None, str]:
    """The site, or why there is none."""
    if texts.get("site"):
        return texts["site"], ""
    scope = texts.get("scope") or texts.get("scope name") or ""
    kind = texts.get("scope type", "").casefold()
    kind = _KINDS.get(kind, kind.rpartition("|")[2].strip())
    if scope and kind in ("site", ""):
        return scope, ""
    if not kind:
        return None, "of no site"
    return None, f"of the {kind} {scope or texts.get('scope id', '')}, and not of a site"
