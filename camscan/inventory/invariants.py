"""What must hold of the tables, whatever was recorded: each rule selects the rows that break it. The columns that it
selects name the row.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, and_, cast, exists, func, literal, or_, select

from camscan.inventory.scans import BASELINE, KEPT_FROM
from camscan.inventory.tables import attribute, device, heard, judgement, metadata, observation, scan, setting, sighting
from camscan.register import PRESENCE, SEVERAL, SINGLE

_ONE_AT_A_TIME = (*SINGLE, PRESENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`says` is what is wrong with a row of `broken`."""

    name: str
    says: str
    broken: Select[Any]


def rules() -> Iterator[Rule]:
    """All of them."""
    yield from _links()
    yield from _order()
    yield from _one_open()
    yield from _overlaps()
    yield from _seen()
    yield from _known()


def _links() -> Iterator[Rule]:
    """Every row that another names is there. SQLite looks only while it writes, and only where it is told to."""
    for table in metadata.sorted_tables:
        for key in sorted(table.foreign_keys, key=lambda one: one.parent.name):
            target = key.column.table.alias("target")
            missing = key.parent.is_not(None) & ~exists().where(target.c[key.column.name] == key.parent)
            columns = dict.fromkeys((*table.primary_key.columns, key.parent))
            yield Rule(
                name=f"{table.name}-{key.parent.name}-is-there",
                says=f"names a {key.column.table.name} that is not there",
                broken=select(*columns).where(missing),
            )


def _order() -> Iterator[Rule]:
    """A run ends after it began, and what is doubted is so while it lasts."""
    for table, doubt in ((attribute, "untold"), (judgement, "unconfirmed"), (heard, None)):
        columns = table.c
        ends = columns.until <= columns.since
        yield _of(table, "ends-after-it-began", "ends before it began", ends)
        if doubt is not None:
            wrong = or_(columns[doubt] <= columns.since, columns[doubt] >= columns.until)
            yield _of(table, f"{doubt}-while-it-lasts", f"is {doubt} at a time at which it is not open", wrong)


def _of(table: Table, name: str, says: str, wrong: ColumnElement[bool]) -> Rule:
    columns = (*table.primary_key.columns, table.c.device)
    return Rule(name=f"{table.name}-{name}", says=says, broken=select(*dict.fromkeys(columns)).where(wrong))


def _one_open() -> Iterator[Rule]:
    a, j, h = attribute.c, judgement.c, heard.c
    single, several = a.name.in_(_ONE_AT_A_TIME), a.name.in_(SEVERAL)
    for name, columns, where in (
        ("one-open-value", (a.device, a.name), and_(a.until.is_(None), single)),
        ("one-open-member", (a.device, a.name, a.value), and_(a.until.is_(None), several)),
        ("one-open-judgement", (j.device, j.kind, j.name), j.until.is_(None)),
        ("one-open-hearing", (h.device, h.observation), h.until.is_(None)),
    ):
        twice = select(*columns).where(where).group_by(*columns).having(func.count() > 1)
        yield Rule(name=name, says="is open twice", broken=twice)


def _overlaps() -> Iterator[Rule]:
    """Two values of what a device has one of, at the same time; it was there twice."""
    one, other = attribute.alias("one"), attribute.alias("other")
    together = and_(one.c.device == other.c.device, one.c.name == other.c.name, one.c.id < other.c.id)
    query = select(one.c.device, one.c.name, one.c.id, other.c.id.label("and")).join(other, together)
    query = query.where(one.c.name.in_(_ONE_AT_A_TIME), _meet(one.c, other.c))
    yield Rule(name="one-value-at-a-time", says="are two at the same time", broken=query)
    first, second = judgement.alias("one"), judgement.alias("other")
    same = and_(*(first.c[name] == second.c[name] for name in ("device", "kind", "name")), first.c.id < second.c.id)
    judged = select(first.c.device, first.c.kind, first.c.name, first.c.id, second.c.id.label("and")).join(second, same)
    judged = judged.where(_meet(first.c, second.c))
    yield Rule(name="one-judgement-at-a-time", says="are two at the same time", broken=judged)


def _meet(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(or_(one.until.is_(None), one.until > other.since), or_(other.until.is_(None), other.until > one.since))


def _seen() -> Iterator[Rule]:
    """First and last sighting stand with the device; whatever is known of it began when it was seen first."""
    sightings = select(
        sighting.c.device, func.min(sighting.c.scan).label("first"), func.max(sighting.c.scan).label("last")
    )
    seen = sightings.group_by(sighting.c.device).subquery("seen")
    query = select(device.c.number, device.c.first_scan, device.c.last_scan, seen.c.first, seen.c.last)
    query = query.select_from(device).outerjoin(seen, seen.c.device == device.c.number)
    wrong = or_(seen.c.last.is_(None), seen.c.last != device.c.last_scan, seen.c.first < device.c.first_scan)
    yield Rule(name="last-scan-is-last-sighting", says="was seen at another time", broken=query.where(wrong))
    begun = select(attribute.c.id, attribute.c.device, attribute.c.name).join(
        device, device.c.number == attribute.c.device
    )
    begun = begun.where(attribute.c.since < device.c.first_scan)
    yield Rule(name="nothing-before-first-seen", says="began before its device was seen", broken=begun)


def _known() -> Iterator[Rule]:
    """Who is there has an address; every device was there once; nothing is kept that nobody said."""
    a, there = attribute.c, attribute.alias("there")
    ever = exists().where(there.c.device == device.c.number, there.c.name == PRESENCE)
    yield Rule(name="was-there-once", says="was never there", broken=select(device.c.number).where(~ever))
    placed = exists().where(there.c.device == a.device, there.c.name == "address", there.c.until.is_(None))
    lost = select(a.device).where(a.name == PRESENCE, a.until.is_(None), ~placed)
    yield Rule(name="who-is-there-has-an-address", says="is there and has no address", broken=lost)
    unsaid = select(observation.c.id).where(observation.c.id.not_in(select(heard.c.observation)))
    yield Rule(name="every-reply-has-a-device", says="was said by nobody", broken=unsaid)
    whole = device.alias("whole")
    part = select(device.c.number).join(whole, device.c.merged_into == whole.c.number)
    part = part.where(or_(whole.c.number == device.c.number, whole.c.merged_into.is_not(None)))
    yield Rule(name="a-whole-is-no-part", says="is a part of itself, or of a part", broken=part)
    named = exists().where(cast(scan.c.number, String) == setting.c.value)
    for name in (BASELINE, KEPT_FROM):
        lost = select(literal(name).label("setting"), setting.c.value).where(setting.c.name == name, ~named)
        yield Rule(name=f"{name}-is-a-scan".replace(" ", "-"), says="is no scan that is there", broken=lost)
