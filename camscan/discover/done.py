"""Which addresses of a step are done, by their position in the order of the scope: a number and ranges beyond it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Done:
    """All positions before `low`, and those in the ranges (begin, end) `beyond` it, which are in order and apart: at
    most as many as there are hosts, which may be asked in any order."""

    low: int = 0
    beyond: list[tuple[int, int]] = field(default_factory=list)

    def add(self, begin: int, end: int) -> None:
        """The positions from `begin` to before `end` are done."""
        first = bisect_left(self.beyond, begin, key=lambda span: span[1])
        last = bisect_right(self.beyond, end, key=lambda span: span[0])
        for touching in self.beyond[first:last]:
            begin, end = min(begin, touching[0]), max(end, touching[1])
        self.beyond[first:last] = [(begin, end)]
        while self.beyond and self.beyond[0][0] <= self.low:
            self.low = max(self.low, self.beyond.pop(0)[1])

    def holds(self, position: int) -> bool:
        """Whether this one is done."""
        after = bisect_right(self.beyond, position, key=lambda span: span[0])
        return position < self.low or (after > 0 and position < self.beyond[after - 1][1])

    def gaps(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The ranges between `begin` and `end` that are not done, in order."""
        begin = max(begin, self.low)
        for first, last in self.beyond[bisect_right(self.beyond, begin, key=lambda span: span[1]) :]:
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
