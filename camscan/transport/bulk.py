"""Many frames by one system call: sendmmsg(2) through ctypes on an AF_PACKET socket (packet(7)).

ctypes lets go of the interpreter's lock during the call, so other threads work meanwhile. The queueing discipline is
passed by (PACKET_QDISC_BYPASS): the pace is kept here.
"""

import ctypes
import errno
import os
import socket
import struct
from contextlib import suppress

from camscan.transport.packet_socket import SOL_PACKET, open_frames

BATCH = 1024  # frames a call: the kernel takes no more (UIO_MAXIOV)
ROW = 64  # bytes from one frame to the next in a buffer: a cache line

_PACKET_QDISC_BYPASS = 20


_VECTOR = struct.Struct("@PN")  # `struct iovec`: where, and how long
_MESSAGE = struct.Struct("@PIPNPNi0PI0P")  # `struct mmsghdr`: nobody's name, the vectors and how many, nothing else


class Batch:
    """Room for `size` frames of `length` bytes each; frame n stands in `buffer` from byte n · `ROW` on."""

    def __init__(self, size: int, length: int) -> None:
        self.size = size
        self.length = length
        self.buffer = bytearray(size * ROW)
        start = _address(self.buffer)
        self._vectors = bytearray().join(_VECTOR.pack(start + at, length) for at in range(0, size * ROW, ROW))
        vectors = range(_address(self._vectors), _address(self._vectors) + size * _VECTOR.size, _VECTOR.size)
        self._messages = bytearray().join(_MESSAGE.pack(0, 0, vector, 1, 0, 0, 0, 0) for vector in vectors)
        self._first = _address(self._messages)

    def put(self, number: int, frame: bytes) -> None:
        """Writes one frame, of that length."""
        self.buffer[number * ROW : number * ROW + self.length] = frame

    def frame(self, number: int) -> bytes:
        """What stands there."""
        return bytes(self.buffer[number * ROW : number * ROW + self.length])

    def message(self, number: int) -> ctypes.c_void_p:
        """Where the kernel finds a frame and those after it."""
        return ctypes.c_void_p(self._first + number * _MESSAGE.size)

    def left(self, begin: int, count: int, at: float) -> None:
        """So many frames from number `begin` on have left then (monotonic seconds). Called by whoever sends them."""


class BulkSocket:
    """Sends frames by one interface. Raises `NotPossibleError` where this machine cannot."""

    def __init__(self, interface: str) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._socket = open_frames(interface, 0, _pass_by_queue)

    def send(self, batch: Batch, begin: int, count: int) -> int:
        """Sends frames from number `begin`; how many left, 0 where the queue is full. Raises `OSError`."""
        sent = self._libc.sendmmsg(self._socket.fileno(), batch.message(begin), count, 0)
        if sent >= 0:
            return int(sent)
        code = ctypes.get_errno()
        if code in (errno.EAGAIN, errno.ENOBUFS):
            return 0
        raise OSError(code, os.strerror(code))

    def send_one(self, frame: bytes) -> None:
        """One frame of its own making. Raises `OSError`."""
        self._socket.send(frame)

    def close(self) -> None:
        """Gives the socket back."""
        self._socket.close()


def _address(buffer: bytearray) -> int:
    """Where it stands in memory; it cannot grow from now on."""
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


def _pass_by_queue(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.setsockopt(SOL_PACKET, _PACKET_QDISC_BYPASS, 1)
