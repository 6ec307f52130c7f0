"""Sockets for raw frames, by packet(7): whether this user may have one, opening one, and what it lost."""

import socket
import struct
from collections.abc import Callable

from camscan.errors import NotPossibleError

NOT_PERMITTED = "no raw frames for this user: needs CAP_NET_RAW"

SOL_PACKET = 263  # linux/socket.h
_PACKET_STATISTICS = 6


def can_send_frames() -> bool:
    """Whether this user may send frames of its own making on this system."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except (OSError, AttributeError):
        return False
    return True


def open_frames(
    interface: str, ethertype: int, prepare: Callable[[socket.socket], None] = lambda sock: None
) -> socket.socket:
    """Sends frames by one interface, and hears those of one EtherType there (0: none). `prepare` is called before it
    hears anything. Raises `NotPossibleError`."""
    try:
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)  # hears nothing before it is bound
    except PermissionError:
        raise NotPossibleError(NOT_PERMITTED) from None
    try:
        prepare(sock)
        sock.bind((interface, ethertype))
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise NotPossibleError(f"{interface}: {error.strerror}") from None
    return sock


def lost_by_kernel(sock: socket.socket) -> int:
    """Frames that found the buffer full since this was last asked."""
    data = sock.getsockopt(SOL_PACKET, _PACKET_STATISTICS, 8)
    return int(struct.unpack("II", data)[1])
