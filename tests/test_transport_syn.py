"""SYN frames to whole networks, on a real wire."""

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest

from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.lab import netns
from camscan.transport.congestion import ASKED_LIMIT, CANARY_EVERY
from camscan.transport.ledger import Ledger
from camscan.transport.syn import syn_sweep
from tests.frames_rig import CAMERAS, NETWORK, OPEN, PORTS, Site, needs_frames
from tests.transport_rig import Rig

pytestmark = needs_frames


@pytest.fixture
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(stack)


def test_every_open_port_is_found_once_and_nothing_is_left_half_open(site: Site) -> None:
    rig = Rig(str(NETWORK), rate=20_000)
    found = site.sweep(rig)
    assert sorted(found) == sorted(OPEN)
    assert not site.half_open()
    resets = [(line["address"], line["port"]) for line in rig.lines if line["request"] == "reset"]
    assert set(resets) == OPEN


def test_the_account_holds_every_probe_and_no_excluded_address(site: Site) -> None:
    excluded = (f"{CAMERAS[3]}/32", "10.70.2.0/25", "10.70.3.128/25")
    rig = Rig(str(NETWORK), excluded=excluded, rate=20_000)
    site.nft("add set inet site met { type ipv4_addr; flags dynamic; }")
    site.nft("insert rule inet site way_in ip daddr 10.70.0.0/22 tcp flags syn add @met { ip daddr }")
    found = site.sweep(rig)
    outside = [IPv4Network(network) for network in excluded]
    permitted = set(rig.wire.scope.addresses())
    assert {a for a, _ in found} == {a for a in CAMERAS if a in permitted}
    probed = {(line["address"], line["port"]) for line in rig.lines if line["request"] == "syn"}
    assert probed == {(address, port) for address in permitted for port in PORTS}
    with netns.inside(site.hosts):
        met = subprocess.run(["nft", "list", "set", "inet", "site", "met"], capture_output=True, text=True, check=True)
    words = met.stdout.replace(",", " ").split()
    reached = {IPv4Address(word) for word in words if word.startswith("10.70.")}
    assert reached == {IPv4Address(address) for address in permitted}
    assert not any(address in network for address in reached for network in outside)


@pytest.mark.parametrize("percent", [2, 5])
def test_what_is_lost_on_the_way_is_found_by_the_passes_that_the_sweep_chooses(site: Site, percent: int) -> None:
    site.lose(percent)
    rig = Rig(str(NETWORK), rate=20_000)
    found = site.sweep(rig)
    assert {address for address, _ in found} == set(CAMERAS)
    assert set(found) <= OPEN
    assert len(OPEN) - len(found) <= 1


def test_a_policed_path_makes_it_slower_and_loses_nothing(site: Site) -> None:
    site.nft("add rule inet site way_in tcp flags syn limit rate over 3000/second burst 100 packets drop")
    found = site.sweep(Rig(str(NETWORK), rate=20_000), ports=(80, 81, 82, 88, 443, 554, 8000, 8080))
    assert set(found) == OPEN


@pytest.mark.parametrize("network", ["10.70.0.0/22", "10.70.1.0/24", "10.70.2.0/26"])
def test_a_small_network_does_not_outrun_what_is_known_of_its_policed_path(site: Site, network: str) -> None:
    site.nft("add rule inet site way_in tcp flags syn limit rate over 5000/second burst 100 packets drop")
    found = site.sweep(Rig(str(NETWORK), rate=100_000), IPv4Network(network), ports=(80, 443, 554, 8000))
    assert set(found) == {(a, port) for a, port in OPEN if IPv4Address(a) in IPv4Network(network)}


def test_as_fast_as_it_goes_every_probe_is_in_the_account_and_every_open_port_found(site: Site) -> None:
    site.nft("add set inet site met { type ipv4_addr . inet_service; flags dynamic; size 65535; }")
    site.nft("insert rule inet site way_in tcp flags syn add @met { ip daddr . tcp dport }")
    rig = Rig(str(NETWORK), rate=1e9)
    ports = (80, 554, *range(8000, 8014))
    assert set(site.sweep(rig, ports=ports)) == OPEN
    probed = {(line["address"], line["port"]) for line in rig.lines if line["request"] == "syn"}
    assert len(probed) == 1022 * len(ports)
    with netns.inside(site.hosts):
        met = subprocess.run(["nft", "list", "set", "inet", "site", "met"], capture_output=True, text=True, check=True)
    assert met.stdout.count(" . ") - met.stdout.count("ipv4_addr . ") == len(probed)


