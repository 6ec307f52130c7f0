"""Which addresses of a step are done, by their position in the order of the scope: a number and a few ranges, however
many addresses there are.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, ip_network
from itertools import islice

from camscan.scope import Scope, spans


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

    @property
    def count(self) -> int:
        """How many are."""
        return self.low + sum(end - begin for begin, end in self.beyond)


def undone(networks: Sequence[str], scope: Scope, done: Done) -> Iterator[tuple[int, int, str]]:
    """(position, number of its network, address) of every address that is not done, lazily and in order."""
    base = 0
    for number, network in enumerate(networks):
        part = replace(scope, swept=(ip_network(network),))
        size = part.count()
        skip = min(max(done.low - base, 0), size)
        for position, address in enumerate(_addresses(part, skip), base + skip):
            if not done.holds(position):
                yield position, number, address
        base += size


def _addresses(scope: Scope, skip: int) -> Iterator[str]:
    """Without the first so many, which are not gone through: there may be millions. (Of IPv6 there are few.)"""
    if not skip or scope.swept[0].version == 6:
        yield from islice(scope.addresses(), skip, None)
        return
    for first, last in spans(scope):
        yield from (str(IPv4Address(number)) for number in range(first + skip, last + 1))
        skip = max(0, skip - (last - first + 1))
