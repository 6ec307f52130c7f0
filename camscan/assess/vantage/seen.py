"""Everything that several scans saw, arranged for the question who is reached from where (`matrix.py`)."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from camscan.assess.vantage.asked import Asked, Question
from camscan.assess.vantage.by_protocol import at_camera_ports
from camscan.assess.vantage.partial import is_partial
from camscan.assess.vantage.sightings import Sighting, lasting, told_apart
from camscan.model import Device, ScanResult
from camscan.reach import Cell, Vantage, worst_at

Unit = tuple[Sighting, ...]
"""One device, as each scan saw it that did, the newest first."""

Behind = Mapping[str, tuple[str, ...]]
"""Vantage → the addresses behind which everything stands from there (address translation)."""


@dataclass(frozen=True)
class Seen:
    """What was seen, by unit and by scan; scans come newest first, and each names its vantage."""

    scans: Sequence[ScanResult]
    units: Sequence[Unit]
    behind: Behind

    def numbers(self, vantage: str) -> Sequence[int]:
        """The numbers of the scans made from a vantage, the newest first."""
        return self._numbers[vantage]

    def vantage(self, name: str) -> Vantage:
        """A vantage, with what answered there and is no device of the matrix."""
        numbers = self.numbers(name)
        scans = tuple(self.scans[number] for number in numbers)
        mine = [unit for unit in self.units if any(s.scan in numbers for s in unit)]
        boxes = sum(1 for scan in scans for device in scan.devices if device.middlebox)
        unnamed = [unit for unit in mine if not _is_named(unit)]
        suspects = dict.fromkeys(text for unit in unnamed for text in _suspicions(unit, numbers))
        return Vantage(
            name=name,
            scans=scans,
            unnamed=len(unnamed),
            suspects=tuple(suspects),
            middleboxes=boxes,
            partial=is_partial(scans),
        )

    def at(self, number: int, address: str) -> Sequence[Device]:
        """Who answered in a scan at an address, middleboxes among them."""
        return self._holders.get((number, address), ())

    def silence(self, number: int, address: str, question: Question) -> Cell:
        """What it means that in a scan this port of an address did not answer, or that a box answered for it."""
        boxes = [device for device in self.at(number, address) if device.middlebox]
        if any(question.answered_by(box.services) for box in boxes):
            return Cell(verdict="cannot-say", reason="a middlebox answers for it there")
        return self._asked[number].of(address, question)

    def silence_behind(self, unit: Unit, vantage: str, number: int, question: Question) -> Cell:
        """The same for a unit that can only be behind some addresses; who answers at one of them may be it."""
        for address, device in self._answering(vantage, number):
            if self._may_be(unit, device):
                return Cell(verdict="cannot-say", reason=f"{address}: what answers there may be it")
        known = self._behind.get((number, question))
        if known is None:
            asked = self._asked[number]
            known = worst_at(self._walls_of(vantage, number), lambda address: asked.of(address, question))
            self._behind[number, question] = known
        return known

    def _walls_of(self, vantage: str, number: int) -> tuple[str, ...]:
        """The addresses behind which everything stands from a vantage, without those that a scan asked like another."""
        found = self._kinds.get((vantage, number))
        if found is None:
            found = self._kinds[vantage, number] = self._asked[number].unlike(self.behind[vantage])
        return found

    def _answering(self, vantage: str, number: int) -> Sequence[tuple[str, Device]]:
        """Who answered a scan at the addresses behind which everything stands, and is not known from elsewhere."""
        found = self._doors.get((vantage, number))
        if found is None:
            answered = ((a, device) for a in self.behind[vantage] for device in self.at(number, a))
            found = [(a, device) for a, device in answered if not self._is_elsewhere(device)]
            self._doors[vantage, number] = found
        return found

    def _may_be(self, unit: Unit, device: Device) -> bool:
        """Whether what answered at a translated address may be this unit: only who has another serial or MAC is told
        apart. That others saw it there too tells nothing."""
        other = self._unit_of.get(id(device), ())
        return not (_is_named(other) and (other is unit or told_apart(unit, other)))

    def _is_elsewhere(self, device: Device) -> bool:
        """Whether it has a name, and an address of its own: then it is not one of the others."""
        unit = self._unit_of.get(id(device), ())
        away = any(a not in self._walls for sighting in unit for a in lasting(sighting.device.addresses))
        return _is_named(unit) and away

    @cached_property
    def _walls(self) -> frozenset[str]:
        """The addresses of every vantage behind which everything stands."""
        return frozenset(address for addresses in self.behind.values() for address in addresses)

    @cached_property
    def _unit_of(self) -> dict[int, Unit]:
        """The unit of each device, by `id()`; a middlebox has none."""
        return {id(sighting.device): unit for unit in self.units for sighting in unit}

    @cached_property
    def _numbers(self) -> dict[str | None, list[int]]:
        numbers: dict[str | None, list[int]] = defaultdict(list)
        for number, scan in enumerate(self.scans):
            numbers[scan.vantage].append(number)
        return numbers

    @cached_property
    def _asked(self) -> list[Asked]:
        return [Asked(scan) for scan in self.scans]

    @cached_property
    def _behind(self) -> dict[tuple[int, Question], Cell]:
        """What was worked out once, for it is the same for all devices."""
        return {}

    @cached_property
    def _kinds(self) -> dict[tuple[str, int], tuple[str, ...]]:
        """The same."""
        return {}

    @cached_property
    def _doors(self) -> dict[tuple[str, int], list[tuple[str, Device]]]:
        """The same."""
        return {}

    @cached_property
    def _holders(self) -> dict[tuple[int, str], list[Device]]:
        found: dict[tuple[int, str], list[Device]] = defaultdict(list)
        for number, scan in enumerate(self.scans):
            for device in scan.devices:
                for address in device.addresses:
                    found[number, address].append(device)
        return found


def _is_named(unit: Unit) -> bool:
    return any(sighting.device.vendor for sighting in unit)


def _suspicions(unit: Unit, numbers: Collection[int]) -> Iterator[str]:
    """`10.0.0.99 at tcp/554`, where a host that nobody named answered these scans at a port of cameras."""
    for sighting in unit:
        port = next(at_camera_ports(sighting.device.services), None)
        if sighting.scan in numbers and port:
            yield f"{sighting.device.address} at {port}"
