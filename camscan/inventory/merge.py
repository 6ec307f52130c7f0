"""Two records of one device become one, by a word of its owner: what the other has said and was heard by is the first
one's from now on, and its own history stays as it was.

The other record stays in the register, as a part of the first: whoever is found by what it was known by is the first.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from camscan.corrections import telling
from camscan.errors import UsageError
from camscan.inventory.amend import amend, end_runs
from camscan.inventory.corrections import marks_now, note_correction
from camscan.inventory.decisions import Word
from camscan.inventory.facts import Facts
from camscan.inventory.known import open_runs
from camscan.inventory.lookup import public_ids
from camscan.inventory.main_address import at_main_address
from camscan.inventory.numbers import add, write
from camscan.inventory.reassess import Stored, stored_of
from camscan.inventory.runs import edits
from camscan.inventory.scan_row import Entry, add_scan
from camscan.inventory.tables import attribute, device, heard
from camscan.model import ScanResult
from camscan.register import PRESENCE

Judge = Callable[[Stored], Facts | None]
"""What is said of a device by its stored replies."""


def merge(
    connection: Connection,
    into: int,
    others: Sequence[int],
    word: Word,
    result: ScanResult,
    entry: Entry,
    judge: Callable[[Connection], Judge],
) -> int:
    """Joins the others to one device; `result` is one that heard nothing, and says by which data `judge` judges. The
    number of the row of the register that it makes. Raises `UsageError` where they cannot be one."""
    _refuse(connection, into, others)
    number = add_scan(connection, result, entry)
    for other in others:
        marks = telling(marks_now(connection, into), marks_now(connection, other))
        note_correction(connection, "merge", into, other, number, word, marks)
        give(connection, other, into, number, _all(connection, other))
        leave(connection, other, number)
        connection.execute(update(device).where(device.c.merged_into == other).values(merged_into=into))
        connection.execute(update(device).where(device.c.number == other).values(merged_into=into))
    settle(connection, into, number, entry, judge(connection), also=addresses_known(connection, others))
    _widen(connection, into, others)
    return number


def _refuse(connection: Connection, into: int, others: Sequence[int]) -> None:
    names = public_ids(connection, [into, *others])
    query = select(device.c.number).where(device.c.number.in_(names), device.c.merged_into.is_not(None))
    for joined in connection.execute(query).scalars():
        raise UsageError(f"device {names[joined]} is a part of another one already; `camscan split` parts them")
    if into in others:
        raise UsageError(f"device {names[into]} and itself are one already")


def give(connection: Connection, giver: int, taker: int, scan: int, observations: Mapping[int, str]) -> None:
    """What was heard of the one is heard of the other from this scan on: observations, and from which vantages."""
    rows = [{"owner": giver, "row": observation, "scan": scan} for observation in observations]
    write(connection, _END_HEARD, rows)
    has = select(heard.c.observation).where(heard.c.device == taker, heard.c.until.is_(None))
    known = set(connection.execute(has).scalars())
    add(
        connection,
        heard,
        [
            {"device": taker, "observation": row, "since": scan, "vantages": vantages, "missed": False}
            for row, vantages in observations.items()
            if row not in known
        ],
    )


def _all(connection: Connection, number: int) -> dict[int, str]:
    query = select(heard.c.observation, heard.c.vantages).where(heard.c.device == number, heard.c.until.is_(None))
    return {row.observation: row.vantages for row in connection.execute(query)}


def leave(connection: Connection, number: int, scan: int) -> None:
    """It is not there by itself any more."""
    columns = attribute.c
    query = select(columns.id).where(columns.device == number, columns.name == PRESENCE, columns.until.is_(None))
    end_runs(connection, scan, list(connection.execute(query).scalars()))


def settle(
    connection: Connection, number: int, scan: int, entry: Entry, judge: Judge, also: Collection[str] = ()
) -> None:
    """The record as its replies, judged anew, have it. What they do not say is over, unless it has `also` these further
    addresses: then it has become more, and nothing of it is over."""
    stored = next(stored_of(connection, [number]), None)
    now = None if stored is None else judge(stored)
    if now is None:
        return
    before = open_runs(connection, [number])[number]
    has = [held.value for name in ("address", "addresses") for held in before.held if held.name == name]
    now = at_main_address(now, has)
    now = replace(now, members=now.members | {("addresses", one) for one in also if one != now.single["address"][0]})
    made = edits(
        before.held,
        before.stands,
        now,
        whole=not also,
        looked_for=lambda key: not also,
        same_value=entry.same_value,
    )
    amend(connection, scan, {number: made})
    connection.execute(update(device).where(device.c.number == number).values(digest=None))


def addresses_known(connection: Connection, numbers: Sequence[int]) -> list[str]:
    """The addresses at which these devices were last."""
    columns = attribute.c
    query = select(columns.value).where(
        columns.device.in_(numbers), columns.name.in_(("address", "addresses")), columns.until.is_(None)
    )
    return list(connection.execute(query).scalars())


def _widen(connection: Connection, into: int, others: Sequence[int]) -> None:
    """The whole is there since the first of its parts was seen, and was seen last when the last of them was."""
    columns = device.c
    rows = connection.execute(
        select(columns.first_scan, columns.last_scan).where(columns.number.in_([into, *others]))
    ).all()
    first, last = min(row.first_scan for row in rows), max(row.last_scan for row in rows)
    connection.execute(update(device).where(columns.number == into).values(first_scan=first, last_scan=last))


_END_HEARD = (
    update(heard)
    .where(heard.c.device == bindparam("owner"), heard.c.observation == bindparam("row"), heard.c.until.is_(None))
    .values(until=bindparam("scan"))
)
