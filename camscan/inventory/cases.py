"""The devices that were touched between two scans, each as it stood after the one and after the other."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.as_one import as_one, weight
from camscan.inventory.groups import with_parts
from camscan.inventory.lookup import wholes
from camscan.inventory.numbers import chunks
from camscan.inventory.tables import NAMED, attribute, device, judgement
from camscan.register import PRESENCE, SINGLE

_Key = tuple[str, str]
"""The kind and the name of a judgement."""

_NAMING = ("vendor", "model", "address")


@dataclass(slots=True)
class Case:
    """One device: what it is called, its attributes and judgements as they stood before and after, and whether its
    owner has approved it."""

    number: int
    id: str
    new: bool
    approved: bool = False
    called: dict[str, str] = field(default_factory=dict)
    before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    after: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stood: dict[_Key, "Stand"] = field(default_factory=dict)
    stands: dict[_Key, "Stand"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stand:
    """How a judgement stands."""

    state: str | None = None
    severity: str | None = None
    exploited: bool = False


def cases_between(connection: Connection, a: int, b: int, also: Iterable[int] = ()) -> list[Case]:
    """The devices of which a run began or ended after scan a and until scan b, and `also` those of these numbers. The
    records of one device, by a word of its owner, are one case."""
    named = set(also)
    touched = set(named)
    for table in (attribute, judgement):
        edge = or_(_between(table.c.since, a, b), _between(table.c.until, a, b))
        touched.update(connection.execute(select(table.c.device).where(edge).distinct()).scalars())
    groups = with_parts(connection, [whole for some in chunks(sorted(touched)) for whole in wholes(connection, some)])
    cases: dict[int, Case] = {}
    alone = [number for number, group in groups.items() if len(group) == 1 and number not in named]
    _read(connection, cases, alone, _Reading(a, b, edges=True))
    rest = sorted({number for group in groups.values() for number in group} - cases.keys())
    _read(connection, cases, rest, _Reading(a, b, edges=False))
    return [_as_one([cases[number] for number in group]) for group in groups.values()]


class _Reading(NamedTuple):
    """What is read of devices: the runs that held after scan a or after scan b; `edges`: of these only the ones that
    began or ended between, for the others are no difference, and are most."""

    a: int
    b: int
    edges: bool

    def of(self, table: Table, some: Sequence[int], columns: Sequence[ColumnElement[Any]]) -> Select[Any]:
        """The runs of these devices. What a device is called by, and whether it was there, is always among them."""
        run = table.c
        query = select(run.device, run.since, run.until, *columns).where(run.device.in_(some))
        query = query.where(run.since <= self.b, or_(run.until.is_(None), run.until > self.a))
        if not self.edges:
            return query
        always = [NAMED.in_((*_NAMING, PRESENCE))] if table is attribute else []
        return query.where(or_(run.since > self.a, run.until <= self.b, *always))


def _read(connection: Connection, cases: dict[int, Case], numbers: Sequence[int], reading: _Reading) -> None:
    for some in chunks(numbers):
        rows = connection.execute(_RECORDS.where(device.c.number.in_(some)))
        cases |= {row.number: Case(row.number, row.public_id, row.first_scan > reading.a) for row in rows}
        _read_attributes(connection, some, cases, reading)
        _read_judgements(connection, some, cases, reading)


_RECORDS = select(device.c.number, device.c.public_id, device.c.first_scan)


def _as_one(parts: Sequence[Case]) -> Case:
    """The first of these, with what the others add (`as_one.py`). Of a device that has gone those that were there say
    what it is, of one that has returned those that are: only that is told."""
    whole, *others = parts
    if not others:
        return whole
    unheard = whole.new and any(not other.new for other in others)
    was_there = set().union(*(one.before[PRESENCE] for one in parts))
    if unheard:  # of what the whole is called by, its parts had no word: that is no change
        whole.before |= {name: set(whole.after[name]) for name in (*SINGLE, PRESENCE)}
    then, now = ([one for one in parts if held(one)] for held in (_was_there, _is_there))
    then, now = then or [one for one in now if not one.new] or [*parts], now or then or [*parts]
    before = as_one([one.before for one in parts], [one.before for one in then])
    after = as_one([one.after for one in parts], [one.after for one in now])
    whole.stood, whole.stands = _worst([one.stood for one in then]), _worst([one.stands for one in now])
    whole.before, whole.after = (defaultdict(set, some) for some in (before, after))
    whole.before[PRESENCE] = was_there
    whole.called = {name: next(iter(after[name])) for name in _NAMING if name in after}
    whole.new = whole.new and not unheard
    return whole


def _was_there(one: Case) -> bool:
    return bool(one.before[PRESENCE])


def _is_there(one: Case) -> bool:
    return bool(one.after[PRESENCE])


def _worst(several: Sequence[Mapping[_Key, Stand]]) -> dict[_Key, Stand]:
    """Of each judgement the weightiest, of those alike the first."""
    found: dict[_Key, Stand] = {}
    for key, stand in ((key, stand) for some in several for key, stand in some.items()):
        if key not in found or _weight(stand) > _weight(found[key]):
            found[key] = stand
    return found


def _weight(stand: Stand) -> tuple[bool, int, bool]:
    return weight(stand.state, stand.severity, stand.exploited)


def _between(column: ColumnElement[Any], a: int, b: int) -> ColumnElement[bool]:
    return and_(column > a, column <= b)


def _holds(since: int, until: int | None, scan: int) -> bool:
    return since <= scan and (until is None or until > scan)


def _read_attributes(connection: Connection, some: Sequence[int], cases: dict[int, Case], reading: _Reading) -> None:
    query, a, b = reading.of(attribute, some, [attribute.c.name, attribute.c.value]), reading.a, reading.b
    for number, since, until, name, value in connection.execute(query).all():  # at once: one by one takes longer
        case = cases.get(number)
        if case is None:
            continue
        if _holds(since, until, a):
            case.before[name].add(value)
        if _holds(since, until, b):
            case.after[name].add(value)
            if name in _NAMING:
                case.called[name] = value


def _read_judgements(connection: Connection, some: Sequence[int], cases: dict[int, Case], reading: _Reading) -> None:
    columns, a, b = judgement.c, reading.a, reading.b
    query = reading.of(
        judgement, some, [columns.kind, columns.name, columns.state, columns.severity, columns.exploited]
    )
    for number, since, until, kind, name, state, severity, exploited in connection.execute(query).all():
        case = cases.get(number)
        if case is None:
            continue
        if _holds(since, until, a):
            case.stood[kind, name] = Stand(state, severity, exploited)
        if _holds(since, until, b):
            case.stands[kind, name] = Stand(state, severity, exploited)
