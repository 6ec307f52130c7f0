"""One device from one vantage: reached, not reached, not asked, or what cannot be said of it (`matrix.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from camscan.assess.vantage.asked import ANY_PORT, Question
from camscan.assess.vantage.seen import Seen, Unit
from camscan.assess.vantage.sightings import is_of_one_link, lasting
from camscan.model import Device
from camscan.reach import REACHED, Cell, worst, worst_at

_UNTIMED = Cell(verdict="cannot-say", reason="one scan reached it and one did not, and which is the newer is not known")

_NAMELESS = Cell(
    verdict="reached", reason="at its address, by a host that named no maker: perhaps another, or a portal"
)


@dataclass(frozen=True)
class Place:
    """One unit, seen from the vantage of this name."""

    seen: Seen
    name: str
    unit: Unit

    def cell(self, question: Question | None) -> Cell:
        """Whether this port, or with None the device as such, is reached. The newest scan that asked says; where it
        cannot say, an older one may still show that it is reached."""
        said: Cell | None = None
        unasked: Cell | None = None
        for number in self._numbers:
            cell = self._cell(number, question)
            if cell.verdict == "not-reached" and said is None:
                return _UNTIMED if self._may_be_older(number, question) else cell
            if cell.verdict == "reached":
                return cell
            if cell.verdict == "not-asked":
                unasked = unasked or cell
            elif cell.verdict == "cannot-say":
                said = said or cell
        return said or unasked or worst(())

    def _may_be_older(self, number: int, question: Question | None) -> bool:
        """Whether a scan that heard it may be newer than this one, because one of the two has no time."""
        others = [n for n in self._numbers if self._is_untimed(n) or (self._is_untimed(number) and n != number)]
        return any(self._cell(other, question).verdict == "reached" for other in others)

    def _is_untimed(self, number: int) -> bool:
        return self.seen.scans[number].started is None

    @cached_property
    def addresses(self) -> tuple[str, ...]:
        """Where it answered, in the newest scan that heard it."""
        return next((s.device.addresses for s in self.unit if s.scan in self._numbers), ())

    def _cell(self, number: int, question: Question | None) -> Cell:
        """The same, in one scan."""
        mine = self._in(number)
        if mine and (question is None or question.answered_by(mine.services)):
            return REACHED if self._is_named(mine) else _NAMELESS
        port, here = question or ANY_PORT, lasting(mine.addresses) if mine else ()
        if self.name in self.seen.behind:
            told = self.seen.silence_behind(self.unit, self.name, number, port)
            return worst((told, *(self.seen.silence(number, address, port) for address in here)))
        return worst_at(
            tuple(dict.fromkeys((*here, *self._known_at))),
            lambda a: self.seen.silence(number, a, port) if a in here else self._absence(number, a, port),
        )

    def _is_named(self, mine: Device) -> bool:
        """Whether what was heard here says itself that it is the unit, rather than being at its address."""
        return bool(mine.vendor or mine.serial or mine.mac or not any(s.device.vendor for s in self.unit))

    def _absence(self, number: int, address: str, question: Question) -> Cell:
        """What it means that the unit was not heard at an address where others know it."""
        if self._is_known_elsewhere and is_of_one_link(address):
            return Cell(verdict="not-asked", reason="an address of one link, where it is another host from here")
        if any(not device.middlebox for device in self.seen.at(number, address)):
            return Cell(verdict="cannot-say", reason="another device had its address there: it may have moved")
        return self.seen.silence(number, address, question)

    def _in(self, number: int) -> Device | None:
        return next((sighting.device for sighting in self.unit if sighting.scan == number), None)

    @property
    def _numbers(self) -> Sequence[int]:
        return self.seen.numbers(self.name)

    @cached_property
    def _is_known_elsewhere(self) -> bool:
        return any(self.seen.scans[sighting.scan].vantage != self.name for sighting in self.unit)

    @cached_property
    def _known_at(self) -> tuple[str, ...]:
        """Where the newest scan from each other vantage heard it, and where that of this vantage did, if none else. One
        without a time may be the newest."""
        newest: dict[str | None, list[str]] = {}
        for sighting in self.unit:
            vantage = self.seen.scans[sighting.scan].vantage
            if vantage not in newest or self._is_untimed(sighting.scan):
                newest.setdefault(vantage, []).extend(lasting(sighting.device.addresses))
        others = [addresses for vantage, addresses in newest.items() if vantage != self.name]
        return tuple(dict.fromkeys(a for addresses in others or newest.values() for a in addresses))
