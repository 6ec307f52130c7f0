"""ARP, ICMP echo and open ports: what is there, and how little that proves."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.errors import DecodeError
from camscan.protocols import arp, icmp, tcp

MAC = bytes.fromhex("c056e3a10b7d")
PACKET = bytes.fromhex("0001080006040002") + MAC + bytes([192, 0, 2, 21]) + bytes(6) + bytes([192, 0, 2, 1])
FRAME = bytes(6) + MAC + b"\x08\x06" + PACKET + bytes(18)
TAGGED = bytes(6) + MAC + b"\x81\x00\x00\x05\x08\x06" + PACKET
LINE = b"192.0.2.21       0x1         0x2         c0:56:e3:a1:0b:7d     *        eth0\n"
EXPECTED = {"mac": ("c0:56:e3:a1:0b:7d",), "address": ("192.0.2.21",)}


@pytest.mark.parametrize("data", [PACKET, FRAME, TAGGED, LINE, LINE.upper().replace(b"0X", b"0x")])
def test_an_arp_reply_is_read_in_every_form(data: bytes) -> None:
    assert arp.decode(data) == EXPECTED


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PACKET[:-1],
        PACKET[:7] + b"\x03" + PACKET[8:],
        b"\0\x06" + PACKET[2:],
        PACKET.replace(MAC, bytes(6)),
        PACKET.replace(MAC, b"\x01\0\x5e\0\0\x01"),
        LINE.replace(b"0x2 ", b"0x0 "),
        LINE.replace(b"192.0.2.21", b"192.0.2.321"),
        b"IP address       HW type     Flags       HW address            Mask     Device\n",
    ],
)
def test_what_names_no_interface_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        arp.decode(data)


def test_the_question_that_is_listed_is_a_request_for_an_ipv4_address() -> None:
    (request,) = arp.PROTOCOL.requests
    assert struct.unpack("!HHBBH", request.payload) == (1, 0x0800, 6, 4, 1)


def test_an_echo_carries_a_right_checksum_and_the_listed_data() -> None:
    message = icmp.encode_echo(0x1234, 7)
    assert icmp.checksum(message) == 0
    assert message[0] == 8
    assert message.endswith(icmp.PROTOCOL.requests[0].payload)
    assert icmp.checksum(b"\x01") == 0xFEFF


def test_numbers_of_an_echo_wrap() -> None:
    assert icmp.encode_echo(0x1234 + 65536, 7 + 65536) == icmp.encode_echo(0x1234, 7)


@pytest.mark.parametrize(
    "header", [b"", b"\x45" + bytes(8) + b"\x01" + bytes(10), b"\x46" + bytes(8) + b"\x01" + bytes(14)]
)
def test_an_echo_reply_is_read_with_and_without_its_ipv4_header(header: bytes) -> None:
    reply = header + b"\0" + icmp.encode_echo(0x1234, 7)[1:]
    assert icmp.decode(reply) == {"identifier": ("4660",), "sequence": ("7",)}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0\0",
        icmp.encode_echo(1, 1),
        b"\x03\x01" + bytes(30),
        b"\x45" + bytes(8) + b"\x11" + bytes(30),
        b"\x45\0",
    ],
)
def test_what_is_no_echo_reply_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        icmp.decode(data)


def test_an_open_port_and_an_echo_are_no_evidence() -> None:
    assert tcp.decode(b"") == {"state": ("open",)}
    assert not tcp.PROTOCOL.identifies
    assert not icmp.PROTOCOL.identifies
    assert [request.payload for request in tcp.PROTOCOL.requests] == [b""] * 3  # connect, syn, reset


@given(st.binary(max_size=80), st.sampled_from([b"", PACKET[:8], FRAME[:14], LINE[:20], b"\x45", b"\0\0"]))
def test_hostile_bytes_raise_nothing_else(data: bytes, head: bytes) -> None:
    for decode in (arp.decode, icmp.decode):
        try:
            fields = decode(head + data)
        except DecodeError:
            continue
        assert all(values and all(values) for values in fields.values())
