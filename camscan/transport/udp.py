"""UDP discovery: one question to a group, to everyone, or to many addresses one by one; every answer, from any port.

Devices answer from odd ports, twice, to the group or to everyone instead of to us, and from addresses that do not fit
the network they are on; all of that is heard. Amplification is bounded: an address that has answered is not asked
again, and what is sent keeps the pace. Where nobody is, on a directly connected network, a unicast sweep crawls at some
80 packets a second, see `neighbours.py`.
"""

import asyncio
import socket
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal

from camscan.errors import NotPossibleError
from camscan.model import Reply
from camscan.probe import Request
from camscan.scope import Interface
from camscan.transport.address import is_foreign, sender_address, socket_address
from camscan.transport.chunk import Chunk, chunks
from camscan.transport.heard import Heard
from camscan.transport.inbox import Inbox
from camscan.transport.udp_socket import broadcast_socket, listening_socket, multicast_socket, unicast_socket
from camscan.transport.wire import Wire

CHUNK = 4096  # addresses asked before the repeat: takes about as long as a device may need to answer
IDS_KEPT = 64  # latest message ids, to tell which of several questions was answered


@dataclass(frozen=True, slots=True, kw_only=True)
class UdpQuestion:
    """What to ask, and whom. `destinations` is read once, lazily; groups and broadcasts need an `interface`.

    `source` is the address to ask from; a broadcast leaves from the one that the kernel finds fitting. Asked `repeats`
    times, `pause` seconds apart; listens until `wait` seconds after the last. Of each reply `reply_limit` bytes are
    kept, and `replies_limit` replies in all.
    """

    protocol: str
    requests: tuple[Request, ...]
    port: int
    destinations: Iterable[str]
    mode: Literal["multicast", "broadcast", "unicast"]
    interface: Interface | None = None
    source: str | None = None
    repeats: int = 2
    pause: float = 0.5
    wait: float = 2.0
    reply_limit: int = 65507
    replies_limit: int = 65536


async def sweep(wire: Wire, question: UdpQuestion) -> AsyncGenerator[Reply, None]:
    """Every distinct reply, as it comes; `foreign` marks who answered a segment without belonging to it.

    Raises `OutOfScopeError` at the first destination that is not permitted, and `NotPossibleError` if this machine
    could not send anything at all. Datagrams that could not leave are counted in `wire.unsent`, replies not
    kept in `wire.dropped`, also of a sweep that is cut short.
    """
    inbox = Inbox(question.reply_limit)
    heard = Heard(question.replies_limit)
    mailing = _Mailing(wire, question, inbox, heard)
    try:
        async with aclosing(inbox.harvest(mailing.send, question.wait)) as arrivals:
            async for data, sender in arrivals:
                address = sender_address(sender)
                if mailing.is_own(sender) or not wire.accepts(address, question.protocol):
                    continue
                if heard.takes(address, data):
                    yield _reply(wire, question, mailing.asked(data), address, data)
    finally:
        wire.dropped[question.protocol] += inbox.dropped + heard.dropped


def _reply(wire: Wire, question: UdpQuestion, request: str, address: str, data: bytes) -> Reply:
    return Reply(
        address=address,
        protocol=question.protocol,
        transport="udp",
        port=question.port,
        request=request,
        data=data,
        channel=question.mode,
        time=wire.clock(),
        sensor=question.interface.name if question.interface else None,
        foreign=question.mode != "unicast" and is_foreign(address, question.interface),
    )


