"""How many devices are where, added up in the database: what is left to do is to add up the places. What is merged is
one device, and where its whole is.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import FromClause, Select, and_, case, func, or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.groups import ROOT
from camscan.inventory.tables import attribute, device, judgement
from camscan.place import WHERE, Location
from camscan.register import PRESENCE
from camscan.removal import Removal, Tally

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
    there, place, judged = _there(), _places(), _judged()
    made = made_by(goal.makers).subquery("made")  # joined, for SQLite would make a list of it at every mention
    number = device.c.number
    is_made = made.c.device.is_not(None)
    flags = {
        "made": is_made,
        "rebranded": and_(is_made, number.in_(_sold_as_another(goal.makers))),
        "to_go": is_made if goal.policy is None else number.in_(to_go(goal)),
    }
    marked = [case((flag, 1), else_=0).label(name) for name, flag in flags.items()]
    marked += [func.coalesce(judged.c[name], 0).label(name) for name in ("exposed", "exploited")]
    every = (
        select(*(place.c[name] for name in WHERE), there.c.until, there.c.last_scan, *marked)
        .select_from(device)
        .join(there, there.c.device == number)
        .outerjoin(place, place.c.device == number)
        .outerjoin(made, made.c.device == number)
        .outerjoin(judged, judged.c.device == number)
        .where(device.c.merged_into.is_(None))
        .subquery()
    )
    return select(*every.c, func.count().label("devices")).group_by(*every.c)


def _there() -> FromClause:
    """Until when each device was there, or a part of it, and which scan saw it last."""
    until = func.max(func.coalesce(attribute.c.until, THERE)).label("until")
    return (
        select(ROOT.label("device"), until, func.max(device.c.last_scan).label("last_scan"))
        .select_from(device)
        .join(attribute, attribute.c.device == device.c.number)
        .where(attribute.c.name == PRESENCE)
        .group_by(ROOT)
        .subquery("there")
    )


def _places() -> FromClause:
    """Where each device is that is somewhere."""
    columns = attribute.c
    values = [func.max(case((columns.name == name, columns.value))).label(name) for name in WHERE]
    return (
        select(columns.device, *values)
        .where(columns.name.in_(WHERE), columns.until.is_(None))
        .group_by(columns.device)
        .subquery("place")
    )


def _judged() -> FromClause:
    """The devices with a weighty finding, and those with an advisory that attackers use, in one look at all of them."""
    columns = judgement.c
    exposed = and_(columns.kind == "finding", columns.state == "found", columns.severity.in_(WEIGHTY))
    exploited = and_(columns.kind == "advisory", columns.state == "affected", columns.exploited.is_(True))
    marks = {"exposed": exposed, "exploited": exploited}
    return (
        select(ROOT.label("device"), *(func.max(case((mark, 1), else_=0)).label(name) for name, mark in marks.items()))
        .select_from(device)
        .join(judgement, columns.device == device.c.number)
        .where(columns.until.is_(None), or_(exposed, exploited))
        .group_by(ROOT)
        .subquery("judged")
    )


def made_by(makers: Sequence[str]) -> Select[tuple[int]]:
    """The devices of these makers. In small letters, as the index has them, so that no row is looked at."""
    return _valued("vendor").where(func.lower(attribute.c.value).in_(makers))


def _sold_as_another(makers: Sequence[str]) -> Select[tuple[int]]:
    """The devices whose brand is none of these makers' own."""
    return _valued("brand").where(func.lower(attribute.c.value).not_in(makers))


def _valued(name: str) -> Select[tuple[int]]:
    return select(attribute.c.device).where(attribute.c.name == name, attribute.c.until.is_(None))


def to_go(goal: Goal) -> Select[tuple[int]]:
    """The devices that are to go."""
    if goal.policy is None:
        return made_by(goal.makers)
    columns = judgement.c
    covered = select(columns.device).where(columns.until.is_(None), columns.kind == "verdict")
    return covered.where(columns.state == "covered", columns.name == goal.policy)
