"""Open ports of hosts on this machine's own wire, by SYN frames: one port of a host at a time, many hosts at once.

A connect that is closed at once costs seven system calls and a task; a frame costs a place in a batch. So the ports of
two hundred hosts are known while connects would still be under way. An answer counts where it acknowledges the number
that was sent last to that host; what opens is closed by a reset at once. Follows RFC 9293.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager, suppress
from heapq import heappop, heappush
from ipaddress import IPv4Address
from itertools import count, pairwise

from camscan.errors import NotPossibleError
from camscan.reply import Outcome, Outcomes
from camscan.transport.bulk import BulkSocket
from camscan.transport.cookie import Cookie
from camscan.transport.courier import Courier
from camscan.transport.inbox import Inbox
from camscan.transport.knocked import Knocked, KnockFrames
from camscan.transport.link import Link
from camscan.transport.reserve import reserve_port
from camscan.transport.reset import reset
from camscan.transport.segments import SYN_LENGTH, Sender, syn_frame
from camscan.transport.syn_answers import SNAP, Answer, listen, parse
from camscan.transport.wire import Wire

REPEATS = (0.25, 0.8)  # when a silent port is asked again, as shares of the time that it has: a Linux host repeats the
# answer that was lost twice a second at most, and the kernel's own second SYN would take a second
TRIES = 1 + len(REPEATS)
BATCHES = 8


class Knocks:
    """The hosts that are being asked. `seconds` is how long a port may be silent."""

    def __init__(self, wire: Wire, interface: str, sender: Sender, seconds: float) -> None:
        self._wire = wire
        self._sender = sender
        self._gaps = tuple(seconds * (later - sooner) for sooner, later in pairwise((0.0, *REPEATS, 1.0)))
        self._cookie = Cookie()
        self._socket = BulkSocket(interface)
        self._courier = Courier(self._socket, [KnockFrames() for _ in range(BATCHES)], self._note_unsent)
        self._hosts: dict[int, Knocked] = {}
        self._places = count()
        self._ready: list[tuple[int, float, Knocked]] = []  # heap: (place, when asked, host); who came first goes first
        self._waiting: list[tuple[float, int, float, Knocked]] = []  # heap: (when it is over, number, when asked, host)
        self._stir = asyncio.Event()
        self._failure: Exception | None = None

    async def ask(self, address: str, mac: bytes, ports: Sequence[int], outcomes: Outcomes) -> None:
        """Writes what became of each of these ports, one after the other. Holds the host meanwhile. Raises
        `OutOfScopeError`, and `NotPossibleError` for a host whose budget is spent, or that cannot be asked."""
        self._wire.check(address)
        async with self._wire.pace.attempt(address):
            if self._failure:
                raise self._failure
            done = asyncio.get_running_loop().create_future()
            host = Knocked(address, mac, deque(ports), outcomes, done, next(self._places))
            self._hosts[host.number] = host
            self._go_on(host)
            try:
                await host.done
            finally:
                del self._hosts[host.number]

    async def run(self) -> None:
        """Sends what is ready, and again what stays without an answer, until it is cancelled."""
        while True:
            self._courier.settle()
            self._give_up_waiting()
            if self._ready:
                await self._send(await self._courier.free())
            else:
                await self._until_somebody_is_due()

    async def _send(self, batch: KnockFrames) -> None:
        number = min(len(self._ready), self._wire.pace.handful)
        await self._wire.pace.take(number)
        self._write(batch, number)
        if batch.hosts:
            self._courier.hand_over(batch, len(batch.hosts))

    async def _until_somebody_is_due(self) -> None:
        self._stir.clear()
        left = self._waiting[0][0] - _now() if self._waiting else None
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._stir.wait()

    def _give_up_waiting(self) -> None:
        """Whoever has not answered in time is asked again, or done with for this port."""
        while self._waiting and self._waiting[0][0] <= _now():
            _, _, asked, host = heappop(self._waiting)
            if host.asked != asked or host.done.done():
                continue
            self._wire.patience.spend(host.address, _now() - asked)
            if host.tries < TRIES:
                self._make_ready(host)
            else:
                self._note(host, Outcome.SILENT)

    def _write(self, batch: KnockFrames, number: int) -> None:
        batch.hosts.clear()
        for _, asked, host in [heappop(self._ready) for _ in range(number)]:
            answered = host.asked != asked  # while its repeat waited for the pace
            if not answered and not host.done.done() and self._affords(host):
                self._put(batch, host)

    def _affords(self, host: Knocked) -> bool:
        try:
            self._wire.afford(host.address)
        except NotPossibleError as error:
            host.done.set_exception(error)
            return False
        return True

    def _put(self, batch: KnockFrames, host: Knocked) -> None:
        host.asked = _now()
        host.began = host.asked if not host.tries else host.began
        heappush(self._waiting, (host.asked + self._gaps[host.tries], host.number, host.asked, host))
        host.tries += 1
        self._wire.ledger.record(
            address=host.address, port=host.ports[0], transport="tcp", protocol="tcp", request="syn", size=SYN_LENGTH
        )
        batch.put(len(batch.hosts), syn_frame(self._sender, host.mac, host.number, host.ports[0], self._sequence(host)))
        batch.hosts.append(host)

    def _note_unsent(self, batch: KnockFrames, number: int, error: OSError) -> None:
        host = batch.hosts[number]
        if not host.done.done():
            host.done.set_exception(NotPossibleError(f"cannot be asked from here: {error.strerror or error}"))

    def hear(self, frame: bytes, age: float) -> None:
        """What a frame that came `age` seconds ago proves of the port that its host was asked for last. What opens is
        closed also where it comes late or once more."""
        answer = parse(frame)
        if not answer or answer.acknowledged != (self._cookie.of(answer.address, answer.port) + 1) & 0xFFFFFFFF:
            return
        host = self._hosts.get(answer.address)
        if host and not host.done.done() and host.tries and answer.port == host.ports[0]:
            self._take(host, answer, _now() - age)
        elif answer.opens:
            self._close_again(answer)

    def _take(self, host: Knocked, answer: Answer, came: float) -> None:
        self._wire.patience.spend(host.address, max(0.0, came - host.asked))
        if answer.opens:
            reset(self._wire, self._socket, self._sender, answer)
            self._wire.load.accepted(host.address, max(0.0, came - host.began))
        self._note(host, Outcome.REPLIED if answer.opens else Outcome.REFUSED)

    def _close_again(self, answer: Answer) -> None:
        try:
            self._wire.afford(str(IPv4Address(answer.address)))
        except NotPossibleError:
            return  # whoever opens again and again does not make us send without end
        reset(self._wire, self._socket, self._sender, answer)

    def _sequence(self, host: Knocked) -> int:
        return self._cookie.of(host.number, host.ports[0])

    def _note(self, host: Knocked, outcome: Outcome) -> None:
        host.outcomes[host.ports.popleft()] = outcome
        host.tries, host.asked = 0, 0.0
        self._go_on(host)

    def _go_on(self, host: Knocked) -> None:
        """With the next port, after a rest where the host is under load."""
        if not host.ports:
            host.done.set_result(None)
            return
        rest = self._wire.load.rest(host.address)
        if rest:
            self._wire.patience.spend(host.address, rest)
            asyncio.get_running_loop().call_later(rest, self._make_ready, host)
        else:
            self._make_ready(host)

    def _make_ready(self, host: Knocked) -> None:
        heappush(self._ready, (host.place, host.asked, host))
        self._stir.set()

    def fail(self, error: Exception) -> None:
        """Nobody can be asked any more."""
        self._failure = error
        for host in self._hosts.values():
            if not host.done.done():
                host.done.set_exception(error)

    def close(self) -> None:
        """Gives back what it sends by."""
        self._courier.close()
        self._socket.close()


@asynccontextmanager
async def knocking(wire: Wire, link: Link, seconds: float) -> AsyncIterator[Knocks]:
    """Asks by that interface as long as the block lasts. Raises `NotPossibleError` without the privilege."""
    with ExitStack() as stack:
        sender = Sender(mac=link.mac, address=link.address, port=reserve_port(stack, link.address))
        knocks = Knocks(wire, link.interface, sender, seconds)
        stack.callback(knocks.close)
        inbox = Inbox[None](SNAP, knocks.hear, dated=True)
        stack.callback(inbox.close)  # who leaves at once ends the task before it has begun
        inbox.watch(listen(link.interface, sender))
        task = asyncio.create_task(_run(knocks, inbox))
        try:
            yield knocks
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _run(knocks: Knocks, inbox: Inbox[None]) -> None:
    """Sends and hears. Whoever waits for an answer is told of what ends it."""
    try:
        async with aclosing(inbox.harvest(knocks.run, 0.0)) as nothing:
            async for _ in nothing:
                pass
    except Exception as error:
        knocks.fail(error)


def _now() -> float:
    return asyncio.get_running_loop().time()
