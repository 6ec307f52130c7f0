"""TLS: a handshake as text and back, the names other tools print, and certificates that break every rule."""

import base64
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.protocols.certificate import read_certificate
from camscan.protocols.tls import decode, encode_record, split_name

KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(common_name: str, organisation: str) -> bytes:
    """DER of a certificate that signs for itself."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
        ]
    )
    builder = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=KEY.public_key(), serial_number=7)
        .not_valid_before(datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC))
        .not_valid_after(datetime(2050, 1, 2, 3, 4, 5, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("camera.example")]), critical=False)
    )
    return builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


DER = certificate("192.0.2.9", "Example\u00a0Cameras")


def test_a_handshake_is_read_back_from_its_record() -> None:
    fields = decode(encode_record("legacy", "TLSv1", "AES128-SHA", DER))
    assert fields["subject"] == ("CN=192.0.2.9, O=Example Cameras",)
    assert fields["issuer_o"] == fields["subject_o"] == ("Example Cameras",)
    assert fields["not_before"] == ("2020-01-02T03:04:05Z",)
    assert fields["not_after"] == ("2050-01-02T03:04:05Z",)
    assert (fields["tls_mode"], fields["tls_version"], fields["tls_cipher"]) == (
        ("legacy",),
        ("TLSv1",),
        ("AES128-SHA",),
    )
    assert (fields["key_type"], fields["key_bits"], fields["signature_hash"]) == (("ec",), ("256",), ("sha256",))
    assert fields["self_signed"] == ("true",)
    assert fields["san"] == ("camera.example",)
    assert len(fields["fingerprint_sha256"][0]) == 64


def test_a_comma_in_a_name_makes_no_second_part() -> None:
    fields = decode(encode_record("strict", "TLSv1.2", "x", certificate("a, O=HIKVISION", "Example")))
    assert fields["subject_o"] == ("Example",)
    assert fields["subject_cn"] == ("a, O=HIKVISION",)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        (
            "*  subject: CN=192.0.2.1; C=CN\n*  issuer: CN=NVR; O=Example CO.,LTD.; OU=NVR",
            "issuer_o",
            "Example CO.,LTD.",
        ),
        ("subject=depth=0 C = TW, O = D-Link, CN = www.example.com", "subject_o", "D-Link"),
        ('subject=C = CN, O = "Example CO., LTD.", CN = cam', "subject_o", "Example CO., LTD."),
        ("subject=/C=CN/O=Example/CN=cam", "subject_cn", "cam"),
        ("subject=CN=q,O=QNAP Systems\\, Inc.,L=Taipei", "subject_o", "QNAP Systems, Inc."),
        ('"subject":"OU=X,O=DAHUA","issuer":"O=Maker,CN=Root"', "issuer_cn", "Root"),
        ("| ssl-cert: Subject: commonName=cam/organizationName=Example", "subject_o", "Example"),
        ("ssl-cert\nSubject\n    CN: cam\nIssuer\n    CN: A\\xC2\\xA0CA\n    Org: Example", "issuer_cn", "A CA"),
        ("issuer=a name of no parts", "issuer", "a name of no parts"),
    ],
)
def test_names_are_read_as_other_tools_print_them(text: str, name: str, value: str) -> None:
    assert decode(text.encode())[name] == (value,)


def test_oids_are_kept_where_they_have_no_short_name() -> None:
    assert split_name("CN=a,1.2.840.113549.1.9.1=#0c16") == [("CN", "a"), ("1.2.840.113549.1.9.1", "#0c16")]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK",
        b"-----BEGIN CERTIFICATE-----\nAAAAA\n-----END CERTIFICATE-----",
    ],
)
def test_what_is_no_certificate_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)


def test_a_certificate_of_absurd_length_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(DecodeError, match="longer"):
        read_certificate(b"0" * 100_000)


@given(st.lists(st.tuples(st.integers(0, len(DER) - 1), st.integers(0, 255)), min_size=1, max_size=6))
def test_damaged_certificates_raise_nothing_else(damage: list[tuple[int, int]]) -> None:
    data = bytearray(DER)
    for position, value in damage:
        data[position] = value
    try:
        decode(b"-----BEGIN CERTIFICATE-----" + base64.b64encode(data) + b"-----END CERTIFICATE-----")
    except DecodeError:
        return


@given(st.text(alphabet='subjectissuer=:,;/\\" \n\tCNO*|.', max_size=300))
def test_hostile_text_raises_nothing_else(text: str) -> None:
    try:
        fields = decode(text.encode())
    except DecodeError:
        return
    assert all(values and all(values) for values in fields.values())


def test_a_handshake_is_told_though_its_certificate_cannot_be_read() -> None:
    fields = decode(encode_record("legacy", "TLSv1", "AES128-SHA", b"not DER"))
    assert (fields["tls_mode"], fields["tls_version"]) == (("legacy",), ("TLSv1",))
    assert fields["certificate_problem"][0].startswith("not a certificate: ")
