"""A record that holds two devices, one after the other, becomes two: who was seen since a scan is another device.

That is for a camera that was replaced by one alike, of which nothing tells that it is another one. It is the only word
of the owner that changes what was recorded, to what would have been if that had been known.
"""

import hashlib

from sqlalchemy import Table, or_, select, update
from sqlalchemy.engine import Connection

from camscan.errors import UsageError
from camscan.inventory.amend import end_runs
from camscan.inventory.decisions import Word, decide
from camscan.inventory.locations import keep_word
from camscan.inventory.numbers import add, numbers_after
from camscan.inventory.tables import attribute, device, heard, judgement, sighting
from camscan.register import PRESENCE


def cut(connection: Connection, number: int, since: int, word: Word) -> int:
    """Makes a device of its own of what was recorded of this one from a scan on; its number. Where it was put by hand,
    both are. Raises `UsageError` where the device was not seen before, or not since."""
    query = select(sighting.c.scan).where(sighting.c.device == number).order_by(sighting.c.scan)
    seen = list(connection.execute(query).scalars())
    before, after = [n for n in seen if n < since], [n for n in seen if n >= since]
    if not before or not after:
        raise UsageError(f"the device was not seen {'by, or after,' if before else 'before'} scan {since}")
    other = _new_device(connection, after, word.made)
    for table in (attribute, judgement, heard):
        _cut_runs(connection, table, number, other, after[0])
    keep_word(connection, number, other)
    _leave(connection, number, after[0])
    later = sighting.c.device == number, sighting.c.scan >= since
    connection.execute(update(sighting).where(*later).values(device=other))
    connection.execute(update(device).where(device.c.number == number).values(last_scan=before[-1], digest=None))
    decide(connection, "cut", [number], [f"scan {since}"], word)
    return other


def _new_device(connection: Connection, seen: list[int], now: float) -> int:
    number = next(numbers_after(connection, device.c.number))
    public = hashlib.sha256(f"cut|{seen[0]}|{now}|{number}".encode()).hexdigest()[:16]
    row = {"number": number, "public_id": public, "first_scan": seen[0], "last_scan": seen[-1], "digest": None}
    add(connection, device, [row])
    return number


def _cut_runs(connection: Connection, table: Table, number: int, other: int, since: int) -> None:
    """What began since is the other's; what was so then is of both, for who is gone stays as he was. What was not told
    or confirmed any more then, or before, the other has never said."""
    columns = table.c
    connection.execute(update(table).where(columns.device == number, columns.since >= since).values(device=other))
    crossing = columns.device == number, or_(columns.until.is_(None), columns.until > since)
    doubts = sorted(_DOUBTS & set(columns.keys()))
    rows = [dict(row._mapping) for row in connection.execute(select(table).where(*crossing))]
    rows = [row for row in rows if all(row[name] is None or row[name] > since for name in doubts)]
    ids = numbers_after(connection, columns.id) if "id" in columns else None
    copies = [row | {"device": other, "since": since} for row in rows]
    add(connection, table, [row | {"id": next(ids)} for row in copies] if ids else copies)
    ended_since = columns.device == number, columns.until >= since
    connection.execute(update(table).where(*ended_since).values(until=None))
    for name in doubts:
        of_later = columns.device == number, columns[name] >= since
        connection.execute(update(table).where(*of_later).values({name: None}))


_DOUBTS = {"untold", "unconfirmed"}


def _leave(connection: Connection, number: int, scan: int) -> None:
    columns = attribute.c
    query = select(columns.id).where(columns.device == number, columns.name == PRESENCE, columns.until.is_(None))
    end_runs(connection, scan, list(connection.execute(query).scalars()))
