"""How many devices are where, added up in the database: what is left to do is to add up the places. The few that it
cannot add up are counted one by one (`one_by_one.py`). What is ignored does not count, nor does what answers for many
addresses.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import FromClause, Select, and_, case, func, or_, select
from sqlalchemy.engine import Connection

from camscan.inventory.boxes import boxes
from camscan.inventory.decisions import all_decisions
from camscan.inventory.in_force import InForce
from camscan.inventory.one_by_one import Special, special_numbers, specials
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


class _Row(NamedTuple):
    """Devices that have all of this in common, and how many they are; the flags are 0 or 1."""

    district: str | None
    site: str | None
    building: str | None
    room: str | None
    until: int
    last_scan: int
    made: int
    rebranded: int
    to_go: int
    exposed: int
    exploited: int
    devices: int


def counts(connection: Connection, goal: Goal, *, now: float) -> dict[Location, tuple[Tally, Removal]]:
    """What is at each place, not counting what is in a narrower one; at no site too. What is ignored is what is so
    `now`, in seconds since the epoch."""
    decided = InForce(all_decisions(connection), now)
    rows = [_Row(*row) for row in connection.execute(_by_place(goal, decided.ignored_everywhere()))]
    rows += [_row(one, goal) for one in specials(connection, decided) if not one.is_box]
    heard: dict[str | None, int] = defaultdict(int)
    for row in rows:
        heard[row.site] = max(heard[row.site], row.last_scan)
    found: dict[Location, tuple[Tally, Removal]] = {}
    for row in rows:
        where = Location(district=row.district, site=row.site, building=row.building, room=row.room)
        tally, removal = found.get(where, (Tally(), Removal()))
        found[where] = tally + _tally(row), removal + _removal(row, goal.start, heard[row.site])
    return found


def _row(one: Special, goal: Goal) -> _Row:
    values, made = one.values, _is_made(one, goal)
    return _Row(
        **{name: values.get(name) for name in WHERE},
        until=THERE if one.until is None else one.until,
        last_scan=one.last_scan,
        made=made,
        rebranded=made and "brand" in values and values["brand"].lower() not in goal.makers,
        to_go=is_to_go(one, goal),
        exposed=any(row.kind == "finding" and row.state == "found" and row.severity in WEIGHTY for row in one.judged),
        exploited=any(row.kind == "advisory" and row.state == "affected" and row.exploited for row in one.judged),
        devices=1,
    )


def _is_made(one: Special, goal: Goal) -> bool:
    return one.values.get("vendor", "").lower() in goal.makers


def is_to_go(one: Special, goal: Goal) -> bool:
    """Whether such a device is to go."""
    if one.is_box:
        return False
    if goal.policy is None:
        return _is_made(one, goal)
    return any((row.kind, row.name, row.state) == ("verdict", goal.policy, "covered") for row in one.judged)


def _tally(row: _Row) -> Tally:
    if row.until != THERE:
        return Tally()
    return Tally(
        devices=row.devices,
        makers=row.devices * row.made,
        rebranded=row.devices * row.rebranded,
        exposed=row.devices * row.exposed,
        exploited=row.devices * row.exploited,
        makers_exposed=row.devices * row.made * row.exposed,
        makers_exploited=row.devices * row.made * row.exploited,
    )


def _removal(row: _Row, start: int, heard: int) -> Removal:
    if not row.to_go or row.until <= start:
        return Removal()
    if row.until != THERE:
        return Removal(replaced=row.devices)
    return Removal(left=row.devices) if row.last_scan == heard else Removal(unasked=row.devices)


def _by_place(goal: Goal, ignored: Collection[str]) -> Select[Any]:
    """The rows of the devices that are none of the special ones."""
    there, place, judged = _there(), _places(), _judged(ignored)
    made = made_by(goal.makers).subquery("made")  # joined, for SQLite would make a list of it at every mention
    number = device.c.number
    is_made = made.c.device.is_not(None)
    flags = {
        "made": is_made,
        "rebranded": and_(is_made, number.in_(_sold_as_another(goal.makers))),
        "to_go": is_made if goal.policy is None else number.in_(to_go(goal, ignored)),
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
        .where(device.c.merged_into.is_(None), number.not_in(special_numbers()), number.not_in(boxes()))
        .subquery()
    )
    return select(*every.c, func.count().label("devices")).group_by(*every.c)


def _there() -> FromClause:
    """Until when each record was there, and which scan saw it last."""
    until = func.max(func.coalesce(attribute.c.until, THERE)).label("until")
    return (
        select(device.c.number.label("device"), until, func.max(device.c.last_scan).label("last_scan"))
        .select_from(device)
        .join(attribute, attribute.c.device == device.c.number)
        .where(attribute.c.name == PRESENCE)
        .group_by(device.c.number)
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


def _judged(ignored: Collection[str]) -> FromClause:
    """The devices with a weighty finding, and those with an advisory that attackers use, in one look at all of them."""
    columns = judgement.c
    exposed = and_(columns.kind == "finding", columns.state == "found", columns.severity.in_(WEIGHTY))
    exploited = and_(columns.kind == "advisory", columns.state == "affected", columns.exploited.is_(True))
    marks = {"exposed": exposed, "exploited": exploited}
    return (
        select(columns.device, *(func.max(case((mark, 1), else_=0)).label(name) for name, mark in marks.items()))
        .where(columns.until.is_(None), or_(exposed, exploited), columns.name.not_in(ignored))
        .group_by(columns.device)
        .subquery("judged")
    )


def made_by(makers: Sequence[str]) -> Select[tuple[int]]:
    """The devices of these makers. In small letters, as the index has them, so that no row is looked at."""
    made = _valued("vendor").where(func.lower(attribute.c.value).in_(makers))
    return made.where(attribute.c.device.not_in(boxes()))


def _sold_as_another(makers: Sequence[str]) -> Select[tuple[int]]:
    """The devices whose brand is none of these makers' own."""
    return _valued("brand").where(func.lower(attribute.c.value).not_in(makers))


def _valued(name: str) -> Select[tuple[int]]:
    return select(attribute.c.device).where(attribute.c.name == name, attribute.c.until.is_(None))


def to_go(goal: Goal, ignored: Collection[str]) -> Select[tuple[int]]:
    """The devices that are to go, where none of these is ignored; of special ones that is not so (`is_to_go`)."""
    if goal.policy is None:
        return made_by(goal.makers)
    columns = judgement.c
    covered = select(columns.device).where(columns.until.is_(None), columns.kind == "verdict")
    covered = covered.where(columns.state == "covered", columns.name == goal.policy, columns.name.not_in(ignored))
    return covered.where(columns.device.not_in(boxes()))
