"""How far removal had come after each of several scans, from the runs alone: who was there, and where.

A device counts where it is at the time; before its first site, at that one, so that sites that were said later have a
past too. It is gone from the scan on that looked for it in vain, until it is seen again. What is merged is one device,
and where its whole is.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from camscan.inventory.pruned import at_point, pruned
from camscan.inventory.sites import THERE, Goal, to_go
from camscan.inventory.tables import attribute, device
from camscan.register import PRESENCE, ScanEntry
from camscan.removal import Progress, Removal

_Runs = tuple[tuple[int, int, str], ...]  # since, until, value; the first first


class _Life(NamedTuple):
    """What thousands of devices have in common: when they were there and where, and who saw them last."""

    there: _Runs
    at: _Runs
    last_scan: int


def progress(connection: Connection, goal: Goal, points: Sequence[ScanEntry]) -> list[Progress]:
    """A row for each of these scans, in their order, and each site that had something to go by then."""
    lives = _lives(connection, goal)
    gone = pruned(connection, goal)
    rows = []
    before = 0
    for point in points:
        removals = at_point(_after(point.number, before, goal.start, lives), gone, point.time)
        rows += [
            Progress(site=site, scan=point.number, time=point.time, removal=removal)
            for site, removal in sorted(removals.items(), key=lambda item: (item[0] is None, item[0] or ""))
        ]
        before = point.number
    return rows


def _lives(connection: Connection, goal: Goal) -> Mapping[_Life, int]:
    """The lives that were led, and by how many devices."""
    there, at = _runs(connection, PRESENCE, goal), _runs(connection, "site", goal)
    query = select(device.c.number, device.c.last_scan, device.c.merged_into)
    last: dict[int, int] = {}
    for row in connection.execute(query):
        whole = row.merged_into or row.number
        last[whole] = max(last.get(whole, 0), row.last_scan)
        if row.merged_into is not None and (runs := there.pop(row.number, ())) and whole in there:
            there[whole] = tuple(sorted((*there[whole], *runs)))
    return Counter(_Life(runs, at.get(number, ()), last[number]) for number, runs in there.items())


def _runs(connection: Connection, name: str, goal: Goal) -> dict[int, _Runs]:
    """The runs of an attribute, of each device that is to go."""
    columns = attribute.c
    query = select(columns.device, columns.since, func.coalesce(columns.until, THERE), columns.value).where(
        columns.name == name, columns.device.in_(to_go(goal))
    )
    found: dict[int, _Runs] = {}
    for number, *run in connection.execute(query):
        before = found.get(number)
        found[number] = (tuple(run),) if before is None else tuple(sorted((*before, tuple(run))))
    return found


def _after(scan: int, before: int, start: int, lives: Mapping[_Life, int]) -> dict[str | None, Removal]:
    found: dict[str | None, Removal] = defaultdict(Removal)
    for life, devices in lives.items():
        until = _until(life.there, scan)
        if until > start:
            found[_site(life.at, scan)] += _removal(until, scan, life.last_scan > before, devices)
    return found


def _until(runs: _Runs, scan: int) -> int:
    """Until when it was there, as far as this scan knows of; 0 where it was not known yet."""
    return max((until for since, until, _ in runs if since <= scan), default=0)


def _site(runs: _Runs, scan: int) -> str | None:
    for since, until, value in runs:
        if scan < until and (since <= scan or since == runs[0][0]):
            return value
    return None


def _removal(until: int, scan: int, heard: bool, devices: int) -> Removal:
    """Gone; or there and heard since the point before; or there, as far as anybody knows who has not looked."""
    if until <= scan:
        return Removal(replaced=devices)
    return Removal(left=devices) if heard else Removal(unasked=devices)
