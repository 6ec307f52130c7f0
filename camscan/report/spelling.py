"""The forms in which one text may stand in a reply, each beside that of its stand-in, which has its length.

As it is, percent-encoded, escaped for XML and JSON, in UTF-16, GB 18030 and Latin-1, as octets and as DNS labels; MACs
and addresses with every separator, the ends of MACs and serials that names are made of. A form of ASCII stands for
every mixture of capital and small letters. Follows RFC 3986, RFC 8259, RFC 1035 and the XML recommendation.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal
from urllib.parse import quote

from camscan.report.private import Private

SURE = 8  # characters; a shorter text is replaced only where it stands as a word
TAIL = 6  # characters at the end of a number by which a unit is still told from its sisters
_TAILS = 10  # characters; a longer end of a serial is rare, and found afterwards
_HEX = re.compile(r"(?:[0-9a-f]{2}){8,}")  # a number that a reply may hold as octets; a shorter one may be anything

Edge = Literal["exact", "free", "word", "digits", "number", "hex"]
EDGES: dict[Edge, tuple[bytes, bytes]] = {
    "exact": (b"", b""),
    "free": (b"", b""),
    "digits": (rb"(?<![0-9.])", rb"(?!\.?[0-9])"),
    "number": (rb"(?<![0-9])", rb"(?![0-9])"),
    "word": (rb"(?<![0-9a-z])", rb"(?![0-9a-z])"),
    "hex": (rb"(?<![0-9a-f])", rb"(?![0-9a-f])"),
}
"""What must not stand before and after a form. `exact`: in these octets only, for the rest case does not count."""


@dataclass(frozen=True, slots=True)
class Form:
    """What stands there, what is to stand there, and between what."""

    old: bytes
    new: bytes
    edge: Edge


def plain(mac: str) -> str:
    """The twelve digits of a MAC in any notation, lower case."""
    return re.sub("[^0-9a-f]", "", mac.lower())


def spelled(digits: str, like: str) -> str:
    """Twelve digits with the separators and the case of another MAC."""
    letters = iter(digits.upper() if like.upper() == like else digits)
    return "".join(next(letters) if c.isalnum() else c for c in like)


def recased(new: bytes, like: bytes) -> bytes:
    """A stand-in with the capital and small letters of what stood there."""
    capitals = like.isupper()
    pairs = zip(new.decode("latin-1"), like.decode("latin-1"), strict=True)
    cased = (c.upper() if (b.isupper() if b.isalpha() else capitals) and c.isascii() else c for c, b in pairs)
    return "".join(cased).encode("latin-1")


def forms(item: Private, new: str) -> Iterator[Form]:
    """Every form of a text, with repeats."""
    for old_text, new_text, edge in _texts(item, new):
        for spell in (str, str.lower, str.upper):
            yield Form(_percent(spell(old_text)), _percent(spell(new_text)), "free")
            if not old_text.isascii():
                yield from _encoded(spell(old_text), spell(new_text), edge)
        if old_text.isascii():
            yield from _encoded(old_text.lower(), new_text.lower(), edge)
    yield from _octets(item, new)


def _octets(item: Private, new: str) -> Iterator[Form]:
    """A number as the octets that it is written for."""
    if item.kind == "MAC":
        yield Form(bytes.fromhex(plain(item.text)), bytes.fromhex(plain(new)), "exact")
    elif item.kind == "serial" and _HEX.fullmatch(item.text) and _HEX.fullmatch(new):
        yield Form(bytes.fromhex(item.text), bytes.fromhex(new), "exact")
    elif item.kind in ("address", "IPv6 address"):
        packed = ip_address(item.text).packed
        if not packed.isalnum():  # else it may be four letters
            yield Form(packed, ip_address(new).packed, "exact")


def edge_of(text: str) -> Edge:
    """Between what a text counts: one that is short must be a word, or a number by itself."""
    return "free" if len(text) >= SURE else "number" if text.isdigit() and len(text) >= TAIL else "word"


def _texts(item: Private, new: str) -> Iterator[tuple[str, str, Edge]]:
    """The text in the spellings in which it comes."""
    text = item.text
    if item.kind == "MAC":
        yield from _macs(plain(text), plain(new))
    elif item.kind == "address":
        yield from _addresses(text, new)
    elif item.kind == "serial":
        yield from ((text[-n:], new[-n:], "word") for n in range(TAIL, min(len(text), _TAILS)) if is_telling(text[-n:]))
    elif item.kind == "UUID":
        yield from ((re.sub("[-_]", other, text), re.sub("[-_]", other, new), "free") for other in ("", "-", "_"))
    elif item.kind == "name":
        separate = ((text.replace(" ", other), new.replace(" ", other)) for other in ("_", "-", "+", ""))
        yield from ((one, other, edge_of(one)) for one, other in separate)
    yield text, new, "digits" if item.kind == "address" else edge_of(text)


def is_telling(tail: str) -> bool:
    """Whether the end of a number tells anything: not where it is a row of digits that stands in every alphabet."""
    return tail not in "01234567890" and len(set(tail)) > 1


def _macs(one: str, other: str) -> Iterator[tuple[str, str, Edge]]:
    for separator, size in ((":", 2), ("-", 2), ("_", 2), (" ", 2), ("", 2), (".", 4), (".", 2)):
        pairs = (separator.join(_cut(digits, size)) for digits in (one, other))
        yield next(pairs), next(pairs), "free"
    yield "".join(reversed(_cut(one, 2))), "".join(reversed(_cut(other, 2))), "free"
    yield ":".join(reversed(_cut(one, 2))), ":".join(reversed(_cut(other, 2))), "free"
    yield str(int(one, 16)), str(int(other, 16)), "digits"
    for separator in ("", ":", "-", "_", " "):  # many a name ends so
        yield separator.join(_cut(one[6:], 2)), separator.join(_cut(other[6:], 2)), _tail_edge(one[6:])
    if _tail_edge(one[8:]) == "hex":
        yield one[8:], other[8:], "word"


def _cut(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _tail_edge(digits: str) -> Edge:
    """Letters beside hex digits are other than these: `cam5ac3e7`; digits alone may be any number's."""
    return "word" if digits.isdigit() or digits.isalpha() else "hex"


