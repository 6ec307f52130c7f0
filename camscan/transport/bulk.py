"""Many frames by one system call: sendmmsg(2) through ctypes on an AF_PACKET socket (packet(7)).

ctypes lets go of the interpreter's lock during the call, so other threads work meanwhile. The queueing discipline is
passed by (PACKET_QDISC_BYPASS): the pace is kept here.
"""

import ctypes
import errno
import os
import socket
from contextlib import suppress

import numpy as np

from camscan.errors import NotPossibleError
from camscan.transport.packet_socket import NOT_PERMITTED
from camscan.transport.syn_frames import ROW, SynFrames

BATCH = 1024  # frames a call: the kernel takes no more (UIO_MAXIOV)

_SOL_PACKET, _PACKET_QDISC_BYPASS = 263, 20
_MESSAGE = np.dtype(
    [
        ("name", "u8"), ("name_length", "u4"), ("pad", "u4"), ("vector", "u8"), ("vectors", "u8"),
        ("control", "u8"), ("control_length", "u8"), ("flags", "i4"), ("pad2", "u4"), ("sent", "u4"), ("pad3", "u4"),
    ]
)  # fmt: skip
"""`struct mmsghdr` of a 64-bit Linux."""


class BulkSocket:
    """Sends frames by one interface. Raises `NotPossibleError` where this machine cannot."""

    def __init__(self, interface: str) -> None:
        if ctypes.sizeof(ctypes.c_void_p) != 8:
            raise NotPossibleError("raw frames in bulk: not on a 32-bit system")
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._socket = _open(interface)

    def send(self, batch: "Batch", begin: int, count: int) -> int:
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


class Batch:
    """A buffer of frames, `length` bytes each, and the vectors by which the kernel finds them."""

    def __init__(self, frames: SynFrames, length: int) -> None:
        self.frames = frames
        size = len(frames.bytes)
        rows = np.arange(size, dtype=np.uint64)
        self._vectors = np.empty((size, 2), np.uint64)
        self._vectors[:, 0] = np.uint64(frames.bytes.ctypes.data) + rows * np.uint64(ROW)
        self._vectors[:, 1] = length
        self._messages = np.zeros(size, _MESSAGE)
        self._messages["vector"] = np.uint64(self._vectors.ctypes.data) + rows * np.uint64(16)
        self._messages["vectors"] = 1

    def message(self, number: int) -> ctypes.c_void_p:
        """Where the vectors of a frame are."""
        return ctypes.c_void_p(self._messages.ctypes.data + _MESSAGE.itemsize * number)


def _open(interface: str) -> socket.socket:
    try:
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    except PermissionError:
        raise NotPossibleError(NOT_PERMITTED) from None
    try:
        sock.bind((interface, 0))
        with suppress(OSError):
            sock.setsockopt(_SOL_PACKET, _PACKET_QDISC_BYPASS, 1)
        sock.setblocking(False)
    except OSError as error:
        sock.close()
        raise NotPossibleError(f"{interface}: {error.strerror}") from None
    return sock
