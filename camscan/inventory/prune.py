"""Forgets what is older than somebody wants to keep. Everything is told by one scan, the first that is kept whole: what
was over before it goes, and what holds at it, or changed since, stays as it was. So every list, and every comparison of
this scan and later ones, says the same before and after.
"""

from collections.abc import Collection

from sqlalchemy import Delete, Table, delete, func, select, tuple_, union_all, update
from sqlalchemy.engine import Connection

from camscan.inventory.gone import count_gone, gone_before
from camscan.inventory.numbers import chunks
from camscan.inventory.scans import all_scans, baseline, kept_from, set_kept_from
from camscan.inventory.tables import (
    attribute,
    coverage,
    device,
    heard,
    judgement,
    metadata,
    observation,
    phrase,
    sighting,
)

Counts = dict[str, int]
"""How many rows went, by table."""


def first_kept(connection: Connection, before: float, keep_scans: int) -> int:
    """The first scan that stays whole: the first that ended at `before` (seconds since the epoch) or later, and never
    later than the baseline or the last `keep_scans`; rows of what was judged anew or put elsewhere asked nobody, and
    are none. 0 where nothing is recorded."""
    rows = all_scans(connection)
    scans = [one for one in rows if one.kind == "scan"] or rows
    if not scans:
        return 0
    newer = next((one.number for one in scans if one.time >= before), scans[-1].number)
    last = scans[-max(1, min(keep_scans, len(scans)))].number
    return min(newer, last, baseline(connection) or newer)


def prune(connection: Connection, first: int) -> Counts:
    """Forgets what was over before this scan. The rows of the scans themselves stay: that they were, when, of what."""
    counts = _forget_devices(connection, first)
    for table in (attribute, judgement, heard):
        _count(counts, table, connection, delete(table).where(table.c.until < first))
    said = select(heard.c.observation)
    _count(counts, observation, connection, delete(observation).where(observation.c.id.not_in(said)))
    used = union_all(select(judgement.c.said), select(judgement.c.basis))
    _count(counts, phrase, connection, delete(phrase).where(phrase.c.id.not_in(used)))
    _count(counts, coverage, connection, delete(coverage).where(coverage.c.scan < first))
    _count(counts, sighting, connection, _old_sightings(first))
    set_kept_from(connection, max(first, kept_from(connection)))
    return {name: count for name, count in counts.items() if count}


def _forget_devices(connection: Connection, first: int) -> Counts:
    """Who was gone before, with all that names them; a count of them stays."""
    gone = gone_before(connection, first)
    count_gone(connection, gone)
    counts: Counts = {}
    for table in reversed(metadata.sorted_tables):
        if table is not device:
            _forget_of(connection, table, gone, counts)
    for some in chunks(sorted(gone)):  # or a whole could not go before the parts that name it
        connection.execute(update(device).where(device.c.number.in_(some)).values(merged_into=None))
    for some in chunks(sorted(gone)):
        _count(counts, device, connection, delete(device).where(device.c.number.in_(some)))
    return counts


def _forget_of(connection: Connection, table: Table, gone: Collection[int], counts: Counts) -> None:
    """Every row that names one of these devices, in whatever column."""
    for key in table.foreign_keys:
        if key.column is device.c.number:
            for some in chunks(list(gone)):
                _count(counts, table, connection, delete(table).where(key.parent.in_(some)))


def _old_sightings(first: int) -> Delete:
    """All before this scan but the newest of each device, and the last before something could not be said any more: by
    these `history` tells when a device was last seen with what is kept of it."""
    columns = sighting.c
    newest = select(columns.device, func.max(columns.scan)).where(columns.scan < first).group_by(columns.device)
    doubted = select(columns.device, func.max(columns.scan)).join(
        judgement, (judgement.c.device == columns.device) & (columns.scan < judgement.c.unconfirmed)
    )
    doubted = doubted.where(judgement.c.unconfirmed < first).group_by(judgement.c.id, columns.device)
    kept = union_all(newest, doubted)
    return delete(sighting).where(columns.scan < first, tuple_(columns.device, columns.scan).not_in(kept))


def _count(counts: Counts, table: Table, connection: Connection, statement: Delete) -> None:
    counts[table.name] = counts.get(table.name, 0) + connection.execute(statement).rowcount
