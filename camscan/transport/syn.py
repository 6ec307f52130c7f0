"""Open ports by SYN: every probe of a space once, in bulk and without state, and again where the path loses packets.

Rule: the addresses come from the scope as spans that hold no excluded address, so that no frame for another is made.
See `space.py` for the order, `syn_questions.py` for how probes leave and answers are known, `syn_frames.py` for the
cookie that makes memory unnecessary, `congestion.py` for how it notices that it is too fast.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence, Set
from contextlib import ExitStack, aclosing
from dataclasses import replace
from ipaddress import IPv4Network

from camscan.scope import spans
from camscan.transport.congestion import ASKED_LIMIT, Congestion
from camscan.transport.inbox import Inbox
from camscan.transport.link import Link
from camscan.transport.reserve import reserve_port
from camscan.transport.segments import Sender
from camscan.transport.space import Space
from camscan.transport.standing import Standing
from camscan.transport.syn_answers import SNAP, listen
from camscan.transport.syn_questions import OpenPort, Questions, now
from camscan.transport.volley import Volley
from camscan.transport.window import Verdict, Window
from camscan.transport.wire import Wire

WINDOW = 8192  # probes at most that are judged, and sent again, as one
WINDOW_LEAST = 64
WINDOW_SECONDS = 0.02  # of sending are one window, so that a pace is judged soon after it is taken
SETTLE_LIMIT = 1.0  # seconds for the last answers; a device that needs longer is met in the next pass
SETTLE_LEAST = 0.2  # the slowest answer seen says how long to wait, but no less than this


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
        volley = Volley(wire, link, sender)
        stack.callback(volley.close)
        size = sum(last - first + 1 for first, last in permitted) * len(ports)
        if standing is None or standing.size != size:
            standing = Standing(start=secrets.randbits(32), size=size, passes=0, left=((0, size),))
        questions = Questions(Space(permitted, ports, standing.start), volley, settled, standing.opened)
        sweep = _Sweep(questions, volley, standing, advance, stand)
        inbox = Inbox(SNAP, questions.hear)
        inbox.watch(listen(link.interface, sender))
        try:
            async with aclosing(inbox.harvest(sweep.run, 0.0)) as opened:
                async for found in opened:
                    yield found
        finally:
            wire.lost["tcp"] += inbox.dropped


class _Sweep:
    """One sweep: which windows are sent, how fast, and which of them again."""

    def __init__(
        self,
        questions: Questions,
        volley: Volley,
        standing: Standing,
        advance: Callable[[float], None],
        stand: Callable[[Standing], None],
    ) -> None:
        self.advance, self.stand = advance, stand
        self._questions = questions
        self._volley = volley
        self._standing = standing
        self._congestion = Congestion.begin(standing.size, volley.rate, standing.sent, standing.answered)
        self._volley.rate = self._congestion.rate
        self._reached = 0
        self._asked = standing.passes * standing.size

    async def run(self) -> None:
        """Passes over the whole space until hardly anything can have been missed."""
        if self._standing.passes:
            self.advance(1.0)
        while self._standing.passes < self._congestion.passes(self._questions.opened) and not self._is_spent:
            await self._pass()
            self._stand_at(self._standing.passes + 1, ((0, self._standing.size),))

    async def _pass(self) -> None:
        stretches = deque(self._standing.left)
        while stretches:
            waiting: deque[tuple[float, Window]] = deque()
            for begin, end in self._windows(stretches):
                window = Window(begin, end, self._congestion.rate)
                await self._ask(window)
                waiting.append((now(), window))
                self._judge(waiting, stretches)
            await self._volley.gone()
            while waiting:  # an answer that comes meanwhile may show that others take longer than was thought
                await asyncio.sleep(self._settle)
                self._judge(waiting, stretches)
            self._heed(self._congestion.rest(), stretches)

    def _windows(self, stretches: deque[tuple[int, int]]) -> Iterator[tuple[int, int]]:
        """The stretches that wait now, cut to fit the pace; those that are added meanwhile wait for the next round."""
        for _ in range(len(stretches)):
            begin, end = stretches.popleft()
            while begin < end:
                length = max(WINDOW_LEAST, int(self._congestion.rate * WINDOW_SECONDS))
                yield begin, min(begin + min(WINDOW, length), end)
                begin += min(WINDOW, length)

    async def _ask(self, window: Window) -> None:
        fresh = not self._standing.passes and window.begin >= self._reached
        await self._questions.ask(window, fresh=fresh)
        self._asked += window.end - window.begin
        if fresh:
            self._reached = window.end
            self.advance(window.end / self._standing.size)

    def _judge(self, waiting: deque[tuple[float, Window]], again: deque[tuple[int, int]]) -> None:
        """Judge the windows whose answers are in, or must be by now; what was lost is to be sent again."""
        while waiting and (waiting[0][1].is_complete or now() - waiting[0][0] >= self._settle):
            self._heed(self._congestion.judge(waiting.popleft()[1]), again)

    def _heed(self, verdict: Verdict, again: deque[tuple[int, int]]) -> None:
        done = verdict.done
        if self._is_spent:
            done += verdict.again
        else:
            again.extend((window.begin, window.end) for window in verdict.again)
        for window in done:
            self._stand_at(self._standing.passes, _without(self._standing.left, window.begin, window.end))
        self._volley.rate = self._congestion.rate

    @property
    def _is_spent(self) -> bool:
        """Whether more, after what is left of this pass, could be more than the plan allows for."""
        return self._asked > (ASKED_LIMIT - 1) * self._standing.size

    def _stand_at(self, passes: int, left: tuple[tuple[int, int], ...]) -> None:
        taught, opened = self._congestion, self._questions.opened
        self._standing = replace(
            self._standing, passes=passes, left=left, sent=taught.sent, answered=taught.answered, opened=opened
        )
        self.stand(self._standing)

    @property
    def _settle(self) -> float:
        slowest = self._questions.canaries.slowest
        return min(SETTLE_LIMIT, max(SETTLE_LEAST, 3 * slowest)) if slowest else SETTLE_LIMIT


def _without(stretches: tuple[tuple[int, int], ...], begin: int, end: int) -> tuple[tuple[int, int], ...]:
    """What is left of the stretches."""
    pieces = (piece for first, last in stretches for piece in ((first, min(last, begin)), (max(first, end), last)))
    return tuple((first, last) for first, last in pieces if first < last)
