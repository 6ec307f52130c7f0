"""What was decided on devices, as text and as plain data of `register_shape.py`."""

from collections.abc import Iterable, Iterator, Sequence

from camscan.decision import Decision
from camscan.report.document import SOURCE_LIMIT, Record, moment
from camscan.report.printable import printable
from camscan.report.terminal import Cell, Grid, Line, Part, cell, line, to_text

SCHEMA = "camscan.decisions/1"
EVERY_DEVICE = "every device"

_COLUMNS = ("", "What", "Device", "Concerning", "Reason", "Who", "Made", "Until", "State")
_DAY = len("2026-11-30")


def as_decisions_text(decisions: Sequence[Decision], now: float, *, terminal: bool, width: int) -> str:
    """One a row; `now` in seconds since the epoch."""
    return to_text(_parts(decisions, now), terminal=terminal, width=width)


def decisions_grid(decisions: Sequence[Decision], now: float) -> Grid:
    """The table of them."""
    rows = [_row(one, now) for one in decisions]
    return Grid(columns=_COLUMNS, rows=rows, right=frozenset([""]), spare=("Made",))


def _parts(decisions: Sequence[Decision], now: float) -> Iterator[Part]:
    if decisions:
        yield decisions_grid(decisions, now)
        yield Line("")
    holding = sum(one.holds(now) for one in decisions)
    yield line(f"{len(decisions):,} {'decision' if len(decisions) == 1 else 'decisions'}, {holding:,} in force")


def _row(one: Decision, now: float) -> tuple[Cell, ...]:
    state = _state(one, now)
    return (
        cell(str(one.number)),
        cell(one.kind),
        cell(one.device or EVERY_DEVICE),
        cell(one.subject),
        cell(one.reason or None),
        cell(one.who),
        cell(_day(one.made)),
        cell(_day(one.expires)),
        cell(state, "" if one.holds(now) else "yellow"),
    )


def _day(time: float | None) -> str | None:
    told = moment(time)
    return None if told is None else told[:_DAY]


def _state(one: Decision, now: float) -> str:
    if one.withdrawn is not None:
        why = f": {one.withdrawn_reason}" if one.withdrawn_reason else ""
        return f"withdrawn {_day(one.withdrawn)} by {one.withdrawn_by}{why}"
    return "in force" if one.holds(now) else "expired"


def decision_record(one: Decision, now: float) -> Record:
    """One in the published shape."""
    return {
        "number": one.number,
        "kind": one.kind,
        "device": one.device,
        "subject": _shown(one.subject),
        "reason": printable(one.reason, SOURCE_LIMIT),
        "who": printable(one.who),
        "made": moment(one.made),
        "expires": moment(one.expires),
        "withdrawn": moment(one.withdrawn),
        "withdrawn_by": _shown(one.withdrawn_by),
        "withdrawn_reason": None if one.withdrawn_reason is None else printable(one.withdrawn_reason, SOURCE_LIMIT),
        "in_force": one.holds(now),
    }


def decisions_document(decisions: Iterable[Decision], now: float, tool_version: str) -> Record:
    """All of them in the published shape."""
    tool = {"name": "camscan", "version": tool_version}
    return {"schema": SCHEMA, "tool": tool, "decisions": [decision_record(one, now) for one in decisions]}


def _shown(text: str | None) -> str | None:
    return None if text is None else printable(text)
