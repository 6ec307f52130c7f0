"""SNMPv3 engine discovery: one fixed message without a secret; reports are read, other people's messages not kept."""

from contextlib import suppress

import pytest
from capture_rig import capture
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError, QuestionError
from camscan.probe import Udp
from camscan.protocols.ber import OCTETS, Reader, encode, encode_integer
from camscan.protocols.content import content_id
from camscan.protocols.registry import load_protocols
from camscan.protocols.snmp_engine import DISCOVERY, PROTOCOL, decode
from camscan.reply import Reply

REPORT = capture("snmp_engine", "hikvision_unknown_unknown")


def test_the_question_names_no_engine_no_user_and_no_object() -> None:
    assert PROTOCOL.requests == (DISCOVERY,)
    assert DISCOVERY.payload.hex(" ", -4) == bytes.fromhex(
        "303d 020103 3010 020443414d53 020205c0 040104 020103"
        "0410 300e 0400 020100 020100 0400 0400 0400"
        "3014 0400 0400 a00e 020443414d53 020100 020100 3000"
    ).hex(" ", -4)
    assert b"public" not in DISCOVERY.payload


def test_it_goes_to_nobody_who_has_not_been_heard_of() -> None:
    assert isinstance(PROTOCOL.channel, Udp)
    assert PROTOCOL.channel.known_only
    assert not (PROTOCOL.channel.group or PROTOCOL.channel.broadcast)


@pytest.mark.parametrize(
    ("engine", "fields"),
    [
        ("800098fd03c056e32b8104", {"engine_enterprise": ("39165",), "mac": ("c0:56:e3:2b:81:04",)}),
        ("80001f8880aabbccddeeff0011", {"engine_enterprise": ("8072",)}),
        ("800098fd01c0000201", {"engine_enterprise": ("39165",)}),  # an IPv4 address
        ("800098fd03c056e32b81", {"engine_enterprise": ("39165",)}),  # a MAC cut short is none
        ("0000000903000c29001122ff", {"engine_enterprise": ("9",)}),  # before RFC 3411
    ],
)
def test_what_an_engine_id_carries(engine: str, fields: dict[str, tuple[str, ...]]) -> None:
    assert decode(report(bytes.fromhex(engine))) == {"engine_id": (engine,), **fields, "engine_boots": ("7",)}


def report(engine: bytes, clock: int = 86400, count: int = 3) -> bytes:
    """A report of this engine: the capture with another id."""
    none, number = encode(OCTETS), encode_integer(0)
    header = encode(0x30, encode_integer(1), encode_integer(1472), encode(OCTETS, b"\0"), encode_integer(3))
    security = encode(0x30, encode(OCTETS, engine), encode_integer(7), encode_integer(clock), none, none, none)
    name = encode(0x06, bytes.fromhex("2b060106030f01010400"))
    pdu = encode(0xA8, number, number, number, encode(0x30, encode(0x30, name, encode(0x41, bytes((count,))))))
    scoped = encode(0x30, encode(OCTETS, engine), none, pdu)
    body = encode_integer(3) + header + encode(OCTETS, security) + scoped
    return b"\x30\x82" + len(body).to_bytes(2, "big") + body


@pytest.mark.parametrize(
    "other",
    [
        DISCOVERY.payload,
        bytes.fromhex("302902010104067075626c6963a01c02041a2b3c4d020100020100300e300c06082b060102010101000500"),  # v2c
        REPORT.replace(bytes.fromhex("2b060106030f01010400"), bytes.fromhex("2b060106030f01010300")),
        REPORT.replace(b"\xa8\x1f", b"\xa2\x1f"),
    ],
)
def test_other_messages_are_other_peoples(other: bytes) -> None:
    with pytest.raises(QuestionError):
        decode(other)


@pytest.mark.parametrize("engine", [b"", b"\x80\0\x98\xfd", bytes(33)])
def test_an_engine_id_has_five_to_thirty_two_bytes(engine: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(report(engine))


@pytest.mark.parametrize("data", [b"", b"0", b"0\x80", b"0\x84\0\0\0\0", b"0\x02\x02\x00", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        decode(data)


@given(st.binary(max_size=200), st.integers(0, len(REPORT)))
def test_any_bytes_decode_or_are_refused(data: bytes, at: int) -> None:
    for mixed in (data, REPORT[:at] + data, REPORT[:at] + data + REPORT[at + len(data) :]):
        with suppress(DecodeError):
            assert decode(mixed)["engine_id"]


def test_the_clock_and_the_count_are_not_the_content() -> None:
    engine = bytes.fromhex("800098fd03c056e32b8104")
    said = [report(engine, 86400, 3), report(engine, 99999, 4), report(engine[:-1] + b"\5")]
    ids = [content_id(heard(data), load_protocols()) for data in said]
    assert ids[0] == ids[1] != ids[2]


def heard(data: bytes) -> Reply:
    return Reply(address="10.0.0.9", protocol=PROTOCOL.name, transport="udp", port=161, request="r", data=data)


@pytest.mark.parametrize("number", [0, 1, 127, 128, 255, 256, 1472, 2**31 - 1])
def test_numbers_come_back_the_same(number: int) -> None:
    assert Reader(encode_integer(number)).integer() == number


def test_long_elements_are_not_written() -> None:
    with pytest.raises(ValueError, match="127"):
        encode(OCTETS, bytes(128))
