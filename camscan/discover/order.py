"""The addresses of a step in the order of the scope: each has a position, by which the journal knows it.

A step may hold a /8: nothing is listed, positions are worked out from the spans of its networks.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv4Address, ip_address, ip_network
from itertools import islice

from camscan.discover.done import Done
from camscan.scope import Scope, spans


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an address stands: its position in the step, and the number of its network there."""

    address: str
    position: int
    network: int


class Order:
    """The order of the permitted addresses of `networks`, one network after the other."""

    def __init__(self, networks: Sequence[str], scope: Scope) -> None:
        self._parts = [replace(scope, swept=(ip_network(name),)) for name in networks]

    def undone(self, done: Done) -> Iterator[Place]:
        """Every address that is not done, lazily and in order."""
        base = 0
        for number, part in enumerate(self._parts):
            size = part.count()
            for begin, end in done.gaps(base, base + size):
                for position, address in enumerate(_addresses(part, begin - base, end - base), begin):
                    yield Place(address=address, position=position, network=number)
            base += size

    def find(self, address: str) -> Place | None:
        """The place of an IPv4 address; None where the step does not hold it."""
        parsed = ip_address(address)
        number = int(parsed) if isinstance(parsed, IPv4Address) else -1
        index = bisect_right(self._spans, number, key=lambda span: span[0]) - 1
        first, last, position, network = self._spans[index] if index >= 0 else (0, -1, 0, 0)
        if not first <= number <= last:
            return None
        return Place(address=address, position=position + number - first, network=network)

    @cached_property
    def _spans(self) -> list[tuple[int, int, int, int]]:
        """(first, last, position of the first, number of the network) of every span, by address."""
        found, position = [], 0
        for number, part in enumerate(self._parts):
            for first, last in spans(part):
                found.append((first, last, position, number))
                position += last - first + 1
        return sorted(found)


def _addresses(scope: Scope, begin: int, end: int) -> Iterator[str]:
    """Those from number `begin` to before `end`; the first are not gone through: there may be millions. (Of IPv6 there
    are few.)"""
    if scope.swept[0].version == 6:
        yield from islice(scope.addresses(), begin, end)
        return
    for first, last in spans(scope):
        size = last - first + 1
        yield from (str(IPv4Address(first + n)) for n in range(max(begin, 0), min(end, size)))
        begin, end = begin - size, end - size
