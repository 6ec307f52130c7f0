"""Where datagrams and frames arrive: readable sockets are drained into one queue, without a task for each socket.

Rule: whatever floods in costs bounded memory. What ICMP says of an earlier datagram is passed over.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import suppress
from typing import Any

DRAIN = 64  # datagrams read in one go before other tasks get their turn
WAITING_LIMIT = 4096  # unread replies: 6 MB at 1,500 bytes each; a flood beyond that is dropped and counted
RECEIVE_BUFFER = 1 << 20  # bytes asked of the kernel: 500 cameras of one segment answer a multicast within a second

_SO_RCVBUFFORCE = 33  # asm/socket.h: beyond the usual limit of this machine, for those who may (CAP_NET_ADMIN)


class Inbox:
    """Replies of up to `size` bytes each, longer ones cut; `dropped` counts those that nobody read in time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._queue: asyncio.Queue[tuple[bytes, Any] | None] = asyncio.Queue()
        self._sockets: list[socket.socket] = []
        self.dropped = 0

    def watch(self, sock: socket.socket) -> None:
        """Takes over a socket: reads it from now on, and closes it with the inbox."""
        sock.setblocking(False)
        _widen(sock)
        self._sockets.append(sock)
        asyncio.get_running_loop().add_reader(sock, self._drain, sock)

    async def harvest(
        self, send: Callable[[], Awaitable[None]], wait: float
    ) -> AsyncGenerator[tuple[bytes, Any], None]:
        """Runs `send`, and yields (data, sender) of what arrives until `wait` seconds after it ended.

        What `send` raises is raised here, after what had arrived by then.
        """
        sender = asyncio.create_task(self._send(send, wait))
        try:
            while (item := await self._queue.get()) is not None:
                yield item
            await sender
        finally:
            sender.cancel()
            try:
                await asyncio.gather(sender, return_exceptions=True)
            finally:
                self._close()

    async def _send(self, send: Callable[[], Awaitable[None]], wait: float) -> None:
        try:
            await send()
            await asyncio.sleep(wait)
        finally:
            self._queue.put_nowait(None)

    def _drain(self, sock: socket.socket) -> None:
        for _ in range(DRAIN):
            try:
                data, sender = sock.recvfrom(self._size)
            except BlockingIOError:
                return
            except OSError:
                continue
            self._keep(data, sender)

    def _keep(self, data: bytes, sender: Any) -> None:
        if self._queue.qsize() < WAITING_LIMIT:
            self._queue.put_nowait((data, sender))
        else:
            self.dropped += 1

    def _close(self) -> None:
        for sock in self._sockets:
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()
        self._sockets.clear()


def _widen(sock: socket.socket) -> None:
    for option in (_SO_RCVBUFFORCE, socket.SO_RCVBUF):
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, option, RECEIVE_BUFFER)
            return
