"""Numeric addresses as the socket calls want them. Never asks a resolver: only numbers are taken."""

import socket
from ipaddress import ip_address
from typing import Any

from camscan.scope import Interface


def socket_address(address: str, port: int, kind: socket.SocketKind) -> tuple[socket.AddressFamily, Any]:
    """(family, what `connect` and `sendto` take) of an address such as 10.0.0.5, fd00::5 or fe80::5%eth0.

    Raises `OSError` if it is no number, or names an interface that does not exist.
    """
    if ":" not in address:
        socket.inet_pton(socket.AF_INET, address)
        return socket.AF_INET, (address, port)
    found = socket.getaddrinfo(address, port, type=kind, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV)
    return found[0][0], found[0][4]


def sender_address(sender: Any) -> str:
    """The address of a sender as `recvfrom` gives it, with its interface where it belongs to one link only."""
    address = str(sender[0])
    if len(sender) == 4 and sender[3] and "%" not in address:
        return f"{address}%{socket.if_indextoname(sender[3])}"
    return address


def is_foreign(sender: str, interface: Interface | None) -> bool:
    """Whether the sender is in none of the networks of the interface that heard it (False where that is not known)."""
    address = ip_address(sender.split("%")[0])
    return interface is not None and not any(address in a.network for a in interface.addresses)
