"""Finds what a reply tells of one unit and its owner: serials, MACs, addresses, UUIDs, names, places, accounts.

Two ways: by the fields that its codec reads, and by shape anywhere in the bytes, so that what no codec reads is found
too. Kept are addresses that every unit has from the factory, masks, groups and loopback: they tell nothing. A page may
name its site in ways that no program knows, which is why a person looks at a capture before it is shared.
"""

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Literal
from urllib.parse import unquote_to_bytes

from camscan.model import Fields

Kind = Literal["serial", "MAC", "UUID", "address", "IPv6 address", "name", "e-mail address"]

KIND_OF_FIELD: dict[str, Kind] = {
    **dict.fromkeys(("serial", "short_serial", "device_id", "cloud_code", "usn", "uuid"), "serial"),
    **dict.fromkeys(("mac", "scope_mac"), "MAC"),
    **dict.fromkeys(
        (
            "name", "group", "device_location", "contact", "scope_name", "scope_location", "instance", "host", "title",
            "greeting", "prompt", "description", "sdp_session", "realm", "subject_cn", "subject_o", "subject_ou",
            "issuer_cn", "issuer_o", "issuer_ou", "san", "sys_descr",
        ),
        "name",
    ),
}  # fmt: skip
_OWNERS_SCOPE = re.compile(r"(?i:name|location|city|site|building|floor|room|area|user|owner|serial\w*|uid)/(.+)")
_URL_FIELDS = ("xaddr", "location", "presentation_url", "content_base")
_NAME_FIELDS = ("subject", "issuer")  # `C=CN, L=Hangzhou`: its parts
_PART = re.compile(r"(?:^|, )[A-Za-z0-9.]+=(.*?)(?=, [A-Za-z0-9.]+=|$)")
_HOST = re.compile(r"\w+://(?:[^/@\s]*@)?([^/:\s\[\]]+)")

_UNIT = re.compile(r"20[0-3]\d[01]\d[0-3]\d(?:[A-Z]{2,4}(?=[0-9A-Z]?\d{6})|V\d{6}EN[A-Z]{1,2})([0-9A-Z]?\d{6,})")
"""The number of the unit in a serial of Hikvision's grammar: after model, date and place."""

_UUID = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}(?![0-9A-Fa-f])")
_MAC = re.compile(r"(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![0-9A-Fa-f:-])")
_PLAIN_MAC = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9A-Fa-f]{4}-)(?=[0-9]*[A-Fa-f])(?:[0-9A-F]{12}|[0-9a-f]{12})(?![0-9A-Za-z])"
)
_IPV4 = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)")
_IPV6 = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:.])")
_EMAIL = re.compile(r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
_VIEW_LIMIT = 64  # pieces of base64 looked into; a page with more carries pictures

FACTORY = frozenset({"192.0.0.64", "192.168.1.108"})  # what every new unit of the two makers has
_PLACEHOLDER = re.compile(r"(?i)[0fx:. -]*|n/?a|none|null|unknown|default")


@dataclass(frozen=True, slots=True)
class Private:
    """A text that must go, and what it is."""

    kind: Kind
    text: str


def find(data: bytes, fields: Fields) -> Iterator[Private]:
    """Everything private in one reply, with repeats; names last, because they may hold the rest."""
    named = [item for name, values in fields.items() for value in values for item in _of_field(name, value)]
    yield from (item for item in named if item.kind != "name")
    for view in views(data):
        yield from _by_shape(view.decode("latin-1"))
    yield from (item for item in named if item.kind == "name")


def _of_field(name: str, value: str) -> Iterator[Private]:
    yield from _by_shape(value)
    kind = KIND_OF_FIELD.get(name)
    if kind == "serial":
        yield from _serials(value)
    elif kind == "MAC":
        if re.fullmatch("[0-9A-Fa-f]{12}", re.sub("[-:. ]", "", value)):
            yield Private(kind, value)
    elif kind:
        yield Private(kind, value)
    elif name in _URL_FIELDS:
        yield from (Private("name", host) for host in _HOST.findall(value) if not _IPV4.fullmatch(host))
    elif name in _NAME_FIELDS:
        yield from (Private("name", part) for part in _PART.findall(value))
    elif name == "scope_other" and (found := _OWNERS_SCOPE.fullmatch(value)):
        yield Private("name", found[1])


def _serials(value: str) -> Iterator[Private]:
    """The number of the unit, or all of it; a MAC, a UUID and a placeholder have been seen to already."""
    if any(pattern.search(value) for pattern in (_UUID, _MAC, _PLAIN_MAC)) or _PLACEHOLDER.fullmatch(value):
        return
    unit = _UNIT.search(value)
    words = re.findall(r"[0-9A-Za-z]{5,}", value) if "." in value or ":" in value else [value]
    for text in [unit[1]] if unit else words:
        if any(c.isdigit() for c in text):
            yield Private("serial", text)


def _by_shape(text: str) -> Iterator[Private]:
    yield from (Private("UUID", found[0]) for found in _UUID.finditer(text))
    yield from (Private("MAC", found[0]) for found in _MAC.finditer(text))
    yield from (Private("MAC", found[0]) for found in _PLAIN_MAC.finditer(text))
    yield from (Private("serial", found[1]) for found in _UNIT.finditer(text))
    yield from (Private("address", t) for t in _IPV4.findall(text) if tells(t))
    yield from (Private("IPv6 address", t) for t in _IPV6.findall(text) if tells(t))
    yield from (Private("e-mail address", t) for t in _EMAIL.findall(text))


def tells(text: str) -> bool:
    """Whether an address tells one network from another."""
    try:
        address = ip_address(text)
    except ValueError:
        return False
    if address.is_unspecified or address.is_loopback or address.is_multicast or text in FACTORY:
        return False
    return not isinstance(address, IPv4Address) or not _is_mask(address)


def _is_mask(address: IPv4Address) -> bool:
    bits = int(address)
    return bits in (int(IPv4Network((0, length)).netmask) for length in range(1, 33))


def views(data: bytes) -> Iterator[bytes]:
    """The bytes as they are, and as they are meant: without percent signs, XML escapes, NULs, and base64."""
    yield data
    if b"%" in data:
        yield unquote_to_bytes(data)
    if b"&" in data:
        yield html.unescape(data.decode("latin-1")).encode("latin-1", "replace")
    if b"\0" in data:
        yield data.replace(b"\0", b"")
    yield from decoded(_BASE64.findall(data)[:_VIEW_LIMIT])


def decoded(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """What the pieces of base64 hold, where that is text."""
    for piece in pieces:
        try:
            inner = base64.b64decode(piece, validate=True)
        except binascii.Error:
            continue
        if inner.isascii() and all(32 <= octet < 127 or octet in b"\t\r\n" for octet in inner):
            yield inner
