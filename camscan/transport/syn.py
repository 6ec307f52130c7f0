"""Open ports by SYN: every probe of a space once, in bulk and without state, and again where the path loses packets.

Rule: the addresses come from the scope as spans that hold no excluded address, so that no frame for another is made.
What opens is closed by a reset at once. See `space.py` for the order, `syn_frames.py` for the cookie that makes memory
unnecessary, `congestion.py` for how it notices that it is too fast.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence, Set
from contextlib import ExitStack, aclosing
from dataclasses import dataclass, replace
from ipaddress import IPv4Network

import numpy as np

from camscan.scope import spans
from camscan.transport.canaries import Canaries
from camscan.transport.congestion import CANARY_EVERY, Congestion, Verdict, Window
from camscan.transport.inbox import Inbox
from camscan.transport.link import Link
from camscan.transport.space import Space, Words
from camscan.transport.standing import Standing
from camscan.transport.syn_answers import SNAP, Answer, listen, parse
from camscan.transport.syn_frames import Cookie, Sender
from camscan.transport.volley import Volley, reserve_port
from camscan.transport.wire import Wire

WINDOW = 8192  # probes on whose canaries the path is judged
SETTLE_LIMIT = 1.0  # seconds for the last answers; a device that needs longer is met in the next pass
SETTLE_LEAST = 0.2  # the slowest answer seen says how long to wait, but no less than this


@dataclass(frozen=True, slots=True)
class OpenPort:
    """An open port, and the MAC address from which its answer came (a router's, where one stands between)."""

    address: int
    port: int
    mac: bytes


async def syn_sweep(
    wire: Wire,
    link: Link,
    networks: Sequence[IPv4Network],
    ports: Sequence[int],
    *,
    settled: Set[int] = frozenset(),
    advance: Callable[[float], None] = lambda share: None,
    standing: Standing | None = None,
    stand: Callable[[Standing], None] = lambda standing: None,
) -> AsyncGenerator[OpenPort, None]:
    """Every open port of the permitted addresses of these networks, once, as it is found.

    Addresses (as numbers) that are `settled` when their turn comes are passed over. `advance` is told what share of the
    probes has been sent for the first time, `stand` where the sweep stands whenever answers have been judged. It goes
    on from `standing` if that is of the same space, and begins anew if not.

    Raises `OutOfScopeError` for a network that the scope does not sweep, and `NotPossibleError` without the privilege
    or where the interface takes no more frames.
    """
    for network in networks:
        wire.check_network(network)
    permitted = spans(replace(wire.scope, swept=tuple(networks)))
    with ExitStack() as stack:
        sender = Sender(mac=link.mac, address=link.address, port=reserve_port(stack, link.address))
        inbox = Inbox(SNAP)
        volley = Volley(wire, link, sender)
        stack.callback(volley.close)
        inbox.watch(listen(link.interface, sender))
        size = sum(last - first + 1 for first, last in permitted) * len(ports)
        if standing is None or standing.size != size:
            standing = Standing(start=secrets.randbits(32), size=size, passes=0, left=((0, size),))
        sweep = _Sweep(Space(permitted, ports, standing.start), volley, settled, standing)
        sweep.advance, sweep.stand = advance, stand
        async with aclosing(inbox.harvest(sweep.run, 0.0)) as arrivals:
            async for frame, _ in arrivals:
                found = sweep.hear(frame)
                if found:
                    yield found
        wire.dropped["tcp"] += inbox.dropped


class _Sweep:
    """One sweep: what is sent, and what the answers say."""

    advance: Callable[[float], None]
    stand: Callable[[Standing], None]

    def __init__(self, space: Space, volley: Volley, settled: Set[int], standing: Standing) -> None:
        self._space = space
        self._settled = settled
        self._standing = standing
        self._volley = volley
        self._probe, self._check = Cookie(), Cookie()
        self._congestion = Congestion(volley.rate, sent=standing.sent, answered=standing.answered)
        self._canaries = Canaries()
        self._random = np.random.default_rng()
        self._answered: set[int] = set()
        self._open = standing.opened

    async def run(self) -> None:
        """Passes over the whole space until hardly anything can have been missed."""
        while self._standing.passes < self._congestion.passes(self._open):
            await self._pass()
            self._stand_at(self._standing.passes + 1, ((0, self._space.size),))

    async def _pass(self) -> None:
        stretches = deque(self._standing.left)
        while stretches:
            waiting: deque[tuple[float, Window]] = deque()
            for begin, end in _windows(stretches):
                window = Window(begin, end, self._congestion.rate)
                await self._send(window)
                waiting.append((_now(), window))
                self.advance(end / self._space.size)
                self._judge(waiting, stretches)
            await asyncio.sleep(self._settle)
            self._judge(waiting, stretches)
            self._heed(self._congestion.rest(), stretches)

    def _judge(self, waiting: deque[tuple[float, Window]], again: deque[tuple[int, int]]) -> None:
        """Judge the windows whose answers must be in by now; what was lost is to be sent again."""
        while waiting and _now() - waiting[0][0] >= self._settle:
            self._heed(self._congestion.judge(waiting.popleft()[1]), again)

    def _heed(self, verdict: Verdict, again: deque[tuple[int, int]]) -> None:
        again.extend((window.begin, window.end) for window in verdict.again)
        for window in verdict.done:
            self._stand_at(self._standing.passes, _without(self._standing.left, window.begin, window.end))
        self._volley.rate = self._congestion.rate

    def _stand_at(self, passes: int, left: tuple[tuple[int, int], ...]) -> None:
        taught = self._congestion
        self._standing = replace(
            self._standing, passes=passes, left=left, sent=taught.sent, answered=taught.answered, opened=self._open
        )
        self.stand(self._standing)

    @property
    def _settle(self) -> float:
        slowest = self._canaries.slowest
        return min(SETTLE_LIMIT, max(SETTLE_LEAST, 3 * slowest)) if slowest else SETTLE_LIMIT

    async def _send(self, window: Window) -> None:
        started, at, due = _now(), window.begin, 0.0
        while at < window.end:
            count = min(self._volley.batch, window.end - at)
            due += count / CANARY_EVERY
            await self._fire(at, count, list(self._canaries.take(window, int(due), _now())))
            at, due = at + count, due % 1
        window.rate = min(window.rate, (window.end - window.begin) / max(_now() - started, 1e-6))

    async def _fire(self, at: int, count: int, canaries: list[tuple[int, int]]) -> None:
        """One batch, the canaries at random places in it: what a full queue drops must not spare them."""
        probes = np.stack(self._unanswered(*self._space.probes(at, count)))
        again = np.array(canaries, np.uint32).reshape(-1, 2).T
        addresses, ports = np.concatenate([probes, again], axis=1)
        sequences = np.concatenate([self._probe.of_all(*probes), self._check.of_all(*again)])
        order = self._random.permutation(len(sequences)) if canaries else slice(None)
        await self._volley.fire(addresses[order], ports[order], sequences[order])

    def _unanswered(self, addresses: Words, ports: Words) -> tuple[Words, Words]:
        """Without the probes that have been answered: nobody is asked twice for nothing."""
        if not (self._answered or self._settled):
            return addresses, ports
        numbers = (addresses.astype(np.uint64) << np.uint64(16) | ports).tolist()
        silent = np.array([n not in self._answered and n >> 16 not in self._settled for n in numbers], bool)
        return addresses[silent], ports[silent]

    def hear(self, frame: bytes) -> OpenPort | None:
        """The open port that a frame proves, if it is new. Everything that opens is closed."""
        answer = parse(frame)
        if answer is None:
            return None
        asked = (answer.acknowledged - 1) & 0xFFFFFFFF
        if asked == self._probe.of(answer.address, answer.port):
            return self._note(answer)
        if asked == self._check.of(answer.address, answer.port):
            self._canaries.note(answer.address, answer.port, _now())
            self._close(answer)
        return None

    def _note(self, answer: Answer) -> OpenPort | None:
        self._close(answer)
        number = answer.address << 16 | answer.port
        if number in self._answered:
            return None
        self._answered.add(number)
        self._canaries.add(answer.address, answer.port)
        self._open += answer.opens
        return OpenPort(answer.address, answer.port, answer.mac) if answer.opens else None

    def _close(self, answer: Answer) -> None:
        if answer.opens:
            self._volley.reset(answer)


def _windows(stretches: deque[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The stretches that wait now, cut into windows; those that are added meanwhile wait for the next round."""
    for _ in range(len(stretches)):
        begin, end = stretches.popleft()
        yield from ((at, min(at + WINDOW, end)) for at in range(begin, end, WINDOW))


def _without(stretches: tuple[tuple[int, int], ...], begin: int, end: int) -> tuple[tuple[int, int], ...]:
    """What is left of the stretches."""
    pieces = (piece for first, last in stretches for piece in ((first, min(last, begin)), (max(first, end), last)))
    return tuple((first, last) for first, last in pieces if first < last)


def _now() -> float:
    return asyncio.get_running_loop().time()
