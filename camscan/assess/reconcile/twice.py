"""What stands twice in a list: identifiers on several lines, and lines that say again what another one says."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from camscan.assess.reconcile.knowing import Knowing
from camscan.reconciliation import MARKS, Entry, Mark, Twice


def said_twice(entries: Sequence[Entry]) -> tuple[Twice, ...]:
    """Each serial, MAC and address that stands on several lines."""
    return tuple(
        Twice(mark=mark, value=_value(places[0], mark), lines=tuple(entry.line for entry in places))
        for mark in MARKS
        for places in _holders(entries, mark).values()
        if len(places) > 1
    )


class Repeats:
    """Finds the line that says the same as another one: the same serial, or the same MAC or address where nothing
    stronger is different. `first` has the lines that count, in the order in which they come before others."""

    def __init__(self, first: Sequence[Entry], knowing: Knowing) -> None:
        self._knowing = knowing
        self._first: dict[tuple[Mark, str], Entry] = {}
        for entry in first:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """From now on the line counts too."""
        for mark in MARKS:
            if value := _value(entry, mark):
                self._first.setdefault((mark, value), entry)

    def line(self, entry: Entry) -> int | None:
        """The number of the line that this one repeats."""
        for mark in MARKS:
            other = self._first.get((mark, _value(entry, mark)))
            if other is not None and other.line != entry.line and not self._differ(entry, other, mark):
                return other.line
        return None

    def _differ(self, entry: Entry, other: Entry, by: Mark) -> bool:
        same: Mapping[str, Callable[[str, str], bool]] = {
            "serial": lambda a, b: self._knowing.same_value("serial", a, b),
            "mac": str.__eq__,
        }
        stronger = MARKS[: MARKS.index(by)]
        pairs = ((mark, getattr(entry, mark), getattr(other, mark)) for mark in stronger)
        return any(one and two and not same[mark](one, two) for mark, one, two in pairs)


def _holders(entries: Sequence[Entry], mark: Mark) -> Mapping[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if value := _value(entry, mark):
            found[value].append(entry)
    return found


def _value(entry: Entry, mark: Mark) -> str:
    value: str = getattr(entry, mark) or ""
    return "".join(value.casefold().split())
