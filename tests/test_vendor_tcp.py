"""Hikvision's port 8000 is only listened to; Dahua's port 37777 gets one fixed packet without user or password."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.probe import Endpoint
from camscan.protocols import dvrip, hik_sdk

GREETING = bytes.fromhex("000000100000001e0000001e00000000")
TEXT = b"Realm:Login to 4M0AC27PAZ5E1D3\r\nRandom:1639475208\r\n\r\n"
HEADER = (
    bytes.fromhex("b0000068")
    + len(TEXT).to_bytes(2, "little")
    + bytes.fromhex("0100 010e0100 0000000000000000 010000000600f90000000002")
)


def test_port_8000_is_listened_to_and_never_written() -> None:
    asked = list(hik_sdk.dialogue(Endpoint(address="192.0.2.1", port=8000)))
    assert [request.payload for request in asked] == [b""]
    assert asked == list(hik_sdk.PROTOCOL.requests)


def test_a_greeting_gives_its_code() -> None:
    assert hik_sdk.decode(GREETING) == {"sdk_code": ("30",)}
    assert hik_sdk.is_complete(GREETING)
    assert not hik_sdk.is_complete(GREETING[:-1])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GREETING[:-1],
        GREETING + b"\0",
        bytes(16),
        bytes.fromhex("000000100000001e0000001f00000000"),
        bytes.fromhex("000000100000001e0000001e00000001"),
        bytes.fromhex("00000010ffffffffffffffff00000000"),
        b"HTTP/1.1 400 Bad",
    ],
)
def test_sixteen_other_bytes_are_no_greeting(data: bytes) -> None:
    with pytest.raises(DecodeError):
        hik_sdk.decode(data)


def test_the_challenge_is_one_fixed_packet_with_room_for_no_credential() -> None:
    asked = list(dvrip.dialogue(Endpoint(address="192.0.2.1", port=37777)))
    assert asked == list(dvrip.PROTOCOL.requests)
    assert [request.payload.hex() for request in asked] == ["a0010000" + "00" * 20 + "050201010000a1aa"]
    assert asked[0].purpose == "login challenge, no credential"
    assert asked[0].render("192.0.2.1", "id") == asked[0].payload


def test_a_challenge_gives_its_realm() -> None:
    fields = dvrip.decode(HEADER + TEXT)
    assert fields["realm"] == ("Login to 4M0AC27PAZ5E1D3",)
    assert fields["random_shape"] == ("decimal",)
    assert fields["result"] == ("010e",)


def test_flags_beside_the_length_do_not_belong_to_it() -> None:
    assert len(HEADER) == dvrip.HEADER_SIZE
    assert HEADER[6:8] == b"\x01\x00"
    assert dvrip.is_complete(HEADER + TEXT)
    assert not dvrip.is_complete(HEADER + TEXT[:-1])
    assert not dvrip.is_complete(HEADER[:-1])


def test_a_header_without_text_is_a_reply_too() -> None:
    assert dvrip.decode(HEADER) == {"opcode": ("b0",), "result": ("010e",)}


def test_the_text_alone_is_read() -> None:
    assert dvrip.decode(b"Realm:Login to 18A93F6DB2E106C7\nRandom:16604c")["random_shape"] == ("other",)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEADER[:-1],
        b"\xff\x01\0\0" + HEADER[4:],  # Xiongmai's protocol of the same name
        b"\xb0\x01\0\x68" + HEADER[4:],
        b"\xb0\0\0\x61" + HEADER[4:],
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    ],
)
def test_another_protocol_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        dvrip.decode(data)


def test_length_session_and_random_do_not_change_what_was_said() -> None:
    def masked(data: bytes) -> bytes:
        for pattern in dvrip.PROTOCOL.volatile:
            data = pattern.sub(b"", data)
        return data

    later = HEADER[:16] + b"\x09" + HEADER[17:] + TEXT.replace(b"1639475208", b"163947520")
    assert masked(later) == masked(HEADER + TEXT)


@given(st.binary(max_size=120), st.sampled_from([b"", HEADER, HEADER[:4], b"Realm:", GREETING[:12]]))
def test_hostile_bytes_raise_nothing_else(data: bytes, head: bytes) -> None:
    for decode in (dvrip.decode, hik_sdk.decode):
        try:
            fields = decode(head + data)
        except DecodeError:
            continue
        assert all(values and all(values) for values in fields.values())
