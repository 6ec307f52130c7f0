"""Devices of several scans → which of them are one unit: by serial, then MAC, then id, then address.

The rule: two that contradict are never joined (another serial or MAC, and where only the address speaks for it another
maker), nor two of one scan, which has told them apart. An identifier that stands at several devices of one scan says
nothing: a clone, a factory value, a router that answers ARP for others, several devices behind one address.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address

from camscan.model import Device, ScanResult

Kind = str
_KINDS: tuple[Kind, ...] = ("serial", "mac", "id", "address")  # what stays when an address changes comes first
_WEAK = frozenset(["id", "address"])  # kinds that a device of another maker may have as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A device as one scan saw it; `scan` is the scan's number among those compared, the newest having 0."""

    scan: int
    device: Device


@dataclass(slots=True, kw_only=True)
class _Group:
    """What was taken for one unit until now. `marks` are what may contradict others."""

    sightings: list[Sighting]
    marks: dict[str, set[Hashable]]
    into: "_Group | None" = None

    @property
    def scans(self) -> set[int]:
        return {sighting.scan for sighting in self.sightings}


@dataclass(slots=True)
class _Keys:
    """The identifiers of every sighting that tell it from the others of its scan."""

    serial_key: Callable[[str], Hashable]
    counts: Counter[tuple[int, Kind, Hashable]] = field(default_factory=Counter)

    def take(self, sighting: Sighting) -> None:
        self.counts.update((sighting.scan, *key) for key in set(self._all(sighting.device)))

    def of(self, sighting: Sighting, kind: Kind) -> list[Hashable]:
        told = dict.fromkeys(value for k, value in self._all(sighting.device) if k == kind)
        return [value for value in told if self.counts[sighting.scan, kind, value] == 1]

    def _all(self, device: Device) -> Iterator[tuple[Kind, Hashable]]:
        if device.serial:
            yield "serial", self.serial_key(device.serial)
        if device.mac:
            yield "mac", device.mac.casefold()
        if not device.id.startswith("address-"):
            yield "id", device.id
        yield from (("address", address) for address in lasting(device.addresses))


def lasting(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses that mean the same host to others; those of one link do not, and stay only where they are all."""
    every = tuple(addresses)
    wide = tuple(address for address in every if not ip_address(address).is_link_local)
    return wide or every


def joined(scans: Sequence[ScanResult], serial_key: Callable[[str], Hashable]) -> list[tuple[Sighting, ...]]:
    """The sightings of each unit, its newest first. `scans` come newest first; `serial_key` gives one value for serials
    that agree, such as a long and a short one. Middleboxes are no units, and left out."""
    sightings = [
        Sighting(scan=number, device=device)
        for number, scan in enumerate(scans)
        for device in scan.devices
        if device.middlebox is None
    ]
    keys = _Keys(serial_key)
    for sighting in sightings:
        keys.take(sighting)
    groups = [_alone(sighting, keys) for sighting in sightings]
    for kind in _KINDS:
        _join(kind, groups, keys)
    return [tuple(sorted(g.sightings, key=lambda s: s.scan)) for g in groups if g.into is None]


def _alone(sighting: Sighting, keys: _Keys) -> _Group:
    marks: dict[str, set[Hashable]] = {kind: set(keys.of(sighting, kind)) for kind in ("serial", "mac")}
    marks["vendor"] = {sighting.device.vendor} if sighting.device.vendor else set()
    return _Group(sightings=[sighting], marks=marks)


def _join(kind: Kind, groups: Sequence[_Group], keys: _Keys) -> None:
    """Join what shares an identifier of this kind. In one scan it stands once, so those who share it are few."""
    sharing: dict[Hashable, list[_Group]] = defaultdict(list)
    for group in groups:
        (first,) = group.sightings[:1]
        for value in keys.of(first, kind):
            for other in map(_followed, sharing[value]):
                mine = _followed(group)
                if other is not mine and not _contradict(mine, other, kind):
                    _merge(other, mine)
            sharing[value].append(group)


def _followed(group: _Group) -> _Group:
    while group.into is not None:
        group = group.into
    return group


def _contradict(one: _Group, other: _Group, kind: Kind) -> bool:
    if not one.scans.isdisjoint(other.scans):
        return True
    marks = ("serial", "mac", "vendor") if kind in _WEAK else ("serial", "mac")
    return any(one.marks[m] and other.marks[m] and one.marks[m].isdisjoint(other.marks[m]) for m in marks)


def _merge(into: _Group, group: _Group) -> None:
    into.sightings += group.sightings
    for mark, values in group.marks.items():
        into.marks[mark] |= values
    group.into = into
