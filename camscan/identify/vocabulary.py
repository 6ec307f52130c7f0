"""The closed vocabulary: makers, brands and who makes them, kinds of device, capabilities; read from `vendors.toml`.

The rule: a value that is not in the vocabulary is not a value, and a word that a neutral build puts where a brand
belongs (`General`, `Private`) is not a brand. Sources stand in the data, entry by entry.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeVar, get_args

from camscan.datafile import load_toml, need, refuse_unknown
from camscan.errors import KnowledgeError

Standing = Literal["sourced", "unverified"]

NAME_LIMIT = 128  # characters; the longest name of a company here has 54

_COMPANY = re.compile(
    r"[\s,.]+(?:co|corp|corporation|inc|incorporated|ltd|limited|llc|gmbh|ag|ab|berlin|international|technology"
    r"|technologies|electronics|systems|communications)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DOCUMENT_KEYS = {"date", "source", "maker", "brand", "kind", "capability"}
_MAKER_KEYS = {"id", "name", "country", "aliases", "source", "date"}
_BRAND_KEYS = {"id", "name", "aliases", "makers", "others", "standing", "note", "source", "date"}
_TERM_KEYS = {"id", "name"}
_NOT_NAMES = frozenset(
    {"general", "private", "unknown", "none", "na", "oem", "default", "ipc", "ipcam", "ipcamera", "h264"}
)
"""What devices write where a maker belongs, meaning nothing: refused as an alias."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Who builds the hardware. `country` is the ISO 3166 code of the seat, where it is known."""

    id: str
    name: str
    country: str | None
    aliases: tuple[str, ...]
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A name devices are sold under. `makers` are those known, `others` says that there are more of them.

    `standing` is sourced where a document, a firmware or several users show the makers, otherwise unverified: then
    the name tells no maker.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    makers: tuple[str, ...]
    others: bool
    standing: Standing
    note: str
    source: str
    date: str

    @property
    def sole_maker(self) -> str | None:
        """The maker, where the brand by itself tells it: one maker, sourced, and no others."""
        return self.makers[0] if len(self.makers) == 1 and not self.others and self.standing == "sourced" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A kind of device, or something a device can do."""

    id: str
    name: str


_Entry = TypeVar("_Entry", Maker, Brand, Term)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Everything by id. Every maker is also a brand of its own; a brand entry with the same id says more of it."""

    makers: Mapping[str, Maker]
    brands: Mapping[str, Brand]
    kinds: Mapping[str, Term]
    capabilities: Mapping[str, Term]
    brand_names: Mapping[str, str]

    def brand_id(self, text: str) -> str | None:
        """The brand a device names, with or without what companies add to their name (`Inc.`, `Co., Ltd.`).

        Case, spaces and punctuation do not matter. `General` and `Private` are none.
        """
        return self.brand_names.get(fold(text)) or self.brand_names.get(fold(_COMPANY.sub("", text[:NAME_LIMIT])))

    def maker_of(self, text: str) -> str | None:
        """The maker that the brand named tells by itself; None where it is not known, or has had several."""
        identity = self.brand_id(text)
        return self.brands[identity].sole_maker if identity else None

    def makers_of(self, brand: str) -> tuple[str, ...]:
        """Who a source shows to make, or to have made, for a brand, by its id; nobody where it is a mere belief."""
        known = self.brands.get(brand)
        return known.makers if known is not None and known.standing == "sourced" else ()

    def is_made_by(self, text: str, maker: str) -> bool:
        """Whether a source shows that this maker builds, or has built, for the brand named: no mere belief counts."""
        brand = self.brands.get(self.brand_id(text) or "")
        return brand is not None and brand.standing == "sourced" and maker in brand.makers


def fold(text: str) -> str:
    """Letters and digits only, without case: `CP PLUS`, `CP_PLUS` and `CPPlus` are one name."""
    return "".join(character for character in text.casefold() if character.isalnum())


def load_vocabulary(path: Path) -> Vocabulary:
    """`vendors.toml`. Raises `KnowledgeError` naming file, entry and reason."""
    document = load_toml(path)
    refuse_unknown(document, _DOCUMENT_KEYS, str(path))
    makers = _by_id([_maker(e, document, w) for e, w in _entries(document, "maker", path)], path)
    stated = _by_id([_brand(e, document, makers, w) for e, w in _entries(document, "brand", path)], path)
    brands = {maker.id: _own_brand(maker) for maker in makers.values()} | stated
    return Vocabulary(
        makers=MappingProxyType(makers),
        brands=MappingProxyType(brands),
        kinds=MappingProxyType(_terms(document, "kind", path)),
        capabilities=MappingProxyType(_terms(document, "capability", path)),
        brand_names=MappingProxyType(_names(brands.values(), path)),
    )


