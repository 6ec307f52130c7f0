"""SYN and RST frames, as scapy reads them, and the cookie in them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether

from camscan.transport.cookie import Cookie
from camscan.transport.segments import RST_LENGTH, Sender, reset_frame
from camscan.transport.space import Words
from camscan.transport.syn_answers import parse
from camscan.transport.syn_frames import SynFrames

SENDER = Sender(mac=bytes.fromhex("020000000001"), address="10.1.0.9", port=40123)
ROUTER = np.frombuffer(bytes.fromhex("0200000000fe"), np.uint8)

words = st.lists(st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF)), min_size=1, max_size=8)


def _columns(probes: list[tuple[int, int]]) -> tuple[Words, Words]:
    addresses, ports = np.array(probes, np.uint32).reshape(-1, 2).T
    return addresses, ports


def _right_sums(frame: bytes) -> bool:
    """Whether scapy computes the same checksums as the frame holds."""
    packet = Ether(frame)
    sums = packet[IP].chksum, packet[TCP].chksum
    del packet[IP].chksum, packet[TCP].chksum
    again = Ether(bytes(packet))
    return (again[IP].chksum, again[TCP].chksum) == sums


@given(words, st.integers(0, (1 << 64) - 1))
def test_the_cookie_of_many_is_the_cookie_of_each(probes: list[tuple[int, int]], key: int) -> None:
    cookie = Cookie(key)
    assert cookie.of(*_columns(probes)).tolist() == [cookie.of(address, port) for address, port in probes]


def test_cookies_of_two_sweeps_differ_and_depend_on_address_and_port() -> None:
    first, second = Cookie(), Cookie()
    assert first.of(1, 80) != second.of(1, 80)
    assert len({first.of(address, port) for address in range(100) for port in range(100)}) > 9990


@given(words)
def test_frames_are_as_they_should_be_whatever_the_batch_before(probes: list[tuple[int, int]]) -> None:
    frames, (addresses, ports) = SynFrames(SENDER, 8), _columns(probes)
    frames.write(ports, addresses & np.uint32(0xFFFF), addresses, ROUTER)
    sequences = Cookie(7).of(addresses, ports)
    frames.write(addresses, ports, sequences, ROUTER)
    for number, (address, port, sequence) in enumerate(zip(addresses, ports, sequences, strict=True)):
        frame = frames.frame(number)
        packet = Ether(frame)
        assert (packet.src, packet.dst, packet.type) == ("02:00:00:00:00:01", "02:00:00:00:00:fe", 0x0800)
        assert (packet[IP].src, int.from_bytes(frame[30:34], "big"), packet[IP].len) == ("10.1.0.9", address, 44)
        assert (packet[TCP].sport, packet[TCP].dport, packet[TCP].seq) == (40123, port, sequence)
        assert (str(packet[TCP].flags), packet[TCP].options) == ("S", [("MSS", 1460)])
        assert _right_sums(frame)


def test_each_frame_may_go_to_a_mac_of_its_own() -> None:
    frames, macs = SynFrames(SENDER, 2), np.arange(12, dtype=np.uint8).reshape(2, 6)
    frames.write(*_columns([(1, 80), (2, 80)]), np.array([5, 6], np.uint32), macs)
    assert [frames.frame(number)[:6] for number in range(2)] == [bytes(range(6)), bytes(range(6, 12))]


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFF), st.integers(0, 0xFFFFFFFF))
def test_a_reset_carries_what_was_acknowledged(address: int, port: int, sequence: int) -> None:
    frame = reset_frame(SENDER, b"\2\0\0\0\0\x05", address, port, sequence)
    packet = Ether(frame)
    assert len(frame) == RST_LENGTH
    assert (packet.dst, packet[IP].len, str(packet[TCP].flags)) == ("02:00:00:00:00:05", 40, "R")
    assert (packet[TCP].dport, packet[TCP].seq) == (port, sequence)
    assert _right_sums(frame)


@pytest.mark.parametrize(("flags", "opens"), [("SA", True), ("RA", False)])
def test_an_answer_is_read(flags: str, opens: bool) -> None:
    segment = TCP(sport=554, dport=40123, flags=flags, ack=77)
    frame = bytes(
        Ether(src="02:00:00:00:00:07", dst="02:00:00:00:00:01") / IP(src="10.1.0.5", dst="10.1.0.9") / segment
    )
    answer = parse(frame)
    assert answer
    assert (answer.address, answer.port, answer.acknowledged, answer.opens) == (0x0A010005, 554, 77, opens)
    assert answer.mac == b"\2\0\0\0\0\7"


@given(st.binary(max_size=80))
def test_any_bytes_are_an_answer_or_none(frame: bytes) -> None:
    parse(frame)
