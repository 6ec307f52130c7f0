"""How far removal had come after each of several scans, from the runs alone: who was there, and where.

A device counts where it is at the time; before its first site, at that one, so that sites that were said later have a
past too. It is gone from the scan on that looked for it in vain, until it is seen again.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import FromClause, Select, case, func, select
from sqlalchemy.engine import Connection, Row

from camscan.inventory.sites import THERE, Goal, to_go
from camscan.inventory.tables import attribute, device
from camscan.register import PRESENCE, Progress, Removal, ScanEntry


def progress(connection: Connection, goal: Goal, points: Sequence[ScanEntry]) -> list[Progress]:
    """A row for each of these scans, in their order, and each site that had something to go by then."""
    crowds = connection.execute(_crowds(goal)).all()
    rows = []
    before = 0
    for point in points:
        removals = _after(point.number, before, goal.start, crowds)
        rows += [
            Progress(site=site, scan=point.number, time=point.time, removal=removal)
            for site, removal in sorted(removals.items(), key=lambda item: (item[0] is None, item[0] or ""))
        ]
        before = point.number
    return rows


def _after(scan: int, before: int, start: int, crowds: Iterable["Row[Any]"]) -> dict[str | None, Removal]:
    found: dict[str | None, Removal] = defaultdict(Removal)
    for crowd in crowds:
        if crowd.since <= scan < crowd.next and crowd.here <= scan < crowd.elsewhere and crowd.until > start:
            site = crowd.site if scan < crowd.away else None
            found[site] += _removal(crowd, scan, before)
    return found


def _removal(crowd: "Row[Any]", scan: int, before: int) -> Removal:
    """Gone; or there and heard since the point before; or there, as far as anybody knows who has not looked."""
    if crowd.until <= scan:
        return Removal(replaced=crowd.devices)
    return Removal(left=crowd.devices) if crowd.last_scan > before else Removal(unasked=crowd.devices)


def _crowds(goal: Goal) -> Select[Any]:
    """Devices that came, went, moved and were last seen at the same scans, and how many they are."""
    there, place = _runs(PRESENCE), _runs("site")
    columns = (
        there.c.since,
        there.c.until,
        there.c.next,
        place.c.value.label("site"),
        case((place.c.earlier.is_(None), 0), else_=place.c.since).label("here"),
        func.coalesce(place.c.until, THERE).label("away"),
        func.coalesce(place.c.next, THERE).label("elsewhere"),
        device.c.last_scan,
    )
    return (
        select(*columns, func.count().label("devices"))
        .select_from(there)
        .join(device, device.c.number == there.c.device)
        .outerjoin(place, place.c.device == there.c.device)
        .where(device.c.merged_into.is_(None), there.c.device.in_(to_go(goal)))
        .group_by(*columns)
    )


def _runs(name: str) -> FromClause:
    """The runs of an attribute, each with when its device's next one begins, and the one before began."""
    columns = attribute.c
    return (
        select(
            columns.device,
            columns.value,
            columns.since,
            func.coalesce(columns.until, THERE).label("until"),
            func.coalesce(
                func.lead(columns.since).over(partition_by=columns.device, order_by=columns.since), THERE
            ).label("next"),
            func.lag(columns.since).over(partition_by=columns.device, order_by=columns.since).label("earlier"),
        )
        .where(columns.name == name)
        .subquery()
    )
