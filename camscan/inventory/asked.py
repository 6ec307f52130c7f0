"""Whom a scan really asked, from its coverage: only who was asked by a way that reaches him can be missed. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from camscan.asked import address_named, is_of_a_wire, network_named, networks_asked, networks_left_out, span_of
from camscan.model import Coverage
from camscan.scope import Containment, Network

_ANY_WAY = ("multicast", "broadcast", "unicast")
_Question = tuple[str, int | None, bool]  # channel, TCP port, and whether only known hosts were asked


@dataclass(frozen=True, slots=True)
class Way:
    """How a device was heard once: by a channel as the coverage names it (`tcp` for all that begins with a connection;
    several names where nobody says which it was), at `address` and, over TCP, `port`, on `sensor`; `foreign` where the
    address does not belong to that wire. `vantages` are the places from which it was heard so, none where nobody
    says; `missed` where it was asked in vain already."""

    channels: tuple[str, ...]
    address: str
    port: int | None
    sensor: str | None
    foreign: bool
    vantages: frozenset[str] = field(default=frozenset(), compare=False)
    missed: bool = field(default=False, compare=False)

    @property
    def is_lossy(self) -> bool:
        """Whether an answer can be lost on the way, so that one silence says nothing of who is there."""
        return self.port is None


def ways_heard(
    *,
    transport: str,
    protocol: str,
    channels: Iterable[str],
    address: str,
    port: int | None,
    sensor: str | None,
    foreign: bool,
    vantages: frozenset[str] = frozenset(),
    missed: bool = False,
) -> Iterator[Way]:
    """The ways in which one observation was heard. A recording that does not tell how may have been any."""
    told = [f"{protocol} {channel}" for channel in channels if channel in _ANY_WAY]
    names: Iterable[tuple[str, ...]]
    if transport == "tcp":
        names = [("tcp",)]
    elif transport == "ethernet":
        names = [("arp sweep",)]
    elif transport == "icmp":
        names = [("icmp echo",)]
    else:
        names = [(name,) for name in told] or [tuple(f"{protocol} {way}" for way in _ANY_WAY)]
    tried = port if transport == "tcp" else None
    return (Way(some, address, tried, sensor, foreign, vantages, missed) for some in names)


class Asked:
    """What the rows of one scan say was asked to the end. `scope` are its texts, exclusions among them; `complete`
    is false for a scan that was partial or cut short: then nobody counts as asked. From `vantage` only those can be
    missed that were heard from there."""

    def __init__(self, rows: Sequence[Coverage], scope: Iterable[str], *, complete: bool, vantage: str | None) -> None:
        self.complete = complete
        self._vantage = vantage
        texts = list(scope)
        self._excluded = Containment(networks_left_out(texts))
        singles = [n for n in networks_asked(texts) if n.num_addresses == 1]
        networks: dict[_Question, list[Network]] = defaultdict(list)
        self._wires: set[tuple[str, str | None]] = set()
        for row in rows if complete else ():
            if row.state != "asked":
                continue
            name = _name(row.channel)
            for port in row.ports or (None,):
                networks[name, port, row.only_known] += _row_networks(row, singles)
            if is_of_a_wire(row):
                self._wires.add((name, row.interface))
        self._asked = {question: Containment(some) for question, some in networks.items()}

    def by(self, way: Way, *, heard: bool = False) -> bool:
        """Whether a device that answers this way was asked by it. `heard`: another channel has heard it in this scan,
        so that what asks only known hosts has asked it too."""
        if way.vantages and self._vantage is not None and self._vantage not in way.vantages:
            return False
        if way.foreign:
            return any((name, way.sensor) in self._wires for name in way.channels)
        address = address_named(way.address)
        if address is None or self._excluded.holds(address):
            return False
        questions = (
            (name, way.port, known) for name in way.channels for known in ((False, True) if heard else (False,))
        )
        return any(question in self._asked and self._asked[question].holds(address) for question in questions)

    def in_vain(self, way: Way) -> bool:
        """Whether a device that is there no longer answers this way: it was asked, and where an answer may get lost,
        the time before too."""
        return self.by(way, heard=True) and (way.missed or not way.is_lossy)

    def by_any(self, ways: Iterable[Way]) -> bool:
        """Whether one of the ways was asked: enough for a device that is there to be found."""
        return any(self.by(way) for way in ways)

    def whole(self, before: Iterable[Way], now: Iterable[Way]) -> bool:
        """Whether what was not heard of a device this time is no more: each way in which it was heard before was asked,
        or it was heard so again."""
        again = set(now)
        return self.complete and all(way in again or self.in_vain(way) for way in before)


def _name(channel: str) -> str:
    return "tcp" if channel.startswith("tcp ") else channel.removesuffix(" IPv6")


def _row_networks(row: Coverage, singles: Iterable[Network]) -> Iterator[Network]:
    span = span_of(row)
    if span is not None:
        yield from (network for network in singles if span.holds(network.network_address))
    elif (network := network_named(row.network)) is not None:
        yield network
