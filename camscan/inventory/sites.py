"""How many devices are where, added up in the database: what is left to do is to add up the places."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Select, and_, case, func, or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.tables import attribute, device, judgement
from camscan.register import PRESENCE, WHERE, Location, Removal, Tally

THERE = 2_000_000_000  # the scan in which who is there will be gone: later than any
WEIGHTY = ("high", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """Which devices are to go: those of these makers, or those that this policy covers; known at scan `start` or
    later."""

    makers: tuple[str, ...]
    policy: str | None = None
    start: int = 1


def counts(connection: Connection, goal: Goal) -> dict[Location, tuple[Tally, Removal]]:
    """What is at each place, not counting what is in a narrower one; at no site too."""
    rows = connection.execute(_by_place(goal)).all()
    heard: dict[str | None, int] = defaultdict(int)
    for row in rows:
        heard[row.site] = max(heard[row.site], row.last_scan)
    found: dict[Location, tuple[Tally, Removal]] = {}
    for row in rows:
        where = Location(district=row.district, site=row.site, building=row.building, room=row.room)
        tally, removal = found.get(where, (Tally(), Removal()))
        found[where] = tally + _tally(row), removal + _removal(row, goal.start, heard[row.site])
    return found


def _tally(row: Any) -> Tally:
    if row.until != THERE:
        return Tally()
    return Tally(
        devices=row.devices,
        makers=row.devices * row.made,
        rebranded=row.devices * row.rebranded,
        exposed=row.devices * row.exposed,
        exploited=row.devices * row.exploited,
    )


def _removal(row: Any, start: int, heard: int) -> Removal:
    if not row.to_go or row.until <= start:
        return Removal()
    if row.until != THERE:
        return Removal(replaced=row.devices)
    return Removal(left=row.devices) if row.last_scan == heard else Removal(unasked=row.devices)


def _by_place(goal: Goal) -> Select[Any]:
    """Devices that have all of this in common, and how many they are."""
    known = _known()
    columns = [known.c[name] for name in WHERE]
    made = known.c.vendor.in_(goal.makers)
    flags = {
        "made": made,
        "rebranded": and_(made, known.c.brand != known.c.vendor),
        "exposed": known.c.device.in_(_found_on()),
        "exploited": known.c.device.in_(_exploited_on()),
        "to_go": made if goal.policy is None else known.c.device.in_(covered(goal.policy)),
    }
    marked = [case((flag, 1), else_=0).label(name) for name, flag in flags.items()]
    every = (
        select(*columns, known.c.until, device.c.last_scan, *marked)
        .join(device, device.c.number == known.c.device)
        .where(device.c.merged_into.is_(None))
        .subquery()
    )
    return select(*every.c, func.count().label("devices")).group_by(*every.c)


def _known() -> FromClause:
    """A row for each device: where it is, who made it, under what name, and until when it was there."""
    columns = attribute.c
    names = (*WHERE, "vendor", "brand")
    values = [func.max(case((columns.name == name, columns.value))).label(name) for name in names]
    until = func.max(case((columns.name == PRESENCE, func.coalesce(columns.until, THERE)))).label("until")
    return (
        select(columns.device, *values, until)
        .where(or_(columns.name == PRESENCE, and_(columns.name.in_(names), columns.until.is_(None))))
        .group_by(columns.device)
        .subquery()
    )


def _found_on() -> Select[tuple[int]]:
    return _standing("finding").where(judgement.c.state == "found", judgement.c.severity.in_(WEIGHTY))


def _exploited_on() -> Select[tuple[int]]:
    return _standing("advisory").where(judgement.c.state == "affected", judgement.c.exploited.is_(True))


def covered(policy: str) -> Select[tuple[int]]:
    """The devices of which this policy's verdict is that it covers them."""
    return _standing("verdict").where(judgement.c.state == "covered", judgement.c.name == policy)


def _standing(kind: str) -> Select[tuple[int]]:
    return select(judgement.c.device).where(judgement.c.until.is_(None), judgement.c.kind == kind)
