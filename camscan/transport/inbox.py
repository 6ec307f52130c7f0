"""Where datagrams and frames arrive: readable sockets are drained into one queue, without a task for each socket.

Rule: whatever floods in costs bounded memory. What ICMP says of an earlier datagram is passed over.
"""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

DRAIN = 128  # datagrams read in one go before other tasks get their turn
REST = 0.002  # seconds that a socket is left alone then: to be woken for each reply costs more than to read it
WAITING_LIMIT = 4096  # unread replies: 6 MB at 1,500 bytes each; a flood beyond that is dropped and counted
RECEIVE_BUFFER = 1 << 20  # bytes asked of the kernel: 500 cameras of one segment answer a multicast within a second

_SO_RCVBUFFORCE = 33  # asm/socket.h: beyond the usual limit of this machine, for those who may (CAP_NET_ADMIN)


_SO_TIMESTAMPNS = 35  # asm-generic/socket.h; see "SO_TIMESTAMPNS" in Documentation/networking/timestamping.rst
_TIMESPEC = struct.Struct("@ll")
_STAMP_ROOM = socket.CMSG_SPACE(_TIMESPEC.size)

Item = TypeVar("Item")


def as_it_came(data: bytes, sender: Any) -> tuple[bytes, Any]:
    """Keeps every reply, with its sender."""
    return data, sender


class Inbox(Generic[Item]):
    """Replies of up to `size` bytes each, longer ones cut; `dropped` counts those that nobody read in time.

    `keep` is given each (data, sender) at once, and makes of it what waits to be read: None if nothing does. Where
    replies are `dated`, it is given, instead of the sender, how many seconds ago the kernel had the reply: a busy event
    loop must not take its own slowness for that of a device.
    """

    def __init__(self, size: int, keep: Callable[[bytes, Any], Item | None], *, dated: bool = False) -> None:
        self._size = size
        self._keep = keep
        self._dated = dated
        self._queue: asyncio.Queue[Item | None] = asyncio.Queue()
        self._sockets: list[socket.socket] = []
        self._failure: Exception | None = None
        self.dropped = 0

    def watch(self, sock: socket.socket) -> None:
        """Takes over a socket: reads it from now on, and closes it with the inbox."""
        sock.setblocking(False)
        if self._dated:
            sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        _widen(sock)
        self._sockets.append(sock)
        self._listen(sock)

    async def harvest(self, send: Callable[[], Awaitable[None]], wait: float) -> AsyncGenerator[Item, None]:
        """Runs `send`, and yields what is kept of what arrives until `wait` seconds after it ended.

        What `send` raises is raised here, after what had arrived by then; so is what `keep` raises.
        """
        sender = asyncio.create_task(self._send(send, wait))
        try:
            while (item := await self._queue.get()) is not None:
                yield item
            if self._failure:
                raise self._failure
            await sender
        finally:
            sender.cancel()
            try:
                await asyncio.gather(sender, return_exceptions=True)
            finally:
                self.close()

    async def _send(self, send: Callable[[], Awaitable[None]], wait: float) -> None:
        try:
            await send()
            await asyncio.sleep(wait)
            for sock in self._sockets:
                self._drain(sock, WAITING_LIMIT)
        finally:
            self._queue.put_nowait(None)

    def _listen(self, sock: socket.socket) -> None:
        if sock in self._sockets:
            # by number: to find a socket itself a selector describes it first, which takes two system calls
            asyncio.get_running_loop().add_reader(sock.fileno(), self._visit, sock)

    def _visit(self, sock: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        if self._drain(sock):
            loop.remove_reader(sock.fileno())
            loop.call_later(REST, self._listen, sock)

    def _drain(self, sock: socket.socket, most: int = DRAIN) -> bool:
        """Whether nothing is left to read."""
        for _ in range(most):
            try:
                data, sender = self._receive(sock)
            except BlockingIOError:
                return True
            except OSError:
                continue
            self._take(data, sender)
        return False

    def _receive(self, sock: socket.socket) -> tuple[bytes, Any]:
        if not self._dated:
            return sock.recvfrom(self._size)
        data, notes, *_ = sock.recvmsg(self._size, _STAMP_ROOM)
        return data, next((_age(stamp) for _, kind, stamp in notes if kind == _SO_TIMESTAMPNS), 0.0)

    def _take(self, data: bytes, sender: Any) -> None:
        try:
            item = self._keep(data, sender)
        except Exception as error:  # here it would end nothing: whoever harvests must have it
            self._failure = self._failure or error
            self._queue.put_nowait(None)
        else:
            if item is not None:
                self._put(item)

    def _put(self, item: Item) -> None:
        if self._queue.qsize() < WAITING_LIMIT:
            self._queue.put_nowait(item)
        else:
            self.dropped += 1

    def close(self) -> None:
        """Closes the sockets that it has taken over, perhaps not for the first time; `harvest` does so at its end."""
        for sock in self._sockets:
            asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()
        self._sockets.clear()


def _age(stamp: bytes) -> float:
    """Seconds since a `struct timespec` of the clock on the wall, which may have been set meanwhile."""
    seconds, nanoseconds = map(int, _TIMESPEC.unpack(stamp))
    return max(0.0, time.time() - seconds - nanoseconds / 1e9)


def _widen(sock: socket.socket) -> None:
    if sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) >= RECEIVE_BUFFER:
        return
    for option in (_SO_RCVBUFFORCE, socket.SO_RCVBUF):
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, option, RECEIVE_BUFFER)
            return
