"""The history of a device as text and as plain data of `register_shape.py`; `history_rows.py` has it in one table."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from camscan.place import WHERE, Located
from camscan.register import PRESENCE, History, Judged, Run
from camscan.report.decisions import decision_record, decisions_grid
from camscan.report.devices import listed_record
from camscan.report.document import SOURCE_LIMIT, Record, moment
from camscan.report.printable import printable
from camscan.report.terminal import Cell, Grid, Line, Part, cell, heading, line, to_text

SCHEMA = "camscan.history/1"

_RUN_COLUMNS = ("Attribute", "Value", "Since", "Until")
_JUDGED_COLUMNS = ("", "State", "Severity", "First seen", "Last seen", "Until")
_LOCATED_COLUMNS = ("Where", "By", "Since", "Until", "Why")
_TITLES = {"finding": "Findings", "advisory": "Advisories", "verdict": "Policies"}
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow"}
_WORSE = ("found", "affected", "covered")


def as_history_text(histories: Sequence[History], now: float, *, terminal: bool, width: int) -> str:
    """All of them, one below the other; `now` in seconds since the epoch."""
    parts = [part for one in histories for part in (*_parts(one, now), Line(""))]
    return to_text(parts[:-1], terminal=terminal, width=width)


def _parts(history: History, now: float) -> Iterator[Part]:
    device = history.device
    called = " ".join(device.values[name] for name in ("vendor", "model") if name in device.values) or "unknown"
    yield line(f"{device.values.get('address', 'no address')}  {called}  (device {device.id})", "bold")
    seen = f"seen in {history.scans:,} {'scan' if history.scans == 1 else 'scans'}"
    gone = f", gone since {moment(device.gone)}" if device.gone is not None else ""
    yield line(f"first seen {moment(device.first_seen)}, last seen {moment(device.last_seen)}, {seen}{gone}")
    yield from (line(text) for text in _owners_words(history))
    if history.runs:
        yield Line("")
        yield Grid(columns=_RUN_COLUMNS, rows=[_run_row(run) for run in history.runs])
    if history.located:
        yield from heading("Put by hand")
        yield Grid(columns=_LOCATED_COLUMNS, rows=[_located_row(one) for one in history.located], spare=("Why",))
    for kind, rows in groupby(history.judged, key=lambda one: one.kind):
        yield from heading(_TITLES[kind])
        yield Grid(columns=_JUDGED_COLUMNS, rows=[_judged_row(one) for one in rows], spare=("Until",))
    if history.decisions:
        yield from heading("Decisions")
        yield decisions_grid(history.decisions, now)


def _owners_words(history: History) -> Iterator[str]:
    device = history.device
    if history.whole is not None:
        yield f"a part of device {history.whole}, by a word of its owner"
    if history.parts:
        yield f"its parts, by a word of its owner, with histories of their own: {', '.join(history.parts)}"
    if device.approved:
        yield "approved"
    if device.tags:
        yield f"tags: {printable(' '.join(device.tags))}"


def _run_row(run: Run) -> tuple[Cell, ...]:
    untold = f"not told since {moment(run.untold)}" if run.untold is not None else None
    until = cell(moment(run.until) or untold, "" if run.until else "yellow")
    return cell(run.attribute), cell(value_text(run), "dim" if run.until else ""), cell(moment(run.since)), until


def value_text(run: Run) -> str:
    """`ptz (inferred)`: a capability with how it is known, and whether it is on where that is told."""
    if run.attribute == PRESENCE:
        return "there"
    on = {True: "switched on", False: "switched off", None: None}[run.able.enabled]
    how = ", ".join(part for part in (run.able.state, on) if part)
    return f"{run.value} ({how})" if how else run.value


def _located_row(one: Located) -> tuple[Cell, ...]:
    return cell(place_text(one)), cell(one.who), cell(moment(one.made)), cell(moment(one.ended)), cell(one.reason)


def place_text(one: Located) -> str:
    """`Centre / Town hall`: from the widest to the narrowest that is told."""
    return " / ".join(part for name in WHERE if (part := getattr(one.where, name)))


def _judged_row(one: Judged) -> tuple[Cell, ...]:
    open_style = _STYLES.get(one.severity or "", "") if one.until is None and one.state in _WORSE else "dim"
    doubt = f"not confirmed since {moment(one.unconfirmed)}" if one.unconfirmed is not None else None
    return (
        cell(one.id),
        cell(one.state, open_style),
        cell(one.severity),
        cell(moment(one.since)),
        cell(moment(one.last)),
        cell(moment(one.until) or doubt, "" if one.until else "yellow"),
    )


def history_document(histories: Iterable[History], now: float, tool_version: str) -> Record:
    """All of them in the published shape."""
    tool = {"name": "camscan", "version": tool_version}
    return {"schema": SCHEMA, "tool": tool, "devices": [history_record(one, now) for one in histories]}


def history_record(history: History, now: float) -> Record:
    """One of them in the published shape."""
    return {
        "device": listed_record(history.device),
        "whole": history.whole,
        "parts": list(history.parts),
        "scans": history.scans,
        "attributes": [_run_record(run) for run in history.runs],
        "judgements": [_judged_record(one) for one in history.judged],
        "decisions": [decision_record(one, now) for one in history.decisions],
        "locations": [_located_record(one) for one in history.located],
    }


def _run_record(run: Run) -> Record:
    return {
        "attribute": run.attribute,
        "value": printable(run.value),
        "confidence": None if run.confidence is None else round(run.confidence, 2),
        "since": moment(run.since),
        "until": moment(run.until),
        "untold": moment(run.untold),
        "state": run.able.state,
        "enabled": run.able.enabled,
    }


def _located_record(one: Located) -> Record:
    where = {name: None if (value := getattr(one.where, name)) is None else printable(value) for name in WHERE}
    reason = None if one.reason is None else printable(one.reason, SOURCE_LIMIT)
    return {**where, "who": printable(one.who), "reason": reason, "made": moment(one.made), "ended": moment(one.ended)}


def _judged_record(one: Judged) -> Record:
    return {
        "kind": one.kind,
        "id": one.id,
        "state": one.state,
        "severity": one.severity,
        "first_seen": moment(one.since),
        "last_seen": moment(one.last),
        "until": moment(one.until),
        "unconfirmed": moment(one.unconfirmed),
        "details": {key: _plain(value) for key, value in (_both(one)).items()},
    }


def _both(one: Judged) -> Mapping[str, object]:
    return {**one.said, **one.basis}


def _plain(value: object) -> object:
    if isinstance(value, str):
        return printable(value, SOURCE_LIMIT)
    return [_plain(part) for part in value] if isinstance(value, list) else value
