"""Devices that have answered, asked again now and then: what of that stays without an answer is lost on the way.

Gentle by rule: one port of a device, a few times in a sweep, never twice within a second.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from camscan.transport.window import Window

DEVICES_LIMIT = 4096  # kept: enough for a verdict every window at any pace
TIMES = 12  # the most that one device is asked for the sake of the path
AGAIN_SECONDS = 1.0  # between two of one device; an answer later than that counts as lost


@dataclass(slots=True)
class _Canary:
    address: int
    port: int
    times: int = 0
    window: Window | None = None  # the one in which it was last asked, until it answers
    since: float = float("-inf")


class Canaries:
    """Who may be asked again, in turn. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._all: dict[int, _Canary] = {}
        self._fresh: deque[_Canary] = deque()  # not asked yet: those need not wait
        self._asked: deque[_Canary] = deque()  # the one asked longest ago first
        self.slowest = 0.0

    def add(self, address: int, port: int) -> None:
        """A device has answered at this port for the first time."""
        if address not in self._all and len(self._all) < DEVICES_LIMIT:
            self._all[address] = canary = _Canary(address, port)
            self._fresh.append(canary)

    def take(self, window: Window, count: int, now: float) -> Iterator[tuple[int, int]]:
        """Up to `count` devices to ask during this window, as (address, port); what is taken counts as asked."""
        for _ in range(count):
            canary = self._next(now)
            if canary is None:
                return
            canary.times, canary.window, canary.since = canary.times + 1, window, now
            window.sent += 1
            if canary.times < TIMES:
                self._asked.append(canary)
            yield canary.address, canary.port

    def _next(self, now: float) -> _Canary | None:
        if self._fresh:
            return self._fresh.popleft()
        if self._asked and now - self._asked[0].since >= AGAIN_SECONDS:
            return self._asked.popleft()
        return None

    def note(self, address: int, port: int, now: float) -> None:
        """One of them has answered. `slowest` is the longest that any of them took."""
        canary = self._all.get(address)
        if canary and canary.port == port and canary.window and now - canary.since <= AGAIN_SECONDS:
            canary.window.answered += 1
            canary.window = None
            self.slowest = max(self.slowest, now - canary.since)
