"""The sending half of a UDP sweep: which question goes to whom, when, how often, and from which socket.

Groups and broadcasts get all questions at once, and all of them again; single hosts one after the other until they
answer, each letter when it is due, however late those before it were.
"""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import Any, Literal

from camscan.errors import NotPossibleError
from camscan.probe import Request
from camscan.scope import Interface
from camscan.transport.address import socket_address
from camscan.transport.grace import Grace
from camscan.transport.heard import Heard
from camscan.transport.inbox import Inbox
from camscan.transport.udp_socket import broadcast_socket, listening_socket, multicast_socket, unicast_socket
from camscan.transport.wire import Wire

SOONER = 0.4  # seconds less are waited after a repeat: it is for what was lost, and who is slow has had the question
LEAST_GAP = 0.5  # of the time between two letters to a host, after one that is late


@dataclass(frozen=True, slots=True, kw_only=True)
class UdpQuestion:
    """What to ask, and whom. `destinations` is read once, each asked when it comes; groups and broadcasts need an
    `interface`.

    `source` is the address to ask from; a broadcast leaves from the one that the kernel finds fitting. Asked `repeats`
    times, `pause` seconds apart; listens until the `grace` after the last is over. Of each reply `reply_limit` bytes
    are kept, and `replies_limit` replies in all.
    """

    protocol: str
    requests: tuple[Request, ...]
    port: int
    destinations: AsyncGenerator[str, None]
    mode: Literal["multicast", "broadcast", "unicast"]
    interface: Interface | None = None
    source: str | None = None
    repeats: int = 2
    pause: float = 0.5
    grace: Grace = field(default_factory=lambda: Grace(least=2.0))
    reply_limit: int = 65507
    replies_limit: int = 65536


class Mailing:
    """The sending half of one sweep. Its letters are all questions, as often as they are asked, each with an id."""

    def __init__(self, wire: Wire, question: UdpQuestion, inbox: Inbox[tuple[bytes, Any]], heard: Heard) -> None:
        self._wire = wire
        self._question = question
        self._inbox = inbox
        self._heard = heard
        self._sockets: dict[socket.AddressFamily, socket.socket] = {}
        self._ports: set[int] = set()
        self._letters = [(r, wire.message_id()) for _ in range(question.repeats) for r in question.requests]
        self._waiting: list[tuple[float, str, int]] = []  # heap: when which letter to whom is due
        self._sending = asyncio.Lock()  # asyncio keeps one writer a socket
        self._stir = asyncio.Event()
        self._all_drawn = False
        self._turns = 0
        self._sent = 0
        self._last = self._last_new = 0.0  # when any letter was posted, and one that had not been posted there before
        self._problem = ""

    def asked(self, data: bytes) -> str:
        """The name of the request whose message id the reply repeats, or of the first."""
        named = (r.name for r, message_id in self._letters if message_id and message_id.encode("ascii") in data)
        return next(named, self._question.requests[0].name)

    def is_own(self, sender: Any) -> bool:
        """Whether this is our own broadcast, come back to the socket that listens."""
        interface = self._question.interface
        local = interface is not None and sender[0] in {str(a.ip) for a in interface.ipv4}
        return local and sender[1] in self._ports

    async def send(self) -> None:
        """Asks every destination, and waits for the last answers. Raises `NotPossibleError` if not one datagram could
        leave."""
        if self._question.mode == "unicast":
            await self._ask_each()
        else:
            await self._ask_all([destination async for destination in self._question.destinations])
        self._give_back()
        if self._problem and not self._sent:
            raise NotPossibleError(f"{self._question.protocol} by {self._question.mode}: {self._problem}")
        if self._sent:
            await self._question.grace.over(_now() - max(self._last_new, self._last - SOONER))

    async def _ask_all(self, destinations: list[str]) -> None:
        """Groups and broadcasts get all questions at once, and all of them again after the pause."""
        self._listen(tuple(destinations))
        for number, (request, message_id) in enumerate(self._letters):
            if number and number % len(self._question.requests) == 0:
                await asyncio.sleep(self._question.pause)
            for destination in destinations:
                await self._post(destination, request, message_id)
            if number < len(self._question.requests):
                self._last_new = _now()

    async def _ask_each(self) -> None:
        """An address gets one question after the other, spread over the pause, until it answers. Whoever is due goes
        first: nobody new is drawn while others wait longer than they must."""
        repeating = asyncio.create_task(self._repeat())
        try:
            async with aclosing(self._question.destinations) as source:
                async for destination in source:
                    await self._ask_due()
                    await self._ask(_now(), destination, 0)
            self._all_drawn = True
            self._stir.set()
            await repeating
        finally:
            repeating.cancel()
            await asyncio.gather(repeating, return_exceptions=True)

    async def _repeat(self) -> None:
        """The later questions, each when it is due, also while nobody new comes."""
        while self._waiting or not self._all_drawn:
            self._stir.clear()
            self._give_back()
            if self._waiting:
                await asyncio.sleep(max(0.0, self._waiting[0][0] - _now()))
                await self._ask_due()
            else:
                await self._stir.wait()

    async def _ask_due(self) -> None:
        while self._waiting and self._waiting[0][0] <= _now():
            await self._ask(*heappop(self._waiting))

    async def _ask(self, due: float, destination: str, number: int) -> None:
        """One letter that is due, and the next a gap later, however late this one is, but never at once: the answer
        may be on its way. No more to a host that has answered or has had its share."""
        if self._heard.senders[destination] or self._wire.spares(destination, len(self._letters) - number):
            return
        await self._post(destination, *self._letters[number])
        if number < len(self._question.requests):
            self._last_new = _now()
        if number + 1 < len(self._letters):
            following = max(due + self._gap, _now() + LEAST_GAP * self._gap)
            heappush(self._waiting, (following, destination, number + 1))
            self._stir.set()

    @property
    def _gap(self) -> float:
        return self._question.pause / len(self._question.requests)

    def _check(self, destination: str) -> None:
        if self._question.mode == "unicast":
            self._wire.check(destination)
        elif self._question.mode == "multicast":
            self._wire.check_multicast(self._question.interface, destination)
        else:
            self._wire.check_broadcast(self._question.interface, destination)

    async def _post(self, destination: str, request: Request, message_id: str) -> None:
        question, payload = self._question, request.render(destination, message_id)
        self._check(destination)
        await self._take_turn()
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
            async with self._sending:
                await asyncio.get_running_loop().sock_sendto(sock, payload, target)
        except OSError as error:
            self._problem = error.strerror or str(error)
            self._wire.unsent.add(destination, self._problem)
        else:
            self._sent += 1
            self._last = _now()

    async def _take_turn(self) -> None:
        """Some turns at a time, or each letter would wait a round of the event loop for its own."""
        if not self._turns:
            turns = self._wire.pace.handful
            await self._wire.pace.take(turns)
            self._turns += turns
        self._turns -= 1

    def _give_back(self) -> None:
        """Turns that are not needed now: in stock they would be a burst beside those of others."""
        turns, self._turns = self._turns, 0
        self._wire.pace.give_back(turns)

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


def _now() -> float:
    return asyncio.get_running_loop().time()
