"""The two kinds of UDP socket: one that asks and hears the answers, and one that only hears what devices send to all.

Follows ip(7), ipv6(7), udp(7) and socket(7). Multicast and broadcast stay on one interface: SO_BINDTODEVICE (free for
everyone since Linux 5.7) and a TTL (IPv6: hop limit) of 1.
"""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from camscan.scope import Interface
from camscan.transport.neighbours import limit_unresolved

TTL = 1  # a multicast of ours must not cross a router, whose other side is not in scope
_ANY = b"\0\0\0\0"
_IP_MULTICAST_ALL = 49  # linux/in.h; not in the socket module


def multicast_socket(
    interface: Interface, source: str | None, family: socket.AddressFamily = socket.AF_INET
) -> socket.socket:
    """Asks groups on this interface, from `source` where it is given (IPv4); does not hear itself."""
    with _udp(interface, family) as sock:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, interface.index)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, TTL)
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_LOOP, 0)
        else:
            by = _membership(_ANY, socket.inet_aton(source) if source else _ANY, interface)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, by)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, TTL)
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
        sock.bind(("", 0))
    return sock


def broadcast_socket(interface: Interface) -> socket.socket:
    """Asks everyone on this interface. Not bound to an address: it would not hear an answer to everyone."""
    with _udp(interface) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        sock.bind(("", 0))
    return sock


def unicast_socket(family: socket.AddressFamily, source: str | None) -> socket.socket:
    """Asks one address at a time, by whatever interface leads there."""
    with _udp(None, family) as sock:
        limit_unresolved(sock)
        sock.bind((source or "", 0))
    return sock


def listening_socket(interface: Interface, port: int, groups: tuple[str, ...]) -> socket.socket | None:
    """Hears what devices send to a group or to everyone on their own port; None where that cannot be had. All groups
    are of one family; without any it is IPv4."""
    family = socket.AF_INET6 if any(":" in group for group in groups) else socket.AF_INET
    try:
        with _udp(interface, family) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            else:
                sock.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
            sock.bind(("", port))
            for group in groups:
                _join(sock, group, interface)
    except OSError:
        return None
    return sock


def _join(sock: socket.socket, group: str, interface: Interface) -> None:
    if sock.family == socket.AF_INET6:
        member = socket.inet_pton(socket.AF_INET6, group.split("%")[0]) + struct.pack("=I", interface.index)
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, member)
    else:
        sock.setsockopt(
            socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, _membership(socket.inet_aton(group), _ANY, interface)
        )


def _membership(group: bytes, source: bytes, interface: Interface) -> bytes:
    """The kernel's struct ip_mreqn."""
    return struct.pack("=4s4si", group, source, interface.index)


@contextmanager
def _udp(interface: Interface | None, family: socket.AddressFamily = socket.AF_INET) -> Iterator[socket.socket]:
    """A socket that is closed if setting it up fails."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if interface:
            with suppress(OSError):
                name = interface.name.encode() + b"\0"
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, name)
        yield sock
    except BaseException:
        sock.close()
        raise
