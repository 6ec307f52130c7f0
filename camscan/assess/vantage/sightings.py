"""Devices of several scans → which of them are one unit: by serial, then MAC, then id, then address.

The rule: two that contradict are never joined (another serial or MAC, where only the address speaks for it another
maker, and where a short serial only agrees with a long one another maker or model), nor two of one scan, which has told
them apart. An identifier that stands at several devices of one scan says nothing: a clone, a factory value, a router
that answers ARP for others, several devices behind one address.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from ipaddress import ip_address

from camscan.model import Device, ScanResult

Kind = str
_KINDS: tuple[Kind, ...] = ("serial", "mac", "id", "address")  # what stays when an address changes comes first
_STRONG: tuple[Kind, ...] = ("serial", "mac")
_WEAK = frozenset(["id", "address"])  # kinds that a device of another maker may have as well

Agreeing = Callable[[str, Iterable[str]], Mapping[str, Hashable | None]]
"""(attribute, values) → each value with a key that those which agree share, such as a long serial and its short form;
None for one that agrees with two that differ (`identify.sameness.longest_of`)."""

_Marks = Mapping[Kind, Set[Hashable]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A device as one scan saw it; `scan` is the scan's number among those compared, the newest having 0. `marks` are
    its serial and its MAC, as far as they tell it from the others of its scan: what may contradict others."""

    scan: int
    device: Device
    marks: Mapping[Kind, Hashable]


@dataclass(slots=True, kw_only=True)
class _Group:
    """What was taken for one unit until now. `marks` are what may contradict others."""

    sightings: list[Sighting]
    marks: dict[Kind, set[Hashable]]
    into: "_Group | None" = None

    @property
    def scans(self) -> set[int]:
        return {sighting.scan for sighting in self.sightings}


@dataclass(slots=True)
class _Keys:
    """The identifiers of every sighting that tell it from the others of its scan. A link-local address is one only
    among scans from the same vantage."""

    serials: Mapping[str, Hashable | None]
    models: Mapping[str, Hashable | None]
    vantages: Sequence[str | None]
    counts: Counter[tuple[int, Kind, Hashable]] = field(default_factory=Counter)

    def take(self, scan: int, device: Device) -> None:
        self.counts.update((scan, *key) for key in set(self._all(scan, device)))

    def of(self, scan: int, device: Device, kind: Kind) -> list[Hashable]:
        told = dict.fromkeys(value for k, value in self._all(scan, device) if k == kind)
        return [value for value in told if self.counts[scan, kind, value] == 1]

    def loose(self, device: Device) -> dict[Kind, set[Hashable]]:
        """What may contradict where identifiers only agree and are not the same."""
        told = {
            "vendor": device.vendor,
            "model": self.models[device.model] if device.model else None,
            "spelling": device.serial.casefold() if device.serial else None,
        }
        return {kind: set() if value is None else {value} for kind, value in told.items()}

    def _all(self, scan: int, device: Device) -> Iterator[tuple[Kind, Hashable]]:
        serial = self.serials[device.serial] if device.serial else None
        if serial is not None:
            yield "serial", serial
        if device.mac:
            yield "mac", device.mac.casefold()
        if not device.id.startswith("address-"):
            yield "id", device.id
        for address in lasting(device.addresses):
            yield "address", (self.vantages[scan], address) if is_of_one_link(address) else address


def lasting(addresses: Iterable[str]) -> tuple[str, ...]:
    """The addresses that mean the same host to others; those of one link do not, and stay only where they are all."""
    every = tuple(addresses)
    wide = tuple(address for address in every if not is_of_one_link(address))
    return wide or every


def is_of_one_link(address: str) -> bool:
    """Whether it is link-local, and so from every place another host's, or nobody's."""
    return ip_address(address).is_link_local


def joined(scans: Sequence[ScanResult], agreeing: Agreeing) -> list[tuple[Sighting, ...]]:
    """The sightings of each unit, its newest first. `scans` come newest first. Middleboxes are no units."""
    devices = [(number, device) for number, scan in enumerate(scans) for device in scan.devices]
    serials = agreeing("serial", {device.serial for _, device in devices if device.serial})
    models = agreeing("model", {device.model for _, device in devices if device.model})
    keys = _Keys(serials, models, [scan.vantage for scan in scans])
    for number, device in devices:
        if device.middlebox is None:
            keys.take(number, device)
    groups = [_alone(number, device, keys) for number, device in devices if device.middlebox is None]
    for kind in _KINDS:
        _join(kind, groups, keys)
    return [tuple(sorted(g.sightings, key=lambda s: s.scan)) for g in groups if g.into is None]


def told_apart(one: Iterable[Sighting], other: Iterable[Sighting]) -> bool:
    """Whether two show serials, or MACs, of which none is the same."""
    return _differ(_marks(one), _marks(other), _STRONG)


def _alone(scan: int, device: Device, keys: _Keys) -> _Group:
    told = {kind: value for kind in _STRONG for value in keys.of(scan, device, kind)}
    sighting = Sighting(scan=scan, device=device, marks=told)
    return _Group(sightings=[sighting], marks=_marks([sighting]) | keys.loose(device))


def _marks(sightings: Iterable[Sighting]) -> dict[Kind, set[Hashable]]:
    every = list(sightings)
    return {kind: {s.marks[kind] for s in every if kind in s.marks} for kind in _STRONG}


def _join(kind: Kind, groups: Sequence[_Group], keys: _Keys) -> None:
    """Join what shares an identifier of this kind. In one scan it stands once, so those who share it are few."""
    sharing: dict[Hashable, list[_Group]] = defaultdict(list)
    for group in groups:
        (first,) = group.sightings[:1]
        for value in keys.of(first.scan, first.device, kind):
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
    if kind == "serial" and _differ(one.marks, other.marks, ("spelling",)):  # a short and a long one
        return _differ(one.marks, other.marks, (*_STRONG, "vendor", "model"))
    return _differ(one.marks, other.marks, (*_STRONG, "vendor") if kind in _WEAK else _STRONG)


def _differ(one: _Marks, other: _Marks, kinds: Iterable[Kind]) -> bool:
    return any(one[kind] and other[kind] and one[kind].isdisjoint(other[kind]) for kind in kinds)


def _merge(into: _Group, group: _Group) -> None:
    into.sightings += group.sightings
    for mark, values in group.marks.items():
        into.marks[mark] |= values
    group.into = into
