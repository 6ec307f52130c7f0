"""Which addresses of a step are done, by their position in the order of the scope: a number and a few ranges, however
many addresses there are.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Done:
    """All positions before `low`, and `beyond` it those in ranges (begin, end), of which there are as many as addresses
    are asked at once."""

    low: int = 0
    beyond: list[tuple[int, int]] = field(default_factory=list)

    def add(self, begin: int, end: int) -> None:
        """The positions from `begin` to before `end` are done."""
        heapq.heappush(self.beyond, (begin, end))
        while self.beyond and self.beyond[0][0] <= self.low:
            self.low = max(self.low, heapq.heappop(self.beyond)[1])

    def holds(self, position: int) -> bool:
        """Whether this one is done."""
        return position < self.low or any(begin <= position < end for begin, end in self.beyond)

    def gaps(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The ranges between `begin` and `end` that are not done, in order."""
        begin = max(begin, self.low)
        for first, last in sorted(self.beyond):
            if first >= end:
                break
            if first > begin:
                yield begin, first
            begin = max(begin, last)
        if begin < end:
            yield begin, end

    @property
    def count(self) -> int:
        """How many are."""
        return self.low + sum(end - begin for begin, end in self.beyond)
