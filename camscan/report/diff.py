"""What changed between two scans, as text and as plain data of `register_shape.py`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from camscan.change import EVENTS, Change, Comparison, Event
from camscan.register import ScanEntry
from camscan.report.csv import write_rows
from camscan.report.document import Record, address_order, moment
from camscan.report.jsonl import as_json_line
from camscan.report.printable import printable
from camscan.report.terminal import Cell, Grid, Line, Part, cell, heading, line, to_text

SCHEMA = "camscan.diff/1"
CSV_COLUMNS = ("event", "device", "address", "name", "subject", "before", "after", "severity", "gone")
VALUE_LIMIT = 200  # characters of one value

NOTHING_BEFORE = "an empty inventory"

_TITLES: Mapping[Event, str] = {
    "new": "New",
    "returned": "Back again",
    "gone": "Gone: asked, and did not answer",
    "moved": "Moved to another address",
    "changed": "Changed",
    "exposed": "Newly exposed",
    "no-longer-exposed": "No longer exposed",
    "affected": "Newly affected",
    "no-longer-affected": "No longer affected",
    "severity-raised": "More severe than before",
    "newly-exploited": "Newly exploited (CISA)",
    "exception-ended": "Ignored until now: the exception has ended",
    "approval-ended": "Approved until now: the approval has ended",
}
_COLUMNS: Mapping[Event, tuple[str, ...]] = {
    "new": ("Address", "Device", "Judged"),
    "returned": ("Address", "Device"),
    "gone": ("Address", "Device"),
    "approval-ended": ("Address", "Device"),
    "moved": ("Address", "Device", "Before"),
    "changed": ("Address", "Device", "What", "Before", "After"),
}
_JUDGED_COLUMNS = ("Address", "Device", "What", "Severity", "Before", "After")
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow"}


def as_diff_text(comparison: Comparison, *, terminal: bool, width: int) -> str:
    """A table for each kind of change, and what is not known."""
    return to_text(_parts(comparison), terminal=terminal, width=width)


def diff_summary(comparison: Comparison) -> str:
    """`2 new, 1 gone, 1 changed`, or `nothing changed`."""
    counted = {event: sum(change.event == event for change in comparison.changes) for event in EVENTS}
    return ", ".join(f"{count:,} {event.replace('-', ' ')}" for event, count in counted.items() if count) or (
        "nothing changed"
    )


def _parts(comparison: Comparison) -> Iterator[Part]:
    yield line(f"from {scan_text(comparison.before) if comparison.before else NOTHING_BEFORE}")
    yield line(f"to   {scan_text(comparison.after)}")
    for event, changes in groupby(in_order(comparison.changes), key=lambda change: change.event):
        rows = [_row(change) for change in changes]
        yield from heading(f"{_TITLES[event]} ({len(rows):,})")
        yield Grid(columns=_COLUMNS.get(event, _JUDGED_COLUMNS), rows=rows)
    yield Line("")
    yield line(diff_summary(comparison), "bold")
    yield from (line(text, "yellow") for text in doubts(comparison))


def in_order(changes: Sequence[Change]) -> list[Change]:
    """By event, then by numeric address."""
    return sorted(changes, key=lambda c: (EVENTS.index(c.event), address_order(c.address or ""), c.device))


def scan_text(entry: ScanEntry) -> str:
    """`scan 7 of 2026-11-29T02:40:11Z (partial; 10.20.0.0/16)`."""
    marks = [text for text, true in (("partial", entry.partial), (entry.kind, entry.kind != "scan")) if true]
    scope = ", ".join(entry.scope[:3]) + (f" and {len(entry.scope) - 3} more" if len(entry.scope) > 3 else "")
    described = "; ".join(filter(None, (*marks, scope)))
    return f"scan {entry.number} of {moment(entry.time)}" + (f" ({described})" if described else "")


def _row(change: Change) -> tuple[Cell, ...]:
    first = cell(change.address), cell(f"{change.name}{_marks(change)}")
    before, after, subject = cell(change.before), cell(change.after), cell(change.subject)
    if change.event == "new":
        return (*first, after)
    if change.event in ("gone", "returned", "approval-ended"):
        return first
    if change.event == "moved":
        return (*first, before)
    if change.event == "changed":
        return (*first, subject, before, after)
    return (*first, subject, cell(change.severity, _STYLES.get(change.severity or "", "")), before, after)


def _marks(change: Change) -> str:
    known_gone = change.gone and change.event != "gone"
    marks = [text for text, is_so in (("gone", known_gone), ("approved", change.approved)) if is_so]
    return f" ({', '.join(marks)})" if marks else ""


def doubts(comparison: Comparison) -> Iterator[str]:
    """What a reader must know before he believes it, a line each."""
    for reason, count in comparison.unasked.items():
        what = "1 device was" if count == 1 else f"{count:,} devices were"
        yield f"{what} not looked for, and may be there or not: {reason}"
    if comparison.before is not None:
        yield from _other_circumstances(comparison.before, comparison.after)


def _other_circumstances(before: ScanEntry, after: ScanEntry) -> Iterator[str]:
    places = before.vantage, after.vantage
    if None not in places and places[0] != places[1]:
        yield f"seen from two vantages ({places[0]}, {places[1]}): what is reached from one may not be from the other"
    dates = before.data, after.data
    other = sorted(name for name in {*dates[0], *dates[1]} if dates[0].get(name) != dates[1].get(name))
    if other:
        told = ", ".join(f"{name} {dates[0].get(name, 'none')} → {dates[1].get(name, 'none')}" for name in other)
        yield f"judged by other data ({told}): a change may come from that"


def diff_document(comparison: Comparison, tool_version: str) -> Record:
    """The comparison in the published shape."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "camscan", "version": tool_version},
        "before": _scan_record(comparison.before) if comparison.before else None,
        "after": _scan_record(comparison.after),
        "changes": [_change_record(change) for change in in_order(comparison.changes)],
        "not_looked_for": [{"reason": reason, "devices": count} for reason, count in comparison.unasked.items()],
    }


def as_diff_jsonl(comparison: Comparison) -> Iterator[str]:
    """One change a line, each of the shape of `changes[]`."""
    return (as_json_line(_change_record(change)) for change in in_order(comparison.changes))


def as_diff_csv(comparison: Comparison) -> str:
    """A header line and one line a change."""
    records = (_change_record(change) for change in in_order(comparison.changes))
    return write_rows(CSV_COLUMNS, ([record[column] for column in CSV_COLUMNS] for record in records))


def _scan_record(entry: ScanEntry) -> Record:
    return {
        "number": entry.number,
        "id": printable(entry.id),
        "kind": entry.kind,
        "started": moment(entry.started),
        "ended": moment(entry.ended),
        "recorded": moment(entry.recorded),
        "scope": [printable(text) for text in entry.scope],
        "vantage": _shown(entry.vantage),
        "partial": entry.partial,
        "failure": _shown(entry.failure),
        "data": {printable(name): printable(date) for name, date in entry.data.items()},
    }


def _change_record(change: Change) -> Record:
    return {
        "event": change.event,
        "device": change.device,
        "address": _shown(change.address),
        "name": printable(change.name),
        "subject": _shown(change.subject),
        "before": _shown(change.before),
        "after": _shown(change.after),
        "severity": change.severity,
        "gone": change.gone,
        "approved": change.approved,
    }


def _shown(text: str | None) -> str | None:
    return None if text is None else printable(text, VALUE_LIMIT)
