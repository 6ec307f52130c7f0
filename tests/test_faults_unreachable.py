"""Routers and strangers that say "unreachable" of everything, rightly or not: by that nobody is alive and no port is
open, and no sweep ends.
"""

import itertools
import random
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.l2 import ARP, Ether

from camscan.lab import netns
from tests.fault_rig import (
    LAN,
    SCHOOL,
    TOWN_HALL,
    Town,
    impatient,
    missed,
    needs_namespaces,
    needs_nftables,
    repeating,
    scan,
    stranger,
    town,
)

pytestmark = [*needs_namespaces, needs_nftables]

NETWORK = "10.83.20.0/27"
ROUTER, ROUTER_THERE = "10.83.10.1", "10.83.20.1"
STORM = stranger("storm", 110)
SCANNER, SCANNER_MAC = "10.83.10.2", "02:00:5e:10:00:02"
ASKING_PORTS = (40000, 40199)  # so few that the storm hits all of them
PATIENCE = 4  # seconds
WORDS = (
    "host-unreachable",
    "net-unreachable",
    "prot-unreachable",
    "port-unreachable",
    "net-prohibited",
    "host-prohibited",
    "admin-prohibited",
)
RULES = """
table ip firewall {{
  set open {{ type ipv4_addr . inet_proto . inet_service; elements = {{ {services} }} }}
  {chains}
  chain forward {{
    type filter hook forward priority 0;
    ip saddr {network} accept
    ip daddr . meta l4proto . th dport @open accept
    numgen inc mod {count} vmap {{ {jumps} }}
  }}
}}
"""


@pytest.fixture(scope="module")
def ours() -> Iterator[Town]:
    """A school whose router answers, each time in other words, for whatever is not there or closed."""
    with town(STORM, planted=TOWN_HALL + SCHOOL) as site:
        rules = RULES.format(
            services=", ".join(
                f"{address} . {service.transport} . {service.port}"
                for address in site.planted
                if address not in site.town_hall
                for service in site.network.devices[address].services
            ),
            chains="\n".join(f"chain say{n} {{ reject with icmp type {word}; }}" for n, word in enumerate(WORDS)),
            network=NETWORK,
            count=len(WORDS),
            jumps=", ".join(f"{n} : jump say{n}" for n in range(len(WORDS))),
        )
        with netns.inside(site.namespace("router")):
            netns.write_sysctl("net.ipv4.icmp_ratelimit", "0")
            netns.write_sysctl("net.ipv4.icmp_msgs_per_sec", "100000")
            netns.write_sysctl("net.ipv4.icmp_msgs_burst", "10000")
            subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True, timeout=30)
        with netns.inside(site.scanner):
            netns.write_sysctl("net.ipv4.ip_local_port_range", " ".join(map(str, ASKING_PORTS)))
        yield site


@contextmanager
def blowing(ours: Town, frames: Sequence[bytes]) -> Iterator[None]:
    """These frames over and over on the wire of the town hall, some 1,500 a second."""
    with netns.inside(ours.namespace(STORM.id)):
        mouth = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    mouth.bind(("eth0", 0))
    endless = itertools.cycle(random.sample(frames, len(frames)))

    def blow() -> None:
        for frame in itertools.islice(endless, 15):
            mouth.send(frame)
        time.sleep(0.01)

    with mouth, repeating(blow):
        yield


def unreachables(addresses: Sequence[str]) -> Iterator[bytes]:
    """Every kind of "unreachable", "time exceeded", "slower" and "go elsewhere" about questions of the scanner."""
    kinds = [(3, code) for code in range(16)] + [(4, 0), (5, 1), (11, 0), (12, 0)]
    for kind, code in kinds * 5:
        asked = IP(src=SCANNER, dst=random.choice(addresses))
        port = random.randint(*ASKING_PORTS)
        udp, tcp = UDP(sport=port, dport=37020), TCP(sport=port, dport=80, seq=random.getrandbits(32))
        for question in (udp, tcp):
            yield _to_scanner(IP(src=ROUTER, dst=SCANNER) / ICMP(type=kind, code=code) / asked / question)


def segments(addresses: Sequence[str]) -> Iterator[bytes]:
    """SYN-ACKs and resets that nobody asked for."""
    for flags in ("SA", "R", "RA") * 60:
        head = IP(src=random.choice(addresses), dst=SCANNER)
        ports = {"sport": random.choice((80, 554, 8000)), "dport": random.randint(*ASKING_PORTS)}
        yield _to_scanner(head / TCP(**ports, flags=flags, seq=random.getrandbits(32), ack=random.getrandbits(32)))


def claims() -> Iterator[bytes]:
    """ARP answers, to the scanner and to all, that say of every address of the wire that it is here."""
    for last in range(3, 255):
        claim = {"op": "is-at", "hwsrc": STORM.mac, "psrc": f"10.83.10.{last}"}
        yield _to_scanner(ARP(**claim, hwdst=SCANNER_MAC, pdst=SCANNER))
        everybody = Ether(src=STORM.mac, dst="ff:ff:ff:ff:ff:ff")
        yield bytes(everybody / ARP(**claim, hwdst="ff:ff:ff:ff:ff:ff", pdst=claim["psrc"]))


def _to_scanner(packet: IP | ARP) -> bytes:
    return bytes(Ether(src=STORM.mac, dst=SCANNER_MAC) / packet)


@pytest.mark.parametrize("engine", ["syn", "connect"])
def test_what_a_router_says_of_the_silent_is_not_taken_for_an_answer_of_theirs(
    ours: Town, tmp_path: Path, engine: str
) -> None:
    known = {*ours.planted, ROUTER_THERE}
    planted = sorted(ours.planted)
    with blowing(ours, [*unreachables(planted), *segments(planted)]):
        ended = scan(ours.scanner, tmp_path, NETWORK, "--engine", engine, "--rate", "3000")
    assert ended.code == 0, ended.message
    assert missed(ours, ended, network=NETWORK) == []
    assert {device["address"] for device in ended.document["devices"]} <= known
    assert {reply["address"] for reply in ended.replies} <= known
    assert {row["state"] for row in ended.document["coverage"]} == {"asked"}


def test_a_storm_on_the_own_wire_hides_nobody_and_makes_nobody_up(ours: Town, tmp_path: Path) -> None:
    there = sorted(ours.town_hall)
    with blowing(ours, [*unreachables(there), *segments(there), *claims()]):
        ended = scan(ours.scanner, tmp_path, LAN, program=impatient(PATIENCE))
    assert ended.code == 0, ended.message
    assert missed(ours, ended) == []
    assert {r["address"] for r in ended.replies if r["protocol"] not in ("arp", "icmp")} == {*there, ROUTER}
    assert {r["address"] for r in ended.replies if r["protocol"] == "icmp"} <= {*there, ROUTER, STORM.address}
    nameless = [device for device in ended.document["devices"] if not device["vendor"]]
    assert len(nameless) <= 1, "who claims all addresses is one box"
