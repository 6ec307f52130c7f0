"""Reads one X.509 certificate of a device: names, validity, key. Nothing is verified: a camera signs for itself.

Devices write certificates that break every rule (serial numbers below zero, versions that do not exist, bad dates,
bytes after the end), so each property is read by itself and left out where it cannot be. Raises `DecodeError` where
there is no certificate at all. Follows RFC 5280. The `cryptography` library would refuse such a certificate as a whole,
and importing it would cost a scan 10 MB.
"""

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from camscan.errors import DecodeError
from camscan.protocols.ber import BOOLEAN, INTEGER, OBJECT, OCTETS, SEQUENCE, Reader
from camscan.protocols.certificate_algorithm import key_bits, key_type, signature_hash
from camscan.protocols.certificate_name import Name, Pairs, alternative_name, name_pairs, parts_of, read_name

CERTIFICATE_LIMIT = 64 * 1024  # bytes of DER; a device's own certificate has 600 to 3,000
NAMES_LIMIT = 32  # alternative names kept; a device has its addresses and a name or two
EXTENSIONS_LIMIT = 64  # extensions looked at; a certificate has ten

_VERSION, _EXTENSIONS = 0xA0, 0xA3
_ALTERNATIVE_NAMES = bytes.fromhex("551d11")  # 2.5.29.17
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_TIME = r"(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:[.,]\d{1,9})?)?(?:Z|([+-])([01]\d)([0-5]\d))"
_TIMES = {
    _UTC_TIME: re.compile(rf"(\d\d){_TIME}".encode()),
    _GENERALIZED_TIME: re.compile(rf"(\d{{4}}){_TIME}".encode()),
}
_TURN = 50  # RFC 5280: the year 50 is 1950, and 49 is 2049


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """A certificate taken apart: contents, still to be read. `more` is all that follows the key within what is signed,
    `signature` all that follows that; `whole` is the certificate itself."""

    whole: bytes
    issuer: bytes
    validity: bytes
    subject: bytes
    key: bytes
    more: bytes
    signature: bytes


def read_certificate(der: bytes) -> list[tuple[str, str]]:
    """(field, value) of a certificate: subject, issuer, their parts, not_before, not_after, key_type, san …"""
    if len(der) > CERTIFICATE_LIMIT:
        raise DecodeError(f"a certificate longer than {CERTIFICATE_LIMIT} bytes")
    try:
        parts = _take_apart(der)
    except DecodeError as error:
        raise DecodeError(f"not a certificate: {error}") from None
    return list(_read(parts))


def _take_apart(der: bytes) -> _Parts:
    """What has to be there. Version and serial number say nothing of a device: any will do."""
    outer = Reader(der)
    certificate = Reader(outer.take(SEQUENCE))
    body = Reader(certificate.take(SEQUENCE))
    if body.begins(_VERSION):
        body.next()
    body.take(INTEGER)
    body.take(SEQUENCE)  # how it is signed, once more
    return _Parts(
        whole=outer.taken(),
        issuer=body.take(SEQUENCE),
        validity=body.take(SEQUENCE),
        subject=body.take(SEQUENCE),
        key=body.take(SEQUENCE),
        more=body.left(),
        signature=certificate.left(),
    )


def _read(parts: _Parts) -> Pairs:
    for read in _READERS:
        with suppress(DecodeError):  # what cannot be read is left out
            yield from read(parts)


def _names(parts: _Parts) -> Pairs:
    names: list[Name] = []
    for role, content in (("subject", parts.subject), ("issuer", parts.issuer)):
        with suppress(DecodeError):
            names.append(read_name(content))
            yield from name_pairs(role, parts_of(names[-1]))
    if len(names) == 2:
        same = [set(group) for group in names[0]] == [set(group) for group in names[1]]
        yield "self_signed", "true" if same else "false"


def _not_before(parts: _Parts) -> Pairs:
    yield "not_before", _moment(*Reader(parts.validity).next())


def _not_after(parts: _Parts) -> Pairs:
    reader = Reader(parts.validity)
    reader.next()
    yield "not_after", _moment(*reader.next())


def _moment(tag: int, content: bytes) -> str:
    """A time in UTC. RFC 5280 wants seconds and a Z; the standard it narrows down, X.680, knows times without seconds
    and with an offset, and they are as clear. A time without a zone is nobody's: left out."""
    found = _TIMES[tag].fullmatch(content) if tag in _TIMES else None
    if found is None:
        raise DecodeError("a time that is none")
    year, month, day, hour, minute, second = (int(number or 0) for number in found.groups()[:6])
    if tag == _UTC_TIME:
        year += 2000 if year < _TURN else 1900
    ahead = timedelta(hours=int(found[8] or 0), minutes=int(found[9] or 0)) * (-1 if found[7] == b"-" else 1)
    try:
        return f"{(datetime(year, month, day, hour, minute, second) - ahead).isoformat()}Z"
    except (ValueError, OverflowError) as error:  # the 30th of February; an hour before the first year
        raise DecodeError(f"a time that is none: {error}") from None


def _key(parts: _Parts) -> Pairs:
    yield "key_type", key_type(parts.key)
    yield "key_bits", key_bits(parts.key)


def _signature(parts: _Parts) -> Pairs:
    yield "signature_hash", signature_hash(Reader(parts.signature).take(SEQUENCE))


def _alternative_names(parts: _Parts) -> Pairs:
    names = Reader(Reader(_extension(_ALTERNATIVE_NAMES, parts.more)).take(SEQUENCE))
    for tag, content in islice(names.elements(), NAMES_LIMIT):
        with suppress(DecodeError):
            yield "san", alternative_name(tag, content)


def _extension(identifier: bytes, more: bytes) -> bytes:
    """The value of an extension."""
    extensions = next((content for tag, content in Reader(more).elements() if tag == _EXTENSIONS), b"")
    for extension in islice(Reader(Reader(extensions).take(SEQUENCE)).every(SEQUENCE), EXTENSIONS_LIMIT):
        reader = Reader(extension)
        if reader.take(OBJECT) == identifier:
            if reader.begins(BOOLEAN):
                reader.next()  # whether it is critical
            return reader.take(OCTETS)
    raise DecodeError("no such extension")


def _fingerprint(parts: _Parts) -> Pairs:
    """Of the certificate as it was sent, without what follows it."""
    yield "fingerprint_sha256", hashlib.sha256(parts.whole).hexdigest()


_READERS: tuple[Callable[[_Parts], Pairs], ...] = (
    _names,
    _not_before,
    _not_after,
    _key,
    _signature,
    _alternative_names,
    _fingerprint,
)