class _Mailing:
    """The sending half of one sweep."""

    def __init__(self, wire: Wire, question: UdpQuestion, inbox: Inbox, heard: Heard) -> None:
        self._wire = wire
        self._question = question
        self._inbox = inbox
        self._heard = heard
        self._sockets: dict[socket.AddressFamily, socket.socket] = {}
        self._ports: set[int] = set()
        self._ids: deque[tuple[bytes, str]] = deque(maxlen=IDS_KEPT)
        self._sent = 0
        self._problem = ""

    def asked(self, data: bytes) -> str:
        """The name of the request whose message id the reply repeats, or of the first."""
        named = (name for message_id, name in self._ids if message_id in data)
        return next(named, self._question.requests[0].name)

    def is_own(self, sender: Any) -> bool:
        """Whether this is our own broadcast, come back to the socket that listens."""
        interface = self._question.interface
        local = interface is not None and sender[0] in {str(a.ip) for a in interface.ipv4}
        return local and sender[1] in self._ports

    async def send(self) -> None:
        """Asks every destination. Raises `NotPossibleError` if not one datagram could leave."""
        for chunk in chunks(iter(self._question.destinations), CHUNK):
            if self._question.mode != "unicast":
                self._listen(tuple(chunk))
            await self._repeat(chunk)
        if self._problem and not self._sent:
            raise NotPossibleError(f"{self._question.protocol} by {self._question.mode}: {self._problem}")

    async def _repeat(self, chunk: Chunk) -> None:
        now = asyncio.get_running_loop().time
        for number in range(self._question.repeats):
            started = now()
            await self._round(chunk)
            if number + 1 < self._question.repeats:
                await asyncio.sleep(max(0.0, started + self._question.pause - now()))

    async def _round(self, chunk: Chunk) -> None:
        for request in self._question.requests:
            message_id = self._fresh_id(request)
            for destination in self._open(chunk):
                self._check(destination)
                await self._wire.pace.take()
                await self._post(destination, request, request.render(destination, message_id))

    def _open(self, chunk: Chunk) -> Iterator[str]:
        """Those to ask: with unicast, only those that have not answered and have budget left when it is their turn."""
        if self._question.mode != "unicast":
            return iter(chunk)
        return (d for d in chunk if not self._heard.senders[d] and not self._wire.spares(d))

    def _fresh_id(self, request: Request) -> str:
        message_id = self._wire.message_id()
        if b"{id}" in request.payload and message_id:
            self._ids.append((message_id.encode("ascii"), request.name))
        return message_id

    def _check(self, destination: str) -> None:
        if self._question.mode == "unicast":
            self._wire.check(destination)
        elif self._question.mode == "multicast":
            self._wire.check_multicast(self._question.interface, destination)
        else:
            self._wire.check_broadcast(self._question.interface, destination)

    async def _post(self, destination: str, request: Request, payload: bytes) -> None:
        question = self._question
        try:
            family, target = socket_address(destination, question.port, socket.SOCK_DGRAM)
            sock = self._socket(family)
            self._wire.ledger.record(
                address=destination,
                port=question.port,
                transport="udp",
                protocol=question.protocol,
                request=request.name,
                size=len(payload),
            )
            await asyncio.get_running_loop().sock_sendto(sock, payload, target)
        except OSError as error:
            self._problem = error.strerror or str(error)
            self._wire.unsent.add(destination, self._problem)
        else:
            self._sent += 1

    def _socket(self, family: socket.AddressFamily) -> socket.socket:
        if family not in self._sockets:
            sock = self._sockets[family] = self._asking(family)
            self._ports.add(sock.getsockname()[1])
            self._inbox.watch(sock)
        return self._sockets[family]

    def _asking(self, family: socket.AddressFamily) -> socket.socket:
        question = self._question
        if question.mode == "unicast" or question.interface is None:
            return unicast_socket(family, question.source)
        if question.mode == "multicast":
            return multicast_socket(question.interface, question.source, family)
        return broadcast_socket(question.interface)

    def _listen(self, destinations: tuple[str, ...]) -> None:
        """Also hears answers sent to all. Joining a group makes the kernel speak, so the scope is asked first."""
        for destination in destinations:
            self._check(destination)
        groups = destinations if self._question.mode == "multicast" else ()
        interface = self._question.interface
        listener = listening_socket(interface, self._question.port, groups) if interface else None
        if listener:
            self._inbox.watch(listener)
