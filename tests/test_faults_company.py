"""Devices that accept and never answer, drip, or flood cost themselves; the planted ones are found as ever."""

import itertools
import select
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from camscan.lab import netns
from camscan.probe import TURN_SECONDS
from camscan.transport.heard import SENDER_LIMIT
from camscan.transport.patience import HOST_SECONDS
from camscan.transport.wire import PACKETS_PER_HOST
from tests.fault_rig import (
    LAN,
    Ended,
    Town,
    impatient,
    listening,
    missed,
    needs_namespaces,
    repeating,
    scan,
    stranger,
    town,
)

pytestmark = needs_namespaces

PATIENCE = 6  # seconds
SHARE = 100  # packets; the busiest planted device costs some 60
MUTE, DRIPPER, TORRENT, CHATTERBOX = (f"10.83.10.{last}" for last in (101, 102, 103, 104))
GROUPS = {37020: "239.255.255.250", 37810: "239.255.255.251", 3702: "239.255.255.250", 1900: "239.255.255.250"}
REPLY = (
    b"<ProbeMatch><DeviceType>38930</DeviceType><DeviceDescription>DS-2CD2042WD-I</DeviceDescription>"
    b"<DeviceSN>DS-2CD2042WD-I20150703CCCH%09d</DeviceSN><MAC>c0-56-e3-00-00-%04x</MAC>"
    b"<SoftwareVersion>V5.5.6build 180326</SoftwareVersion></ProbeMatch>"
)
ANSWERS = 500  # datagrams for each question


@pytest.fixture(scope="module")
def ours() -> Iterator[Town]:
    strangers = [stranger(name, n) for n, name in enumerate(("mute", "dripper", "torrent", "chatterbox"), 101)]
    with town(*strangers) as site, ExitStack() as stack:
        stack.enter_context(listening(site.namespace("mute")))
        stack.enter_context(listening(site.namespace("dripper"), drip))
        stack.enter_context(listening(site.namespace("torrent"), pour))
        stack.enter_context(babbling(site.namespace("chatterbox"), CHATTERBOX))
        yield site


@pytest.fixture(scope="module")
def ended(ours: Town, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    return scan(ours.scanner, tmp_path_factory.mktemp("company"), LAN, program=impatient(PATIENCE, SHARE))


def test_everybody_else_is_found_and_named(ours: Town, ended: Ended) -> None:
    assert ended.code == 0, ended.message
    assert missed(ours, ended, "vendor", "model", "firmware", "serial") == []


def test_the_turns_with_the_others_do_not_wait_for_those_who_keep_us_waiting(ours: Town, ended: Ended) -> None:
    others = [line["time"] for line in ended.log if line["address"] in ours.planted and line["protocol"] == "http"]
    assert max(others) < max(line["time"] for line in ended.log if line["address"] == MUTE)


@pytest.mark.parametrize("address", [MUTE, DRIPPER])
def test_who_never_answers_or_drips_is_left_alone_when_it_has_cost_its_seconds(ended: Ended, address: str) -> None:
    turns = [line["time"] for line in ended.log if line["address"] == address and line["transport"] == "tcp"]
    assert f"2: left alone after {PATIENCE} seconds of waiting for it" in ended.reasons()
    assert max(turns) - min(turns) < PATIENCE + TURN_SECONDS


def test_nobody_gets_more_packets_than_a_host_may(ended: Ended) -> None:
    asked = Counter(line["address"] for line in ended.log)
    assert asked[TORRENT] == max(asked.values()) == SHARE
    assert f"1: left alone after {SHARE} packets" in ended.reasons()


def test_a_flood_of_answers_is_kept_to_what_an_honest_device_says(ended: Ended) -> None:
    kept = Counter((r["protocol"], r["channel"]) for r in ended.replies if r["address"] == CHATTERBOX)
    assert kept["sadp", "unicast"] == SENDER_LIMIT
    assert max(kept.values()) <= SENDER_LIMIT
    assert "replies lost: too many" in ended.reasons()


def test_the_ceilings_are_those_that_the_documents_state() -> None:
    text = (Path(__file__).parent.parent / "docs" / "what-camscan-sends.md").read_text()
    assert f"| seconds of waiting for one host, in one scan | {HOST_SECONDS:.0f} |" in text
    assert f"| packets, connections and turns of one host, in one scan | {PACKETS_PER_HOST} |" in text
    assert f"A host gets at most {PACKETS_PER_HOST} packets" in text
    assert f"waited for at most {HOST_SECONDS:.0f} seconds" in " ".join(text.split())


@contextmanager
def babbling(namespace: str, address: str) -> Iterator[None]:
    """Answers each discovery question with thousands of replies, each of another device."""
    with ExitStack() as stack:
        with netns.inside(namespace):
            mouths = [stack.enter_context(_mouth(address, port, group)) for port, group in GROUPS.items()]
        numbers = itertools.count()

        def answer() -> None:
            for mouth in select.select(mouths, (), (), 0.1)[0]:
                _, asker = mouth.recvfrom(65536)
                for number in itertools.islice(numbers, ANSWERS):
                    with suppress(OSError):
                        mouth.sendto(REPLY % (number, number & 0xFFFF), asker)

        with repeating(answer):
            yield


def _mouth(address: str, port: int, group: str) -> socket.socket:
    mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mouth.bind(("", port))
    member = socket.inet_aton(group) + socket.inet_aton(address)
    mouth.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    return mouth


def drip(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"H")
        time.sleep(1.0)


def pour(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while True:
        connection.sendall(b"<a href='/doc/page/login.asp'>" * 2000)
