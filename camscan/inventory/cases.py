"""The devices that were touched between two scans, each as it stood after the one and after the other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.groups import with_parts
from camscan.inventory.lookup import wholes
from camscan.inventory.numbers import chunks
from camscan.inventory.tables import attribute, device, judgement
from camscan.register import BAD, PRESENCE, SEVERAL, SINGLE

_NAMING = ("vendor", "model", "address")


@dataclass(slots=True)
class Case:
    """One device: what it is called, its attributes and judgements as they stood before and after."""

    number: int
    id: str
    new: bool
    called: dict[str, str] = field(default_factory=dict)
    before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    after: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stood: dict[tuple[str, str], "Stand"] = field(default_factory=dict)
    stands: dict[tuple[str, str], "Stand"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a judgement stands."""

    state: str | None = None
    severity: str | None = None
    exploited: bool = False


def cases_between(connection: Connection, a: int, b: int, also: Iterable[int] = ()) -> list[Case]:
    """The devices of which a run began or ended after scan a and until scan b, and `also` those of these numbers. The
    records of one device, by a word of its owner, are one case."""
    touched = set(also)
    for table in (attribute, judgement):
        edge = or_(_between(table.c.since, a, b), _between(table.c.until, a, b))
        touched.update(connection.execute(select(table.c.device).where(edge).distinct()).scalars())
    groups = with_parts(connection, [whole for some in chunks(sorted(touched)) for whole in wholes(connection, some)])
    cases: dict[int, Case] = {}
    for some in chunks([number for group in groups.values() for number in group]):
        rows = connection.execute(_RECORDS.where(device.c.number.in_(some)))
        cases |= {row.number: Case(row.number, row.public_id, row.first_scan > a) for row in rows}
        _read_attributes(connection, some, cases, a, b)
        _read_judgements(connection, some, cases, a, b)
    return [_as_one([cases[number] for number in group]) for group in groups.values()]


_RECORDS = select(device.c.number, device.c.public_id, device.c.first_scan)


def _as_one(parts: Sequence[Case]) -> Case:
    """The first of these, with what the others add: where it has one value at a time, only if it has none, but their
    addresses; of judgements the worse."""
    first, *others = parts
    was_there = any(not other.new for other in others)
    if first.new and was_there:  # of what the whole is called by, its parts had no word: that is no change
        first.before |= {name: set(first.after[name]) for name in SINGLE}
    for other in others:
        first.called = other.called | first.called
        for mine, theirs in ((first.before, other.before), (first.after, other.after)):
            _add(mine, theirs)
        for standing, more in ((first.stood, other.stood), (first.stands, other.stands)):
            for key, stand in more.items():
                if standing.get(key, Stand()).state not in BAD:
                    standing[key] = stand
    first.new = first.new and not was_there
    return first


def _add(mine: dict[str, set[str]], theirs: Mapping[str, set[str]]) -> None:
    main = mine.get("address", set()) or theirs.get("address", set())
    for name, values in theirs.items():
        if name in (*SEVERAL, PRESENCE) or not mine.get(name):
            mine[name] |= values
    mine["addresses"] = (mine["addresses"] | theirs.get("address", set())) - main


def _between(column: ColumnElement[Any], a: int, b: int) -> ColumnElement[bool]:
    return and_(column > a, column <= b)


def _of(table: Table, some: Sequence[int], columns: Sequence[ColumnElement[Any]], a: int, b: int) -> Select[Any]:
    """The runs of these devices that held after scan a or after scan b."""
    query = select(table.c.device, table.c.since, table.c.until, *columns).where(table.c.device.in_(some))
    return query.where(table.c.since <= b, or_(table.c.until.is_(None), table.c.until > a))


def _holds(since: int, until: int | None, scan: int) -> bool:
    return since <= scan and (until is None or until > scan)


def _read_attributes(connection: Connection, some: Sequence[int], cases: dict[int, Case], a: int, b: int) -> None:
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


def _read_judgements(connection: Connection, some: Sequence[int], cases: dict[int, Case], a: int, b: int) -> None:
    columns = judgement.c
    query = _of(judgement, some, [columns.kind, columns.name, columns.state, columns.severity, columns.exploited], a, b)
    for number, since, until, kind, name, state, severity, exploited in connection.execute(query):
        case = cases.get(number)
        if case is None:
            continue
        if _holds(since, until, a):
            case.stood[kind, name] = Stand(state, severity, exploited)
        if _holds(since, until, b):
            case.stands[kind, name] = Stand(state, severity, exploited)
