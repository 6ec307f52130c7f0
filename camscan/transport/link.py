"""The way out for frames of one network: by which interface, from which address, and to whom on the wire.

A frame for another network goes to the router. Its MAC address is read from the kernel's neighbour table, where it
stands as soon as the kernel has sent something that way; nothing is asked of the router, which need not be in scope.
Follows proc_net(5) for /proc/net/route.
"""

import asyncio
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from camscan.errors import NotPossibleError
from camscan.scope import Interface
from camscan.transport.neighbours import mac_of
from camscan.transport.route import an_address, gateway_for, source_address

ROUTER_SECONDS = 5.0  # for the kernel to learn who the router is, once other channels have sent something that way
POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """`mac` and `address` are this machine's, `router` is whom frames go to; None on its own wire: each host itself."""

    interface: str
    mac: bytes
    address: str
    router: bytes | None = None


async def link_to(network: IPv4Network, interface: Interface) -> Link:
    """The way to a network. Raises `NotPossibleError` where frames cannot get there, or not for now."""
    address = source_address(str(an_address(network)))
    if interface.mac is None or interface.kind == "loopback" or address is None:
        raise NotPossibleError(f"{interface.name} carries no Ethernet frames to {network}")
    gateway = gateway_for(network)
    router = await _mac_of_router(gateway) if gateway else None
    mac = bytes.fromhex(interface.mac.replace(":", ""))
    return Link(interface=interface.name, mac=mac, address=address, router=router)


async def _mac_of_router(gateway: IPv4Address) -> bytes:
    for _ in range(round(ROUTER_SECONDS / POLL_SECONDS)):
        mac = mac_of(str(gateway))
        if mac:
            return mac
        await asyncio.sleep(POLL_SECONDS)
    raise NotPossibleError(f"the router {gateway} is not in the neighbour table")
