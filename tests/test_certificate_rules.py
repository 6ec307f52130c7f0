"""Certificates that break the rules, as devices make them: what the `cryptography` library refuses as a whole, or
leaves out, is read; and what cannot be read is left out alone."""

import pytest

from camscan.protocols.certificate import EXTENSIONS_LIMIT
from camscan.protocols.certificate_name import NAME_LIMIT
from tests.certificate_reference import RefusedError, by_library
from tests.certificate_rig import (
    CAMERA,
    CN,
    DSA,
    EC,
    NULL,
    NUMBER,
    PSS,
    RSA,
    SAN,
    WHOLE,
    algorithm_of,
    by_hand,
    element,
    extensions_of,
    fields,
    grouped,
    identifier,
    key_of,
    name_of,
)


def common_name(tag: int, text: bytes) -> bytes:
    return by_hand(subject=name_of((CN, tag, text)))


REFUSED = {
    "a version that does not exist": (by_hand(version=b"\xa0\x03\x02\x01\x03"), "subject", "CN=camera"),
    "version 1, said": (by_hand(version=b"\xa0\x03\x02\x01\x00"), "subject", "CN=camera"),
    "a serial number of nothing": (by_hand(serial=b""), "subject", "CN=camera"),
    "a serial number after a zero": (by_hand(serial=b"\0\x07"), "subject", "CN=camera"),
    "bytes after the end": (by_hand(after=b"\0\0"), "fingerprint_sha256", fields(WHOLE)["fingerprint_sha256"][0]),
    "a length longer than it need be": (b"\x30\x83\0" + WHOLE[2:], "subject", "CN=camera"),
    "an @ in a PrintableString": (common_name(0x13, b"a@b_c*"), "subject_cn", "a@b_c*"),
    "half a letter in a BMPString": (common_name(0x1E, b"\0ab"), "subject_cn", "006162"),
    "half a pair in a BMPString": (common_name(0x1E, b"\xd8\0"), "subject_cn", "d800"),
    "a set out of order": (
        by_hand(subject=element(0x30, element(0x31, *(name_of((o, 12, b"x"))[4:] for o in ("2.5.4.10", CN))))),
        "subject",
        "O=x, CN=x",
    ),
    "no such day": (by_hand(end=element(0x17, b"250230000000Z")), "not_before", "2020-01-02T03:04:05Z"),
    "no time at all": (by_hand(begin=element(0x05)), "not_after", "2049-01-02T03:04:05Z"),
    "a time without seconds": (by_hand(end=element(0x17, b"2501020304Z")), "not_after", "2025-01-02T03:04:00Z"),
    "a time of another zone": (
        by_hand(end=element(0x17, b"491231233000-0800")), "not_after", "2050-01-01T07:30:00Z",
    ),
    "a time ahead": (by_hand(end=element(0x18, b"20500101000000.5+0530")), "not_after", "2049-12-31T18:30:00Z"),
    "a modulus of a negative number": (
        by_hand(key=key_of(algorithm_of(RSA, NULL), element(0x30, element(0x02, b"\xc5" * 128), element(2, b"\x03")))),
        "key_bits",
        "1024",
    ),
    "PSS that says what goes without saying": (
        by_hand(algorithm=algorithm_of(PSS, element(0x30, element(0xA0, algorithm_of("1.3.14.3.2.26", NULL))))),
        "signature_hash",
        "sha1",
    ),
    "no parameters": (by_hand(key=key_of(algorithm_of(DSA), NUMBER)), "key_type", "dsa"),
    "a curve of 112 bits": (by_hand(key=key_of(algorithm_of(EC, identifier("1.3.132.0.6")), b"\4")), "key_bits", "112"),
    "SM2": (by_hand(key=key_of(algorithm_of(EC, identifier("1.2.156.10197.1.301")), b"\4")), "key_bits", "256"),
    "SM3": (by_hand(algorithm=algorithm_of("1.2.156.10197.1.501")), "signature_hash", "sm3"),
    "DSA over SHA-512": (by_hand(algorithm=algorithm_of("2.16.840.1.101.3.4.3.4")), "signature_hash", "sha512"),
    "Latin-1": (common_name(0x14, b"Caf\xe9"), "subject_cn", "Caf\u00e9"),
    "Latin-1 in a UTF8String": (common_name(0x0C, b"Caf\xe9"), "subject_cn", "Caf\u00e9"),
    "a type nobody knows": (common_name(0x05, b"\1\2"), "subject_cn", "0102"),
    "bits": (common_name(0x03, b"\0\x41"), "subject_cn", "0041"),
    "an empty part": (by_hand(subject=element(0x30, element(0x31), CAMERA[2:])), "subject", "CN=camera"),
    "the same twice": (by_hand(more=extensions_of((SAN, element(0x30, element(0x82, b"a"))), (SAN, b""))), "san", "a"),
    "an extension that is broken": (
        by_hand(more=extensions_of(("2.5.29.15", b"\xff"), (SAN, element(0x30, element(0x82, b"a"))))), "san", "a",
    ),
    "an address of five bytes": (
        by_hand(more=extensions_of((SAN, element(0x30, element(0x87, b"12345"), element(0x82, b"a"))))), "san", "a",
    ),
    "a mask with gaps": (
        by_hand(more=extensions_of((SAN, element(0x30, element(0x87, b"\n\0\0\0\xff\0\xff\0"), element(0x82, b"a"))))),
        "san", "a",
    ),
    "an address with a mask": (
        by_hand(more=extensions_of((SAN, element(0x30, element(0x87, b"\n\1\2\3\xff\0\0\0"))))), "san", "10.0.0.0/8",
    ),
    "an X.400 address": (
        by_hand(more=extensions_of((SAN, element(0x30, element(0xA3), element(0x82, b"a"))))), "san", "a",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_the_library_refuses_is_read(case: str) -> None:
    der, name, value = REFUSED[case]
    try:
        theirs = grouped(by_library(der))
    except RefusedError:
        theirs = {}
    assert name not in theirs
    assert fields(der)[name] == [value]


@pytest.mark.parametrize(
    ("der", "missing"),
    [
        (by_hand(end=element(0x17, b"250230000000Z")), {"not_after"}),
        (by_hand(end=element(0x17, b"250102030405")), {"not_after"}),  # of which zone?
        (by_hand(begin=element(0x18, b"00000101000000Z")), {"not_before"}),
        (by_hand(begin=element(0x18, b"00010101000000+0100")), {"not_before"}),
        (by_hand(begin=element(0x17, b"2\xd9\xa30102030405Z")), {"not_before"}),
        (by_hand(subject=element(0x30, b"\x31\x05\0")), {"subject", "subject_cn", "self_signed"}),
        (by_hand(subject=name_of(("2.5.4.3", 0x0C, b"x" * NAME_LIMIT))), {"subject", "subject_cn", "self_signed"}),
        (by_hand(key=key_of(algorithm_of("1.2.3"), b"")), {"key_type", "key_bits"}),
        (by_hand(key=key_of(algorithm_of(RSA, NULL), b"")), {"key_bits"}),
        (by_hand(key=key_of(algorithm_of(RSA, NULL), element(0x30, element(2, b"\0")))), {"key_bits"}),
        (by_hand(key=key_of(algorithm_of(EC, identifier("1.3.132.0.99")), b"")), {"key_bits"}),
        (by_hand(algorithm=algorithm_of("1.2.3")), {"signature_hash"}),
        (by_hand(algorithm=algorithm_of(PSS)), {"signature_hash"}),
    ],
)
def test_what_cannot_be_read_is_left_out_and_nothing_else(der: bytes, missing: set[str]) -> None:
    assert fields(WHOLE).keys() - fields(der).keys() == missing


def test_what_follows_so_many_extensions_is_not_looked_for() -> None:
    extensions = [("1.2.3", b"")] * (EXTENSIONS_LIMIT - 1), (SAN, element(0x30, element(0x82, b"a")))
    assert fields(by_hand(more=extensions_of(*extensions[0], extensions[1])))["san"] == ["a"]
    assert "san" not in fields(by_hand(more=extensions_of(("1.2.3", b""), *extensions[0], extensions[1])))
