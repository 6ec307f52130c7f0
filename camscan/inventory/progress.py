"""How far removal had come after each of several scans, from the runs alone: who was there, and where.

A device counts where it is at the time; before its first site, at that one, so that sites that were said later have a
past too. It is gone from the scan on that looked for it in vain, until it is seen again. What is merged is one device.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.engine import Connection

from camscan.inventory.decisions import all_decisions
from camscan.inventory.in_force import InForce
from camscan.inventory.numbers import chunks
from camscan.inventory.one_by_one import specials
from camscan.inventory.pruned import at_point, pruned
from camscan.inventory.scans import kept_from
from camscan.inventory.sites import THERE, Goal, is_to_go, to_go
from camscan.inventory.tables import attribute, device, scan, sighting
from camscan.register import PRESENCE, ScanEntry
from camscan.removal import Progress, Removal

_EVERY = select(device.c.number)
_FIRST_COLUMN: ColumnElement[int] = literal_column(
    "1"
)  # ordered, both sides are read in step: a fifth of the time that each look-up takes

_Runs = tuple[tuple[int, int, str], ...]  # since, until, value; the first first


class _Life(NamedTuple):
    """What thousands of devices have in common: when they were there and where, and after which points (their places in
    the list, a bit each) they stood as there while no scan since the point before had heard them."""

    there: _Runs
    at: _Runs
    unheard: int


class _Past(NamedTuple):
    """When the devices that are to go were there, and where, by their numbers; and of which of them records are parts,
    by the numbers of these."""

    there: Mapping[int, _Runs]
    at: Mapping[int, _Runs]
    whole: Mapping[int, int]


def progress(connection: Connection, goal: Goal, points: Sequence[ScanEntry], *, now: float) -> list[Progress]:
    """A row for each of these scans, in their order, and each site that had something to go by then. Which scan saw
    whom is forgotten of what was pruned: points before have no row. What is ignored is what is so `now`, in seconds
    since the epoch."""
    past, kept = _past(connection, goal, now), kept_from(connection)
    befores = [0, *(point.number for point in points)]
    told = [(before, point) for before, point in zip(befores, points, strict=False) if point.number >= kept]
    lives = _lives(past, _unheard(connection, past, [(before, point.number) for before, point in told]))
    rows, gone = [], pruned(connection, goal)
    for place, (_, point) in enumerate(told):
        removals = at_point(_after(point.number, place, goal.start, lives), gone, point.time)
        rows += [
            Progress(site=site, scan=point.number, time=point.time, removal=removal)
            for site, removal in sorted(removals.items(), key=lambda item: (item[0] is None, item[0] or ""))
        ]
    return rows


def _past(connection: Connection, goal: Goal, now: float) -> _Past:
    decided = InForce(all_decisions(connection), now)
    plain = to_go(goal, decided.ignored_everywhere())
    there, at = (_runs(connection, name, plain) for name in (PRESENCE, "site"))
    every = specials(connection, decided)
    for one in (record for special in every for record in special.records):
        there.pop(one, None)
        at.pop(one, None)
    going = [one.records for one in every if is_to_go(one, goal)]
    for some in chunks([record for records in going for record in records]):
        _add(_runs(connection, PRESENCE, some), _runs(connection, "site", some), going, there, at)
    return _Past(there, at, {record: records[0] for records in going for record in records})


def _add(
    present: Mapping[int, _Runs],
    sites: Mapping[int, _Runs],
    groups: Iterable[tuple[int, ...]],
    there: dict[int, _Runs],
    at: dict[int, _Runs],
) -> None:
    """Of several records one life: there while one of them is, and at each time where the first is that is anywhere."""
    for group in groups:
        for record in group:
            if record in present:
                there[group[0]] = tuple(sorted((*there.get(group[0], ()), *present[record])))
        found = _first_of([sites[record] for record in group if record in sites])
        if found:
            at[group[0]] = found


def _first_of(several: Sequence[_Runs]) -> _Runs:
    """At each time the value of the first of these that has one then."""
    if len(several) < 2:
        return several[0] if several else ()
    edges = sorted({edge for runs in several for since, until, _ in runs for edge in (since, until)})
    told = (
        (start, end, next((value for runs in several for since, until, value in runs if since <= start < until), None))
        for start, end in pairwise(edges)
    )
    return tuple((start, end, value) for start, end, value in told if value is not None)


def _runs(connection: Connection, name: str, devices: Select[tuple[int]] | Sequence[int]) -> dict[int, _Runs]:
    """The runs of an attribute, of each of these records."""
    columns = attribute.c
    query = select(columns.device, columns.since, func.coalesce(columns.until, THERE), columns.value).where(
        columns.name == name, columns.device.in_(devices)
    )
    found: dict[int, _Runs] = {}
    for number, *run in connection.execute(query).all():  # at once: one by one takes twice as long
        before = found.get(number)
        found[number] = (tuple(run),) if before is None else tuple(sorted((*before, tuple(run))))
    return found


def _unheard(connection: Connection, past: _Past, between: Sequence[tuple[int, int]]) -> Mapping[int, int]:
    """The bits of `_Life.unheard` of each device that has any; `between` are the points, each with the one before."""
    alike: dict[_Runs, set[int]] = defaultdict(set)
    for number, runs in past.there.items():
        alike[runs].add(number)
    found: dict[int, int] = defaultdict(int)
    for place, (before, point) in enumerate(between):
        waiting = set().union(*(some for runs, some in alike.items() if _until(runs, point) > point))
        for number in _not_seen(connection, waiting, before, point, past.whole):
            found[number] |= 1 << place
    return found


def _not_seen(connection: Connection, waiting: set[int], before: int, point: int, whole: Mapping[int, int]) -> set[int]:
    """Those of them whom no scan after the one and until the other saw. The newest first: it saw most of them."""
    columns = sighting.c
    scans = select(scan.c.number).where(scan.c.number > before, scan.c.number <= point)
    for number in connection.execute(scans.order_by(scan.c.number.desc())).scalars().all():
        if not waiting:
            break
        seen = select(columns.device).where(columns.scan == number)
        missed = set(connection.execute(_EVERY.except_(seen).order_by(_FIRST_COLUMN)).scalars().all())
        waiting = (waiting & missed) - {whole[record] for record in whole.keys() - missed}
    return waiting


def _lives(past: _Past, unheard: Mapping[int, int]) -> Mapping[_Life, int]:
    """The lives that were led, and by how many devices."""
    return Counter(_Life(runs, past.at.get(number, ()), unheard.get(number, 0)) for number, runs in past.there.items())


def _after(scan: int, place: int, start: int, lives: Mapping[_Life, int]) -> dict[str | None, Removal]:
    found: dict[str | None, Removal] = defaultdict(Removal)
    for life, devices in lives.items():
        until = _until(life.there, scan)
        if until > start:
            found[_site(life.at, scan)] += _removal(until, scan, not life.unheard >> place & 1, devices)
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
