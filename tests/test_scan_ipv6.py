"""IPv6 by the real program: a small prefix is asked address by address, and who answers a multicast from its link-local
address is kept with the interface, and asked nothing there.
"""

import asyncio
import secrets
import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from camscan.lab import netns
from camscan.lab.network import Journal
from camscan.lab.outlet import Outlet
from camscan.lab.scripted import serving
from camscan.lab.service import Service
from camscan.lab.site import load_site
from tests.fault_rig import Ended, few_ports, needs_namespaces, scan

pytestmark = needs_namespaces

PREFIX = "fd00:83::/124"
NEIGHBOURHOOD = (
    "10.66.0.0/30"  # of the same wire: a multicast leaves where an IPv4 network of the interface is in scope
)
CAMERA, ON_THE_LINK = "fd00:83::5", "fe80::5%eth0"
ADDRESSES = {f"fd00:83::{last:x}" for last in range(1, 16)}
GROUP = "ff02::c"
MODEL = next(device for device in load_site().devices if device.id == "car-park-camera")


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """A scan of a wire on which a camera has no address but those of IPv6."""
    run = secrets.token_hex(3)
    scanner, camera = f"camscan-{run}-a", f"camscan-{run}-b"
    with ExitStack() as stack:
        stack.callback(netns.remove, [scanner, camera])
        netns.create([scanner, camera])
        netns.configure(scanner, [f"link add eth0 type veth peer name eth0 netns {camera}"])
        for name, last in ((scanner, 1), (camera, 5)):
            netns.configure(name, _addressing(last))
        netns.configure(scanner, ["addr add 10.66.0.1/30 dev eth0"])
        with netns.inside(camera):
            outlets = [_outlet(stack, service) for service in MODEL.services if not service.certificate]
        return asyncio.run(_scan(outlets, scanner, tmp_path_factory.mktemp("six")))


def _addressing(last: int) -> Iterator[str]:
    yield "link set eth0 addrgenmode none"
    yield f"addr add fe80::{last}/64 dev eth0 nodad"
    yield f"addr add fd00:83::{last}/124 dev eth0 nodad"
    yield "link set eth0 up"


def _outlet(stack: ExitStack, service: Service) -> Outlet:
    kind = socket.SOCK_DGRAM if service.transport == "udp" else socket.SOCK_STREAM
    mouth = stack.enter_context(socket.socket(socket.AF_INET6, kind))
    mouth.setblocking(False)
    mouth.bind(("", service.port))
    if kind == socket.SOCK_STREAM:
        mouth.listen()
    elif service.port == 3702:
        member = socket.inet_pton(socket.AF_INET6, GROUP) + struct.pack("=I", socket.if_nametoindex("eth0"))
        mouth.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
    values = MODEL.known_values(MODEL.address, {})
    return Outlet(address=CAMERA, multicast=False, service=service, socket=mouth, values=values)


async def _scan(outlets: list[Outlet], scanner: str, folder: Path) -> Ended:
    async with serving(outlets, Journal()):
        return await asyncio.to_thread(scan, scanner, folder, PREFIX, NEIGHBOURHOOD, program=few_ports())


def test_a_small_prefix_is_asked_address_by_address(ended: Ended) -> None:
    assert ended.code == 0, ended.message
    for protocol in ("sadp", "dhdiscover", "wsdiscovery", "tcp"):
        asked = {line["address"] for line in ended.log if line["protocol"] == protocol}
        assert asked >= ADDRESSES, protocol
    rows = {row["channel"]: row for row in ended.document["coverage"] if row["network"] == PREFIX}
    assert {rows[name]["asked"] for name in ("sadp unicast", "tcp connect")} == {len(ADDRESSES)}


def test_a_device_with_addresses_of_ipv6_alone_is_found_and_named(ended: Ended) -> None:
    device = ended.device(CAMERA)
    assert device
    assert (device["vendor"], device["model"]) == (MODEL.truth.vendor, MODEL.truth.model)
    assert {"http", "rtsp", "sadp", "wsdiscovery"} <= {service["protocol"] for service in device["services"]}


def test_an_answer_from_a_link_local_address_keeps_its_interface(ended: Ended) -> None:
    heard = [r for r in ended.replies if r["channel"] == "multicast" and r["protocol"] == "wsdiscovery"]
    assert {(r["address"], r["sensor"], r["foreign"]) for r in heard} == {(ON_THE_LINK, "eth0", False)}
    device = ended.device(ON_THE_LINK)
    assert device
    assert (device["vendor"], device["model"], device["mac"]) == (MODEL.truth.vendor, MODEL.truth.model, MODEL.mac)
    assert not [line for line in ended.log if line["address"].startswith("fe80:")]
