"""What a MAC's registered prefix says: who registered the interface, read from `oui.toml`.

The rule: a prefix proves the maker of the interface and no more. A registrant that builds devices is a hint to the
maker, one that only sells them a hint to the brand, and a radio module or a namesake is none. A hint names nobody by
itself: that takes another protocol that agrees. The longest registered
block decides (IEEE MA-S, MA-M and MA-L: 36, 28 and 24 bits), so a block that was cut out of a larger one never takes
that one's owner. Locally administered and group addresses have no registrant.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from camscan.datafile import load_toml, need, refuse_unknown
from camscan.errors import KnowledgeError

MAKER_CONFIDENCE = 0.39  # the maker's own registration; modules and spare parts are sold on
AFFILIATE_CONFIDENCE = 0.3  # a company of the maker's group: it also sells what others make
BRAND_CONFIDENCE = 0.35  # registered by a brand, which also sells routers, panels and phones

_MAC = re.compile(r"[0-9a-f]{12}")
_SEPARATORS = re.compile(r"[-:. ]")
_PREFIX = re.compile(r"[0-9A-F]{6}|[0-9A-F]{7}|[0-9A-F]{9}")
_LENGTHS = (9, 7, 6)  # hex digits, longest block first
_LOCAL_OR_GROUP = 0b11
_DOCUMENT_KEYS = {"date", "source", "block"}
_BLOCK_KEYS = {"registrant", "vendor", "affiliate", "brand", "note", "source", "date", "prefixes"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OuiEntry:
    """One registered block. `vendor` and `brand` are ids, None where the registrant tells nothing of them.

    `affiliate`: the registrant belongs to the group of `vendor` and may have a brand of its own.
    """

    prefix: str
    registrant: str
    vendor: str | None
    affiliate: bool
    brand: str | None
    note: str
    source: str
    date: str

    @property
    def claims(self) -> tuple[tuple[str, str, float], ...]:
        """What may be said of a device with this prefix: attribute, value, confidence."""
        confidence = AFFILIATE_CONFIDENCE if self.affiliate else MAKER_CONFIDENCE
        vendor = (("vendor", self.vendor, confidence),) if self.vendor else ()
        brand = (("brand", self.brand, BRAND_CONFIDENCE),) if self.brand else ()
        return vendor + brand


@dataclass(frozen=True, slots=True, kw_only=True)
class OuiTable:
    """Every block by its prefix in upper-case hex digits."""

    source: str
    date: str
    entries: Mapping[str, OuiEntry]

    def lookup(self, mac: str) -> OuiEntry | None:
        """The longest registered block that holds this MAC, in any usual notation. None: not known, or no MAC."""
        normal = normal_mac(mac)
        if normal is None or int(normal[:2], 16) & _LOCAL_OR_GROUP:
            return None
        digits = normal.replace(":", "").upper()
        return next((self.entries[digits[:n]] for n in _LENGTHS if digits[:n] in self.entries), None)

    def oui_claims(self, mac: str) -> tuple[tuple[str, str, float], ...]:
        """What the prefix of this MAC claims: attribute, value, confidence; empty where it tells nothing."""
        entry = self.lookup(mac)
        return entry.claims if entry else ()


def normal_mac(text: str) -> str | None:
    """A MAC in any usual notation as `aa:bb:cc:dd:ee:ff`; None where the text is no MAC."""
    digits = _SEPARATORS.sub("", text.strip().lower())
    if not _MAC.fullmatch(digits):
        return None
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def load_oui(path: Path) -> OuiTable:
    """`oui.toml`. Raises `KnowledgeError` naming file, block and reason."""
    document = load_toml(path)
    refuse_unknown(document, _DOCUMENT_KEYS, str(path))
    entries: dict[str, OuiEntry] = {}
    for number, block in enumerate(need(document, "block", list, str(path)), 1):
        if not isinstance(block, dict):
            raise KnowledgeError(f"{path}: block {number}: not a table")
        where = f"{path}: block {block.get('registrant', number)}"
        for entry in _block(block, document, where):
            if entry.prefix in entries:
                raise KnowledgeError(f"{where}: {entry.prefix} is also that of {entries[entry.prefix].registrant}")
            entries[entry.prefix] = entry
    return OuiTable(
        source=need(document, "source", str, str(path)),
        date=str(need(document, "date", object, str(path))),
        entries=MappingProxyType(entries),
    )


def _block(block: dict[str, Any], document: dict[str, Any], where: str) -> Iterator[OuiEntry]:
    refuse_unknown(block, _BLOCK_KEYS, where)
    vendor, affiliate, brand = (_text(block, key, where) for key in ("vendor", "affiliate", "brand"))
    if vendor and (affiliate or brand):
        raise KnowledgeError(f"{where}: a maker's own block states neither affiliate nor brand")
    for prefix in need(block, "prefixes", list, where):
        if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
            raise KnowledgeError(f"{where}: {prefix} is not 6, 7 or 9 upper-case hex digits")
        yield OuiEntry(
            prefix=prefix,
            registrant=need(block, "registrant", str, where),
            vendor=vendor or affiliate,
            affiliate=affiliate is not None,
            brand=brand,
            note=_text(block, "note", where) or "",
            source=need({**document, **block}, "source", str, where),
            date=str(need({**document, **block}, "date", object, where)),
        )


def _text(block: dict[str, Any], key: str, where: str) -> str | None:
    text: str | None = need(block, key, str, where) if key in block else None
    return text
