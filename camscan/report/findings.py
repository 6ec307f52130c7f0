"""What is open in the inventory, one finding or advisory a row: as a table, as CSV and as plain data of
`findings_shape.py`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from camscan.register import Unit
from camscan.report.csv import write_rows
from camscan.report.document import Record, moment
from camscan.report.printable import printable
from camscan.report.standing import Case, Group, ignored_record, reasons, remedies, remedy, source
from camscan.report.terminal import Cell, Grid, Line, Part, cell, line, to_text

SCHEMA = "camscan.findings/1"
USUAL = ("severity", "id", "exploited", "devices", "since", "sites")
"""What the table shows unless other columns are wanted."""

_SPARE = ("Sites", "Since")
_DAY = len("2026-11-29")
_LIST_LIMIT = 1000  # characters of a cell with several values
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow"}

_CELLS: Mapping[str, Callable[[Group], str | None]] = {
    "severity": lambda group: group.severity,
    "id": lambda group: group.id,
    "kind": lambda group: group.kind,
    "exploited": lambda group: "yes" if group.exploited else "no",
    "devices": lambda group: str(len(group.cases)),
    "since": lambda group: moment(group.since),
    "unconfirmed": lambda group: str(sum(one.unconfirmed is not None for _, one in group.cases)),
    "sites": lambda group: ", ".join(_distinct(group, "site")) or None,
    "vendors": lambda group: " ".join(_distinct(group, "vendor")) or None,
    "addresses": lambda group: " ".join(_distinct(group, "address")) or None,
    "remedy": lambda group: remedies(one for _, one in group.cases),
    "source": lambda group: source(group.cases[0][1]),
}

COLUMNS = tuple(_CELLS)
"""Everything that can be said of a finding in one cell."""


def _distinct(group: Group, attribute: str) -> list[str]:
    """The values that its devices have, each once, in the order of the devices."""
    values = (unit.device.values.get(attribute) for unit, _ in group.cases)
    return list(dict.fromkeys(value for value in values if value))


def as_findings_table(groups: Sequence[Group], columns: Sequence[str], *, terminal: bool, width: int) -> str:
    """One finding a row; days instead of moments."""
    return to_text(_parts(groups, columns), terminal=terminal, width=width)


def _parts(groups: Sequence[Group], columns: Sequence[str]) -> Iterator[Part]:
    if groups:
        titles = tuple(name.capitalize() for name in columns)
        rows = [tuple(_cell(name, group) for name in columns) for group in groups]
        spare = tuple(name for name in _SPARE if name in titles)
        yield Grid(columns=titles, rows=rows, right=frozenset(["Devices", "Unconfirmed"]), spare=spare)
        yield Line("")
    devices = len({unit.device.id for group in groups for unit, _ in group.cases})
    yield line(f"{_counted(len(groups), 'finding')} at {_counted(devices, 'device')}")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cell(name: str, group: Group) -> Cell:
    text = _CELLS[name](group)
    if text is not None and name == "since":
        text = text[:_DAY]
    style = _STYLES.get(text or "", "") if name == "severity" else ""
    return cell(None if text is None else printable(text, _LIST_LIMIT), style)


def as_findings_csv(groups: Iterable[Group], columns: Sequence[str]) -> str:
    """A header line and one line a finding; unknown is empty."""
    return write_rows(columns, ([_CELLS[name](group) for name in columns] for group in groups))


def findings_document(groups: Iterable[Group], tool_version: str) -> Record:
    """The whole list in the published shape."""
    tool = {"name": "camscan", "version": tool_version}
    return {"schema": SCHEMA, "tool": tool, "findings": [group_record(group) for group in groups]}


def group_record(group: Group) -> Record:
    """One finding in the published shape."""
    return {
        "id": printable(group.id),
        "kind": group.kind,
        "severity": group.severity,
        "exploited": group.exploited,
        "since": moment(group.since),
        "source": source(group.cases[0][1]),
        "devices": [_case_record(case) for case in group.cases],
    }


def _case_record(case: Case) -> Record:
    unit, one = case
    return {
        "id": unit.device.id,
        **{name: _shown(unit, name) for name in ("address", "vendor", "model", "firmware", "site")},
        "since": moment(one.since),
        "unconfirmed": moment(one.unconfirmed),
        "reasons": list(reasons(one)),
        "remedy": remedy(one),
        "ignored": ignored_record(one),
    }


def _shown(unit: Unit, attribute: str) -> str | None:
    text = unit.device.values.get(attribute)
    return None if text is None else printable(text)
