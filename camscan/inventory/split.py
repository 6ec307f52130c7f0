"""One record that holds two devices becomes two, by a word of its owner: by address, or since a scan.

By address: what was heard at some of its addresses is another device from now on, or, where one was joined to it by
hand, that one again. Since a scan: who was there from then on is another device, with all that was recorded since.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Table, func, or_, select, update
from sqlalchemy.engine import Connection

from camscan.corrections import telling
from camscan.errors import UsageError
from camscan.inventory.corrections import marks_now, note_correction, undo_merge
from camscan.inventory.decisions import Word
from camscan.inventory.merge import Judge, addresses_known, give, leave, settle
from camscan.inventory.numbers import add, numbers_after
from camscan.inventory.scan_row import Entry, add_scan
from camscan.inventory.tables import attribute, device, heard, judgement, observation, sighting
from camscan.model import ScanResult


def split_off(
    connection: Connection,
    number: int,
    addresses: Sequence[str],
    word: Word,
    result: ScanResult,
    entry: Entry,
    judge: Callable[[Connection], Judge],
) -> tuple[int, int]:
    """Makes a device of its own of what is heard at these addresses. The number of the row of the register and of the
    new device. Raises `UsageError` where it was not heard at one of them, or only there."""
    moved = _heard_at(connection, number, addresses)
    scan = add_scan(connection, result, entry)
    other = _new_device(connection, scan, entry.now)
    _part(connection, number, other, scan, moved, entry, judge)
    marks = telling(marks_now(connection, number), marks_now(connection, other))
    note_correction(connection, "split", number, other, scan, word, marks)
    return scan, other


def part_again(
    connection: Connection,
    part: int,
    word: Word,
    result: ScanResult,
    entry: Entry,
    judge: Callable[[Connection], Judge],
) -> int:
    """Takes back that this one is a part of another. The number of the row of the register that it makes."""
    whole = connection.execute(select(device.c.merged_into).where(device.c.number == part)).scalar_one()
    addresses = addresses_known(connection, [part])
    scan = add_scan(connection, result, entry)
    undo_merge(connection, part, word.made)
    connection.execute(update(device).where(device.c.number == part).values(merged_into=None))
    _part(connection, whole, part, scan, _heard_there(connection, whole, addresses), entry, judge)
    return scan


def split_since(connection: Connection, number: int, since: int, word: Word, now: float) -> int:
    """Makes a device of its own of what was recorded from this scan on; its number. Raises `UsageError` where the
    device was not seen before, or not since."""
    seen = list(
        connection.execute(
            select(sighting.c.scan).where(sighting.c.device == number).order_by(sighting.c.scan)
        ).scalars()
    )
    before, after = [n for n in seen if n < since], [n for n in seen if n >= since]
    if not before or not after:
        raise UsageError(f"the device was not seen {'before' if not before else 'by, or after,'} scan {since}")
    other = _new_device(connection, after[0], now)
    for table in (attribute, judgement):
        _cut_runs(connection, table, number, other, since)
    _cut_heard(connection, number, other, since)
    leave(connection, number, since)
    later = sighting.c.device == number, sighting.c.scan >= since
    connection.execute(update(sighting).where(*later).values(device=other))
    connection.execute(update(device).where(device.c.number == number).values(last_scan=before[-1], digest=None))
    connection.execute(update(device).where(device.c.number == other).values(last_scan=after[-1]))
    note_correction(connection, "split", number, other, since, word)
    return other


def _part(
    connection: Connection,
    giver: int,
    taker: int,
    scan: int,
    moved: dict[int, str],
    entry: Entry,
    judge: Callable[[Connection], Judge],
) -> None:
    give(connection, giver, taker, scan, moved)
    for number in (giver, taker):
        settle(connection, number, scan, entry, judge(connection))


def _heard_at(connection: Connection, number: int, addresses: Sequence[str]) -> dict[int, str]:
    """The observations that are to leave, with the vantages from which each was heard."""
    moved: dict[int, str] = {}
    for address in addresses:
        found = _heard_there(connection, number, [address])
        if not found:
            raise UsageError(f"the device is not heard at {address}")
        moved |= found
    query = select(func.count()).select_from(heard).where(heard.c.device == number, heard.c.until.is_(None))
    if connection.execute(query).scalar() == len(moved):
        raise UsageError("that is all that is heard of the device, and nothing would stay")
    return moved


def _heard_there(connection: Connection, number: int, addresses: Sequence[str]) -> dict[int, str]:
    query = (
        select(heard.c.observation, heard.c.vantages)
        .join(observation, heard.c.observation == observation.c.id)
        .where(heard.c.device == number, heard.c.until.is_(None), observation.c.address.in_(addresses))
    )
    return {row.observation: row.vantages for row in connection.execute(query)}


def _new_device(connection: Connection, scan: int, now: float) -> int:
    number = next(numbers_after(connection, device.c.number))
    public = hashlib.sha256(f"split|{scan}|{now}|{number}".encode()).hexdigest()[:16]
    row = {"number": number, "public_id": public, "first_scan": scan, "last_scan": scan, "digest": None}
    add(connection, device, [row])
    return number


def _cut_runs(connection: Connection, table: Table, number: int, other: int, since: int) -> None:
    """What began since is the other's, and what was so then is of both: who is gone stays as he was."""
    columns = table.c
    connection.execute(update(table).where(columns.device == number, columns.since >= since).values(device=other))
    crossing = columns.device == number, or_(columns.until.is_(None), columns.until > since)
    rows = [dict(row._mapping) for row in connection.execute(select(table).where(*crossing))]
    ids = numbers_after(connection, columns.id)
    add(
        connection,
        table,
        [row | {"id": next(ids), "device": other, "since": since} | _marks(row, since) for row in rows],
    )
    connection.execute(update(table).where(*crossing, columns.until.is_not(None)).values(until=None))


def _marks(row: dict[str, Any], since: int) -> dict[str, int | None]:
    """`untold` and `unconfirmed`, which cannot be from before the run."""
    return {name: max(row[name], since) for name in ("untold", "unconfirmed") if name in row and row[name] is not None}


def _cut_heard(connection: Connection, number: int, other: int, since: int) -> None:
    columns = heard.c
    connection.execute(update(heard).where(columns.device == number, columns.since >= since).values(device=other))
    crossing = columns.device == number, or_(columns.until.is_(None), columns.until > since)
    rows = [dict(row._mapping) for row in connection.execute(select(heard).where(*crossing))]
    add(connection, heard, [row | {"device": other, "since": since} for row in rows])
    connection.execute(update(heard).where(*crossing, columns.until.is_not(None)).values(until=None))