def _addresses(text: str, new: str) -> Iterator[tuple[str, str, Edge]]:
    one, other = text.split("."), new.split(".")
    for separator in "-_,":
        yield separator.join(one), separator.join(other), "word"
    yield ".".join(reversed(one)) + ".in-addr", ".".join(reversed(other)) + ".in-addr", "digits"
    yield ip_address(text).packed.hex(), ip_address(new).packed.hex(), "word"


def _encoded(old: str, new: str, edge: Edge) -> Iterator[Form]:
    """One text in every encoding in which both sides are of one length."""
    for encode in _ENCODERS:
        one, other = encode(old), encode(new)
        if len(one) == len(other) and one != other:
            readable = one.isascii() and one.decode().isprintable()
            yield Form(one, other, (edge if readable else "free") if one.isascii() else "exact")


def _percent(text: str) -> bytes:
    """Every octet by its number, in which a capital letter is another than the small one."""
    return "".join(f"%{octet:02x}" for octet in text.encode()).encode()


def _character_references(text: str) -> bytes:
    return html.escape(text).encode("ascii", "xmlcharrefreplace")


def _labels(text: str) -> bytes:
    """As DNS writes it; a text with an over-long part is no name there, and takes the form it has anyway."""
    parts = [part.encode() for part in text.split(".")]
    return b"".join(bytes((len(p),)) + p for p in parts) if all(0 < len(p) < 64 for p in parts) else text.encode()


_ENCODERS: tuple[Callable[[str], bytes], ...] = (
    str.encode,
    _labels,
    _character_references,
    lambda text: quote(text, safe="").lower().encode(),
    lambda text: html.escape(text).encode(),
    lambda text: json.dumps(text)[1:-1].lower().encode(),
    lambda text: json.dumps(text)[1:-1].replace("/", "\\/").lower().encode(),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-16-be"),
    lambda text: text.encode("gb18030", "replace"),
    lambda text: text.encode("latin-1", "replace"),
)
