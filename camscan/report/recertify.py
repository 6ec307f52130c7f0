"""A certificate that shows the same as the original, and is another: key, signature, number and key ids are made up.

Everything stays where it is and as long as it is, so the DER stays well formed; that the signature no longer holds is
no loss, since a device signs for itself and nobody verifies it here. Extensions that are no part of the profile may say
anything, so their words become stand-ins. What cannot be taken apart so is refused. Follows RFC 5280; the reading is
the `cryptography` library's.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, ExtensionType

Octets = Callable[[bytes], bytes]
"""Octets → as many others."""

Swap = tuple[bytes, bytes]

SMALL = 0xFFFF  # a smaller number counts certificates, and its octets may stand anywhere
DEPTH_LIMIT = 16  # elements within elements; the deepest extension of the profile has six
_TEXT = re.compile(rb"[\x20-\x7e\x80-\xff]{4,}")
_CONSTRUCTED = 0x20
_OCTET_STRING, _WIDE_STRING = 0x04, 0x1E
_STRINGS = (0x0C, 0x12, 0x13, 0x14, 0x16, 0x1A, 0x81, 0x82, 0x86)  # the last three: mail, host and URL among the names


def recertify(der: bytes, other: Octets, words: Octets, redact: Octets) -> bytes:
    """The certificate with `other` applied to what is unique to it, `words` to the texts of extensions that no profile
    knows, and `redact` to all. Raises `ValueError` where it cannot be taken apart."""
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            certificate = x509.load_der_x509_certificate(der)
            swaps = [*_swaps(certificate, other), *_texts(certificate, words)]
        except Exception as error:  # hostile DER: the library promises no closed set of errors
            raise ValueError(str(error)) from None
    for old, new in swaps:
        der = der.replace(old, new)
    return redact(der)


def _swaps(certificate: "Certificate", other: Octets) -> Iterator[Swap]:
    yield certificate.signature, other(certificate.signature)
    yield from _key_swaps(certificate, other)
    yield from ((identifier, other(identifier)) for identifier in _key_ids(certificate))
    number = certificate.serial_number
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True)
    if abs(number) > SMALL:
        yield b"\x02" + bytes((len(octets),)) + octets, b"\x02" + bytes((len(octets),)) + _positive(octets, other)


def _positive(octets: bytes, other: Octets) -> bytes:
    """Another whole number of the same length: its first octet, which decides sign and length, stays."""
    kept = 2 if octets[0] == 0 else 1
    return octets[:kept] + other(octets)[kept:]


def _key_swaps(certificate: "Certificate", other: Octets) -> Iterator[Swap]:
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        yield _odd(key.public_numbers().n, other)
    elif isinstance(key, dsa.DSAPublicKey):
        numbers = key.public_numbers()
        parameters = numbers.parameter_numbers
        yield from (_odd(number, other) for number in (numbers.y, parameters.p, parameters.q, parameters.g))
    elif isinstance(key, ec.EllipticCurvePublicKey):
        form = Encoding.X962, PublicFormat.UncompressedPoint
        old = key.public_bytes(*form)
        secret = int.from_bytes(other(old)[1 : key.key_size // 8], "big") + 1
        yield old, ec.derive_private_key(secret, key.curve).public_key().public_bytes(*form)
    else:
        try:
            raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
        except (AttributeError, TypeError) as error:
            raise ValueError(str(error)) from None
        yield raw, other(raw)


def _odd(number: int, other: Octets) -> Swap:
    """A large number of a key, and another with the same first and last octet: as long, and as odd."""
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return octets, octets[:1] + other(octets)[1:-1] + octets[-1:]


def _key_ids(certificate: "Certificate") -> Iterator[bytes]:
    from cryptography import x509

    for extension in certificate.extensions:
        value = extension.value
        if isinstance(value, x509.SubjectKeyIdentifier):
            yield value.digest
        elif isinstance(value, x509.AuthorityKeyIdentifier) and value.key_identifier:
            yield value.key_identifier


def _texts(certificate: "Certificate", words: Octets) -> Iterator[Swap]:
    """The texts of every extension that may hold any."""
    from cryptography import x509

    silent: tuple[type[ExtensionType], ...]
    silent = (x509.BasicConstraints, x509.KeyUsage, x509.ExtendedKeyUsage, x509.SubjectKeyIdentifier)
    for extension in certificate.extensions:
        value = extension.value
        if not isinstance(value, silent):
            octets = value.value if isinstance(value, x509.UnrecognizedExtension) else value.public_bytes()
            yield octets, _opaque(octets, words)


def _opaque(octets: bytes, words: Octets, depth: int = 0) -> bytes:
    """Octets that may be DER, or else anything."""
    try:
        return b"".join(_elements(octets, words, depth))
    except (ValueError, IndexError):
        return _TEXT.sub(lambda found: words(found[0]), octets)


def _elements(der: bytes, words: Octets, depth: int) -> Iterator[bytes]:
    """Each element with its texts changed. Raises `ValueError` or `IndexError` where it is none."""
    position = 0
    while position < len(der):
        tag, first, length = der[position], position, der[position + 1]
        start = position + 2 + (length & 0x7F if length > 0x7F else 0)
        length = int.from_bytes(der[position + 2 : start], "big") if length > 0x7F else length
        body, position = der[start : start + length], start + length
        if len(body) != length or depth > DEPTH_LIMIT:
            raise ValueError("no DER")
        if tag & _CONSTRUCTED:
            body = b"".join(_elements(body, words, depth + 1))
        elif tag in _STRINGS:
            body = words(body)
        elif tag == _OCTET_STRING:
            body = _opaque(body, words, depth + 1)
        elif tag == _WIDE_STRING:
            body = bytes(octet for pair in zip(body[::2], words(body[1::2]), strict=True) for octet in pair)
        yield der[first:start] + body
