"""By which interface an address is reached, asked of the kernel's routing table without sending anything.

`connect()` on a UDP socket only looks the route up and fixes the source address (see connect(2)).
"""

import socket
from collections.abc import Iterable

from camscan.scope import Interface, Network

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
    first = network[0] if network.num_addresses <= 2 else network[1]
    source = source_address(str(first))
    if source is None:
        return None
    if first.is_loopback:
        return next((i.name for i in interfaces if i.kind == "loopback"), "lo")
    return next((i.name for i in interfaces if any(str(a.ip) == source for a in i.addresses)), source)
