"""ARP sweeps of a /22 on a real wire: two network namespaces, in one of which 200 addresses answer."""

import asyncio
import random
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import IPv4Interface, IPv4Network

import pytest

from camscan.lab import netns
from camscan.protocols.arp import decode, encode_who_has
from camscan.reply import Reply
from camscan.scope import Interface
from camscan.transport.ethernet import arp_sweep
from tests.transport_rig import Rig

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(netns.obstacle() is not None, reason=str(netns.obstacle())),
]

NETWORK = IPv4Network("10.78.0.0/22")
THERE = frozenset(str(NETWORK[n]) for n in random.Random(1).sample(range(2, 1023), 200))
MAC, FAR_MAC = "02:00:00:00:78:01", "02:00:00:00:78:02"
NEAR = Interface(name="wire", index=0, kind="ethernet", addresses=(IPv4Interface(f"{NETWORK[1]}/22"),), mac=MAC)


@pytest.fixture(scope="module")
def near() -> Iterator[str]:
    """The namespace to sweep from. At the other end is one interface with all the addresses, and none to ask from."""
    run = secrets.token_hex(3)
    here, there = f"camscan-t{run}-a", f"camscan-t{run}-b"
    with ExitStack() as stack:
        stack.callback(netns.remove, [here, there])
        netns.create([here, there])
        netns.configure(here, [f"link add wire address {MAC} type veth peer name wire address {FAR_MAC} netns {there}"])
        netns.configure(here, [f"addr add {NETWORK[1]}/22 dev wire", "link set wire up"])
        netns.configure(there, ["link set lo up", "addr add 10.79.0.1/24 dev wire", "link set wire up"])
        netns.configure(there, [f"route add {NETWORK} dev wire src 10.79.0.1"])
        netns.configure(there, [f"route add local {address} dev lo" for address in THERE])
        yield here


@pytest.mark.parametrize("rate", [1_000, 10_000, 100_000])
def test_everybody_is_found_at_any_pace_and_only_the_silent_are_asked_twice(near: str, rate: int) -> None:
    rig = Rig(str(NETWORK), rate=rate)

    async def sweep() -> list[Reply]:
        addresses = rig.wire.scope.addresses()
        return [reply async for reply in arp_sweep(rig.wire, encode_who_has, NEAR, NETWORK, addresses)]

    with netns.inside(near):
        found = asyncio.run(sweep())
    assert sorted(reply.address for reply in found) == sorted(THERE)
    assert {decode(reply.data)["mac"] for reply in found} == {(FAR_MAC,)}
    asked = Counter(address for address, _ in rig.asked)
    assert len(asked) == 1022
    assert {asked[a] for a in asked if a not in THERE} == {2}
    assert sum(asked[a] == 1 for a in THERE) > 190  # one that a busy machine answers late may be asked again
    assert not rig.wire.dropped.total() + rig.wire.lost.total()
    assert not rig.wire.unsent.packets


def test_an_answer_is_given_out_while_the_sweep_goes_on(near: str) -> None:
    rig = Rig(str(NETWORK), rate=500)

    async def first() -> str:
        sweep = arp_sweep(rig.wire, encode_who_has, NEAR, NETWORK, rig.wire.scope.addresses())
        try:
            return (await anext(sweep)).address
        finally:
            await sweep.aclose()

    with netns.inside(near):
        assert asyncio.run(first()) in THERE
    assert len(rig.lines) < 512
