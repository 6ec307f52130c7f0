"""What changed between two scans, as text and as plain data of `register_shape.py`."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from camscan.register import EVENTS, Change, Comparison, Event, ScanEntry
from camscan.report.document import Record, address_order, moment
from camscan.report.printable import printable
from camscan.report.terminal import Cell, Grid, Line, Part, cell, heading, line, to_text

SCHEMA = "camscan.diff/1"
VALUE_LIMIT = 200  # characters of one value

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
    yield line(f"from {_scan(comparison.before)}")
    yield line(f"to   {_scan(comparison.after)}")
    for event, changes in groupby(_ordered(comparison.changes), key=lambda change: change.event):
        rows = [_row(change) for change in changes]
        yield from heading(f"{_TITLES[event]} ({len(rows):,})")
        yield Grid(columns=_COLUMNS.get(event, _JUDGED_COLUMNS), rows=rows)
    yield Line("")
    yield line(diff_summary(comparison), "bold")
    yield from (line(text, "yellow") for text in _doubts(comparison))


def _ordered(changes: Sequence[Change]) -> list[Change]:
    return sorted(changes, key=lambda c: (EVENTS.index(c.event), address_order(c.address or ""), c.device))


def _scan(entry: ScanEntry) -> str:
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


def _doubts(comparison: Comparison) -> Iterator[str]:
    """What a reader must know before he believes it."""
    for reason, count in comparison.unasked.items():
        what = "1 device was" if count == 1 else f"{count:,} devices were"
        yield f"{what} not looked for, and may be there or not: {reason}"
    places = comparison.before.vantage, comparison.after.vantage
    if None not in places and places[0] != places[1]:
        yield f"seen from two vantages ({places[0]}, {places[1]}): what is reached from one may not be from the other"
    dates = comparison.before.data, comparison.after.data
    other = sorted(name for name in {*dates[0], *dates[1]} if dates[0].get(name) != dates[1].get(name))
    if other:
        told = ", ".join(f"{name} {dates[0].get(name, 'none')} → {dates[1].get(name, 'none')}" for name in other)
        yield f"judged by other data ({told}): a change may come from that"


def diff_document(comparison: Comparison, tool_version: str) -> Record:
    """The comparison in the published shape."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "camscan", "version": tool_version},
        "before": _scan_record(comparison.before),
        "after": _scan_record(comparison.after),
        "changes": [_change_record(change) for change in _ordered(comparison.changes)],
        "not_looked_for": [{"reason": reason, "devices": count} for reason, count in comparison.unasked.items()],
    }


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
