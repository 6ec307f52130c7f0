"""What the owner has said of which records are one device, and which addresses are not.

A record that is a part of another stays a record: scans find it, miss it and change it by the rules for all. It is only
told of together with its whole, so that a mistake swallows nobody, and is taken back without a trace.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.engine import Connection

from camscan.errors import UsageError
from camscan.inventory.decisions import Word, all_decisions, decide
from camscan.inventory.lookup import public_ids
from camscan.inventory.numbers import chunks
from camscan.inventory.tables import NAMED, attribute, device
from camscan.register import PRESENCE
from camscan.separation import Separation

ROOT: ColumnElement[int] = func.coalesce(device.c.merged_into, device.c.number)
"""The number under which a record is told of: its own, or that of its whole."""


def merge(connection: Connection, into: int, others: Sequence[int], word: Word) -> list[int]:
    """The others are parts of this one from now on; the numbers of the decisions. Raises `UsageError` where they
    are."""
    names, roots = public_ids(connection, [into, *others]), _roots(connection)
    for other in others:
        if roots.get(other, other) == roots.get(into, into):
            raise UsageError(f"device {names[other]} and {names[into]} are one already")
    numbers = [made for other in others for made in decide(connection, "merge", [other], [names[into]], word)]
    relink(connection)
    return numbers


def relink(connection: Connection) -> None:
    """Writes down for each record of which whole it is a part, by the decisions that hold."""
    merges = [one for one in all_decisions(connection) if one.decision.kind == "merge" and one.decision.end is None]
    numbers = {row.public_id: row.number for row in connection.execute(select(device.c.number, device.c.public_id))}
    into = {numbers[one.decision.device or ""]: numbers[one.decision.subject or ""] for one in merges}
    connection.execute(update(device).where(device.c.merged_into.is_not(None)).values(merged_into=None))
    for part in into:
        connection.execute(update(device).where(device.c.number == part).values(merged_into=_whole(part, into)))


def _whole(part: int, into: dict[int, int]) -> int:
    while part in into:
        part = into[part]
    return part


def _roots(connection: Connection) -> dict[int, int]:
    columns = device.c
    query = select(columns.number, columns.merged_into).where(columns.merged_into.is_not(None))
    return {row.number: row.merged_into for row in connection.execute(query)}


def with_parts(connection: Connection, numbers: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Each of these records and, behind it, its parts, in the order of their numbers."""
    parts: dict[int, list[int]] = defaultdict(list)
    for part, whole in sorted(_roots(connection).items()):
        parts[whole].append(part)
    return {number: (number, *parts.get(number, ())) for number in numbers}


def silent(connection: Connection) -> frozenset[int]:
    """The records that are gone while another of their device is there: what it is they do not say (`as_one.py`)."""
    groups = with_parts(connection, sorted(set(_roots(connection).values()))).values()
    query = select(attribute.c.device).where(NAMED == PRESENCE, attribute.c.until.is_(None))
    there = {
        number
        for some in chunks([number for group in groups for number in group])
        for number in connection.execute(query.where(attribute.c.device.in_(some))).scalars()
    }
    return frozenset(
        number for group in groups if not there.isdisjoint(group) for number in group if number not in there
    )


def separation(connection: Connection) -> Separation:
    """The addresses that are not one device with the others, whatever identifiers they share."""
    splits = [one.decision for one in all_decisions(connection) if one.decision.kind == "split"]
    return Separation(tuple(frozenset((one.subject or "").split()) for one in splits if one.end is None))


def split(connection: Connection, number: int, addresses: Iterable[str], word: Word) -> list[int]:
    """From the next scan on another device is at these addresses; the number of the decision. Raises `UsageError` for
    an address that the record has not, and where none would be left."""
    columns = attribute.c
    query = select(columns.value).where(
        columns.device == number, columns.name.in_(("address", "addresses")), columns.until.is_(None)
    )
    has, off = set(connection.execute(query).scalars()), dict.fromkeys(addresses)
    for address in off:
        if address not in has:
            raise UsageError(f"the device is not known at {address}, but at {', '.join(sorted(has))}")
    if has <= off.keys():
        raise UsageError("these are all its addresses, and nothing would be left")
    return decide(connection, "split", [number], [" ".join(sorted(off))], word)
