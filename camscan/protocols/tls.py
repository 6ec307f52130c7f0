"""TLS: whose certificate a port shows, and whether a modern client can talk to it at all.

The transport does the handshake, strict first and legacy where that fails, and hands over what came of it; here it
becomes text (`encode_record`) and is read again, so that a recording is complete. Recordings of other tools (curl,
openssl, Zeek) give the two names only, and are read too. Follows RFC 5280 and RFC 4514.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from camscan.errors import DecodeError
from camscan.probe import Protocol, Request, Tcp
from camscan.protocols.certificate import read_certificate
from camscan.protocols.certificate_name import name_pairs
from camscan.protocols.gather import gather
from camscan.reply import Fields

PORTS = (443, 8443)
RECORD_LIMIT = 128 * 1024  # characters; a whole chain as openssl prints it has 20,000
NAME_LIMIT = 4 * 1024  # characters of one name; RFC 5280 allows 64 for most of its parts

STRICT = Request(name="handshake strict", payload=b"")
LEGACY = Request(name="handshake legacy", payload=b"")

_HANDSHAKE = re.compile(r"^(mode|version|cipher)=([!-~]{1,64})\s*$", re.MULTILINE)
_HANDSHAKE_FIELDS = {"mode": "tls_mode", "version": "tls_version", "cipher": "tls_cipher"}
_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")
_QUOTED_NAME = re.compile(r'"(subject|issuer)"\s*:\s*"([^"\r\n]*)"')
_NAME_LINE = re.compile(
    r"^[ \t*|]*(?:ssl-cert:[ \t]*)?(subject|issuer)[ \t]*[=:][ \t]*(\S[^\r\n]*)", re.MULTILINE | re.IGNORECASE
)
_SECTION = re.compile(
    r"^(subject|issuer)[ \t]*\r?\n((?:[ \t]+[A-Za-z ]{1,24}:[^\r\n]*(?:\r?\n|\Z))+)", re.MULTILINE | re.IGNORECASE
)
_SECTION_LINE = re.compile(r"^[ \t]+([A-Za-z ]{1,24}):[ \t]*([^\r\n]*)", re.MULTILINE)
_LONG = {
    "commonname": "CN",
    "organizationname": "O",
    "org": "O",
    "organizationalunitname": "OU",
    "org unit": "OU",
    "countryname": "C",
    "country": "C",
    "stateorprovincename": "ST",
    "state": "ST",
    "localityname": "L",
    "locality": "L",
}
_DEPTH = re.compile(r"depth=\d+\s+")
_ATTRIBUTE = re.compile(r"(?:^|[,;+/])[ \t]*([A-Za-z][A-Za-z0-9]{0,31}|[0-9]{1,8}(?:\.[0-9]{1,12}){1,16})[ \t]*=[ \t]*")
_ESCAPE = re.compile(r"\\([,;+\"\\<>=# ])")


def encode_record(mode: str, version: str, cipher: str, der: bytes) -> bytes:
    """A handshake as the text that `decode` reads: `mode` is strict or legacy; then the leaf certificate as PEM."""
    pem = base64.b64encode(der)
    lines = [pem[start : start + 64] for start in range(0, len(pem), 64)]
    head = f"mode={mode}\nversion={version}\ncipher={cipher}\n".encode("ascii", "replace")
    return head + b"\n".join([b"-----BEGIN CERTIFICATE-----", *lines, b"-----END CERTIFICATE-----", b""])


def decode(data: bytes) -> Fields:
    """A handshake record, or the names another tool printed → subject, issuer, subject_cn, tls_mode, not_after …"""
    text = data[:RECORD_LIMIT].decode("utf-8", "replace")
    pem = _PEM.search(text)
    if pem:
        return gather([*_handshake(text), *_certificate(pem[1], alone=not _HANDSHAKE.search(text))])
    pairs = list(_printed_names(text))
    if not pairs:
        raise DecodeError("neither a certificate nor the names of one")
    return gather(pairs)


def _certificate(pem: str, *, alone: bool) -> Iterator[tuple[str, str]]:
    """What the certificate says; where it cannot be read, that is a field beside those of the handshake."""
    try:
        yield from read_certificate(_from_base64(pem))
    except DecodeError as error:
        if alone:
            raise
        yield "certificate_problem", str(error)


def _handshake(text: str) -> Iterator[tuple[str, str]]:
    return ((_HANDSHAKE_FIELDS[name], value) for name, value in _HANDSHAKE.findall(text))


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        raise DecodeError(f"a certificate that is not base64: {error}") from None


def _printed_names(text: str) -> Iterator[tuple[str, str]]:
    text = text.replace("\\xC2\\xA0", " ")  # how some tools print the no-break space
    for role, name in _QUOTED_NAME.findall(text) or _NAME_LINE.findall(text):
        parts = split_name(name[:NAME_LIMIT])
        yield from name_pairs(role.lower(), parts) if parts else iter([(role.lower(), name[:NAME_LIMIT])])
    for role, lines in _SECTION.findall(text):
        yield from name_pairs(role.lower(), [(_short(key), value) for key, value in _SECTION_LINE.findall(lines)])


def split_name(text: str) -> list[tuple[str, str]]:
    """A printed name → (attribute, value) parts, in order. A comma inside a value need not be escaped."""
    text = _DEPTH.sub("", text, count=1)
    found = list(_ATTRIBUTE.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    return [(_short(m[1]), _plain(text[m.end() : end])) for m, end in zip(found, ends, strict=False)]


def _plain(value: str) -> str:
    """The value without escapes, or without the quotes that openssl puts around one with a comma."""
    text = _ESCAPE.sub(r"\1", value).strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _short(key: str) -> str:
    return _LONG.get(key.lower(), key)


PROTOCOL = Protocol(
    name="tls",
    title="TLS certificate",
    channel=Tcp(ports=(), tls_ports=PORTS),
    requests=(STRICT, LEGACY),
    decode=decode,
)
