"""The two kinds of UDP socket: one that asks and hears the answers, and one that only hears what devices send to all.

Follows ip(7), udp(7) and socket(7). Multicast and broadcast stay on one interface: SO_BINDTODEVICE (free for everyone
since Linux 5.7) and a TTL of 1.
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


def multicast_socket(interface: Interface, source: str | None) -> socket.socket:
    """Asks groups on this interface, from `source` where it is given; does not hear itself."""
    by = _membership(_ANY, socket.inet_aton(source) if source else _ANY, interface)
    with _udp(interface) as sock:
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
    """Hears what devices send to a group or to everyone on their own port; None where that cannot be had."""
    try:
        with _udp(interface) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sock.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
            sock.bind(("", port))
            for group in groups:
                member = _membership(socket.inet_aton(group), _ANY, interface)
                sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
    except OSError:
        return None
    return sock


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
