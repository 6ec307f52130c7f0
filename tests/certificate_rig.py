"""Certificates made for a test: by the library, one for each kind of key that devices have; by hand, as devices make
them and the library does not; and those of the captures."""

import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_address, ip_network
from ssl import PEM_cert_to_DER_cert

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from camscan.protocols.certificate import read_certificate
from tests.capture_rig import DIRECTORY

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


def element(tag: int, *parts: bytes) -> bytes:
    """One element of DER around these parts."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 + len(length))) + length + content


def identifier(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER, as the library writes it."""
    alone = x509.Name([x509.NameAttribute(x509.ObjectIdentifier(dotted), "x")]).public_bytes()
    return alone[6:-3]  # sequence, set and sequence before it, a text of one letter after it


def name_of(*parts: tuple[str, int, bytes]) -> bytes:
    """A Name of (identifier, tag of the text, text)."""
    return element(0x30, *(element(0x31, element(0x30, identifier(o), element(t, v))) for o, t, v in parts))


def algorithm_of(dotted: str, *parameters: bytes) -> bytes:
    return element(0x30, identifier(dotted), *parameters)


def key_of(algorithm: bytes, key: bytes) -> bytes:
    """A SubjectPublicKeyInfo."""
    return element(0x30, algorithm, element(0x03, b"\0", key))


def extensions_of(*extensions: tuple[str, bytes]) -> bytes:
    """(identifier, value) of extensions, none of them critical."""
    return element(0xA3, element(0x30, *(element(0x30, identifier(o), element(0x04, v)) for o, v in extensions)))


Fields = dict[str, list[str]]
SAN = "2.5.29.17"
PSS, RSA, EC, DSA, DH = (
    "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.1", "1.2.840.10045.2.1", "1.2.840.10040.4.1", "1.2.840.113549.1.3.1",
)  # fmt: skip
CN = NameOID.COMMON_NAME.dotted_string
NUMBER = element(0x02, b"\0", b"\xc5" * 128)  # of 1,024 bits
NAMES = [
    x509.DNSName("camera.example"),
    x509.DNSName(""),
    x509.IPAddress(ip_address("192.0.2.7")),
    x509.IPAddress(ip_address("2001:db8::7")),
    x509.IPAddress(ip_network("192.0.2.0/24")),
    x509.IPAddress(ip_network("2001:db8::/32")),
    x509.IPAddress(ip_network("0.0.0.0/0")),
    x509.RFC822Name("a@camera.example"),
    x509.UniformResourceIdentifier("https://camera.example/?a=b"),
    x509.DirectoryName(
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a, b"), x509.NameAttribute(NameOID.STREET_ADDRESS, "c")])
    ),
    x509.RegisteredID(NameOID.COMMON_NAME),
    x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), element(0x0C, b"cam@example")),
]
NULL = b"\x05\x00"
SHA256_RSA = algorithm_of("1.2.840.113549.1.1.11", NULL)
CAMERA = name_of(("2.5.4.3", 0x0C, b"camera"))
RSA_KEY = key_of(
    algorithm_of("1.2.840.113549.1.1.1", NULL),
    element(0x30, element(0x02, b"\0", b"\xc5" * 128), element(0x02, b"\x01\0\x01")),
)


def by_hand(
    *,
    version: bytes = b"\xa0\x03\x02\x01\x02",
    serial: bytes = b"\x07",
    algorithm: bytes = SHA256_RSA,
    issuer: bytes = CAMERA,
    begin: bytes = element(0x17, b"200102030405Z"),
    end: bytes = element(0x17, b"490102030405Z"),
    subject: bytes = CAMERA,
    key: bytes = RSA_KEY,
    more: bytes = b"",
    after: bytes = b"",
) -> bytes:
    """A certificate of any parts, right or wrong; its signature is none."""
    validity = element(0x30, begin, end)
    body = element(0x30, version, element(0x02, serial), algorithm, issuer, validity, subject, key, more)
    return element(0x30, body, algorithm, element(0x03, b"\0", b"signature")) + after


WHOLE = by_hand()


def fields(der: bytes) -> Fields:
    """What camscan reads, by field."""
    return grouped(read_certificate(der))


def grouped(pairs: Sequence[tuple[str, str]]) -> Fields:
    found: Fields = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def recorded() -> list[bytes]:
    """The certificate of every capture."""
    replies = [tomllib.loads(path.read_text())["reply"] for path in sorted((DIRECTORY / "tls").glob("*.toml"))]
    pems = [reply[reply.index("-----BEGIN C") :] for reply in replies if "-----BEGIN C" in reply]
    return [PEM_cert_to_DER_cert(pem.strip()) for pem in pems]
