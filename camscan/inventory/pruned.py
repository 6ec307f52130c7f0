"""What is kept of devices that were pruned, as removal: how many that were to go went in which month, of which site.

They were gone before the first scan that is kept, so they count where removal counts from the first scan of all: any
later start that can still be named is later than they are. Which policy covered them is forgotten.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from camscan.inventory.facts import MIDDLEBOX
from camscan.inventory.tables import forgotten
from camscan.place import Location
from camscan.removal import Removal, Tally

if TYPE_CHECKING:
    from camscan.inventory.sites import Goal

FIRST = 1  # the scan from which on everything counts

Places = Mapping[Location, tuple[Tally, Removal]]


class Pruned(NamedTuple):
    """So many devices that were to go went in this month (2026-11, UTC), from this site, or from none."""

    month: str
    site: str | None
    devices: int


def pruned(connection: Connection, goal: "Goal") -> list[Pruned]:
    """Those that count for this goal; none for a policy."""
    if goal.policy is not None or goal.start > FIRST:
        return []
    columns = forgotten.c
    query = select(columns.month, columns.site, func.sum(columns.devices)).group_by(columns.month, columns.site)
    query = query.where(func.lower(columns.vendor).in_(goal.makers), columns.kind != MIDDLEBOX)
    query = query.order_by(columns.month, columns.site)
    return [Pruned(month, site or None, int(devices)) for month, site, devices in connection.execute(query)]


def uncounted(connection: Connection, goal: "Goal") -> int:
    """How many were pruned of which nobody knows whether they were to go: by a policy, all of them."""
    if goal.policy is None or goal.start > FIRST:
        return 0
    query = select(func.sum(forgotten.c.devices)).where(forgotten.c.kind != MIDDLEBOX)
    return connection.execute(query).scalar() or 0


def in_places(found: Places, gone: Iterable[Pruned], said: Iterable[Location]) -> Places:
    """The places with them, replaced; in the district where their site is now, as devices or its owner say."""
    districts = {where.site: where.district for where in (*said, *found) if where.district is not None}
    made = dict(found)
    for one in gone:
        where = Location(district=districts.get(one.site) if one.site else None, site=one.site)
        tally, removal = made.get(where, (Tally(), Removal()))
        made[where] = tally, removal + Removal(replaced=one.devices)
    return made


def at_point(found: Mapping[str | None, Removal], gone: Iterable[Pruned], time: float) -> dict[str | None, Removal]:
    """The sites with them as they were at a time, in seconds since the epoch: there until their month, then gone."""
    made = dict(found)
    month = f"{datetime.fromtimestamp(time, UTC):%Y-%m}"
    for one in gone:
        removal = Removal(replaced=one.devices) if one.month <= month else Removal(left=one.devices)
        made[one.site] = made.get(one.site, Removal()) + removal
    return made
