"""Which devices the register knows, filtered in the database, with as many of their values as are wanted."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.engine import Connection

from camscan.inventory.decisions import all_decisions
from camscan.inventory.facts import storable
from camscan.inventory.in_force import InForce
from camscan.inventory.numbers import chunks
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import attribute, device, judgement
from camscan.register import PRESENCE, SEVERAL, SINGLE, Listed

_ESCAPE = "\\"
_IGNORED = "ignored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which devices are wanted. `values` are patterns of attributes, in which * stands for anything; upper and lower
    case are one. `seen_since` in seconds since the epoch. `gone`: those that were looked for in vain, not those that
    are there. `id`: this one only."""

    id: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    seen_since: float | None = None
    gone: bool = False
    tags: Collection[str] = ()
    unapproved: bool = False


def listed(
    connection: Connection, wanted: Filter, names: Collection[str] = (*SINGLE, *SEVERAL), *, now: float
) -> list[Listed]:
    """The devices, in the order of their numbers. Attributes that are not among `names` are left out; judgements are
    read where `findings`, `advisories` or `ignored` is. Decisions are those that hold `now`, in seconds since the
    epoch."""
    times = {one.number: one.time for one in all_scans(connection)}
    query = _filtered(wanted, times)
    rows = {row.number: row for row in connection.execute(query.order_by(device.c.number))}
    decided = InForce(all_decisions(connection), now)
    rows = {number: row for number, row in rows.items() if _is_decided(number, wanted, decided)}
    values = _values(connection, list(rows), names)
    gone = _gone(connection, list(rows)) if wanted.gone or wanted.id is not None else {}
    judged = _judged(connection, list(rows), decided) if {"findings", "advisories", "ignored"} & set(names) else {}
    return [
        Listed(
            id=row.public_id,
            values=values.get(number, {}),
            first_seen=times[row.first_scan],
            last_seen=times[row.last_scan],
            gone=times[gone[number]] if number in gone else None,
            findings=judged.get((number, "finding"), ()),
            advisories=judged.get((number, "advisory"), ()),
            ignored=judged.get((number, _IGNORED), ()),
            approved=decided.approved(number),
            tags=decided.tags(number),
        )
        for number, row in rows.items()
    ]


def _is_decided(number: int, wanted: Filter, decided: InForce) -> bool:
    if wanted.unapproved and decided.approved(number):
        return False
    return set(wanted.tags) <= set(decided.tags(number))


def _filtered(wanted: Filter, times: Mapping[int, float]) -> Select[tuple[int, str, int, int]]:
    columns = device.c
    query = select(columns.number, columns.public_id, columns.first_scan, columns.last_scan)
    if wanted.id is not None:
        return query.where(columns.public_id == wanted.id)
    query = query.where(columns.merged_into.is_(None))
    there = select(attribute.c.device).where(attribute.c.name == PRESENCE, attribute.c.until.is_(None))
    query = query.where(columns.number.not_in(there) if wanted.gone else columns.number.in_(there))
    for name, pattern in wanted.values.items():
        query = query.where(columns.number.in_(select(attribute.c.device).where(*_matches(name, pattern))))
    if wanted.seen_since is not None:
        query = query.where(columns.last_scan.in_([n for n, time in times.items() if time >= wanted.seen_since]))
    return query


def _matches(name: str, pattern: str) -> Iterator[ColumnElement[bool]]:
    yield attribute.c.name == name
    yield attribute.c.until.is_(None)
    text = storable(pattern)
    if "*" not in text:
        yield func.lower(attribute.c.value) == func.lower(text)
        return
    for special in (_ESCAPE, "%", "_"):
        text = text.replace(special, _ESCAPE + special)
    yield func.lower(attribute.c.value).like(func.lower(text.replace("*", "%")), escape=_ESCAPE)


def _values(connection: Connection, numbers: Sequence[int], names: Collection[str]) -> dict[int, dict[str, str]]:
    single: dict[int, dict[str, str]] = defaultdict(dict)
    several: dict[tuple[int, str], list[str]] = defaultdict(list)
    columns = attribute.c
    query = select(columns.device, columns.name, columns.value).where(columns.until.is_(None), columns.name.in_(names))
    for some in chunks(numbers):
        for number, name, value in connection.execute(query.where(columns.device.in_(some))):
            if name in SEVERAL:
                several[number, name].append(value)
            else:
                single[number][name] = value
    for (number, name), members in several.items():
        single[number][name] = " ".join(sorted(members))
    return single


def _gone(connection: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """The scan that looked for each in vain, of those that are not there."""
    columns = attribute.c
    query = select(columns.device, func.max(columns.until)).where(columns.name == PRESENCE).group_by(columns.device)
    query = query.having(func.count() == func.count(columns.until))
    return {
        number: scan
        for some in chunks(numbers)
        for number, scan in connection.execute(query.where(columns.device.in_(some)))
    }


def _judged(connection: Connection, numbers: Sequence[int], decided: InForce) -> dict[tuple[int, str], tuple[str, ...]]:
    """What is open by device and kind, and what is ignored of it."""
    found: dict[tuple[int, str], tuple[str, ...]] = defaultdict(tuple)
    columns = judgement.c
    query = (
        select(columns.device, columns.kind, columns.name)
        .where(columns.until.is_(None), columns.state.in_(("found", "affected")))
        .order_by(columns.name)
    )
    for some in chunks(numbers):
        for number, kind, name in connection.execute(query.where(columns.device.in_(some))):
            found[number, _IGNORED if decided.ignored(number, name) else kind] += (name,)
    return found
