"""Certificates of every kind that the `cryptography` library can make are read as it reads them, without it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache, partial

import pytest
from cryptography import x509
from cryptography.hazmat._oid import _SIG_OIDS_TO_HASH
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.hashes import SHA224, SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from camscan.protocols.certificate import NAMES_LIMIT, read_certificate
from tests.certificate_reference import by_library
from tests.certificate_rig import (
    CAMERA,
    CN,
    DH,
    EC,
    NAMES,
    NULL,
    NUMBER,
    PSS,
    RSA,
    algorithm_of,
    by_hand,
    element,
    fields,
    identifier,
    key_of,
    name_of,
    recorded,
)

Hash = SHA224 | SHA256 | SHA384 | SHA512
CURVES = {curve().name: curve for curve in ec.EllipticCurve.__subclasses__()}
BEGIN = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
HASHES: dict[str, Hash] = {"sha224": SHA224(), "sha256": SHA256(), "sha384": SHA384(), "sha512": SHA512()}
HASH_IDENTIFIERS = {
    "sha224": "2.16.840.1.101.3.4.2.4",
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
TWO = element(0x02, b"\x02")
GROUP_2 = element(
    0x02,
    b"\0",
    bytes.fromhex(
        "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd"
        "ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"
        "ee386bfb5a899fa5ae9f24117c4b1fe649286651ece65381ffffffffffffffff"
    ),
)  # the prime of RFC 2409, section 6.2
P256 = element(
    0x30,
    element(0x02, b"\x01"),
    element(
        0x30,
        identifier("1.2.840.10045.1.1"),
        element(0x02, bytes.fromhex("00ffffffff00000001000000000000000000000000ffffffffffffffffffffffff")),
    ),
    element(
        0x30,
        element(0x04, bytes.fromhex("ffffffff00000001000000000000000000000000fffffffffffffffffffffffc")),
        element(0x04, bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")),
    ),
    element(
        0x04,
        bytes.fromhex(
            "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
        ),
    ),
    element(0x02, bytes.fromhex("00ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")),
    element(0x02, b"\x01"),
)  # the curve secp256r1, spelled out: SEC 2, section 2.4.2


def curve_key(curve: type[ec.EllipticCurve]) -> ec.EllipticCurvePublicKey:
    return ec.generate_private_key(curve()).public_key()


def point_of_p256() -> bytes:
    return curve_key(ec.SECP256R1).public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)  # noqa: S505 - as old devices have


def made(
    *,
    subject: x509.Name | None = None,
    key: CertificatePublicKeyTypes | None = None,
    names: Sequence[x509.GeneralName] = (),
    critical: bool = False,
    begin: datetime = BEGIN,
    end: datetime = datetime(2049, 12, 31, 23, 59, 59, tzinfo=UTC),
    pss: Hash | None = None,
) -> bytes:
    """A certificate as the library makes it."""
    builder = x509.CertificateBuilder(
        subject_name=subject or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "camera")]),
        issuer_name=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")]),
        public_key=key or rsa_key().public_key(),
        serial_number=7,
        not_valid_before=begin,
        not_valid_after=end,
    ).add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=critical)
    form = padding.PSS(padding.MGF1(pss), 20) if pss else None
    return builder.sign(rsa_key(), pss or SHA256(), rsa_padding=form).public_bytes(Encoding.DER)


KEYS: dict[str, Callable[[], CertificatePublicKeyTypes]] = {
    "rsa": lambda: rsa_key().public_key(),
    "rsa-4096": lambda: rsa.RSAPublicNumbers(65537, (1 << 4095) + 1).public_key(),
    "dsa": lambda: dsa.generate_private_key(1024).public_key(),  # noqa: S505
    "ed25519": lambda: ed25519.Ed25519PrivateKey.generate().public_key(),
    "ed448": lambda: ed448.Ed448PrivateKey.generate().public_key(),
    "x25519": lambda: x25519.X25519PrivateKey.generate().public_key(),
    "x448": lambda: x448.X448PrivateKey.generate().public_key(),
    **{name: partial(curve_key, curve) for name, curve in CURVES.items()},
}


@pytest.mark.parametrize("kind", KEYS)
def test_every_kind_of_key_is_named_and_measured_as_the_library_does(kind: str) -> None:
    der = made(key=KEYS[kind]())
    assert read_certificate(der) == by_library(der)
    assert fields(der)["key_type"]


@pytest.mark.parametrize(
    ("key", "kind", "bits"),
    [
        (
            key_of(algorithm_of(DH, element(0x30, GROUP_2, element(0x02, b"\x02"))), element(0x02, b"\x05")),
            "dh",
            "1024",
        ),
        (key_of(algorithm_of(PSS), element(0x30, NUMBER, element(0x02, b"\x03"))), "rsa", "1024"),
        (
            key_of(algorithm_of(RSA, NULL), element(0x30, element(0x02, b"\x61" * 64), element(0x02, b"\x03"))),
            "rsa",
            "511",
        ),
        (key_of(algorithm_of("2.16.840.1.101.3.4.3.18"), bytes(1952)), "mldsa65", ""),
        (key_of(algorithm_of("2.16.840.1.101.3.4.4.2"), bytes(1184)), "mlkem768", ""),
        (key_of(element(0x30, identifier(EC), P256), point_of_p256()), "ec", "256"),
    ],
    ids=["dh", "rsa for PSS", "rsa of 511 bits", "mldsa65", "mlkem768", "spelled out"],
)
def test_keys_that_the_library_reads_and_does_not_make(key: bytes, kind: str, bits: str) -> None:
    der = by_hand(key=key)
    assert read_certificate(der) == by_library(der)
    assert (fields(der)["key_type"], fields(der)["key_bits"]) == ([kind], [bits])


@pytest.mark.parametrize("dotted", sorted(oid.dotted_string for oid in _SIG_OIDS_TO_HASH))
def test_every_signature_that_the_library_knows_has_its_hash(dotted: str) -> None:
    der = by_hand(algorithm=algorithm_of(dotted))
    assert read_certificate(der) == by_library(der)
    assert "signature_hash" in fields(der)


@pytest.mark.parametrize("name", ["sha224", "sha256", "sha384", "sha512"])
def test_pss_says_its_hash_apart(name: str) -> None:
    for der in (
        made(pss=HASHES[name]),
        by_hand(algorithm=algorithm_of(PSS, element(0x30, element(0xA0, algorithm_of(HASH_IDENTIFIERS[name], NULL))))),
    ):
        assert read_certificate(der) == by_library(der)
        assert fields(der)["signature_hash"] == [name]


def test_pss_that_says_nothing_is_over_sha1() -> None:
    der = by_hand(algorithm=algorithm_of(PSS, element(0x30)))
    assert read_certificate(der) == by_library(der)
    assert fields(der)["signature_hash"] == ["sha1"]


TEXT_TYPES = [
    kind for kind in _ASN1Type if kind.name.endswith("String") and kind.name not in ("BitString", "OctetString")
]


@pytest.mark.parametrize("kind", TEXT_TYPES, ids=lambda kind: kind.name)
def test_every_type_of_text_is_read(kind: _ASN1Type) -> None:
    plain = kind in (_ASN1Type.PrintableString, _ASN1Type.NumericString)
    text = "12 34" if plain else "Zhejiang\u00a0Kamera \u00e9\u6d77, O=x"
    names = [NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.STREET_ADDRESS, NameOID.EMAIL_ADDRESS]
    der = made(subject=x509.Name([x509.NameAttribute(oid, text, kind) for oid in names]))
    assert read_certificate(der) == by_library(der)
    assert fields(der)["subject_cn"] == [" ".join(text.split())]


def test_names_of_every_shape_are_read() -> None:
    attribute = x509.NameAttribute
    two = x509.RelativeDistinguishedName([attribute(NameOID.COMMON_NAME, "a"), attribute(NameOID.USER_ID, "b")])
    one = x509.RelativeDistinguishedName([attribute(NameOID.ORGANIZATIONAL_UNIT_NAME, " c  d ")])
    far = x509.RelativeDistinguishedName([attribute(x509.ObjectIdentifier("2.999.1.18446744073709551"), "e")])
    for name in (x509.Name([two, one, far]), x509.Name([]), x509.Name([one] * 40)):
        der = made(subject=name)
        assert read_certificate(der) == by_library(der)


def test_self_signed_means_the_same_parts_whatever_their_type() -> None:
    wide = name_of((CN, 0x1E, "camera".encode("utf-16-be")))
    for issuer, expected in ((CAMERA, "true"), (wide, "true"), (name_of((CN, 0x0C, b"Camera")), "false")):
        der = by_hand(issuer=issuer)
        assert read_certificate(der) == by_library(der)
        assert fields(der)["self_signed"] == [expected]


@pytest.mark.parametrize("critical", [True, False])
def test_alternative_names_of_every_kind_are_read(critical: bool) -> None:
    der = made(names=NAMES, critical=critical)
    assert read_certificate(der) == by_library(der)
    assert fields(der)["san"][-3:] == [
        "directoryName:CN=a, b, 2.5.4.9=c",
        "registeredID:2.5.4.3",
        "otherName:1.3.6.1.4.1.311.20.2.3:cam@example",
    ]


def test_so_many_alternative_names_are_kept() -> None:
    der = made(names=[x509.DNSName(f"{number}.example") for number in range(NAMES_LIMIT + 9)])
    assert read_certificate(der) == by_library(der)
    assert len(fields(der)["san"]) == NAMES_LIMIT


@pytest.mark.parametrize("year", [1950, 1999, 2000, 2049, 2050, 9999])
def test_years_of_two_digits_and_of_four_are_read(year: int) -> None:
    der = made(begin=datetime(1950, 1, 1, tzinfo=UTC), end=datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert read_certificate(der) == by_library(der)
    assert fields(der)["not_after"] == [f"{year}-12-31T23:59:59Z"]


def test_a_certificate_of_the_first_version_has_no_extensions() -> None:
    der = by_hand(version=b"")
    assert read_certificate(der) == by_library(der)
    assert "san" not in fields(der)


def test_certificates_of_captures_are_read_as_the_library_does() -> None:
    assert len(recorded()) > 1
    for der in recorded():
        assert read_certificate(der) == by_library(der)
