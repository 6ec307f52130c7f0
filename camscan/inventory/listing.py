"""Which devices the register knows, filtered in the database, with as many of their values as are wanted."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.engine import Connection

from camscan.inventory.facts import storable
from camscan.inventory.numbers import chunks
from camscan.inventory.scans import scan_times
from camscan.inventory.tables import attribute, device, judgement
from camscan.register import PRESENCE, SEVERAL, SINGLE, Listed

_ESCAPE = "\\"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which devices are wanted. `values` are patterns of attributes, in which * stands for anything; upper and lower
    case are one. `seen_since` in seconds since the epoch. `gone`: those that were looked for in vain, not those that
    are there. `id`: this one only."""

    id: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    seen_since: float | None = None
    gone: bool = False


def listed(connection: Connection, wanted: Filter, names: Collection[str] = (*SINGLE, *SEVERAL)) -> list[Listed]:
    """The devices, in the order of their numbers. Attributes that are not among `names` are left out; judgements are
    read where `findings` or `advisories` is."""
    times = scan_times(connection)
    query = _filtered(wanted, times)
    rows = {row.number: row for row in connection.execute(query.order_by(device.c.number))}
    values = _values(connection, list(rows), names)
    gone = _gone(connection, list(rows)) if wanted.gone else {}
    judged = _judged(connection, list(rows)) if {"findings", "advisories"} & set(names) else {}
    return [
        Listed(
            id=row.public_id,
            values=values.get(number, {}),
            first_seen=times[row.first_scan],
            last_seen=times[row.last_scan],
            gone=times[gone[number]] if number in gone else None,
            findings=judged.get((number, "finding"), ()),
            advisories=judged.get((number, "advisory"), ()),
        )
        for number, row in rows.items()
    ]


def _filtered(wanted: Filter, times: Mapping[int, float]) -> Select[tuple[int, str, int, int]]:
    columns = device.c
    query = select(columns.number, columns.public_id, columns.first_scan, columns.last_scan)
    query = query.where(columns.merged_into.is_(None))
    there = select(attribute.c.device).where(attribute.c.name == PRESENCE, attribute.c.until.is_(None))
    query = query.where(columns.number.not_in(there) if wanted.gone else columns.number.in_(there))
    if wanted.id is not None:
        query = query.where(columns.public_id == wanted.id)
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
    """The scan that looked for each in vain."""
    columns = attribute.c
    query = select(columns.device, func.max(columns.until)).where(columns.name == PRESENCE).group_by(columns.device)
    return {
        number: scan
        for some in chunks(numbers)
        for number, scan in connection.execute(query.where(columns.device.in_(some)))
    }


def _judged(connection: Connection, numbers: Sequence[int]) -> dict[tuple[int, str], tuple[str, ...]]:
    found: dict[tuple[int, str], tuple[str, ...]] = defaultdict(tuple)
    columns = judgement.c
    query = (
        select(columns.device, columns.kind, columns.name)
        .where(columns.until.is_(None), columns.state.in_(("found", "affected")))
        .order_by(columns.name)
    )
    for some in chunks(numbers):
        for number, kind, name in connection.execute(query.where(columns.device.in_(some))):
            found[number, kind] += (name,)
    return found
