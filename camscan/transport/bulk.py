"""Many frames by one system call: sendmmsg(2) through ctypes on an AF_PACKET socket (packet(7)).

ctypes lets go of the interpreter's lock during the call, so other threads work meanwhile. The queueing discipline is
passed by (PACKET_QDISC_BYPASS): the pace is kept here.
"""

import ctypes
import errno
import os
import socket
from contextlib import suppress

from camscan.transport.packet_socket import SOL_PACKET, open_frames

BATCH = 1024  # frames a call: the kernel takes no more (UIO_MAXIOV)
ROW = 64  # bytes from one frame to the next in a buffer: a cache line

_PACKET_QDISC_BYPASS = 20


class _Vector(ctypes.Structure):
    """`struct iovec`."""

    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    """`struct msghdr`."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint),
        ("vectors", ctypes.c_void_p),
        ("count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    """`struct mmsghdr`."""

    _fields_ = (("header", _Header), ("sent", ctypes.c_uint))


class Batch:
    """Room for `size` frames of `length` bytes each; frame n stands in `buffer` from byte n · `ROW` on."""

    def __init__(self, size: int, length: int) -> None:
        self.size = size
        self.length = length
        self.buffer = bytearray(size * ROW)
        start = ctypes.addressof(ctypes.c_char.from_buffer(self.buffer))
        self._vectors = (_Vector * size)(*(_Vector(start + at, length) for at in range(0, size * ROW, ROW)))
        vector = ctypes.addressof(self._vectors)
        each = ctypes.sizeof(_Vector)
        self._messages = (_Message * size)(
            *(_Message(_Header(vectors=vector + n * each, count=1)) for n in range(size))
        )

    def put(self, number: int, frame: bytes) -> None:
        """Writes one frame, of that length."""
        self.buffer[number * ROW : number * ROW + self.length] = frame

    def frame(self, number: int) -> bytes:
        """What stands there."""
        return bytes(self.buffer[number * ROW : number * ROW + self.length])

    def message(self, number: int) -> ctypes.c_void_p:
        """Where the kernel finds a frame and those after it."""
        return ctypes.c_void_p(ctypes.addressof(self._messages) + number * ctypes.sizeof(_Message))


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


def _pass_by_queue(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.setsockopt(SOL_PACKET, _PACKET_QDISC_BYPASS, 1)
