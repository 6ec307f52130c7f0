"""Reads one X.509 certificate of a device: names, validity, key. Nothing is verified: a camera signs for itself.

Devices write certificates that break every rule (negative serials, bad dates, wrong lengths), so each property is
read by itself and left out where it cannot be. Raises `DecodeError` where there is no certificate at all. Follows
RFC 5280; the parsing is the `cryptography` library's.
"""

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from camscan.errors import DecodeError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, Name

CERTIFICATE_LIMIT = 64 * 1024  # bytes of DER; a device's own certificate has 600 to 3,000
NAMES_LIMIT = 32  # alternative names kept; a device has its addresses and a name or two

Pairs = Iterator[tuple[str, str]]

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


def read_certificate(der: bytes) -> list[tuple[str, str]]:
    """(field, value) of a certificate: subject, issuer, their parts, not_before, not_after, key_type, san …"""
    from cryptography import x509  # a tenth of a second to import, and only devices with TLS need it

    if len(der) > CERTIFICATE_LIMIT:
        raise DecodeError(f"a certificate longer than {CERTIFICATE_LIMIT} bytes")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library warns of bad habits; here they are what is looked for
        try:
            certificate = x509.load_der_x509_certificate(der)
        except Exception as error:  # hostile DER: the library promises no closed set of errors
            raise DecodeError(f"not a certificate: {error}") from None
        return [pair for read in _READERS for pair in _attempt(read, certificate)]


def _attempt(read: "Callable[[Certificate], Pairs]", certificate: "Certificate") -> list[tuple[str, str]]:
    try:
        return list(read(certificate))
    except Exception:  # as above: a property that cannot be read is left out
        return []


def name_pairs(role: str, parts: list[tuple[str, str]]) -> Pairs:
    """(attribute, value) parts of a name → `role`, `role`_cn, `role`_o, `role`_ou. U+00A0 is made a space."""
    clean = [(key, " ".join(value.split())) for key, value in parts]
    yield role, ", ".join(f"{key}={value}" for key, value in clean)
    for key, value in clean:
        if key.upper() in ("CN", "O", "OU"):
            yield f"{role}_{key.lower()}", value


def _parts(name: "Name") -> list[tuple[str, str]]:
    return [(_SHORT.get(a.oid.dotted_string, a.oid.dotted_string), _text(a.value)) for a in name]


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.hex()


def _subject(certificate: "Certificate") -> Pairs:
    return name_pairs("subject", _parts(certificate.subject))


def _issuer(certificate: "Certificate") -> Pairs:
    return name_pairs("issuer", _parts(certificate.issuer))


def _self_signed(certificate: "Certificate") -> Pairs:
    yield "self_signed", "true" if certificate.subject == certificate.issuer else "false"


def _not_before(certificate: "Certificate") -> Pairs:
    yield "not_before", certificate.not_valid_before_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _not_after(certificate: "Certificate") -> Pairs:
    yield "not_after", certificate.not_valid_after_utc.strftime("%Y-%m-%dT%H:%M:%SZ")


def _key(certificate: "Certificate") -> Pairs:
    key = certificate.public_key()
    yield "key_type", type(key).__name__.removesuffix("PublicKey").lstrip("_").lower()
    yield "key_bits", str(getattr(key, "key_size", ""))


def _signature(certificate: "Certificate") -> Pairs:
    algorithm = certificate.signature_hash_algorithm
    yield "signature_hash", algorithm.name if algorithm else ""


def _alternative_names(certificate: "Certificate") -> Pairs:
    from cryptography.x509 import SubjectAlternativeName

    names = certificate.extensions.get_extension_for_class(SubjectAlternativeName).value
    yield from (("san", str(name.value)) for name in list(names)[:NAMES_LIMIT])


def _fingerprint(certificate: "Certificate") -> Pairs:
    from cryptography.hazmat.primitives.hashes import SHA256

    yield "fingerprint_sha256", certificate.fingerprint(SHA256()).hex()


_READERS: "tuple[Callable[[Certificate], Pairs], ...]" = (
    _subject,
    _issuer,
    _self_signed,
    _not_before,
    _not_after,
    _key,
    _signature,
    _alternative_names,
    _fingerprint,
)
