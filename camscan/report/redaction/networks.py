"""Stand-ins for addresses and networks: what lay in one network lies in one, and nothing else is told.

IPv4 goes to 240.0.0.0/4, which is reserved (RFC 1112) and which no host can have: the three networks that RFC 5737
keeps for documentation hold 762 hosts, too few for a council. IPv6 goes to 2001:db8::/32 (RFC 3849), link-local stays
link-local. A network that a scan names keeps its size, and lies where the larger ones that hold it lie; where none is
named, a network is a /24 or a /64. Networks and hosts are numbered in an order that tells nothing of theirs.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import chain
from typing import Any

Order = Callable[[str], bytes]
"""A sort key that tells nothing of the text."""

FOUR, SIX, NEAR = IPv4Network("240.0.0.0/4"), IPv6Network("2001:db8::/32"), IPv6Network("fe80::/64")
USUAL = {4: 24, 6: 64}  # bits of a network of which nobody says how large it is
_NARROW = 20  # bits; within a wider one each /24 is a network too, as sites have them
_LEAST = 30  # bits; a smaller network has no room for hosts beside its two ends


def stand_ins(addresses: Collection[str], networks: Collection[str], order: Order) -> Mapping[str, str]:
    """Each address and network with its stand-in; what is neither is left out."""
    read = {text: host for text in addresses if (host := _host(text)) is not None}
    nets = {text: net for text in networks if (net := _network(text)) is not None}
    four = {host for host in read.values() if host.version == 4}
    placed = _Four(four, {net for net in nets.values() if net.version == 4}, order)
    six = _six({host for host in read.values() if host.version == 6}, order)
    found = {text: str(placed.hosts[host] if host.version == 4 else six[host]) for text, host in read.items()}
    wide = {text: placed.network(net) if net.version == 4 else _wide_six(net, six) for text, net in nets.items()}
    return {**found, **{text: _as_written(text, net) for text, net in wide.items()}}


def _host(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text.partition("%")[0], strict=False)
    except ValueError:
        return None


def _as_written(text: str, net: Any) -> str:
    """A single address that was named as a scope has no size behind it."""
    return str(net) if "/" in text else str(net.network_address)


class _Four:
    """IPv4 networks, each at its place in that which holds it."""

    def __init__(self, hosts: set[IPv4Address], named: set[IPv4Network], order: Order) -> None:
        self._order = order
        singles = {net.network_address for net in named if net.prefixlen > _LEAST}
        self._taken = hosts | singles
        kept = _fitting({net for net in named if net.prefixlen <= _LEAST})
        holds = _Nested({net for net in kept if net.prefixlen >= _NARROW})
        kept |= {IPv4Network((host, USUAL[4]), strict=False) for host in self._taken if holds.around(host, 32) is None}
        self._nets = _Nested(kept)
        self._new: dict[IPv4Network, IPv4Network] = {FOUR: FOUR}
        self.hosts: dict[IPv4Address, IPv4Address] = {}
        self._place_all()

    def network(self, old: IPv4Network) -> IPv4Network:
        """The stand-in of a named network; one too wide for a place of its own is everything."""
        if old.prefixlen > _LEAST:
            return IPv4Network((self.hosts[old.network_address], 32))
        return self._new.get(old, FOUR)

    def _place_all(self) -> None:
        parents: dict[IPv4Network, list[IPv4Network]] = defaultdict(list)
        for net in self._nets.all:
            parents[self._nets.around(net.network_address, net.prefixlen) or FOUR].append(net)
        inside: dict[IPv4Network, list[IPv4Address]] = defaultdict(list)
        for host in self._taken:
            inside[self._nets.around(host, 32) or FOUR].append(host)
        row = [FOUR]
        for parent in row:
            end = self._place(parent, parents[parent])
            self._settle(parent, inside[parent], end)
            row += parents[parent]

    def _place(self, parent: IPv4Network, children: list[IPv4Network]) -> int:
        """The largest first, so that each begins where its size allows; returns where the last one ends."""
        at = int(self._new[parent].network_address)
        for net in sorted(children, key=lambda net: (net.prefixlen, self._order(str(net)))):
            self._new[net] = IPv4Network((at, net.prefixlen))
            at += net.num_addresses
        return at

    def _settle(self, parent: IPv4Network, hosts: list[IPv4Address], start: int) -> None:
        """Hosts follow the networks; the two ends of a network, and what is an address here already, come last."""
        room = self._new[parent]
        first, last = int(room.network_address), int(room.broadcast_address)
        free = (n for n in range(start, last + 1) if n not in (first, last) and IPv4Address(n) not in self._taken)
        rest = (n for n in chain((first, last), range(start, last + 1)) if n >= start)
        used: set[int] = set()
        for host in sorted(hosts, key=lambda host: self._order(str(host))):
            number = next(free, None)
            number = next(n for n in rest if n not in used) if number is None else number
            used.add(number)
            self.hosts[host] = IPv4Address(number)


class _Nested:
    """Networks of which some lie in others."""

    def __init__(self, nets: Collection[IPv4Network]) -> None:
        self.all = nets
        self._index = {(net.prefixlen, int(net.network_address) >> 32 - net.prefixlen): net for net in nets}
        self._lengths = sorted({net.prefixlen for net in nets}, reverse=True)

    def around(self, first: IPv4Address, bits: int) -> IPv4Network | None:
        """The smallest that holds the address and is wider than so many bits."""
        number = int(first)
        found = (self._index.get((n, number >> 32 - n)) for n in self._lengths if n < bits)
        return next((net for net in found if net is not None), None)


def _fitting(nets: set[IPv4Network]) -> set[IPv4Network]:
    """Without the widest, as long as they take more than half of the room."""
    kept = {net for net in nets if net.prefixlen > FOUR.prefixlen}
    for bits in range(FOUR.prefixlen + 1, _LEAST):
        nested = _Nested(kept)
        tops = [net for net in kept if nested.around(net.network_address, net.prefixlen) is None]
        if 2 * sum(net.num_addresses for net in tops) <= FOUR.num_addresses:
            break
        kept = {net for net in kept if net.prefixlen > bits}
    return kept


def _six(hosts: set[IPv6Address], order: Order) -> dict[IPv6Address, IPv6Address]:
    """By /64; the number of the network comes after the 32 bits of documentation."""
    groups: dict[int, list[IPv6Address]] = defaultdict(list)
    for host in hosts:
        groups[int(host) >> 64].append(host)
    found: dict[IPv6Address, IPv6Address] = {}
    numbers = iter(range(1, 1 << 32))
    for group in sorted(groups, key=lambda number: order(str(number))):
        near = IPv6Address(group << 64) in NEAR
        base = int(NEAR.network_address) if near else int(SIX.network_address) + (next(numbers) << 64)
        free = _unused(base, hosts)
        for host in sorted(groups[group], key=lambda host: order(str(host))):
            found[host] = next(free)
    return found


def _unused(base: int, hosts: Collection[IPv6Address]) -> Iterator[IPv6Address]:
    candidates: Iterable[IPv6Address] = (IPv6Address(base + n) for n in range(1, 1 << 62))
    return (address for address in candidates if address not in hosts)


def _wide_six(net: IPv6Network, six: Mapping[IPv6Address, IPv6Address]) -> IPv6Network:
    """That of a host in it, where it is no wider than a network is; else all of documentation."""
    if net.subnet_of(NEAR):
        return NEAR
    within = (new for old, new in six.items() if old in net)
    one = next(within, None) if net.prefixlen >= USUAL[6] else None
    return SIX if one is None else IPv6Network((one, USUAL[6]), strict=False)
