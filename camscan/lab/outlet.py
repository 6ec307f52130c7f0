"""Opens the sockets of a device, in whatever network namespace the calling thread is in.

The rule: only the address it is given is bound, or all addresses where that address is alone in its namespace.
Multicast groups are joined on that address's interface, and answers to a group leave by it.
"""

import errno
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field

from camscan.lab.answer import Values
from camscan.lab.device import Device
from camscan.lab.service import Service

_BACKLOG = 64
_MULTICAST_HOPS = 1  # link-local discovery; nothing of the lab should cross a router
_REFUSED = (errno.EACCES, errno.EADDRINUSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A bound socket with the service to be spoken on it; `multicast` where it has joined the service's groups."""

    address: str
    multicast: bool
    service: Service
    socket: socket.socket
    values: Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a device stands: its address, what to bind, whether groups can be joined, where refused ports go."""

    address: str
    bind: str
    multicast: bool
    instead: Mapping[int, int] = field(default_factory=dict)


def open_outlets(device: Device, placement: Placement) -> tuple[list[Outlet], list[str]]:
    """The sockets of all its services, and a line for every service that could not be offered."""
    opened: list[tuple[Service, socket.socket]] = []
    missing: list[str] = []
    for service in device.services:
        bound = _open_somewhere(service, placement)
        if bound is None:
            missing.append(f"{device.id}: {service.transport} port {service.port} cannot be bound here")
        else:
            opened.append((service, bound))
    ports = {service.port: bound.getsockname()[1] for service, bound in opened if service.transport == "tcp"}
    values = device.known_values(placement.address, ports)
    return [_outlet(service, bound, values, placement) for service, bound in opened], missing


def _outlet(service: Service, bound: socket.socket, values: Values, placement: Placement) -> Outlet:
    return Outlet(
        address=placement.address, multicast=placement.multicast, service=service, socket=bound, values=values
    )


def _open_somewhere(service: Service, placement: Placement) -> socket.socket | None:
    """On its own port, else on the one that stands in for it, else nowhere."""
    for port in (service.port, placement.instead.get(service.port)):
        try:
            return None if port is None else _open(service, placement, port)
        except OSError as error:
            if error.errno not in _REFUSED:
                raise
    return None


def _open(service: Service, placement: Placement, port: int) -> socket.socket:
    kind = socket.SOCK_DGRAM if service.transport == "udp" else socket.SOCK_STREAM
    opened = socket.socket(socket.AF_INET, kind)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((placement.bind, port))
        if service.transport == "tcp":
            opened.listen(_BACKLOG)
        elif placement.multicast:
            _join(opened, service, socket.inet_aton(placement.address))
    except OSError:
        opened.close()
        raise
    return opened


def _join(opened: socket.socket, service: Service, interface: bytes) -> None:
    opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)
    opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _MULTICAST_HOPS)
    opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
    for group in service.groups:
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + interface)
