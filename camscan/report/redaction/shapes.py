"""What may be an identifier by its shape, in a sentence that somebody else wrote; and the words of a text."""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import NamedTuple

from camscan.report.private import FACTORY, tells
from camscan.report.redaction.rule import Rule

TOKEN = re.compile(r"[^\W_]+")
_HEX = "[0-9A-Fa-f]"
_SHAPES = re.compile(
    rf"(?P<uuid>(?<!{_HEX}){_HEX}{{8}}(?:-{_HEX}{{4}}){{3}}-{_HEX}{{12}}(?!{_HEX}))"
    rf"|(?P<mac>(?<![0-9A-Za-z]){_HEX}{{2}}(?P<s>[:_-]){_HEX}{{2}}(?:(?P=s){_HEX}{{2}}){{4}}(?![0-9A-Za-z])"
    rf"|(?<![0-9A-Za-z])(?:{_HEX}{{4}}\.){{2}}{_HEX}{{4}}(?![0-9A-Za-z]))"
    rf"|(?P<six>(?<![0-9A-Za-z:.])(?:{_HEX}{{0,4}}:){{2,7}}{_HEX}{{0,4}}(?:%[0-9A-Za-z._-]+)?(?:/\d{{1,3}})?(?![0-9A-Za-z:]))"
    r"|(?P<four>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:/\d{1,2})?(?!\.?\w))"
)
_UNIT = re.compile(r"20[0-3]\d[01]\d[0-3]\d(?:[A-Z]{2,4}(?=[0-9A-Z]?\d{6})|V\d{6}EN[A-Z]{1,2})([0-9A-Z]?\d{6,})")
"""The end of a serial of Hikvision's grammar, as in `private.py`: day of production, place, number."""


class Spot(NamedTuple):
    """Something private in a text, and where."""

    start: int
    end: int
    rule: Rule
    text: str


def spots(text: str, addresses: bool = True) -> Iterator[Spot]:
    """Addresses, networks, MACs and UUIDs in a text, in order; without `addresses` only what no version looks like."""
    if len(text) < 7:  # of the shortest address
        return
    for found in _SHAPES.finditer(text):
        shape = found.lastgroup if found.lastgroup != "s" else "mac"
        if shape in ("uuid", "mac"):
            yield Spot(*found.span(), Rule.UUID if shape == "uuid" else Rule.MAC, found[0])
        elif addresses and _is_address(found[0]):
            yield Spot(*found.span(), Rule.NETWORK if "/" in found[0] else Rule.ADDRESS, found[0])


def units(text: str) -> Iterator[str]:
    """What can only be the serial of a unit: from the day on which it was made."""
    return (found[0] for found in _UNIT.finditer(text))


def _is_address(text: str) -> bool:
    bare = text.partition("%")[0]
    try:
        ip_network(bare, strict=False) if "/" in text else ip_address(bare)
    except ValueError:
        return False
    return tells(bare) or bare in FACTORY or "/" in text


def tokens(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, small."""
    return tuple(TOKEN.findall(text.casefold()))


def squeezed(text: str) -> str:
    """Letters and digits only, small."""
    return "".join(TOKEN.findall(text.casefold()))


def hex_of(text: str) -> str | None:
    """The twelve digits of a MAC in any notation, small; None where it is none."""
    digits = re.sub(r"[-:._ ]", "", text).lower()
    return digits if re.fullmatch(r"[0-9a-f]{12}", digits) else None
