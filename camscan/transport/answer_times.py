"""When each address was asked, who has answered, and how long the answers of a wire take: so long the silent get."""

import asyncio
from bisect import insort

SETTLE_LEAST = 0.1  # seconds after a question: a device that is awake answers within that
SETTLE_FACTOR = 4  # times the slowest answers so far: a radio that sleeps makes everybody behind it slow
SLOWEST = 0.95  # of all answers came sooner than these: one that came late by chance does not make all wait
REMEMBERED = 4096  # addresses whose question is remembered: those asked before get no second one


class AnswerTimes:
    """Times are those of the running loop. Before anybody has answered, `limit` seconds are waited for an answer."""

    def __init__(self, limit: float) -> None:
        self._limit = limit
        self._asked: dict[str, float] = {}
        self._took: list[float] = []  # ascending
        self._last = float("-inf")
        self.answered: set[str] = set()

    def note_question(self, address: str, leaves: float) -> None:
        """It is to be asked then. Those asked long ago are forgotten one by one; a late answer may still come."""
        self._asked.pop(address, None)
        self._asked[address] = leaves
        self._last = max(self._last, leaves)
        if len(self._asked) > REMEMBERED:
            del self._asked[next(iter(self._asked))]

    def note_left(self, address: str, at: float) -> None:
        """Its question left then, not when it was to leave."""
        self._last = max(self._last, at)
        if address in self._asked:
            self._asked[address] = at

    def note_answer(self, address: str, at: float) -> None:
        """It answered then."""
        self.answered.add(address)
        insort(self._took, at - self._asked.pop(address, at))

    def is_over(self, address: str, time: float) -> bool:
        """Whether an answer to the last question to it would have come by that time."""
        return self._asked.get(address, float("-inf")) + self._patience() <= time

    async def outlast(self, address: str | None = None) -> None:
        """Waits until an answer of that address would have come, or of the last one asked."""
        asked = self._last if address is None else self._asked.get(address, float("-inf"))
        while (left := asked + self._patience() - now()) > 0:  # noqa: ASYNC110 -- it is time that passes
            await asyncio.sleep(min(left, SETTLE_LEAST))

    def _patience(self) -> float:
        if not self._took:
            return self._limit
        slow = self._took[int(SLOWEST * (len(self._took) - 1) + 0.5)]
        return min(self._limit, max(SETTLE_LEAST, SETTLE_FACTOR * slow))


def now() -> float:
    """Seconds by the clock of the running loop."""
    return asyncio.get_running_loop().time()
