"""The fields of a certificate as the `cryptography` library reads them: what camscan's own reading is held against.

Written apart from the code under test. It differs from what the library prints in two things, both on purpose: a year
before 1000 has four digits here (as text it would come after 2026 otherwise), and of the alternative names that are
objects in Python the text is ours.
"""

import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

SHORT = {
    "commonName": "CN",
    "serialNumber": "serialNumber",
    "countryName": "C",
    "localityName": "L",
    "stateOrProvinceName": "ST",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "emailAddress": "emailAddress",
}


class RefusedError(Exception):
    """The library takes it for no certificate."""


def by_library(der: bytes) -> list[tuple[str, str]]:
    """(field, value), what cannot be read left out. Raises `RefusedError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            certificate = x509.load_der_x509_certificate(der)
        except Exception as error:
            raise RefusedError(str(error)) from None
        found = []
        for read in (subject, issuer, self_signed, not_before, not_after, key, signature, alternative, fingerprint):
            with suppress(Exception):
                found += list(read(certificate))
        return found


def parts(name: x509.Name) -> list[tuple[str, str]]:
    return [(SHORT.get(a.oid._name, a.oid.dotted_string), a.value) for a in name if isinstance(a.value, str)]


def pairs(role: str, name: x509.Name) -> Iterator[tuple[str, str]]:
    plain = [(key, " ".join(value.split())) for key, value in parts(name)]
    yield role, ", ".join(f"{key}={value}" for key, value in plain)
    yield from ((f"{role}_{key.lower()}", value) for key, value in plain if key in {"CN", "O", "OU"})


def subject(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    return pairs("subject", certificate.subject)


def issuer(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    return pairs("issuer", certificate.issuer)


def self_signed(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    yield "self_signed", str(certificate.subject == certificate.issuer).lower()


def time(moment: datetime) -> str:
    return f"{moment.year:04}" + moment.strftime("-%m-%dT%H:%M:%SZ")


def not_before(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    yield "not_before", time(certificate.not_valid_before_utc)


def not_after(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    yield "not_after", time(certificate.not_valid_after_utc)


def key(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    public = certificate.public_key()
    yield "key_type", type(public).__name__.removesuffix("PublicKey").lower()
    yield "key_bits", str(getattr(public, "key_size", ""))


def signature(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    algorithm = certificate.signature_hash_algorithm
    yield "signature_hash", algorithm.name if algorithm else ""


def alternative(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    for name in list(names)[:32]:
        if isinstance(name, x509.DirectoryName):
            yield "san", "directoryName:" + ", ".join(f"{key}={value}" for key, value in parts(name.value))
        elif isinstance(name, x509.RegisteredID):
            yield "san", f"registeredID:{name.value.dotted_string}"
        elif isinstance(name, x509.OtherName):
            yield "san", f"otherName:{name.type_id.dotted_string}:{name.value[2:].decode()}"
        else:
            yield "san", str(name.value)


def fingerprint(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    yield "fingerprint_sha256", certificate.fingerprint(SHA256()).hex()
