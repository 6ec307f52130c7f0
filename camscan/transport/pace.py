"""How fast and how many at once: packets a second, connections at once, connections to one host.

Cameras are weak computers, so one connection at a time to a host is the default. A dialogue holds its host from its
first turn to its last; whoever holds one must not ask for the same host again.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass

from camscan.errors import UsageError

BURST_SECONDS = 0.02  # what a fast sender makes up for after it was kept waiting by a busy machine: a round of its loop
BURST_MOST = 500  # packets of these, however fast it is
BURST = 16  # packets that may leave back to back: what the queue of a small switch takes without loss
CONNECTIONS = 64  # dialogues at once: enough to hide the latency of slow devices, few enough for a small firewall
ATTEMPTS = 512  # connects at once, most of them to nobody: half of the usual limit of 1,024 open files


def burst_of(rate: float) -> float:
    """How many packets may leave back to back at so many packets a second."""
    return max(BURST, min(rate * BURST_SECONDS, BURST_MOST))


@dataclass(slots=True)
class _Lane:
    gate: asyncio.Semaphore
    users: int = 0


class Pace:
    """A token bucket of `rate` packets a second and `burst` packets, and the gates for connections.

    `clock` is monotonic seconds, `sleep` waits that many.
    """

    def __init__(
        self,
        rate: float,
        burst: float = BURST,
        *,
        connections: int = CONNECTIONS,
        attempts: int = ATTEMPTS,
        connections_per_host: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if not rate > 0 or burst < 1:
            raise UsageError(f"a pace of {rate:g} packets a second, {burst:g} at once, sends nothing")
        self.rate = rate
        self._credit = burst / rate
        self._ready = float("-inf")
        self._in_a_row = 0
        self._clock = clock
        self._sleep = sleep
        self._connections = asyncio.Semaphore(connections)
        self._attempts = asyncio.Semaphore(attempts)
        self._per_host = connections_per_host
        self._lanes: dict[str, _Lane] = {}
        self._whole: Pace | None = None

    def within(self, rate: float) -> "Pace":
        """The same pace for questions of a kind of which no more than `rate` a second may leave."""
        part = self.beside(min(rate, self.rate))
        part._whole = self
        return part

    def beside(self, rate: float) -> "Pace":
        """Another rate for another way out; the places for connections, and each host's one, are shared."""
        other = Pace(rate, burst_of(rate), clock=self._clock, sleep=self._sleep)
        other._connections, other._attempts = self._connections, self._attempts
        other._lanes, other._per_host = self._lanes, self._per_host
        return other

    @property
    def handful(self) -> int:
        """How many packets may be waited for as one: a few, and no more than leave in `BURST_SECONDS`."""
        return max(1, min(BURST, int(self.rate * BURST_SECONDS)))

    async def take(self, n: int = 1) -> None:
        """Waits until `n` packets may leave. Others get their turn after a burst at the latest, so that a fast sender
        starves no receiver; not after each, which would slow every sender to one packet a round of the event loop."""
        now = self._clock()
        self._ready = max(self._ready, now - self._credit) + n / self.rate
        self._in_a_row += n
        if self._ready > now or self._in_a_row >= self._credit * self.rate:
            self._in_a_row = 0
            await self._sleep(max(0.0, self._ready - now))
        if self._whole:
            await self._whole.take(n)

    async def begin(self, n: int, ahead: float = 0.0) -> float:
        """Waits until `ahead` seconds before the first of `n` packets may leave, and returns when that is; the others
        must follow no faster than `rate`."""
        now = self._clock()
        begins = max(self._ready, now - self._credit)
        self._ready = begins + n / self.rate
        await self._sleep(max(0.0, begins - ahead - now))
        return max(begins, await self._whole.begin(n, ahead)) if self._whole else begins

    def give_back(self, n: int) -> None:
        """Of those that were to leave `n` will not."""
        self._ready -= n / self.rate
        if self._whole:
            self._whole.give_back(n)

    @contextmanager
    def lend(self) -> Iterator[float]:
        """Half of the rate, for a program that keeps it by itself; meanwhile `take` gives out the other half only."""
        lent = self.rate / 2
        self.rate -= lent
        try:
            yield lent
        finally:
            self.rate += lent

    def host(self, address: str) -> AbstractAsyncContextManager[None]:
        """Holds the one connection this host may have, and a place among the dialogues at once."""
        return self._hold(address, self._connections)

    def attempt(self, address: str) -> AbstractAsyncContextManager[None]:
        """The same for a mere connect, which is over at once: it has places of its own."""
        return self._hold(address, self._attempts)

    @property
    def hosts(self) -> int:
        """How many hosts are held or waited for now; idle ones cost no memory."""
        return len(self._lanes)

    @asynccontextmanager
    async def _hold(self, address: str, places: asyncio.Semaphore) -> AsyncIterator[None]:
        lane = self._lanes.setdefault(address, _Lane(asyncio.Semaphore(self._per_host)))
        lane.users += 1
        try:
            async with lane.gate, places:
                yield
        finally:
            lane.users -= 1
            if not lane.users:
                del self._lanes[address]
