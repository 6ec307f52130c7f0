"""Multicast, broadcast, echo and ARP on a real wire: two network namespaces joined by a veth pair, made for each run.

The device side is a script of its own, which knows nothing of camscan; the scanner's side runs in the other namespace.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0 or shutil.which("ip") is None, reason="needs root and the ip program"),
]
ROOT = Path(__file__).parent.parent

DEVICE = """
import socket, struct
GROUP, PORT = "239.255.255.250", 37020
wire = socket.if_nametoindex("camera")
def sock(bind, *options):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), bytes(4), wire))
    s.bind(bind)
    return s
ears = sock(("", PORT))
ears.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton("10.77.0.2"))
own, factory = sock(("10.77.0.2", 0)), sock(("192.168.1.64", 0))
print("ready", flush=True)
while True:
    data, sender = ears.recvfrom(2000)
    if data != b"who":
        continue
    own.sendto(b"to you: " + data, sender)
    own.sendto(b"to the group", (GROUP, PORT))
    own.sendto(b"to everyone", ("255.255.255.255", PORT))
    factory.sendto(b"from the factory", sender)
"""

SCANNER = """
import asyncio, dataclasses, json, sys
from ipaddress import ip_network
from camscan.discover.tasks import each
from camscan.errors import CamscanError
from camscan.probe import Request
from camscan.protocols.arp import encode_who_has
from camscan.protocols.icmp import encode_echo
from camscan.transport import ethernet, icmp, mailing, neighbours, udp
from camscan.transport.grace import Grace
from camscan.transport.interfaces import list_interfaces
from tests.transport_rig import Rig

interface = next(i for i in list_interfaces() if i.name == "scanner")
network = interface.ipv4[0].network
excluded = tuple(sys.argv[2:])
rig = Rig(str(network), segments=((interface, str(network)),), excluded=excluded)
group, question = "239.255.255.250", Request(name="inquiry", payload=b"who")

def ask(mode, *destinations):
    return udp.sweep(rig.wire, mailing.UdpQuestion(protocol="sadp", requests=(question,), port=37020, mode=mode,
        destinations=each(destinations), interface=interface, repeats=1, grace=Grace(least=0.4)))

def arp():
    return ethernet.arp_sweep(rig.wire, encode_who_has, interface, network, [f"10.77.0.{n}" for n in range(1, 9)], 0.3)

def ping():
    return icmp.sweep(rig.wire, encode_echo, each(["10.77.0.2", "10.77.0.3"]), Grace(least=0.3))

CHANNELS = {"multicast": lambda: ask("multicast", group), "arp": arp, "icmp": ping,
    "broadcast": lambda: ask("broadcast", "10.77.0.255", "255.255.255.255")}

async def main():
    heard = CHANNELS[sys.argv[1]]()
    return [(r.address, r.data.decode("latin-1"), r.channel, r.sensor, r.foreign) async for r in heard]

try:
    replies, problem = asyncio.run(main()), None
except CamscanError as error:
    replies, problem = [], type(error).__name__
print(json.dumps({"replies": replies, "problem": problem, "lines": rig.lines,
    "interface": [interface.kind, interface.mac, str(interface.ipv4[0])],
    "neighbours": [r.data.decode() for r in neighbours.read_neighbours(rig.wire)]}))
"""


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=20)


@pytest.fixture(scope="module")
def scanner() -> Iterator[str]:
    """The name of the namespace to scan from; a device answers in the other."""
    run = secrets.token_hex(3)
    here, there = f"camscan-t{run}-a", f"camscan-t{run}-b"
    device = None
    try:
        for name in (here, there):
            _ip("netns", "add", name)
        _ip("-n", here, "link", "add", "scanner", "type", "veth", "peer", "name", "camera", "netns", there)
        for name, link, addresses in (
            (here, "scanner", ["10.77.0.1/24"]),
            (there, "camera", ["10.77.0.2/24", "192.168.1.64/24"]),
        ):
            for address in addresses:
                _ip("-n", name, "addr", "add", address, "brd", "+", "dev", link)
            _ip("-n", name, "link", "set", link, "up")
        command = ["ip", "netns", "exec", there, sys.executable, "-c", DEVICE]
        device = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert device.stdout
        assert device.stdout.readline() == b"ready\n"
        yield here
    finally:
        if device:
            device.kill()
            device.communicate()
        for name in (here, there):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True, timeout=20)


def _scan(namespace: str, channel: str, *excluded: str) -> dict[str, Any]:
    command = ["ip", "netns", "exec", namespace, sys.executable, "-c", SCANNER, channel, *excluded]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_a_multicast_hears_every_kind_of_answer(scanner: str) -> None:
    result = _scan(scanner, "multicast")
    assert sorted(result["replies"]) == [
        ["10.77.0.2", "to everyone", "multicast", "scanner", False],
        ["10.77.0.2", "to the group", "multicast", "scanner", False],
        ["10.77.0.2", "to you: who", "multicast", "scanner", False],
        ["192.168.1.64", "from the factory", "multicast", "scanner", True],
    ]
    assert [(line["address"], line["bytes"]) for line in result["lines"]] == [("239.255.255.250", 3)]
    assert result["interface"][0] == "ethernet"
    assert result["interface"][2] == "10.77.0.1/24"


def test_a_broadcast_is_answered_and_does_not_hear_itself(scanner: str) -> None:
    result = _scan(scanner, "broadcast")
    heard = {(address, data) for address, data, *_ in result["replies"]}
    assert ("10.77.0.2", "to you: who") in heard
    assert ("10.77.0.2", "to everyone") in heard
    assert ("192.168.1.64", "from the factory") in heard
    assert "10.77.0.1" not in {address for address, _ in heard}
    assert [line["address"] for line in result["lines"]] == ["10.77.0.255", "255.255.255.255"]


def test_no_broadcast_where_a_host_is_excluded(scanner: str) -> None:
    result = _scan(scanner, "broadcast", "10.77.0.2")
    assert (result["replies"], result["problem"], result["lines"]) == ([], "OutOfScopeError", [])


def test_an_excluded_host_that_answers_a_multicast_is_not_kept(scanner: str) -> None:
    result = _scan(scanner, "multicast", "10.77.0.2")
    assert [address for address, *_ in result["replies"]] == ["192.168.1.64"]


def test_arp_finds_who_is_on_the_wire(scanner: str) -> None:
    result = _scan(scanner, "arp")
    ((address, frame, channel, sensor, foreign),) = result["replies"]
    assert (address, channel, sensor, foreign) == ("10.77.0.2", "unicast", "scanner", False)
    raw = frame.encode("latin-1")
    assert raw[12:14] == b"\x08\x06"
    assert raw[28:32] == bytes([10, 77, 0, 2])
    assert raw[:6].hex(":") == result["interface"][1]
    asked = [line["address"] for line in result["lines"]]
    assert asked.count("10.77.0.2") == 1
    assert asked.count("10.77.0.3") == 2


def test_arp_asks_nobody_outside_the_scope(scanner: str) -> None:
    result = _scan(scanner, "arp", "10.77.0.1")
    assert (result["problem"], result["lines"]) == ("OutOfScopeError", [])


def test_echo_finds_who_is_alive_and_the_kernel_then_knows_the_neighbour(scanner: str) -> None:
    result = _scan(scanner, "icmp")
    assert [(address, channel) for address, _, channel, *_ in result["replies"]] == [("10.77.0.2", "unicast")]
    assert [line.split()[0] for line in result["neighbours"]] == ["10.77.0.2"]
    assert result["neighbours"][0].split()[5] == "scanner"
