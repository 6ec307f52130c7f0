"""What somebody else's table says of places, row by row → the tables of a site file, and all that did not fit in.

The rule: nothing is lost in silence. A value that cannot be used is told with its row and left out, and so is a row
that names no site or network; a network that stood before at another place stays there.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from ipaddress import ip_network

KEYS = (
    "name", "district", "building", "room", "networks", "country", "owner", "authority", "contact", "sensitive",
    "remove_by", "vantage", "policies",
)  # fmt: skip
"""What a row may say of a place, as a site file calls it."""

SHOWN = 60  # characters of a bad value in a message, which has to stay one line
_COUNTRY = re.compile("[A-Z]{2}")
_YES, _NO = ("yes", "y", "true", "1", "x"), ("no", "n", "false", "0")
_SPOT = ("name", "building", "room")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One row: texts by their key, and a note of what else it says. `where` is a line, or a place in a document."""

    where: str
    values: Mapping[str, str]
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What could not be taken, and why."""

    where: str
    reason: str

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}; left out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a value may be where only some words will do."""

    owners: Collection[str]
    policies: Collection[str]


@dataclass(slots=True)
class Gathered:
    """The tables so far, by site, building and room; `notes` by network."""

    words: Words
    tables: dict[tuple[str, ...], dict[str, object]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    _holders: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    _districts: dict[str, str] = field(default_factory=dict)

    @property
    def networks(self) -> int:
        """How many networks were taken."""
        return len(self._holders)

    def take(self, row: SiteRow) -> None:
        """Adds a row to the table of its place."""
        texts = {key: text.strip() for key, text in row.values.items() if text.strip()}
        if "name" not in texts:
            self._leave(row, "no site in it")
        elif "room" in texts and "building" not in texts:
            self._leave(row, f"room {texts['room'][:SHOWN]} is in no building")
        elif networks := self._networks(row, texts):
            spot = tuple(texts.get(key, "") for key in _SPOT)
            table = self.tables.setdefault(spot, {key: texts[key] for key in _SPOT if key in texts} | {"networks": []})
            self._add_networks(row, spot, table, networks)
            for key, text in texts.items():
                if key not in (*_SPOT, "networks"):
                    self._add(row, table, key, text)

    def _leave(self, row: SiteRow, reason: str) -> None:
        self.left_out.append(LeftOut(where=row.where, reason=reason))

    def _networks(self, row: SiteRow, texts: Mapping[str, str]) -> list[str]:
        found = []
        for text in re.split(r"[\s,;]+", texts.get("networks", "")):
            try:
                found += [str(ip_network(text))] if text else []
            except ValueError as error:
                self._leave(row, _short(str(error)))
        if not texts.get("networks"):
            self._leave(row, "no network in it")
        return found

    def _add_networks(
        self, row: SiteRow, spot: tuple[str, ...], table: dict[str, object], networks: Iterable[str]
    ) -> None:
        held = table["networks"]
        for network in networks:
            other, where = self._holders.setdefault(network, (spot, row.where))
            if other != spot:
                self._leave(row, f"network {network} is at {' / '.join(filter(None, other))}, as {where} says")
            elif isinstance(held, list) and network not in held:
                held.append(network)
                if row.note:
                    self.notes[network] = row.note

    def _add(self, row: SiteRow, table: dict[str, object], key: str, text: str) -> None:
        try:
            value = _READERS.get(key, _as_it_is)(text, self.words)
        except ValueError as error:
            self._leave(row, f"{key} is {text[:SHOWN]}, {error}")
            return
        first = self._districts.setdefault(str(table["name"]), text) if key == "district" else table.get(key, value)
        if first != value:
            self._leave(row, f"{key} is {text[:SHOWN]}, and {first} before")
            return
        table[key] = value


def gather(rows: Iterable[SiteRow | LeftOut], words: Words) -> Gathered:
    """All rows together."""
    gathered = Gathered(words)
    for row in rows:
        if isinstance(row, LeftOut):
            gathered.left_out.append(row)
        else:
            gathered.take(row)
    gathered.tables = {spot: table for spot, table in gathered.tables.items() if table["networks"]}
    return gathered


def _short(text: str) -> str:
    return text if len(text) <= 2 * SHOWN else f"{text[: 2 * SHOWN]}…"


def _as_it_is(text: str, words: Words) -> object:
    return text


def _country(text: str, words: Words) -> object:
    if not _COUNTRY.fullmatch(text.upper()):
        raise ValueError("not two letters such as US or GB (ISO 3166)")
    return text.upper()


def _owner(text: str, words: Words) -> object:
    if text.casefold() not in words.owners:
        raise ValueError(f"none of {', '.join(words.owners)}")
    return text.casefold()


def _sensitive(text: str, words: Words) -> object:
    if text.casefold() not in (*_YES, *_NO):
        raise ValueError("neither yes nor no")
    return text.casefold() in _YES


def _day(text: str, words: Words) -> object:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("no date such as 2027-06-30") from None


def _policies(text: str, words: Words) -> object:
    names = [name for name in re.split(r"[\s,;]+", text) if name]
    if unknown := [name for name in names if name not in words.policies]:
        raise ValueError(f"no policy {unknown[0]}")
    return names


_READERS: Mapping[str, Callable[[str, Words], object]] = {
    "country": _country, "owner": _owner, "sensitive": _sensitive, "remove_by": _day, "policies": _policies,
}  # fmt: skip


def ordered_tables(gathered: Gathered) -> Sequence[dict[str, object]]:
    """The tables with their keys in the order of a site file, in the order in which places were first named."""
    return [{key: table[key] for key in KEYS if key in table} for table in gathered.tables.values()]
