"""Lines of a list that name what a device has which another line is already: a recorder of two addresses that stands
there twice, a device that was merged. Whatever else they mean, nobody can say that it was asked and did not answer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from camscan.assess.reconcile.join import contradicted, has_serial, marks_of_entry, marks_of_unit
from camscan.assess.reconcile.knowing import Knowing
from camscan.reconciliation import MARKS, Covered, Entry, Mark, Unit

_SAID = {"serial": "has its serial", "mac": "has its MAC", "address": "answers there"}


@dataclass(frozen=True, slots=True)
class Holder:
    """The line that a device is, and by which mark another line names the device too. `same`: nothing speaks against
    it that both lines are the device."""

    line: int
    by: Mark
    same: bool

    def covered(self) -> Covered:
        """What is to be said of the other line where it is not the same."""
        return Covered(state="cannot-say", reason=f"the device of line {self.line} {_SAID[self.by]}")


class Present:
    """The devices that lines are."""

    def __init__(self, pairs: Iterable[tuple[Entry, Unit]], knowing: Knowing) -> None:
        self._knowing = knowing
        self._holders: dict[tuple[str, str], tuple[Entry, Unit]] = {}
        for entry, unit in pairs:
            for name, values in marks_of_unit(unit, knowing).items():
                for value in values:
                    self._holders.setdefault((name, value), (entry, unit))

    def holder(self, entry: Entry) -> Holder | None:
        """Who has something that this line names, by the strongest mark; one that is the same first."""
        found = list(self._found(entry))
        return next((one for one in found if one.same), found[0] if found else None)

    def _found(self, entry: Entry) -> Iterator[Holder]:
        marks = marks_of_entry(entry)
        for by in MARKS:
            for value in marks[by]:
                if held := self._holders.get((by, value)):
                    yield Holder(held[0].line, by, by == "serial" or not self._differ(entry, *held))
        for ending in marks["ending"]:
            held = self._holders.get(("ending", ending))
            if held and has_serial(held[1], entry.serial or "", self._knowing):
                yield Holder(held[0].line, "serial", same=True)

    def _differ(self, entry: Entry, line: Entry, unit: Unit) -> bool:
        listed = Unit(id="", addresses=(), serial=line.serial, mac=line.mac)
        return any(contradicted(entry, other, self._knowing) for other in (unit, listed))
