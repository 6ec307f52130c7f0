"""The addresses of a step in the order of the scope: each has a position, by which the journal knows it.

A step may hold a /8: nothing is listed, positions are worked out from the spans of its networks.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from itertools import accumulate

from camscan.discover.done import Done
from camscan.scope import Scope

Spans = tuple[tuple[int, int], ...]
"""The addresses of one network, as (first, last) numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an address stands: its position in the step, and the number of its network there."""

    address: str
    position: int
    network: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The positions from `begin` to before `end`, all of one network."""

    begin: int
    end: int
    network: int


class Order:
    """The order of the permitted addresses of `networks`, one network after the other."""

    def __init__(self, networks: Sequence[str], scope: Scope) -> None:
        self._scope = scope
        self._networks = [ip_network(name) for name in networks]

    def undone(self, done: Done) -> Iterator[Place]:
        """Every address that is not done, lazily and in order."""
        for run in self._undone_runs(done):
            base = self._bases[run.network]
            addresses = self._addresses(run.network, run.begin - base, run.end - base)
            for position, address in enumerate(addresses, run.begin):
                yield Place(address=address, position=position, network=run.network)

    def undone_but(self, done: Done, present: Iterable[int]) -> Iterator[Run]:
        """The runs of addresses that are not done, without those at the positions `present`."""
        left = Done(done.low, [*done.beyond])
        for position in present:
            left.add(position, position + 1)
        return self._undone_runs(left)

    def find(self, address: str) -> Place | None:
        """The place of an IPv4 address; None where the step does not hold it."""
        parsed = ip_address(address)
        number = int(parsed) if isinstance(parsed, IPv4Address) else -1
        index = bisect_right(self._by_address, number, key=lambda span: span[0]) - 1
        first, last, position, network = self._by_address[index] if index >= 0 else (0, -1, 0, 0)
        if not first <= number <= last:
            return None
        return Place(address=address, position=position + number - first, network=network)

    def _undone_runs(self, done: Done) -> Iterator[Run]:
        for number, (base, some) in enumerate(zip(self._bases, self._spans, strict=True)):
            for begin, end in done.gaps(base, base + _size(some)):
                yield Run(begin=begin, end=end, network=number)

    def _addresses(self, network: int, begin: int, end: int) -> Iterator[str]:
        """Those of a network from number `begin` to before `end`. The first are not gone through: there may be
        millions."""
        kind = IPv4Address if self._networks[network].version == 4 else IPv6Address
        for first, last in self._spans[network]:
            size = last - first + 1
            yield from (str(kind(first + n)) for n in range(max(begin, 0), min(end, size)))
            begin, end = begin - size, end - size

    @cached_property
    def _spans(self) -> list[Spans]:
        return [tuple(self._scope.spans_in(network)) for network in self._networks]

    @cached_property
    def _bases(self) -> list[int]:
        """The position of the first address of each network."""
        return [0, *accumulate(map(_size, self._spans))][:-1]

    @cached_property
    def _by_address(self) -> list[tuple[int, int, int, int]]:
        """(first, last, position of the first, number of the network) of every span of IPv4, by address."""
        found = []
        for number, (position, some) in enumerate(zip(self._bases, self._spans, strict=True)):
            for first, last in some if self._networks[number].version == 4 else ():
                found.append((first, last, position, number))
                position += last - first + 1
        return sorted(found)


def _size(some: Spans) -> int:
    return sum(last - first + 1 for first, last in some)
