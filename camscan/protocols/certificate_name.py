"""The names in a certificate: whom it is for, who signed it, and under what other names the device answers.

A text that breaks the rules of its type is read all the same (an @ in a PrintableString, Latin-1 in a UTF8String), and
what is no text at all is shown as hexadecimal. Raises `DecodeError` and nothing else. Follows RFC 5280 sections 4.1.2.4
and 4.2.1.6, ITU-T X.520.
"""

from collections.abc import Iterator
from ipaddress import ip_address, ip_network

from camscan.errors import DecodeError
from camscan.protocols.ber import OBJECT, SEQUENCE, SET, Reader, dotted

NAME_LIMIT = 4 * 1024  # bytes of one name; RFC 5280 allows 64 characters for most of its parts

Pairs = Iterator[tuple[str, str]]
Name = list[list[tuple[str, str]]]
"""Sets of (attribute, value), mostly of one each: CN, O, OU … or the identifier where there is no short word for it."""

_SHORT = {
    "2.5.4.3": "CN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "1.2.840.113549.1.9.1": "emailAddress",
}

_IA5 = 0x16
_LATIN = ("utf-8", "latin-1")  # whatever the type promises: UTF-8 is what is written, Latin-1 by what is older
_ENCODINGS = {
    0x0C: _LATIN,  # UTF8String
    0x12: _LATIN,  # NumericString
    0x13: _LATIN,  # PrintableString
    0x14: _LATIN,  # TeletexString, or T61String
    _IA5: _LATIN,
    0x1A: _LATIN,  # VisibleString
    0x1B: _LATIN,  # GeneralString
    0x1C: ("utf-32-be",),  # UniversalString
    0x1E: ("utf-16-be",),  # BMPString
    0x04: ("utf-8",),  # OCTET STRING: no type for a text, and used for it
    0x17: ("utf-8",),  # UTCTime
    0x18: ("utf-8",),  # GeneralizedTime
}
_OTHER, _MAIL, _HOST, _DIRECTORY, _URL, _ADDRESS, _REGISTERED = 0xA0, 0x81, 0x82, 0xA4, 0x86, 0x87, 0x88


def read_name(content: bytes) -> Name:
    """The content of a Name, in its order."""
    if len(content) > NAME_LIMIT:
        raise DecodeError(f"a name longer than {NAME_LIMIT} bytes")
    return [[_attribute(pair) for pair in Reader(group).every(SEQUENCE)] for group in Reader(content).every(SET)]


def _attribute(content: bytes) -> tuple[str, str]:
    reader = Reader(content)
    key = dotted(reader.take(OBJECT))
    return _SHORT.get(key, key), _text(*reader.next())


def _text(tag: int, content: bytes) -> str:
    for encoding in _ENCODINGS.get(tag, ()):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.hex()


def parts_of(name: Name) -> list[tuple[str, str]]:
    """All (attribute, value) of a name."""
    return [part for group in name for part in group]


def name_pairs(role: str, parts: list[tuple[str, str]]) -> Pairs:
    """(attribute, value) parts of a name → `role`, `role`_cn, `role`_o, `role`_ou. U+00A0 is made a space."""
    clean = [(key, " ".join(value.split())) for key, value in parts]
    yield role, _joined(clean)
    for key, value in clean:
        if key.upper() in ("CN", "O", "OU"):
            yield f"{role}_{key.lower()}", value


def _joined(parts: list[tuple[str, str]]) -> str:
    return ", ".join(f"{key}={value}" for key, value in parts)


def alternative_name(tag: int, content: bytes) -> str:
    """One GeneralName. Hosts, addresses, mail addresses and URLs stand for themselves; the kinds that could be mistaken
    for them say first what they are: `directoryName:CN=…, O=…`, `registeredID:2.5.4.3`, `otherName:TYPE:value`."""
    if tag in (_MAIL, _HOST, _URL):
        return _text(_IA5, content)
    if tag == _ADDRESS:
        return _address(content)
    if tag == _DIRECTORY:
        return "directoryName:" + _joined(parts_of(read_name(Reader(content).take(SEQUENCE))))
    if tag == _REGISTERED:
        return "registeredID:" + dotted(content)
    if tag == _OTHER:
        return "otherName:" + _other(content)
    raise DecodeError(f"a name of the kind {tag:#04x}, which nobody uses")  # an X.400 address or a trading party


def _other(content: bytes) -> str:
    """A name of a kind that is defined elsewhere, such as 1.3.6.1.4.1.311.20.2.3, a login of Windows."""
    reader = Reader(content)
    kind = dotted(reader.take(OBJECT))
    return f"{kind}:{_text(*Reader(reader.take(_OTHER)).next())}"


def _address(content: bytes) -> str:
    """An address, or one with its mask after it: a network."""
    if len(content) in (4, 16):
        return str(ip_address(content))
    if len(content) not in (8, 32):
        raise DecodeError(f"an address of {len(content)} bytes")
    half = len(content) // 2
    mask = int.from_bytes(content[half:], "big")
    ones = mask.bit_count()
    if mask != (1 << 8 * half) - (1 << 8 * half - ones):
        raise DecodeError("a mask with gaps")
    return str(ip_network((content[:half], ones), strict=False))
