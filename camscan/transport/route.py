"""By which interface an address is reached, asked of the kernel's routing table without sending anything.

`connect()` on a UDP socket only looks the route up and fixes the source address (see connect(2)). Whether a router
stands in between is read from `/proc/net/route` (proc_net(5)): a gateway for a part of this machine's own network is
rare, and then ARP says nothing about who is behind it.
"""

import socket
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from pathlib import Path

from camscan.scope import Interface, Network

TABLE = Path("/proc/net/route")
_UP, _GATEWAY = 0x1, 0x2  # route flags, linux/route.h

_DISCARD = 9  # any port does; nothing is sent


def source_address(destination: str) -> str | None:
    """The local address the kernel would send from, or None where there is no route."""
    family = socket.AF_INET6 if ":" in destination else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((destination, _DISCARD))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def interface_for(network: Network, interfaces: Iterable[Interface]) -> str | None:
    """The name of the interface by which a network is reached; None where there is no route to it."""
    first = an_address(network)
    source = source_address(str(first))
    if source is None:
        return None
    if first.is_loopback:
        return next((i.name for i in interfaces if i.kind == "loopback"), "lo")
    return next((i.name for i in interfaces if any(str(a.ip) == source for a in i.addresses)), source)


def an_address(network: Network) -> IPv4Address | IPv6Address:
    """One that a host may have: to the first of a network older kernels (before 5.14) broadcast."""
    return network[0] if network.num_addresses <= 2 else network[1]


def is_direct(network: Network, table: Path = TABLE) -> bool:
    """Whether no router stands between this machine and any address of a network on one of its own wires."""
    if not isinstance(network, IPv4Network):
        return True
    routes = list(_routes(table))
    within = [r for r in routes if r[0].subnet_of(network) or network.subnet_of(r[0])]
    own = max((r[0].prefixlen for r in within if not r[1] and network.subnet_of(r[0])), default=0)
    return not any(gateway and destination.prefixlen > own for destination, gateway in within)


def gateway_for(network: IPv4Network, table: Path = TABLE) -> IPv4Address | None:
    """The router by which a network is reached, None where it is on the wire or there is no way."""
    ways = [r for r in _routes(table) if network.subnet_of(r[0])]
    return max(ways, key=lambda way: way[0].prefixlen)[1] if ways else None


def _routes(table: Path) -> Iterator[tuple[IPv4Network, IPv4Address | None]]:
    """(destination, gateway if any) of every route that is up; none where the table cannot be read."""
    try:
        lines = table.read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return
    for line in lines:
        _, destination, gateway, flags, *_, mask, _, _, _ = line.split()
        if int(flags, 16) & _UP:
            address = IPv4Address(socket.ntohl(int(destination, 16)))
            prefix = (socket.ntohl(int(mask, 16))).bit_count()
            router = IPv4Address(socket.ntohl(int(gateway, 16))) if int(flags, 16) & _GATEWAY else None
            yield IPv4Network((address, prefix), strict=False), router
