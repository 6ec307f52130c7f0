"""Finds what a reply tells of one unit and its owner: serials, MACs, addresses, UUIDs, names, places, accounts.

Three ways: by the fields that its codec reads, by the label beside it, and by shape anywhere in the bytes and in what
they hold encoded, so that what no codec reads is found too. Kept are addresses that every unit has from the factory,
masks, groups and loopback: they tell nothing. A page may name its site in ways that no program knows, which is why a
person looks at a capture before it is shared.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network
from typing import Literal

from camscan.reply import Fields
from camscan.report.labelled import labelled
from camscan.report.views import views

Kind = Literal[
    "serial", "MAC", "UUID", "address", "IPv6 address", "name", "e-mail address", "account or place", "host name"
]

KIND_OF_FIELD: dict[str, Kind] = {
    **dict.fromkeys(("serial", "short_serial", "device_id", "cloud_code", "usn", "uuid"), "serial"),
    **dict.fromkeys(("mac", "scope_mac", "interface_mac"), "MAC"),
    **dict.fromkeys(
        (
            "name", "group", "device_location", "contact", "scope_name", "scope_location", "instance", "host", "title",
            "greeting", "prompt", "description", "sdp_session", "sdp_email", "realm", "subject_cn", "subject_o",
            "subject_ou", "issuer_cn", "issuer_o", "issuer_ou", "san", "sys_descr", "comment",
            "interface_name", "profile", "mapping_description",
        ),
        "name",
    ),
}  # fmt: skip
URL_FIELDS = ("xaddr", "location", "presentation_url", "content_base")
NAME_FIELDS = ("subject", "issuer")  # `C=CN, L=Hangzhou`: its parts
ADDRESS_FIELDS = (
    "address",
    "interface_address",
    "internal_client",
    "remote_host",
    "gateway",
    "subject_cn",
    "san",
    *URL_FIELDS,
)
PRODUCT_FIELDS = ("server", "user_agent", "powered_by", "software", "manufacturer")
"""Fields whose words are the maker's, never the owner's."""

STEADY_FIELDS = (
    *PRODUCT_FIELDS, "version", "status", "header_order", "content_type", "auth_scheme", "netmask", "http_port",
    "https_port", "rtsp_port", "sdk_port", "model", "maker_model", "firmware", "build",
)  # fmt: skip
"""Fields that must be as they were: a stand-in there would be false evidence."""

ENDPOINT_FIELDS = ("usn", "uuid")
_NAMED = re.compile(r"(directoryName:)(.*)|otherName:[0-9.]+:(.*)", re.DOTALL)  # among the names of a certificate
_SCOPE = re.compile(r"(?i)(?!(?:profile|type|hardware)/)[^/]*/+(.+)", re.DOTALL)
_PART = re.compile(r"(?:^|, )[A-Za-z0-9.]+=(.*?)(?=, [A-Za-z0-9.]+=|$)")
_HOST = re.compile(r"\w{2,12}://(?:[^/@\s\"'<>]{1,128}@)?([^/:\s\[\]\"'<>&;,(){}\\]{1,255})")
_LOCAL_HOST = re.compile(
    r"(?i)(?<![\w.@-])(?:[a-z0-9-]{1,63}\.){1,5}(?:local|lan|intern|internal|home|corp|localdomain|arpa|fritz\.box"
    r"|\w{0,12}(?:ddns|dyndns|no-ip|dynv6|myfritz|hopto)\.\w{2,8}|hik-online\.com|duckdns\.org)(?![\w-])"
)
_ID_WORD = re.compile(r"[^\W_]{4,}")

_UNIT = re.compile(r"20[0-3]\d[01]\d[0-3]\d(?:[A-Z]{2,4}(?=[0-9A-Z]?\d{6})|V\d{6}EN[A-Z]{1,2})([0-9A-Z]?\d{6,})")
"""The number of the unit in a serial of Hikvision's grammar: after model, date and place."""

_UUID = re.compile(
    r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{8}(?:([-_])[0-9A-Fa-f]{4})(?:\1[0-9A-Fa-f]{4}){2}\1[0-9A-Fa-f]{12}(?![0-9A-Fa-f])"
)
_PLAIN_UUID = re.compile(r"(?<=[:{\"'>])(?:[0-9a-f]{32}|[0-9A-F]{32})(?=[}\"'<])")
_MAC = re.compile(r"(?<![0-9A-Fa-f:-])[0-9A-Fa-f]{2}(?:([:_-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![0-9A-Fa-f:-])")
_PLAIN_MAC = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9A-Fa-f]{4}-)(?=[0-9]*[A-Fa-f])(?:[0-9A-F]{12}|[0-9a-f]{12})(?![0-9A-Za-z])"
)
_IPV4 = re.compile(r"((?:[A-Za-z]/|[vV]))?(?<![\d.])((?:\d{1,3}\.){3}\d{1,3})(?!\.?\d)")
_QUAD = re.compile(r"[\d.]+")
_INTERNAL = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10")))
_IPV6 = re.compile(r"(?<![0-9A-Za-z:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![0-9A-Za-z:.])")
_MASKS = frozenset(int(IPv4Network((0, length)).netmask) for length in range(1, 33))
_EMAIL = re.compile(
    r"[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}|(?<!/)[A-Za-z0-9_.+-]{3,64}@[A-Za-z0-9-]{3,63}"
)
_OTHER = re.compile(r"[\x80-\xff]+")
_READABLE = re.compile(rb"[\x20-\x7e]{6,}")  # shorter runs in what may be no text at all say something by chance

