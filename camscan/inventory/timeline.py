"""How many devices of each maker were there after each scan, from the runs of their presence alone."""

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from camscan.dossier import Moment
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import attribute, device
from camscan.register import PRESENCE

_THERE = attribute.alias("there")
_MADE = attribute.alias("made")

_Run = tuple[int, int | None, str | None, int]
"""Since, until, maker, devices."""


def timeline(connection: Connection) -> list[Moment]:
    """After each scan and each recording, in their order. The maker of a device is the one that is known now."""
    runs = _runs(connection)
    return [
        Moment(scan=one.number, time=one.time, there=_there_after(one.number, runs))
        for one in all_scans(connection)
        if one.kind in ("scan", "replay")
    ]


def _runs(connection: Connection) -> list[_Run]:
    """Devices that came and went together, once."""
    query = (
        select(_THERE.c.since, _THERE.c.until, _MADE.c.value, func.count().label("devices"))
        .join(device, and_(device.c.number == _THERE.c.device, device.c.merged_into.is_(None)))
        .outerjoin(_MADE, and_(_MADE.c.device == _THERE.c.device, _MADE.c.name == "vendor", _MADE.c.until.is_(None)))
        .where(_THERE.c.name == PRESENCE)
        .group_by(_THERE.c.since, _THERE.c.until, _MADE.c.value)
    )
    return [tuple(row) for row in connection.execute(query)]


def _there_after(scan: int, runs: Iterable[_Run]) -> Counter[str | None]:
    there: Counter[str | None] = Counter()
    for since, until, maker, devices in runs:
        if since <= scan and (until is None or until > scan):
            there[maker] += devices
    return there
