"""What the register knows after one scan and did not after another, from the runs that began or ended between them.

It compares states of the register, not two scans: what a scan did not look for is as it was. So a partial scan, or one
of another network, makes nobody disappear; how many devices were not looked for is counted instead.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.numbers import chunks
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import attribute, device, judgement, sighting
from camscan.model import SEVERITIES
from camscan.register import BAD, EVENTS, PRESENCE, SINGLE, Change, Comparison, Event, ScanEntry

_NAMING = ("vendor", "model", "address")
PARTIAL = "the scan was partial"
OUTSIDE = "no channel that reaches them asked their addresses, or from another vantage"


@dataclass(slots=True)
class _Case:
    """One device: what it is called, its attributes and judgements as they stood before and after."""

    id: str
    new: bool
    called: dict[str, str] = field(default_factory=dict)
    before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    after: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stood: dict[tuple[str, str], "_Stand"] = field(default_factory=dict)
    stands: dict[tuple[str, str], "_Stand"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Stand:
    """How a judgement stands."""

    state: str | None = None
    severity: str | None = None
    exploited: bool = False


def compare(connection: Connection, before: ScanEntry | None, after: ScanEntry) -> Comparison:
    """The difference; `before` must be the older one, or None for the empty register."""
    start = before.number if before else 0
    cases = _cases(connection, start, after.number)
    changes = [change for case in cases for change in _changes(case)]
    order = {event: position for position, event in enumerate(EVENTS)}
    return Comparison(
        before=before,
        after=after,
        changes=tuple(sorted(changes, key=lambda change: order[change.event])),
        unasked=_unasked(connection, start, after),
    )


def changes_of(connection: Connection, number: int) -> Comparison:
    """What recording this scan changed: the register after it, against the register as it stood before."""
    until = [one for one in all_scans(connection) if one.number <= number]
    return compare(connection, until[-2] if len(until) > 1 else None, until[-1])


def _cases(connection: Connection, a: int, b: int) -> list[_Case]:
    """The devices of which a run began or ended after scan a and until scan b."""
    touched: set[int] = set()
    for table in (attribute, judgement):
        edge = or_(_between(table.c.since, a, b), _between(table.c.until, a, b))
        touched.update(connection.execute(select(table.c.device).where(edge).distinct()).scalars())
    cases: dict[int, _Case] = {}
    for some in chunks(sorted(touched)):
        columns = device.c
        query = select(columns.number, columns.public_id, columns.first_scan).where(
            columns.number.in_(some), columns.merged_into.is_(None)
        )
        cases |= {row.number: _Case(row.public_id, row.first_scan > a) for row in connection.execute(query)}
        _read_attributes(connection, some, cases, a, b)
        _read_judgements(connection, some, cases, a, b)
    return list(cases.values())


def _between(column: ColumnElement[Any], a: int, b: int) -> ColumnElement[bool]:
    return and_(column > a, column <= b)


def _of(table: Table, some: Sequence[int], columns: Sequence[ColumnElement[Any]], a: int, b: int) -> Select[Any]:
    """The runs of these devices that held after scan a or after scan b."""
    query = select(table.c.device, table.c.since, table.c.until, *columns).where(table.c.device.in_(some))
    return query.where(table.c.since <= b, or_(table.c.until.is_(None), table.c.until > a))


def _holds(since: int, until: int | None, scan: int) -> bool:
    return since <= scan and (until is None or until > scan)


def _read_attributes(connection: Connection, some: Sequence[int], cases: dict[int, _Case], a: int, b: int) -> None:
    query = _of(attribute, some, [attribute.c.name, attribute.c.value], a, b)
    for number, since, until, name, value in connection.execute(query):
        case = cases.get(number)
        if case is None:
            continue
        if _holds(since, until, a):
            case.before[name].add(value)
        if _holds(since, until, b):
            case.after[name].add(value)
            if name in _NAMING:
                case.called[name] = value


def _read_judgements(connection: Connection, some: Sequence[int], cases: dict[int, _Case], a: int, b: int) -> None:
    columns = judgement.c
    query = _of(judgement, some, [columns.kind, columns.name, columns.state, columns.severity, columns.exploited], a, b)
    for number, since, until, kind, name, state, severity, exploited in connection.execute(query):
        case = cases.get(number)
        if case is None:
            continue
        if _holds(since, until, a):
            case.stood[kind, name] = _Stand(state, severity, exploited)
        if _holds(since, until, b):
            case.stands[kind, name] = _Stand(state, severity, exploited)


def _changes(case: _Case) -> Iterator[Change]:
    if case.new:
        if case.after[PRESENCE]:  # who came and went in between is in neither of the two
            yield _change(case, "new", after=_in_short(case))
        return
    there, is_there = bool(case.before[PRESENCE]), bool(case.after[PRESENCE])
    if there != is_there:
        yield _change(case, "returned" if is_there else "gone")
    yield from _of_attributes(case)
    yield from _of_judgements(case)


def _in_short(case: _Case) -> str:
    states = Counter(stand.state for stand in case.stands.values())
    return f"{states['found']} found, {states['affected']} affecting"


def _of_attributes(case: _Case) -> Iterator[Change]:
    for name in sorted(case.before.keys() | case.after.keys()):
        old, new = case.before[name], case.after[name]
        if name == PRESENCE or old == new:
            continue
        if name in SINGLE:
            event: Event = "moved" if name == "address" else "changed"
            yield _change(case, event, subject=name, before=next(iter(old), None), after=next(iter(new), None))
            continue
        yield from (_change(case, "changed", subject=name, before=value) for value in sorted(old - new))
        yield from (_change(case, "changed", subject=name, after=value) for value in sorted(new - old))


def _of_judgements(case: _Case) -> Iterator[Change]:
    for key in sorted(case.stood.keys() | case.stands.keys()):
        old, new = case.stood.get(key, _Stand()), case.stands.get(key, _Stand())
        event = _judged(key[0], old.state, new.state)
        if event is not None:
            severity = new.severity or old.severity
            yield _change(case, event, subject=key[1], before=old.state, after=new.state, severity=severity)
        elif old.state == new.state in BAD:
            yield from _worse(case, key[1], old, new)


def _worse(case: _Case, name: str, old: _Stand, new: _Stand) -> Iterator[Change]:
    """What stands as before, and weighs more."""
    if None not in (old.severity, new.severity) and _rank(new.severity) > _rank(old.severity):
        yield _change(
            case, "severity-raised", subject=name, before=old.severity, after=new.severity, severity=new.severity
        )
    if new.exploited and not old.exploited:
        yield _change(case, "newly-exploited", subject=name, before=old.state, after=new.state, severity=new.severity)


def _rank(severity: str | None) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def _judged(kind: str, old: str | None, new: str | None) -> Event | None:
    """What happened, if anything: what cannot be said is neither better nor worse."""
    if old == new:
        return None
    if kind == "verdict":
        return "changed"
    bad = "found" if kind == "finding" else "affected"
    if new == bad:
        return "exposed" if kind == "finding" else "affected"
    if old == bad and new != "cannot-say":
        return "no-longer-exposed" if kind == "finding" else "no-longer-affected"
    return None


def _change(
    case: _Case,
    event: Event,
    *,
    subject: str | None = None,
    before: str | None = None,
    after: str | None = None,
    severity: str | None = None,
) -> Change:
    called = " ".join(case.called[name] for name in ("vendor", "model") if name in case.called)
    return Change(
        event=event,
        device=case.id,
        address=case.called.get("address"),
        name=called or "unknown",
        gone=not case.after[PRESENCE],
        subject=subject,
        before=before,
        after=after,
        severity=severity,
    )


def _unasked(connection: Connection, a: int, after: ScanEntry) -> dict[str, int]:
    """Devices that were known before and are not known to be gone, and that the scan did not see."""
    if after.kind != "scan":
        return {}
    columns = attribute.c
    seen = select(sighting.c.device).where(sighting.c.scan == after.number)
    query = select(func.count()).where(
        columns.name == PRESENCE,
        columns.since <= a,
        or_(columns.until.is_(None), columns.until > after.number),
        columns.device.not_in(seen),
    )
    count = connection.execute(query).scalar() or 0
    return {(OUTSIDE if after.complete else PARTIAL): count} if count else {}
