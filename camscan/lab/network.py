"""A site that is up: what to scan, from where, what is true, and a journal of everything the devices were asked.

The journal is how a test knows that a scanner asked nothing it should not, and never too much at once.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from camscan.lab.device import Device, Truth

_HEARD_LIMIT = 200_000  # requests kept: a scan of the site makes a few thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One request as a device received it; `asker` is the address it came from."""

    address: str
    transport: str
    port: int
    asker: str
    data: bytes


@dataclass(slots=True, kw_only=True)
class Journal:
    """Every request of one run, and for every address the connections it has open and had open at most."""

    heard: deque[Heard] = field(default_factory=lambda: deque(maxlen=_HEARD_LIMIT))
    connections: Counter[str] = field(default_factory=Counter)
    peak: Counter[str] = field(default_factory=Counter)
    _gone: dict[str, list[Callable[[], bool]]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def connection(self, address: str, has_gone: Callable[[], bool]) -> Iterator[None]:
        """Counts a connection to this address while it lasts. At most so many are open at once as of which `has_gone`
        does not say that the other side has hung up, which an emulated device may be slow to notice."""
        self._gone[address].append(has_gone)
        self.connections[address] += 1
        self.peak[address] = max(self.peak[address], sum(not gone() for gone in self._gone[address]))
        try:
            yield
        finally:
            self.connections[address] -= 1
            self._gone[address].remove(has_gone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """An emulated site that answers.

    `targets` are networks to scan; `scanner` is the namespace to scan from, None for this machine's loopback; `devices`
    are by the address at which they answer, a router by each of its own; `missing` says which services could not be
    offered here, and why.
    """

    targets: tuple[str, ...]
    scanner: str | None
    devices: Mapping[str, Device]
    journal: Journal
    missing: tuple[str, ...] = ()

    @property
    def truths(self) -> Mapping[str, Truth]:
        """What is true of the device at each address."""
        return {address: device.truth for address, device in self.devices.items()}
