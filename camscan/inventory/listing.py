"""Which devices the register knows, filtered in the database, with as many of their values as are wanted."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, case, func, not_, or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.as_one import all_able, as_one, told_with
from camscan.inventory.decisions import all_decisions
from camscan.inventory.facts import storable
from camscan.inventory.groups import silent, with_parts
from camscan.inventory.in_force import InForce
from camscan.inventory.numbers import chunks
from camscan.inventory.scans import scan_times
from camscan.inventory.tables import NAMED, attribute, device, judgement
from camscan.register import BAD, PRESENCE, SEVERAL, SINGLE, Able, Listed

_ESCAPE = "\\"

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which devices are wanted, a whole and its parts as one. `values` are patterns of attributes, in which * stands
    for anything; upper and lower case are one. `seen_since` in seconds since the epoch. `gone`: those that were looked
    for in vain, not those that are there. `id`: this one only."""

    id: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    seen_since: float | None = None
    gone: bool = False
    tags: Collection[str] = ()
    unapproved: bool = False


def listed(
    connection: Connection, wanted: Filter, names: Collection[str] = (*SINGLE, *SEVERAL), *, now: float
) -> list[Listed]:
    """The devices, in the order of their numbers. Attributes that are not among `names`, nor of what is merged one
    thing with them, are left out; judgements are read where `findings`, `advisories` or `ignored` is. Decisions are
    those that hold `now`, in seconds since the epoch."""
    times = scan_times(connection)
    rows = connection.execute(_filtered(wanted, times).order_by(device.c.number)).all()
    decided = InForce(all_decisions(connection), now)
    wholes = [row.number for row in rows if _is_decided(row.number, wanted, decided)]
    groups = with_parts(connection, wholes) if wanted.id is None else {number: (number,) for number in wholes}
    numbers = [number for group in groups.values() for number in group]
    records = _records(connection, numbers)
    merged = [number for group in groups.values() if len(group) > 1 for number in group]
    told = {other for name in names for other in told_with(name)}
    values = _values(connection, numbers, names) | _values(connection, merged, told)
    gone = _gone(connection, numbers) if wanted.gone or wanted.id is not None else {}
    judged = _judged(connection, numbers) if {"findings", "advisories", "ignored"} & set(names) else {}
    able = _able(connection, numbers) if "capabilities" in names else {}
    mute = silent(connection) if wanted.id is None else frozenset()
    return [
        _listed(
            [records[n] for n in group], [records[n] for n in group if n not in mute], values,
            {n: gone[n] for n in group if n in gone}, judged, able, decided, times,
        )
        for group in groups.values()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Record:
    """A row of the register."""

    number: int
    id: str
    first_scan: int
    last_scan: int


def _records(connection: Connection, numbers: Sequence[int]) -> dict[int, _Record]:
    columns = device.c
    query = select(columns.number, columns.public_id, columns.first_scan, columns.last_scan)
    return {
        row.number: _Record(*row)
        for some in chunks(numbers)
        for row in connection.execute(query.where(columns.number.in_(some)))
    }


def _listed(
    group: Sequence[_Record],
    speaking: Sequence[_Record],
    values: Mapping[int, Mapping[str, str]],
    gone: Mapping[int, int],
    judged: Mapping[int, Sequence[_Key]],
    able: Mapping[int, Mapping[str, Able]],
    decided: InForce,
    times: Mapping[int, float],
) -> Listed:
    """A device, of all its records; its own comes first. What is judged is so of those that speak."""
    number = group[0].number
    stands = sorted({key for record in speaking for key in judged.get(record.number, ())})
    ignored = {name for _, name in stands if decided.ignored(number, name)}
    shown = _values_of(*([values.get(record.number, {}) for record in some] for some in (group, speaking)))
    return Listed(
        id=group[0].id,
        values=shown,
        first_seen=times[min(record.first_scan for record in group)],
        last_seen=times[max(record.last_scan for record in group)],
        gone=times[max(gone.values())] if len(gone) == len(group) else None,
        findings=tuple(name for kind, name in stands if kind == "finding" and name not in ignored),
        advisories=tuple(name for kind, name in stands if kind == "advisory" and name not in ignored),
        ignored=tuple(sorted(ignored)),
        approved=decided.approved(number),
        tags=decided.tags(number),
        able=all_able([able.get(record.number, {}) for record in speaking]),
        further_serials=_further("serial", group, values, shown),
        further_macs=_further("mac", group, values, shown),
    )


def _further(
    name: str, group: Sequence[_Record], values: Mapping[int, Mapping[str, str]], shown: Mapping[str, str]
) -> tuple[str, ...]:
    """What parts have and the device does not show, whether the part is there or not."""
    if len(group) == 1:
        return ()
    said = (values.get(record.number, {}).get(name) for record in group)
    return tuple(sorted({value for value in said if value is not None} - {shown.get(name)}))


def _values_of(said: Sequence[Mapping[str, str]], speaking: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    if len(said) == 1:
        return said[0]
    made = as_one([_members(one) for one in said], [_members(one) for one in speaking])
    return {name: " ".join(sorted(values)) for name, values in made.items()}


def _members(said: Mapping[str, str]) -> dict[str, list[str]]:
    return {name: text.split() if name in SEVERAL else [text] for name, text in said.items()}


def _is_decided(number: int, wanted: Filter, decided: InForce) -> bool:
    if wanted.unapproved and decided.approved(number):
        return False
    return set(wanted.tags) <= set(decided.tags(number))


def _filtered(wanted: Filter, times: Mapping[int, float]) -> Select[tuple[int]]:
    """The numbers of the wholes: of what there is one what they show, of what there are several any part's."""
    query = select(device.c.number)
    if wanted.id is not None:
        return query.where(device.c.public_id == wanted.id)
    query = query.where(device.c.merged_into.is_(None))
    there = select(attribute.c.device).where(attribute.c.name == PRESENCE, attribute.c.until.is_(None))
    query = query.where(not_(_has(there)) if wanted.gone else _has(there))
    for name, pattern in wanted.values.items():
        query = query.where(_shows(name, select(attribute.c.device).where(*_matches(name, pattern))))
    if wanted.seen_since is not None:
        since = [n for n, time in times.items() if time >= wanted.seen_since]
        query = query.where(_has(select(device.c.number).where(device.c.last_scan.in_(since))))
    return query


_PART, _OWN = device.alias("part"), attribute.alias("own")


def _shows(name: str, numbers: Select[tuple[int]]) -> ColumnElement[bool]:
    """Whether the record that says this of a device is among these: its own, else the first part that says it."""
    if name in SEVERAL:
        return _has(numbers)
    columns, part = attribute.c, _PART.c
    own = select(_OWN.c.id).where(
        _OWN.c.device == part.merged_into, _OWN.c.name.in_(told_with(name)), _OWN.c.until.is_(None)
    )
    firsts = select(func.min(part.number)).join(attribute, columns.device == part.number)
    firsts = firsts.where(part.merged_into.is_not(None), columns.name.in_(told_with(name)), columns.until.is_(None))
    firsts = firsts.where(not_(own.exists())).group_by(part.merged_into)
    by_part = select(part.merged_into).where(part.number.in_(firsts), part.number.in_(numbers))
    return or_(device.c.number.in_(numbers), device.c.number.in_(by_part))


def _has(numbers: Select[tuple[int]]) -> ColumnElement[bool]:
    """Whether a record, or a part of it, is among these."""
    parts = select(_PART.c.merged_into).where(_PART.c.merged_into.is_not(None), _PART.c.number.in_(numbers))
    return or_(device.c.number.in_(numbers), device.c.number.in_(parts))


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
    found: dict[int, dict[str, str]] = defaultdict(dict)
    singles, members = ([name for name in names if (name in SEVERAL) is many] for many in (False, True))
    for some in chunks(numbers):
        found.update(_singles(connection, some, singles) if singles else {})
        for (number, name), values in (_members_of(connection, some, members) if members else {}).items():
            found[number][name] = " ".join(sorted(values))
    return found


def _singles(connection: Connection, some: Sequence[int], names: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """A row a device: a row a value takes three times as long."""
    columns = attribute.c
    values = (func.max(case((columns.name == name, columns.value))) for name in names)
    query = select(columns.device, *values).where(*_open(some, names)).group_by(columns.device)
    for number, *told in connection.execute(query).all():
        yield number, {name: value for name, value in zip(names, told, strict=True) if value is not None}


def _members_of(connection: Connection, some: Sequence[int], names: Sequence[str]) -> dict[tuple[int, str], list[str]]:
    found: dict[tuple[int, str], list[str]] = defaultdict(list)
    columns = attribute.c
    query = select(columns.device, columns.name, columns.value).where(*_open(some, names))
    for number, name, value in connection.execute(query).all():
        found[number, name].append(value)
    return found


def _open(some: Sequence[int], names: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    yield attribute.c.until.is_(None)
    yield NAMED.in_(names)
    yield attribute.c.device.in_(some)


def _able(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, Able]]:
    """How each capability of these records is known."""
    found: dict[int, dict[str, Able]] = defaultdict(dict)
    columns = attribute.c
    query = select(columns.device, columns.value, columns.state, columns.enabled)
    query = query.where(columns.until.is_(None), columns.name == "capabilities")
    for some in chunks(numbers):
        for number, value, *able in connection.execute(query.where(columns.device.in_(some))):
            found[number][value] = Able(*able)
    return found


def _gone(connection: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """The scan that looked for each in vain, of those that are not there."""
    columns = attribute.c
    query = select(columns.device, func.max(columns.until)).where(NAMED == PRESENCE).group_by(columns.device)
    query = query.having(func.count() == func.count(columns.until))
    return {
        number: scan
        for some in chunks(numbers)
        for number, scan in connection.execute(query.where(columns.device.in_(some)))
    }


def _judged(connection: Connection, numbers: Sequence[int]) -> dict[int, list[_Key]]:
    """What stands of each record, as (kind, id)."""
    found: dict[int, list[_Key]] = defaultdict(list)
    columns = judgement.c
    query = select(columns.device, columns.kind, columns.name).where(columns.until.is_(None), columns.state.in_(BAD))
    for some in chunks(numbers):
        for number, kind, name in connection.execute(query.where(columns.device.in_(some))):
            found[number].append((kind, name))
    return found
