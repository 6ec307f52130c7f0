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
        unnamed = [unit for unit in mine if not any(s.device.vendor for s in unit)]
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
        for address in self._answering(vantage, number):
            if any(self._may_be(unit, device) for device in self.at(number, address)):
                return Cell(verdict="cannot-say", reason=f"{address}: what answers there may be it")
        known = self._behind.get((number, question))
        if known is None:
            known = worst_at(self.behind[vantage], lambda address: self._asked[number].of(address, question))
            self._behind[number, question] = known
        return known

    def _answering(self, vantage: str, number: int) -> Sequence[str]:
        """Behind which addresses of a vantage somebody answered in a scan."""
        found = self._doors.get((vantage, number))
        if found is None:
            found = [address for address in self.behind[vantage] if self.at(number, address)]
            self._doors[vantage, number] = found
        return found

    def _may_be(self, unit: Unit, device: Device) -> bool:
        """Whether what answered at a translated address may be this unit: only who is known from elsewhere, or by
        another serial or MAC, is told apart. That others saw it there too tells nothing, nor does its having no name.
        """
        other = self._unit_of.get(id(device), ())
        if not any(sighting.device.vendor for sighting in other):
            return True
        return not (self._is_elsewhere(other) or other is unit or told_apart(unit, other))

    def _is_elsewhere(self, unit: Unit) -> bool:
        return any(a not in self._walls for sighting in unit for a in lasting(sighting.device.addresses))

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
    def _doors(self) -> dict[tuple[str, int], list[str]]:
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


def _suspicions(unit: Unit, numbers: Collection[int]) -> Iterator[str]:
    """`10.0.0.99 at tcp/554`, where a host that nobody named answered these scans at a port of cameras."""
    for sighting in unit:
        port = next(at_camera_ports(sighting.device.services), None)
        if sighting.scan in numbers and port:
            yield f"{sighting.device.address} at {port}"
