"""What one scan asked of an address, by its scope and its coverage: whether silence there means anything.

The rule: not reached is said only where a channel went to its end. A row of the coverage counts for the addresses of
its network that the scope holds, a multicast or a broadcast for all of its wire but the excluded, whose answers are
thrown away, and a channel that asks only known hosts for those alone that the scan heard, unless it asked all. Of
several rows of one channel that may be meant the worst counts, of several channels that ask the same the best. Text
that is not understood covers nothing. Where the rows and the texts of a scope come from: `discover/tally.py`,
`discover/survey.py`.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from ipaddress import ip_address
from itertools import islice

from camscan.asked import Span, is_of_a_wire, network_named, networks_asked, networks_left_out, span_of
from camscan.assess.vantage.by_protocol import on_own_wire
from camscan.model import Coverage, ScanResult, Service
from camscan.reach import NOT_REACHED, Cell
from camscan.scope import Address, Containment, Network

REMEMBERED = 256  # addresses: those of one device after the other
SPANS = 1000  # rows of that kind that are read, the worst first: a scan writes one for each channel and way out

_STATES = ("not-possible", "partial", "asked")  # the worst first
_UNFINISHED = {"partial": "not asked to the end", "not-possible": "could not be asked"}


@dataclass(frozen=True, slots=True)
class Question:
    """A port of a device, with what was heard there; `port` None is any port of a TCP sweep."""

    transport: str
    port: int | None
    protocols: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.transport}/{self.port}" if self.port is not None else f"{self.transport} ports"

    def answered_by(self, services: Iterable[Service]) -> bool:
        """Whether one of the services is at this port."""
        return any(s.transport == self.transport and self.port in (None, s.port) for s in services)

    def is_of(self, row: Coverage) -> bool:
        """Whether a row of the coverage asked it."""
        protocol = row.channel.split(" ")[0]
        if self.transport == "tcp":
            return protocol == "tcp" and bool(row.ports) and (self.port is None or self.port in row.ports)
        return protocol in self.protocols


ANY_PORT = Question("tcp", None)


@dataclass(frozen=True)
class Asked:
    """What a scan asked."""

    scan: ScanResult

    def of(self, address: str, question: Question) -> Cell:
        """Whether the silence of this address says that it is not reached; never that it is reached."""
        states = self._states(address, question)
        best = max(states, key=lambda row: _STATES.index(row.state), default=None)
        if best is None:
            return self._unasked(ip_address(address), question)
        if best.state == "asked":
            return NOT_REACHED
        why = f": {best.reason}" if best.reason else ""
        return Cell(verdict="cannot-say", reason=f"{best.channel} {_UNFINISHED[best.state]}{why}")

    def rows(self, address: str) -> tuple[Coverage, ...]:
        """The rows of the coverage that asked this address, or were to ask it, the worst first."""
        return self._rows_of(address)

    def unlike(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """The first of each kind of these addresses: of two that are alike, every question was asked alike."""
        kinds: dict[Hashable, str] = {}
        for address in addresses:
            parsed = ip_address(address)
            rows = frozenset(map(id, self._rows(parsed)))
            kinds.setdefault((rows, self._unasked(parsed, ANY_PORT), address in self._heard), address)
        return tuple(kinds.values())

    def _states(self, address: str, question: Question) -> list[Coverage]:
        """The worst row of each channel that asked this of the address."""
        rows: dict[str, Coverage] = {}
        for row in self._rows_of(address):
            if question.is_of(row):
                known = rows.setdefault(row.channel, row)
                rows[row.channel] = min(known, row, key=lambda r: _STATES.index(r.state))
        return list(rows.values())

    @cached_property
    def _rows_of(self) -> Callable[[str], tuple[Coverage, ...]]:
        """The rows that an address lies in. The latest are remembered: a device has several ports."""
        return lru_cache(maxsize=REMEMBERED)(lambda address: tuple(self._rows(ip_address(address))))

    def _rows(self, address: Address) -> Iterator[Coverage]:
        holds, excluded = self._holds(address), self._excluded.holds(address)
        known = str(address) in self._heard
        rows = (row for row in self._by_network.rows(address) if known or _asks_all(row))
        yield from (row for row in rows if holds or (is_of_a_wire(row) and not excluded))
        if holds and self._single.holds(address):
            spans = ((span, row) for span, row in self._spans if known or _asks_all(row))
            yield from (row for span, row in spans if span.holds(address))

    def _unasked(self, address: Address, question: Question) -> Cell:
        if self._excluded.holds(address):
            return Cell(verdict="not-asked", reason="excluded")
        if not self._holds(address):
            ends = address in self._ends and self._wide.holds(address)
            reason = "the first or last of a network, which it does not ask" if ends else "not in its scope"
            return Cell(verdict="not-asked", reason=reason)
        if question.protocols & self._only_of_known:
            return Cell(verdict="not-asked", reason=f"{question} is asked only of hosts that were heard there")
        if question.protocols and question.protocols <= on_own_wire():
            reason = f"{question} is asked on its own wire only"
            return Cell(verdict="not-asked", reason=reason, counts=False)
        return Cell(verdict="not-asked", reason=f"{question} is not among what it asks of everybody")

    def _holds(self, address: Address) -> bool:
        if self._excluded.holds(address):
            return False
        return self._single.holds(address) or (self._wide.holds(address) and address not in self._ends)

    @cached_property
    def _heard(self) -> frozenset[str]:
        """Who answered anything at all: a channel may ask only those."""
        return frozenset(address for device in self.scan.devices for address in device.addresses)

    @cached_property
    def _swept(self) -> tuple[Network, ...]:
        return networks_asked(self.scan.scope)

    @cached_property
    def _single(self) -> Containment:
        return Containment(n for n in self._swept if n.num_addresses <= 2)

    @cached_property
    def _wide(self) -> Containment:
        return Containment(n for n in self._swept if n.num_addresses > 2)

    @cached_property
    def _ends(self) -> frozenset[Address]:
        """The first and last addresses of networks, which are no hosts; of IPv6 only the first is none."""
        wide = [n for n in self._swept if n.num_addresses > 2]
        return frozenset(a for n in wide for a in ((n[0], n[-1]) if n.version == 4 else (n[0],)))

    @cached_property
    def _excluded(self) -> Containment:
        return Containment(networks_left_out(self.scan.scope))

    @cached_property
    def _only_of_known(self) -> frozenset[str]:
        """Protocols that are asked only of hosts that were heard."""
        return frozenset(row.channel.split(" ")[0] for row in self.scan.coverage if row.only_known)

    @cached_property
    def _by_network(self) -> "_Rows":
        return _Rows(self._coverage)

    @cached_property
    def _spans(self) -> list[tuple[Span, Coverage]]:
        told = ((span, row) for row in self._coverage if (span := span_of(row)) is not None)
        return list(islice(told, SPANS))

    @cached_property
    def _coverage(self) -> list[Coverage]:
        """The rows, the worst first: of several that say the same of the same it alone."""
        rows: dict[Hashable, Coverage] = {}
        for row in sorted(self.scan.coverage, key=lambda row: _STATES.index(row.state)):
            rows.setdefault((row.network, row.channel, row.ports, row.only_known), row)
        return list(rows.values())


class _Rows:
    """Rows by their network: one look-up for each prefix length, however many networks there are."""

    def __init__(self, coverage: Iterable[Coverage]) -> None:
        self._rows: dict[tuple[int, int], dict[int, list[Coverage]]] = defaultdict(lambda: defaultdict(list))
        for row in coverage:
            network = network_named(row.network)
            if network is not None:
                kept = self._rows[network.version, network.prefixlen]
                kept[int(network[0]) >> (network.max_prefixlen - network.prefixlen)].append(row)

    def rows(self, address: Address) -> Iterator[Coverage]:
        """Those whose network holds the address."""
        for (version, length), kept in self._rows.items():
            if version == address.version:
                yield from kept.get(int(address) >> (address.max_prefixlen - length), ())


def _asks_all(row: Coverage) -> bool:
    """Whether a row is of everybody; one of known hosts is if it asked as many as its label counts."""
    span, network = span_of(row), network_named(row.network)
    size = span.count if span else network.num_addresses if network else None
    return not row.only_known or (size is not None and row.asked >= size)
