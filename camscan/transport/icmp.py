"""ICMP echo: which addresses are alive. A reply is a reason to ask on, never evidence of what a device is.

A raw socket where the user may have one (it sees the kernel's whole traffic, so a filter lets echo replies through and
nothing else), else the kernel's ping socket, which needs no privilege but the right group (icmp(7), ping_group_range).
"""

import asyncio
import socket
import struct
import zlib
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from camscan.errors import NotPossibleError
from camscan.reply import Reply
from camscan.transport.grace import Grace
from camscan.transport.inbox import Inbox, as_it_came
from camscan.transport.neighbours import limit_unresolved
from camscan.transport.wire import Wire

REPLY_LIMIT = 1500  # bytes: an echo reply is as long as its question, one frame at most
_ECHO_REPLY = 0
_ICMP_FILTER = 1  # linux/icmp.h: an option at level SOL_RAW (255), a mask of the types that are blocked
_SOL_RAW = 255


async def sweep(
    wire: Wire, echo: Callable[[int, int], bytes], addresses: AsyncGenerator[str, None], grace: Grace
) -> AsyncGenerator[Reply, None]:
    """One echo reply (the ICMP message) of each IPv4 address that answers before the `grace` after the last question is
    over.

    `echo(identifier, sequence)` builds the message. IPv6 addresses are passed over, unasked, unrecorded and uncounted:
    a plan must not list them for this channel. Messages that could not leave one by one are counted in `wire.unsent`,
    replies of excluded senders in `wire.dropped` and those that were too many in `wire.lost`. Raises
    `OutOfScopeError`, and `NotPossibleError` where the user may have neither kind of socket or nothing could leave.
    """
    sock = _open()
    limit_unresolved(sock)
    inbox = Inbox(REPLY_LIMIT, as_it_came)
    inbox.watch(sock)
    identifier = zlib.crc32(wire.message_id().encode()) & 0xFFFF
    pings = _Pings(wire, sock, echo, identifier)
    seen: set[str] = set()
    try:
        async with aclosing(inbox.harvest(lambda: pings.send(addresses, grace), 0.0)) as arrivals:
            async for data, (address, *_) in arrivals:
                message = pings.read(data)
                if message is None or address in seen or not wire.accepts(address, "icmp"):
                    continue
                seen.add(address)
                yield _reply(wire, address, message)
    finally:
        wire.lost["icmp"] += inbox.dropped


def _reply(wire: Wire, address: str, message: bytes) -> Reply:
    return Reply(
        address=address,
        protocol="icmp",
        transport="icmp",
        port=None,
        request="echo",
        data=message,
        channel="unicast",
        time=wire.clock(),
    )


class _Pings:
    """The questions of one sweep, and which messages answer them."""

    def __init__(self, wire: Wire, sock: socket.socket, echo: Callable[[int, int], bytes], identifier: int) -> None:
        self._wire = wire
        self._socket = sock
        self._echo = echo
        self._identifier = identifier
        self._number = 0
        self._sent = 0
        self._posted = 0.0
        self._problem = ""

    async def send(self, addresses: AsyncGenerator[str, None], grace: Grace) -> None:
        async with aclosing(addresses):
            async for address in addresses:
                if ":" not in address:
                    await self._ask(address)
        if self._problem and not self._sent:
            raise NotPossibleError(f"icmp: {self._problem}")
        if self._sent:
            await grace.over(_now() - self._posted)

    async def _ask(self, address: str) -> None:
        self._wire.check(address)
        if not self._wire.spares(address):
            await self._post(address, self._echo(self._identifier, self._number & 0xFFFF))
            self._number += 1

    async def _post(self, address: str, message: bytes) -> None:
        await self._wire.pace.take()
        self._wire.ledger.record(
            address=address, port=None, transport="icmp", protocol="icmp", request="echo", size=len(message)
        )
        try:
            await asyncio.get_running_loop().sock_sendto(self._socket, message, (address, 0))
        except OSError as error:
            self._problem = error.strerror or str(error)
            self._wire.unsent.add(address, self._problem)
        else:
            self._sent += 1
            self._posted = _now()

    def read(self, data: bytes) -> bytes | None:
        """The message without its IP header, if it answers this sweep; the kernel numbers its ping sockets itself."""
        raw = self._socket.type == socket.SOCK_RAW
        message = data[(data[0] & 15) * 4 :] if raw and data else data
        if len(message) < 8 or message[0] != _ECHO_REPLY:
            return None
        ours = not raw or int.from_bytes(message[4:6], "big") == self._identifier
        return message if ours else None


def _now() -> float:
    return asyncio.get_running_loop().time()


def _open() -> socket.socket:
    try:
        sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    except PermissionError:
        return _open_unprivileged()
    sock.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", 0xFFFFFFFF & ~(1 << _ECHO_REPLY)))
    return sock


def _open_unprivileged() -> socket.socket:
    try:
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP)
    except OSError as error:
        raise NotPossibleError(
            f"no ICMP for this user: {error.strerror}; needs CAP_NET_RAW or net.ipv4.ping_group_range"
        ) from None
