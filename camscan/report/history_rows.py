"""A history as rows, each with a value, a finding or a word of its owner and how long it held: what a filter lets
through, as one table and as CSV."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import NamedTuple

from camscan.decision import Decision
from camscan.place import Located
from camscan.register import History, Judged, Run
from camscan.report.csv import write_rows
from camscan.report.document import moment
from camscan.report.history import place_text, value_text
from camscan.report.printable import printable
from camscan.report.terminal import Cell, Grid, Line, Part, cell, line, to_text

KINDS = ("attribute", "finding", "advisory", "verdict", "location", "decision")
USUAL = ("address", "kind", "name", "value", "since", "until")
"""What a table of rows shows unless other columns are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a history is wanted: rows of these `kinds` (all without any), by a name like one of `names` (`*` stands
    for anything), that began, ended or became doubtful `since` this moment (seconds since the epoch)."""

    kinds: frozenset[str] = frozenset()
    names: tuple[str, ...] = ()
    since: float | None = None

    def takes(self, row: "Row") -> bool:
        """Whether a row is wanted."""
        if self.kinds and row.kind not in self.kinds:
            return False
        name = row.name.casefold()
        if self.names and not any(fnmatchcase(name, pattern.casefold()) for pattern in self.names):
            return False
        turns = (row.since, row.until, row.doubtful)
        return self.since is None or any(time is not None and time >= self.since for time in turns)


class Row(NamedTuple):
    """One value from when to when, in seconds since the epoch; `doubtful` is since when it is not told or not
    confirmed any more. `name` is that of an attribute or the id of what was judged or decided."""

    kind: str
    name: str
    value: str
    severity: str | None
    who: str | None
    since: float
    until: float | None
    doubtful: float | None


Told = tuple[History, Row]

_CELLS: Mapping[str, Callable[[Told], str | None]] = {
    "device": lambda told: told[0].device.id,
    "address": lambda told: told[0].device.values.get("address"),
    "kind": lambda told: told[1].kind,
    "name": lambda told: told[1].name,
    "value": lambda told: told[1].value or None,
    "severity": lambda told: told[1].severity,
    "who": lambda told: told[1].who,
    "since": lambda told: moment(told[1].since),
    "until": lambda told: moment(told[1].until),
    "doubtful": lambda told: moment(told[1].doubtful),
}

COLUMNS = tuple(_CELLS)
"""Everything that can be said of a row in one cell."""


def narrowed(history: History, wanted: Wanted) -> History:
    """The same history with nothing but what is wanted."""
    return replace(
        history,
        runs=tuple(one for one in history.runs if wanted.takes(_run(one))),
        judged=tuple(one for one in history.judged if wanted.takes(_judged(one))),
        located=tuple(one for one in history.located if wanted.takes(_located(one))),
        decisions=tuple(one for one in history.decisions if wanted.takes(_decision(one))),
    )


def as_rows_table(histories: Sequence[History], columns: Sequence[str], *, terminal: bool, width: int) -> str:
    """One value a row, of all histories."""
    return to_text(_parts(histories, columns), terminal=terminal, width=width)


def as_rows_csv(histories: Iterable[History], columns: Sequence[str]) -> str:
    """A header line and one line a value; unknown is empty."""
    return write_rows(columns, ([_CELLS[name](told) for name in columns] for told in _told(histories)))


def _parts(histories: Sequence[History], columns: Sequence[str]) -> Iterator[Part]:
    rows = [tuple(_cell(name, told) for name in columns) for told in _told(histories)]
    if rows:
        yield Grid(columns=tuple(name.capitalize() for name in columns), rows=rows)
        yield Line("")
    devices = "1 device" if len(histories) == 1 else f"{len(histories):,} devices"
    yield line(f"{len(rows):,} {'value' if len(rows) == 1 else 'values'} of {devices}")


def _cell(name: str, told: Told) -> Cell:
    text = _CELLS[name](told)
    return cell(None if text is None else printable(text), "dim" if told[1].until is not None else "")


def _told(histories: Iterable[History]) -> Iterator[Told]:
    for one in histories:
        rows = (*map(_run, one.runs), *map(_judged, one.judged), *map(_located, one.located))
        yield from ((one, row) for row in (*rows, *map(_decision, one.decisions)))


def _run(one: Run) -> Row:
    return Row("attribute", one.attribute, value_text(one), None, None, one.since, one.until, one.untold)


def _judged(one: Judged) -> Row:
    return Row(one.kind, one.id, one.state, one.severity, None, one.since, one.until, one.unconfirmed)


def _located(one: Located) -> Row:
    return Row("location", "place", place_text(one), None, one.who, one.made, one.ended, None)


def _decision(one: Decision) -> Row:
    until = one.withdrawn if one.withdrawn is not None else one.expires
    return Row("decision", one.subject or one.kind, one.kind, None, one.who, one.made, until, None)