def test_no_more_leaves_than_the_plan_counts(site: Site) -> None:
    """Half of everything is lost, at any pace."""
    site.nft("add rule inet site way_in meta l4proto tcp numgen random mod 100 < 50 drop")
    rig, network = Rig(str(NETWORK), rate=50_000), IPv4Network("10.70.0.0/24")
    site.sweep(rig, network)
    probes = 254 * len(PORTS)
    assert probes < sum(line["request"] == "syn" for line in rig.lines) <= ASKED_LIMIT * probes * (1 + 1 / CANARY_EVERY)


def test_two_sweeps_at_once_do_not_take_each_others_answers(site: Site) -> None:
    first, second = Rig(str(NETWORK), rate=20_000), Rig(str(NETWORK), rate=20_000)
    link = site.link()

    async def one(rig: Rig, ports: tuple[int, ...]) -> set[int]:
        return {found.port async for found in syn_sweep(rig.wire, link, [NETWORK], ports)}

    async def both() -> list[set[int]]:
        return list(await asyncio.gather(one(first, (80,)), one(second, (554,))))

    with netns.inside(site.scanner):
        assert asyncio.run(both()) == [{80}, {554}]


def test_answers_that_prove_nothing_are_passed_over(site: Site) -> None:
    """A host that floods the wire with SYN-ACKs and resets without having been asked."""
    from scapy.layers.inet import IP, TCP
    from scapy.layers.l2 import Ether

    link, stop = site.link(), asyncio.Event()
    assert link.router

    async def flood() -> None:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as mouth:
            mouth.bind(("wire", 0))
            port = 0
            while not stop.is_set():
                port = (port + 977) & 0xFFFF
                segment = TCP(sport=80, dport=port, flags="SA", ack=port)
                head = Ether(src=link.router, dst=link.mac) / IP(src="10.70.1.99", dst=link.address)
                mouth.send(bytes(head / segment))
                await asyncio.sleep(0)

    async def run() -> set[int]:
        task = asyncio.create_task(flood())
        found = {f.address async for f in syn_sweep(Rig(str(NETWORK)).wire, link, [NETWORK], PORTS)}
        stop.set()
        await task
        return found

    with netns.inside(site.scanner):
        assert asyncio.run(run()) == {int(IPv4Address(address)) for address in CAMERAS}


@pytest.mark.parametrize(("rate", "ports"), [(500, PORTS), (1e9, range(1, 8000))])
def test_an_interface_that_goes_down_ends_it_with_the_reason(site: Site, rate: float, ports: Sequence[int]) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(0.5, netns.configure, site.scanner, ["link set wire down"])
        wire = replace(Rig(str(NETWORK), rate=rate).wire, ledger=Ledger(None, time.time))
        async for _ in syn_sweep(wire, link, [NETWORK], ports):
            pass

    link = site.link()
    with netns.inside(site.scanner), pytest.raises(NotPossibleError, match="raw frames: Network is down"):
        asyncio.run(run())


def test_a_network_outside_the_scope_is_refused_before_anything_is_sent(site: Site) -> None:
    rig = Rig("10.70.0.0/24")
    with pytest.raises(OutOfScopeError):
        site.sweep(rig, NETWORK)
    assert not rig.lines


def test_it_tells_how_far_it_is_and_passes_over_hosts_that_are_settled(site: Site) -> None:
    rig, shares = Rig(str(NETWORK), rate=50_000), list[float]()
    settled = {int(IPv4Address(address)) for address in CAMERAS[:10]}
    link = site.link()

    async def run() -> set[str]:
        sweep = syn_sweep(rig.wire, link, [NETWORK], PORTS, settled=settled, advance=shares.append)
        return {str(IPv4Address(found.address)) async for found in sweep}

    with netns.inside(site.scanner):
        found = asyncio.run(run())
    assert shares[-1] == 1.0
    assert found.isdisjoint(CAMERAS[:10])
