"""How long each host has kept us waiting: for a connection, for bytes, and in the rests that a slow one is given.

Waiting for our own pace does not count: it says nothing of the host.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from camscan.transport.ledger import ADDRESSES_LIMIT

HOST_SECONDS = 90.0
"""What one host may cost in one scan: a camera takes five, a recorder with ten ports thirty, and one whose firewall
leaves every port unanswered twenty. Whoever drips its answers would hold us for minutes."""


class Patience:
    """Seconds waited for each host; only the latest `ADDRESSES_LIMIT` hosts are known. `clock` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seconds: dict[str, float] = {}

    @contextmanager
    def waiting(self, address: str) -> Iterator[Callable[[], float]]:
        """Counts the time until the block ends, however it ends; gives a function that tells the time since then."""
        started = self._clock()
        try:
            yield lambda: self._clock() - started
        finally:
            self.spend(address, self._clock() - started)

    def left(self, address: str) -> float:
        """Seconds that this host may still take; never below nought."""
        return max(0.0, HOST_SECONDS - self._seconds.get(address, 0.0))

    def spend(self, address: str, seconds: float) -> None:
        """So long it was waited for."""
        self._seconds[address] = self._seconds.pop(address, 0.0) + seconds
        if len(self._seconds) > ADDRESSES_LIMIT:
            del self._seconds[next(iter(self._seconds))]
