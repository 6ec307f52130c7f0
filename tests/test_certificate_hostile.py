"""Certificates that somebody tampered with, cut or made up: nothing but `DecodeError`, nothing misread, at no cost."""

import time
from contextlib import suppress

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.protocols.certificate import CERTIFICATE_LIMIT, read_certificate
from tests.certificate_reference import RefusedError, by_library
from tests.certificate_rig import (
    CAMERA,
    CN,
    DSA,
    EC,
    NAMES,
    NULL,
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
    recorded,
)

WITH_NAMES = by_hand(more=extensions_of((SAN, x509.SubjectAlternativeName(NAMES[:-1]).public_bytes())))
SECONDS = 0.5  # of processor time, for the worst 64 KB


def tampered(der: bytes) -> list[bytes]:
    """The certificate with one byte changed, everywhere, in a few ways each."""
    return [
        der[:at] + bytes((octet,)) + der[at + 1 :]
        for at in range(len(der))
        for octet in {der[at] ^ 0x01, der[at] ^ 0x04, der[at] ^ 0x40, 0x00, 0x80, 0xFF}
    ]


@pytest.mark.parametrize("der", [WHOLE, WITH_NAMES, *recorded()], ids=["plain", "names", "dahua", "hikvision"])
def test_whatever_the_library_reads_of_a_tampered_certificate_is_read_the_same(der: bytes) -> None:
    """Never less than the library, and never anything else. More: a key that does not work has a kind and a size all
    the same, a name with a part that is no text has its other parts, and alternative names do not depend on other
    extensions."""
    accepted = 0
    for changed in tampered(der):
        try:
            theirs = grouped(by_library(changed))
        except RefusedError:
            with suppress(DecodeError):
                read_certificate(changed)
            continue
        accepted += 1
        ours = fields(changed)
        assert {name: ours.get(name) for name in theirs} == theirs
    assert accepted > len(der)


@given(st.binary(max_size=300))
def test_any_bytes_raise_nothing_else(data: bytes) -> None:
    with suppress(DecodeError):
        read_certificate(data)


@given(st.data())
def test_any_parts_raise_nothing_else(data: st.DataObject) -> None:
    """Each part well within the certificate, so that its reader is reached."""
    part = data.draw(st.sampled_from(["algorithm", "issuer", "subject", "key", "begin", "end", "more", "version"]))
    tag = {"begin": 0x17, "end": 0x18, "more": 0xA3, "version": 0xA0}.get(part, 0x30)
    content = data.draw(st.recursive(st.binary(max_size=20), elements, max_leaves=12))
    read_certificate(by_hand(**{part: element(tag, content)}))


def elements(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    tags = st.sampled_from([0x02, 0x03, 0x04, 0x06, 0x0C, 0x1E, 0x30, 0x30, 0x31, 0x82, 0x87, 0xA0, 0xA4])
    known = st.sampled_from([identifier(oid) for oid in (CN, SAN, PSS, RSA, EC, DSA)])
    return st.lists(known | st.builds(element, tags, inner), max_size=4).map(b"".join)


@given(st.sampled_from([*recorded(), WHOLE]), st.data())
def test_a_certificate_that_is_cut_is_none(der: bytes, data: st.DataObject) -> None:
    with pytest.raises(DecodeError, match="not a certificate: cut short"):
        read_certificate(der[: data.draw(st.integers(0, len(der) - 1))])


def nested(size: int) -> bytes:
    """A sequence in a sequence in a sequence …"""
    der = b""
    while len(der) < size:
        der = element(0x30, der)
    return der


ROOM = CERTIFICATE_LIMIT - 600
HOSTILE = {
    "a name of many parts": by_hand(subject=name_of(*[("2.5.4.3", 0x0C, b"")] * (ROOM // 11))),
    "a name within its limit": by_hand(subject=name_of(*[("2.5.4.3", 0x0C, b"")] * 340), issuer=CAMERA),
    "many extensions": by_hand(more=element(0xA3, element(0x30, element(0x30, identifier("1.2.3")) * (ROOM // 6)))),
    "many things that are no extensions": by_hand(more=NULL * (ROOM // 2)),
    "many alternative names": by_hand(more=extensions_of((SAN, element(0x30, element(0x82) * (ROOM // 2))))),
    "alternative names of many parts": by_hand(
        more=extensions_of((SAN, element(0x30, element(0xA4, name_of(*[(CN, 12, b"")] * 340)) * (ROOM // 3760))))
    ),
    "a modulus as long as it may be": by_hand(
        key=key_of(algorithm_of(RSA, NULL), element(0x30, element(2, b"\x7f" * ROOM), element(2, b"\x03")))
    ),
    "an identifier as long as it may be": by_hand(
        subject=element(0x30, element(0x31, element(0x30, element(6, b"\xff" * ROOM, b"\1"))))
    ),
    "an identifier of an extension": by_hand(
        more=element(0xA3, element(0x30, element(0x30, element(6, b"\xff" * ROOM, b"\1"))))
    ),
    "elements within elements": by_hand(subject=nested(ROOM)),
    "a time as long as it may be": by_hand(end=element(0x18, b"20500101000000." + b"9" * ROOM + b"Z")),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_worst_certificate_costs_little(kind: str) -> None:
    der = HOSTILE[kind]
    assert len(der) <= CERTIFICATE_LIMIT
    before = time.process_time()
    found = read_certificate(der)
    assert time.process_time() - before < SECONDS
    assert sum(len(value) for _, value in found) < 2 * CERTIFICATE_LIMIT


def test_the_size_of_a_huge_number_is_told() -> None:
    assert fields(HOSTILE["a modulus as long as it may be"])["key_bits"] == [str(8 * ROOM - 1)]
