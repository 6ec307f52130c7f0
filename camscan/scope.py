"""What may be touched. Every socket in `transport/` asks `permits()` before it sends; an exclusion always wins.

A scope is a rule, not a list: a /8 costs as much memory as a /30. Addresses are visited lazily, in order.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
)
from typing import Literal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
REMEMBERED = 4096  # addresses: more than are talked to at any time

_SHARED = IPv4Network("100.64.0.0/10")
"""The address space shared by the customers of one provider (RFC 6598)."""

InterfaceKind = Literal["ethernet", "wireless", "loopback", "tunnel", "container", "bridge"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """A network interface of this machine with its addresses."""

    name: str
    index: int
    kind: InterfaceKind
    addresses: tuple[IPv4Interface | IPv6Interface, ...]
    mac: str | None = None
    multicast: bool = True

    @property
    def ipv4(self) -> tuple[IPv4Interface, ...]:
        """Its IPv4 addresses with their networks."""
        return tuple(a for a in self.addresses if isinstance(a, IPv4Interface))


class Containment:
    """Whether an address or a network lies in one of many networks: one look-up per prefix length, not per network."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self._prefixes: dict[tuple[int, int], set[int]] = {}
        for network in networks:
            shift = network.max_prefixlen - network.prefixlen
            prefix = int(network.network_address) >> shift
            self._prefixes.setdefault((network.version, network.prefixlen), set()).add(prefix)

    def holds(self, item: Address | Network) -> bool:
        """Whether all of `item` lies in one of the networks."""
        if isinstance(item, IPv4Network | IPv6Network):
            first, length = item.network_address, item.prefixlen
        else:
            first, length = item, item.max_prefixlen
        number = int(first)
        return any(
            number >> (item.max_prefixlen - prefixlen) in prefixes
            for (version, prefixlen), prefixes in self._prefixes.items()
            if version == item.version and prefixlen <= length
        )


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Networks to ask, networks never to touch, and the segments (interface + network) where a multicast is allowed.

    `swept` are asked address by address; `segments` name interfaces all of whose networks are in scope, where a
    multicast reaches nobody outside it.
    """

    swept: tuple[Network, ...]
    excluded: tuple[Network, ...] = ()
    segments: tuple[tuple[Interface, IPv4Network], ...] = ()
    allow_public: bool = False

    @cached_property
    def permits(self) -> Callable[[str], bool]:
        """Whether a packet may go to this unicast address. The latest answers are remembered: a host is asked often."""
        return lru_cache(maxsize=REMEMBERED)(self._permits)

    def _permits(self, address: str) -> bool:
        try:
            parsed = ip_address(address.split("%")[0])
        except ValueError:
            return False
        if parsed.is_multicast or self.excludes(parsed) or (is_public(parsed) and not self.allow_public):
            return False
        return self._permitted.holds(parsed)

    def permits_segment(self, interface: str) -> bool:
        """Whether a multicast may leave by this interface."""
        return any(segment.name == interface for segment, _ in self.segments)

    def permits_broadcast(self, interface: str, network: IPv4Network) -> bool:
        """Whether a broadcast may go out: it reaches every host, so no address of the network may be excluded."""
        on_it = any(s.name == interface and n == network for s, n in self.segments)
        return on_it and not any(e.version == 4 and e.overlaps(network) for e in self.excluded)

    def addresses(self) -> Iterator[str]:
        """Every address to ask, lazily: hosts of the swept networks without the excluded."""
        for network in self.swept:
            for address in _hosts(network):
                if not self.excludes(address):
                    yield str(address)

    def excludes(self, address: Address) -> bool:
        """Whether an exclusion names it."""
        return self._excluded.holds(address)

    def count(self) -> int:
        """How many addresses `addresses()` will yield."""
        return sum(self.count_in(network) for network in self.swept)

    def count_in(self, network: Network) -> int:
        """How many of them lie in one of the swept networks."""
        return sum(last - first + 1 for first, last in self.spans_in(network))

    def spans_in(self, network: Network) -> Iterator[tuple[int, int]]:
        """Which they are, as (first, last) numbers, ascending and disjoint."""
        return _without(_reach(network), self._gaps[network.version])

    @cached_property
    def _gaps(self) -> dict[int, list[tuple[int, int]]]:
        """What is excluded, by version of the protocol, as (first, last) numbers, ascending and disjoint."""
        taken = {v: sorted((int(n[0]), int(n[-1])) for n in self.excluded if n.version == v) for v in (4, 6)}
        return {version: _merged(some) for version, some in taken.items()}

    @cached_property
    def _permitted(self) -> "Containment":
        return Containment((*self.swept, *(n for _, n in self.segments)))

    @cached_property
    def _excluded(self) -> "Containment":
        return Containment(self.excluded)


def spans(scope: Scope) -> tuple[tuple[int, int], ...]:
    """The IPv4 addresses that `scope.addresses()` would yield, as (first, last) numbers, ascending and disjoint."""
    taken = (span for n in scope.swept if n.version == 4 for span in scope.spans_in(n))
    return tuple(_merged(sorted(taken)))


def _reach(network: Network) -> tuple[int, int]:
    """The first and the last host of a network; of IPv6 only the first address is no host's."""
    cut = 1 if network.num_addresses > 2 else 0
    return int(network[0]) + cut, int(network[-1]) - (cut if network.version == 4 else 0)


def _merged(taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in taken:
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _without(span: tuple[int, int], gaps: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """What is left of a span without the gaps, which are ascending and disjoint."""
    first, last = span
    for begin, end in gaps[bisect_left(gaps, first, key=lambda gap: gap[1]) :]:
        if begin > last:
            break
        if begin > first:
            yield first, begin - 1
        first = end + 1
    if first <= last:
        yield first, last


def is_public(address: Address) -> bool:
    """Whether the address is somebody else's by default: neither private, loopback nor link-local."""
    shared = address.version == 4 and address in _SHARED
    return not (address.is_private or address.is_loopback or address.is_link_local or shared)


def _hosts(network: Network) -> Iterator[Address]:
    if network.num_addresses <= 2:
        return iter(network)
    return network.hosts()
