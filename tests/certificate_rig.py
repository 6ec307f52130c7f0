"""Certificates made for a test: one for each kind of key that devices have."""

from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@cache
def certificate(kind: str, *, name: str, issuer: str, address: str) -> bytes:
    """The DER of a certificate with key ids and an address among its alternative names."""
    key: Key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    builder = x509.CertificateBuilder(
        subject_name=_name(name),
        issuer_name=_name(issuer),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=datetime(2023, 4, 5, tzinfo=UTC),
        not_valid_after=datetime(2053, 4, 5, tzinfo=UTC),
    )
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address)), x509.DNSName("cam.local")])
    builder = builder.add_extension(alternative, critical=False)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
