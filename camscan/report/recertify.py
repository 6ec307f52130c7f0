"""A certificate that shows the same as the original, and is another: key, signature, number and key ids are made up.

Everything stays where it is and as long as it is, so the DER stays well formed; that the signature no longer holds is
no loss, since a device signs for itself and nobody verifies it here. Follows RFC 5280; the reading is the
`cryptography` library's.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

Octets = Callable[[bytes], bytes]
"""Octets → as many others."""


def recertify(der: bytes, other: Octets, redact: Octets) -> bytes:
    """The certificate with `redact` applied to its names and `other` to what is unique to it. Raises `ValueError`
    where it cannot be read."""
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        certificate = x509.load_der_x509_certificate(der)
        swaps = list(_swaps(certificate, other))
    for old, new in swaps:
        der = der.replace(old, new)
    return redact(der)


def _swaps(certificate: "Certificate", other: Octets) -> Iterator[tuple[bytes, bytes]]:
    yield certificate.signature, other(certificate.signature)
    yield from _key_swaps(certificate, other)
    yield from ((identifier, other(identifier)) for identifier in _key_ids(certificate))
    number = certificate.serial_number
    octets = number.to_bytes(number.bit_length() // 8 + 1, "big")
    if number > 0xFFFF:  # a small number counts certificates, and its octets may stand anywhere
        yield b"\x02" + bytes((len(octets),)) + octets, b"\x02" + bytes((len(octets),)) + _positive(octets, other)


def _positive(octets: bytes, other: Octets) -> bytes:
    """Another whole number of the same length: its first octet, which decides sign and length, stays."""
    kept = 2 if octets[0] == 0 else 1
    return octets[:kept] + other(octets)[kept:]


def _key_swaps(certificate: "Certificate", other: Octets) -> Iterator[tuple[bytes, bytes]]:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        octets = key.public_numbers().n.to_bytes(key.key_size // 8, "big")
        yield octets, octets[:1] + other(octets)[1:-1] + octets[-1:]
    elif isinstance(key, ec.EllipticCurvePublicKey):
        form = Encoding.X962, PublicFormat.UncompressedPoint
        old = key.public_bytes(*form)
        secret = int.from_bytes(other(old)[1 : key.key_size // 8], "big") + 1
        yield old, ec.derive_private_key(secret, key.curve).public_key().public_bytes(*form)
    else:
        raise ValueError("a key that is neither RSA nor elliptic")


def _key_ids(certificate: "Certificate") -> Iterator[bytes]:
    from cryptography import x509

    try:
        extensions = list(certificate.extensions)
    except ValueError:  # devices break every rule; then there is no key id to be read either
        return
    for extension in extensions:
        value = extension.value
        if isinstance(value, x509.SubjectKeyIdentifier):
            yield value.digest
        elif isinstance(value, x509.AuthorityKeyIdentifier) and value.key_identifier:
            yield value.key_identifier