def _entries(document: dict[str, Any], key: str, path: Path) -> Iterator[tuple[dict[str, Any], str]]:
    for number, entry in enumerate(need(document, key, list, str(path)), 1):
        if not isinstance(entry, dict):
            raise KnowledgeError(f"{path}: {key} {number}: not a table")
        yield entry, f"{path}: {key} {entry.get('id', number)}"


def _maker(entry: dict[str, Any], document: dict[str, Any], where: str) -> Maker:
    refuse_unknown(entry, _MAKER_KEYS, where)
    return Maker(
        id=_id(entry, where),
        name=need(entry, "name", str, where),
        country=_optional(entry, "country", str, None, where),
        aliases=_strings(entry, "aliases", where),
        source=need({**document, **entry}, "source", str, where),
        date=str(need({**document, **entry}, "date", object, where)),
    )


def _brand(entry: dict[str, Any], document: dict[str, Any], makers: Mapping[str, Maker], where: str) -> Brand:
    refuse_unknown(entry, _BRAND_KEYS, where)
    for maker in need(entry, "makers", list, where):
        if not isinstance(maker, str) or maker not in makers:
            raise KnowledgeError(f"{where}: no maker {maker}")
    if need(entry, "standing", str, where) not in get_args(Standing):
        raise KnowledgeError(f"{where}: standing is {entry['standing']}, not {' or '.join(get_args(Standing))}")
    return Brand(
        id=_id(entry, where),
        name=need(entry, "name", str, where),
        aliases=_strings(entry, "aliases", where),
        makers=tuple(entry["makers"]),
        others=_optional(entry, "others", bool, False, where),
        standing=entry["standing"],
        note=_optional(entry, "note", str, "", where),
        source=need({**document, **entry}, "source", str, where),
        date=str(need({**document, **entry}, "date", object, where)),
    )


def _own_brand(maker: Maker) -> Brand:
    return Brand(
        id=maker.id,
        name=maker.name,
        aliases=maker.aliases,
        makers=(maker.id,),
        others=False,
        standing="sourced",
        note="the maker's own name",
        source=maker.source,
        date=maker.date,
    )


def _terms(document: dict[str, Any], key: str, path: Path) -> dict[str, Term]:
    terms = []
    for entry, where in _entries(document, key, path):
        refuse_unknown(entry, _TERM_KEYS, where)
        terms.append(Term(id=_id(entry, where), name=need(entry, "name", str, where)))
    return _by_id(terms, path)


def _by_id(entries: list[_Entry], path: Path) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    for entry in entries:
        if entry.id in found:
            raise KnowledgeError(f"{path}: {type(entry).__name__.lower()} {entry.id}: the id stands twice")
        found[entry.id] = entry
    return found


def _names(entries: Iterable[Maker | Brand], path: Path) -> dict[str, str]:
    """Every folded name → id. A name that two entries share, or that means nothing, is refused."""
    names: dict[str, str] = {}
    for entry in entries:
        for name in (entry.id, entry.name, *entry.aliases):
            if fold(name) in _NOT_NAMES or names.setdefault(fold(name), entry.id) != entry.id:
                other = names.get(fold(name), "no name at all")
                raise KnowledgeError(f"{path}: {type(entry).__name__.lower()} {entry.id}: {name} is {other}")
    return names


def _id(entry: dict[str, Any], where: str) -> str:
    identity: str = need(entry, "id", str, where)
    if not _ID.fullmatch(identity):
        raise KnowledgeError(f"{where}: id is not lower-case words joined by hyphens")
    return identity


def _strings(entry: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    values = _optional(entry, key, list, [], where)
    if not all(isinstance(value, str) and fold(value) for value in values):
        raise KnowledgeError(f"{where}: {key} holds something that is not a name")
    return tuple(values)


def _optional(entry: dict[str, Any], key: str, kind: type, default: Any, where: str) -> Any:
    return need(entry, key, kind, where) if key in entry else default
