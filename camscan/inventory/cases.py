"""The devices that were touched between two scans, each as it stood after the one and after the other."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.numbers import chunks
from camscan.inventory.tables import attribute, device, judgement

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
    """The devices of which a run began or ended after scan a and until scan b, and `also` those of these numbers."""
    touched = set(also)
    for table in (attribute, judgement):
        edge = or_(_between(table.c.since, a, b), _between(table.c.until, a, b))
        touched.update(connection.execute(select(table.c.device).where(edge).distinct()).scalars())
    cases: dict[int, Case] = {}
    for some in chunks(sorted(touched)):
        columns = device.c
        query = select(columns.number, columns.public_id, columns.first_scan).where(
            columns.number.in_(some), columns.merged_into.is_(None)
        )
        cases |= {row.number: Case(row.number, row.public_id, row.first_scan > a) for row in connection.execute(query)}
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