FACTORY = frozenset({"192.0.0.64", "192.168.1.108"})  # what every new unit of the two makers has
_PLACEHOLDER = re.compile(r"(?i)[0fx:. -]*1?|n/?a|none|null|unknown|default")
SERIAL_LEAST = 5  # characters; a shorter number tells no unit from another, and stands in versions and masks too


@dataclass(frozen=True, slots=True)
class Private:
    """A text that must go, and what it is."""

    kind: Kind
    text: str


def find(data: bytes, fields: Fields) -> Iterator[Private]:
    """Everything private in one reply, with repeats; names last, because they may hold the rest."""
    values = ((name, value.encode("utf-8", "replace").decode()) for name in fields for value in fields[name])
    named = [item for name, value in values for item in _of_field(name, value)]
    named += [Private("host name", word) for word in _words_of_endpoints(fields)]
    yield from (item for item in named if item.kind != "name")
    for view, is_text in views(data):
        text = as_text(view) if is_text else b"\n".join(_READABLE.findall(view)).decode()
        yield from by_shape(text)
        yield from _labelled(text)
    yield from (item for item in named if item.kind == "name")


def as_text(data: bytes) -> str:
    """Each run of other octets than ASCII by itself: UTF-8 where it is, else GB 18030, else Latin-1."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return _OTHER.sub(lambda run: _decoded(run[0]), data.decode("latin-1"))


def _decoded(run: str) -> str:
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            return run.encode("latin-1").decode(encoding)
    return run


def _of_field(name: str, value: str) -> Iterator[Private]:
    if name == "san" and (named := _NAMED.fullmatch(value)):
        name, value = ("subject", named[2]) if named[1] else ("san", named[3])
    yield from by_shape(value)
    kind = KIND_OF_FIELD.get(name)
    if kind == "serial":
        yield from _serials(value, parted=name in ENDPOINT_FIELDS)
    elif kind == "MAC":
        if re.fullmatch("[0-9A-Fa-f]{12}", re.sub("[-:. _]", "", value)):
            yield Private(kind, value)
    elif kind:
        yield Private(kind, value)
    elif name in NAME_FIELDS:
        yield from (Private("name", part) for part in _PART.findall(value))
    elif name == "scope_other" and (found := _SCOPE.fullmatch(value)):
        yield from _serials(found[1].rpartition("/")[2])
        yield Private("name", found[1])


def _words_of_endpoints(fields: Fields) -> Iterator[str]:
    """The words of which an endpoint makes its id, and an SSDP answer its path: it may be the name of the unit."""
    ids = [_UUID.sub("", value) for name in ENDPOINT_FIELDS for value in fields.get(name, ())]
    urls = fields.get("location", ()) if "usn" in fields else ()
    for text in (*ids, *(url.partition("://")[2].partition("/")[2] for url in urls)):
        yield from (word for word in _ID_WORD.findall(text) if not _PLACEHOLDER.fullmatch(word))


def _labelled(text: str) -> Iterator[Private]:
    for kind, value in labelled(text):
        if kind == "serial":
            yield from _serials(value)
        else:
            yield Private(kind, value)


def _serials(value: str, parted: bool = False) -> Iterator[Private]:
    """The number of the unit, or all of it, or its parts; a MAC, a UUID and a placeholder have been seen to already."""
    if any(pattern.search(value) for pattern in (_UUID, _MAC, _PLAIN_MAC)) or _PLACEHOLDER.fullmatch(value):
        return
    unit = _UNIT.search(value)
    words = re.findall(r"[0-9A-Za-z]+", value) if parted or "." in value or ":" in value else [value]
    for text in [unit[1]] if unit else words:
        if any(c.isdigit() for c in text) and len(text) >= SERIAL_LEAST:
            yield Private("serial", text)


def by_shape(text: str) -> Iterator[Private]:
    """What is private wherever it stands."""
    yield from (Private("UUID", found[0]) for found in _UUID.finditer(text))
    yield from (Private("UUID", found) for found in _PLAIN_UUID.findall(text))
    yield from (Private("MAC", found[0]) for found in _MAC.finditer(text))
    yield from (Private("MAC", found[0]) for found in _PLAIN_MAC.finditer(text))
    yield from (Private("serial", found[1]) for found in _UNIT.finditer(text))
    yield from (Private("address", m[2]) for m in _IPV4.finditer(text) if tells(m[2]) and not _is_version(m))
    yield from (Private("IPv6 address", t) for t in _IPV6.findall(text) if tells(t))
    yield from (Private("e-mail address", t) for t in _EMAIL.findall(text))
    yield from (Private("host name", t) for t in _HOST.findall(text) if not _QUAD.fullmatch(t))
    yield from (Private("name", t) for t in _LOCAL_HOST.findall(text))


def is_internal(text: str) -> bool:
    """Whether an address is one of a network inside a house."""
    return any(ip_address(text) in network for network in _INTERNAL)


def _is_version(quad: re.Match[str]) -> bool:
    """Whether four numbers follow a product or a `v`, as in `Linux/2.6.28.9`, and are of no network inside a house."""
    return bool(quad[1]) and not is_internal(quad[2])


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
    return int(address) in _MASKS
