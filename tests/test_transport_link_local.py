"""IPv6 multicast on a real wire: answers come from link-local addresses and are kept with their interface."""

import asyncio
import os
import secrets
import shutil
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from camscan.discover.plan import Settings
from camscan.discover.steps import make_plan
from camscan.discover.tasks import each
from camscan.lab import netns
from camscan.probe import Request
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from camscan.scope import Interface, Scope
from camscan.transport import udp
from camscan.transport.grace import Grace
from camscan.transport.interfaces import list_interfaces
from camscan.transport.mailing import UdpQuestion
from tests.transport_rig import Rig

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="needs root and the ip program"),
]

PORT = 3702
GROUP = "ff02::c"
NETWORK = "10.66.0.0/24"


@pytest.fixture
def wire() -> Iterator[tuple[str, str]]:
    """Two namespaces joined by a wire, the second with a device that answers questions to the group."""
    run = secrets.token_hex(3)
    scanner, camera = f"camscan-{run}-a", f"camscan-{run}-b"
    with ExitStack() as stack:
        netns.create([scanner, camera])
        stack.callback(netns.remove, [scanner, camera])
        netns.configure(scanner, [f"link add wire type veth peer name wire netns {camera}"])
        for name, last in ((scanner, 1), (camera, 2)):
            netns.configure(
                name,
                [
                    "link set wire addrgenmode none",
                    f"addr add 10.66.0.{last}/24 dev wire",
                    f"addr add fe80::{last}/64 dev wire nodad",
                    "link set wire up",
                    "link set lo up",
                ],
            )
        yield scanner, camera


async def _ask(device: socket.socket, interface: Interface) -> list[Reply]:
    async def answer() -> None:
        loop = asyncio.get_running_loop()
        while True:
            data, sender = await loop.sock_recvfrom(device, 2000)
            await loop.sock_sendto(device, b"here: " + data, sender)

    rig = Rig(NETWORK, segments=((interface, NETWORK),))
    question = UdpQuestion(
        protocol="wsdiscovery",
        requests=(Request(name="Probe", payload=b"who"),),
        port=PORT,
        mode="multicast",
        destinations=each([f"{GROUP}%{interface.name}"]),
        interface=interface,
        repeats=6,  # a new wire needs a second before multicast listeners are known
        pause=0.5,
        grace=Grace(least=0.4),
    )
    task = asyncio.create_task(answer())
    replies = [reply async for reply in udp.sweep(rig.wire, question)]
    task.cancel()
    assert rig.asked[0] == (f"{GROUP}%{interface.name}", "Probe")
    return replies


def _device(index: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    sock.bind(("", PORT))
    member = socket.inet_pton(socket.AF_INET6, GROUP) + struct.pack("=I", index)
    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
    sock.setblocking(False)
    return sock


def _wire_of(name: str) -> Interface:
    with netns.inside(name):
        return next(i for i in list_interfaces() if i.name == "wire")


def test_a_device_answers_from_its_link_local_address_and_is_kept_with_the_interface(wire: tuple[str, str]) -> None:
    scanner, camera = wire
    theirs, ours = _wire_of(camera), _wire_of(scanner)
    with netns.inside(camera):
        device = _device(theirs.index)
    with device, netns.inside(scanner):
        (reply,) = asyncio.run(_ask(device, ours))
    assert reply.address == "fe80::2%wire"
    assert (reply.data, reply.channel, reply.sensor, reply.foreign) == (b"here: who", "multicast", "wire", False)


def test_the_plan_asks_by_ipv6_where_the_interface_has_a_link_local_address(wire: tuple[str, str]) -> None:
    ours = _wire_of(wire[0])
    (network,) = (a.network for a in ours.ipv4)
    scope = Scope(swept=(network,), segments=((ours, network),))
    plan = make_plan(scope, (ours,), Settings(), protocols=load_protocols(), route=lambda n: "wire")
    steps = {(s.channel, s.interface, s.network) for s in plan.steps if "IPv6" in s.channel}
    assert steps == {(f"{name} multicast IPv6", "wire", "fe80::/64") for name in ("mdns", "wsdiscovery")}
