"""The forms in which one text may stand in a reply, each beside that of its stand-in, which has its length.

As it is, in lower and upper case, percent-encoded, escaped for XML and JSON, in UTF-16, GB 18030 and Latin-1, as octets
and as DNS labels. Follows RFC 3986, RFC 8259, RFC 1035 and the XML recommendation.
"""

import html
import json
import re
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from urllib.parse import quote

from camscan.report.private import Private

SURE = 8  # characters; a shorter text is replaced only where it stands as a word
_EDGE = (rb"(?<![0-9A-Za-z])", rb"(?![0-9A-Za-z])")
_NUMBER_EDGE = (rb"(?<![0-9.])", rb"(?!\.?[0-9])")

Form = tuple[bytes, bytes]
"""What stands there, and what is to stand there."""


def bounded(item: Private, form: bytes) -> bytes:
    """The pattern of a form: text that is short, or digits and points, must not go on at either end."""
    text = form.isascii() and form.decode().isprintable()
    before, after = _NUMBER_EDGE if item.kind == "address" else _EDGE
    return (
        before + re.escape(form) + after if text and (item.kind == "address" or len(form) < SURE) else re.escape(form)
    )


def plain(mac: str) -> str:
    """The twelve digits of a MAC in any notation, lower case."""
    return re.sub("[^0-9a-f]", "", mac.lower())


def spelled(digits: str, like: str) -> str:
    """Twelve digits with the separators and the case of another MAC."""
    letters = iter(digits.upper() if like.upper() == like else digits)
    return "".join(next(letters) if c.isalnum() else c for c in like)


def forms(item: Private, new: str) -> Iterator[Form]:
    """Every form of a text, with repeats."""
    pairs = list(_texts(item, new))
    for old_text, new_text in pairs:
        for spell in (str, str.lower, str.upper):
            yield from _encoded(spell(old_text), spell(new_text))
    if item.kind == "MAC":
        yield bytes.fromhex(plain(item.text)), bytes.fromhex(plain(new))
    elif item.kind in ("address", "IPv6 address"):
        packed = ip_address(item.text).packed
        if not packed.decode("latin-1").isprintable():  # else it may be four letters
            yield packed, ip_address(new).packed


def _texts(item: Private, new: str) -> Iterator[tuple[str, str]]:
    """The text in the spellings in which it comes."""
    yield item.text, new
    if item.kind == "MAC":
        one, other = plain(item.text), plain(new)
        for separator in (":", "-", ""):
            yield separator.join(re.findall("..", one)), separator.join(re.findall("..", other))
        yield ".".join(re.findall("....", one)), ".".join(re.findall("....", other))
        yield one[6:], other[6:]  # many a name ends so
    elif item.kind == "address":
        one_octets, other_octets = item.text.split("."), new.split(".")
        yield "-".join(one_octets), "-".join(other_octets)
        yield ".".join(reversed(one_octets)) + ".in-addr", ".".join(reversed(other_octets)) + ".in-addr"
    elif item.kind == "name":
        yield from ((item.text.replace(" ", other), new.replace(" ", other)) for other in "_-+")


def _encoded(old: str, new: str) -> Iterator[Form]:
    """One text in every encoding in which both sides are of one length."""
    for encode in _ENCODERS:
        pair = encode(old), encode(new)
        if len(pair[0]) == len(pair[1]) and pair[0] != pair[1]:
            yield pair


def _percent(text: str) -> bytes:
    return "".join(f"%{octet:02X}" for octet in text.encode()).encode()


def _character_references(text: str) -> bytes:
    return html.escape(text).encode("ascii", "xmlcharrefreplace")


def _labels(text: str) -> bytes:
    """As DNS writes it; a text with an over-long part is no name there, and takes the form it has anyway."""
    parts = [part.encode() for part in text.split(".")]
    return b"".join(bytes((len(p),)) + p for p in parts) if all(0 < len(p) < 64 for p in parts) else text.encode()


_ENCODERS: tuple[Callable[[str], bytes], ...] = (
    str.encode,
    _labels,
    _percent,
    _character_references,
    lambda text: quote(text, safe="").encode(),
    lambda text: quote(text, safe="").lower().encode(),
    lambda text: html.escape(text).encode(),
    lambda text: json.dumps(text)[1:-1].encode(),
    lambda text: json.dumps(text)[1:-1].replace("/", "\\/").encode(),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode("utf-16-be"),
    lambda text: text.encode("gb18030", "replace"),
    lambda text: text.encode("latin-1", "replace"),
)
