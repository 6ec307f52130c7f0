"""A table of places as CSV: what stands in which column is told by the header, in the words that people use, or by the
user. How the text is told apart into cells: `intake/csv_text.py`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from camscan.errors import UsageError
from camscan.intake.csv_text import Record, records
from camscan.intake.site_rows import KEYS, LeftOut, SiteRow

_WORDS: Mapping[str, tuple[str, ...]] = {
    "networks": ("networks", "network", "cidr", "cidrs", "prefix", "prefixes", "subnet", "subnets"),
    "name": ("name", "site", "site name"),
    "district": ("district", "borough", "ward"),
    "building": ("building",),
    "room": ("room",),
    "country": ("country",),
    "owner": ("owner",),
    "authority": ("authority",),
    "contact": ("contact",),
    "sensitive": ("sensitive",),
    "remove_by": ("remove by", "removal date", "deadline"),
    "vantage": ("vantage",),
    "policies": ("policies", "policy"),
}
"""What the column of each key may be called, in small letters, with spaces for signs."""

Columns = Mapping[str, str]
"""The column of a key, as the user names it."""


def read_site_csv(name: str, text: str, columns: Columns) -> Iterator[SiteRow | LeftOut]:
    """The rows of the table, and a word on columns that nothing is taken from. Raises `UsageError` for a table without
    a column of networks and one of sites, and for a column that is not there."""
    header, rows = table_of(name, text)
    places = _places(name, header, columns)
    for key, called in (("networks", "networks"), ("name", "sites")):
        if key not in places:
            raise UsageError(f"{name}: no column of {called} among {_listed(header)}; --map {key}=COLUMN names it")
    unused = [title for index, title in enumerate(header) if title and index not in places.values()]
    if unused:
        yield LeftOut(where="line 1", reason=f"columns of no use here: {_listed(unused)}")
    for record in rows:
        where, row = f"line {record.line}", record.cells
        if record.problem or any(row[len(header) :]):
            yield LeftOut(where=where, reason=record.problem or "more cells than the header has columns")
        else:
            values = {key: row[index] for key, index in places.items() if index < len(row)}
            yield SiteRow(where=where, values=values)


def table_of(name: str, text: str) -> tuple[Sequence[str], Iterator[Record]]:
    """The header, and the rows with the numbers of their lines. Raises `UsageError` for what is no such table."""
    rows = records(name, text)
    header = next(rows, None)
    if header is None:
        raise UsageError(f"{name}: nothing in it")
    if header.problem:
        raise UsageError(f"{name}: line {header.line}: {header.problem}")
    return header.cells, rows


def _places(name: str, header: Sequence[str], columns: Columns) -> dict[str, int]:
    """The column of each key by its position: as the user says, else by its name."""
    titles = {plain(title): index for index, title in reversed(list(enumerate(header)))}
    places = {}
    for key in KEYS:
        if key in columns:
            places[key] = position(name, header, columns[key])
        elif found := [titles[word] for word in _WORDS[key] if word in titles]:
            places[key] = found[0]
    return places


def position(name: str, header: Sequence[str], title: str) -> int:
    """Where the column of this title is. Raises `UsageError` where it is not."""
    found = [index for index, other in enumerate(header) if plain(other) == plain(title)]
    if not found:
        raise UsageError(f"{name}: no column {title} among {_listed(header)}")
    return found[0]


def plain(title: str) -> str:
    """A title in small letters, with single spaces for everything that is no letter or digit."""
    return " ".join(re.split(r"[\W_]+", title.casefold())).strip()


def _listed(titles: Sequence[str]) -> str:
    more = f" and {len(titles) - 12} more" if len(titles) > 12 else ""
    return ", ".join(title[:40] for title in titles[:12]) + more
