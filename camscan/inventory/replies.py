"""Keeps the replies: each content once, what changes from reply to reply masked; its first and its latest bytes.

The latest bytes are packed with the first as dictionary (RFC 1950, FDICT): they differ in a clock or a nonce, so they
take a few dozen bytes, in the place of those of the night before.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection, Row

from camscan.inventory.facts import storable
from camscan.inventory.numbers import add, chunks, numbers_after, write
from camscan.inventory.packed import packed_beside, unpacked
from camscan.inventory.tables import heard, observation
from camscan.model import Observation
from camscan.reply import Reply

_SUM = 0x7FFFFFFF  # what fits a signed integer of any database


@dataclass(frozen=True, slots=True)
class Kept:
    """An observation that is stored already."""

    id: int
    sum: int
    channels: tuple[str, ...]
    routed: bool | None


def keep(connection: Connection, observations: Mapping[str, Observation]) -> dict[str, int]:
    """Stores what is new of these, by content id, and the latest bytes of what is not; the number of each."""
    kept = _kept(connection, list(observations))
    numbers = numbers_after(connection, observation.c.id)
    new = [_row(next(numbers), content, seen) for content, seen in observations.items() if content not in kept]
    add(connection, observation, new)
    _renew(connection, {kept[c].id: (kept[c], o) for c, o in observations.items() if c in kept})
    return {content: one.id for content, one in kept.items()} | {row["content"]: row["id"] for row in new}


def _kept(connection: Connection, contents: list[str]) -> dict[str, Kept]:
    columns = observation.c
    found: dict[str, Kept] = {}
    query = select(columns.content, columns.id, columns.latest_sum, columns.channels, columns.routed)
    for some in chunks(contents):
        for content, number, checksum, channels, routed in connection.execute(query.where(columns.content.in_(some))):
            found[content] = Kept(number, checksum, tuple(channels.split(",")), routed)
    return found


def _row(number: int, content: str, seen: Observation) -> dict[str, Any]:
    reply = seen.reply
    return {
        "id": number,
        "content": content,
        "address": storable(reply.address),
        "protocol": storable(reply.protocol),
        "transport": reply.transport,
        "port": reply.port,
        "request": storable(reply.request),
        "channels": _joined(seen.channels),
        "sensor": None if reply.sensor is None else storable(reply.sensor),
        "foreign": reply.foreign,
        "routed": reply.routed,
        "first_time": reply.time,
        "latest_time": reply.time,
        "first_data": zlib.compress(reply.data),
        "latest_data": None,
        "latest_sum": checksum(reply.data),
    }


def _joined(channels: Iterable[str]) -> str:
    return ",".join(storable(channel).replace(",", " ") for channel in channels)


def checksum(data: bytes) -> int:
    """CRC-32 of the bytes, as a number that is positive everywhere."""
    return zlib.crc32(data) & _SUM


def _renew(connection: Connection, heard_again: Mapping[int, tuple[Kept, Observation]]) -> None:
    """The latest bytes, where they are others, and ways in which it was not heard before."""
    other = [number for number, (old, seen) in heard_again.items() if old.sum != checksum(seen.reply.data)]
    first: dict[int, bytes] = {}
    for some in chunks(other):
        query = select(observation.c.id, observation.c.first_data).where(observation.c.id.in_(some))
        first |= {row.id: row.first_data for row in connection.execute(query)}
    rows = [_latest(number, first[number], heard_again[number][1].reply) for number in other]
    write(connection, _UPDATE_LATEST, rows)
    write(connection, _UPDATE_WAYS, list(_new_ways(heard_again)))


def _latest(number: int, packed: bytes, reply: Reply) -> dict[str, Any]:
    first = unpacked(packed)
    latest = None if reply.data == first else packed_beside(first, reply.data)
    return {"row": number, "data": latest, "sum": checksum(reply.data), "time": reply.time}


def _new_ways(heard_again: Mapping[int, tuple[Kept, Observation]]) -> Iterator[dict[str, Any]]:
    for number, (old, seen) in heard_again.items():
        channels = tuple(dict.fromkeys((*old.channels, *_joined(seen.channels).split(","))))
        routed = seen.reply.routed if old.routed is None or seen.reply.routed else old.routed
        if channels != old.channels or routed != old.routed:
            yield {"row": number, "channels": ",".join(channels), "routed": routed}


_UPDATE_LATEST = (
    update(observation)
    .where(observation.c.id == bindparam("row"))
    .values(latest_data=bindparam("data"), latest_sum=bindparam("sum"), latest_time=bindparam("time"))
)
_UPDATE_WAYS = (
    update(observation)
    .where(observation.c.id == bindparam("row"))
    .values(channels=bindparam("channels"), routed=bindparam("routed"))
)


def replies_of(connection: Connection, devices: Iterable[int]) -> dict[int, list[Reply]]:
    """What each of these devices said last, once for each way in which it was heard."""
    query = (
        select(heard.c.device, observation)
        .join(observation, heard.c.observation == observation.c.id)
        .where(heard.c.until.is_(None))
        .order_by(heard.c.device, observation.c.id)
    )
    found: dict[int, list[Reply]] = {}
    for some in chunks(list(devices)):
        for row in connection.execute(query.where(heard.c.device.in_(some))):
            found.setdefault(row.device, []).extend(_replies(row))
    return found


def all_replies(connection: Connection) -> Iterator[Reply]:
    """What every device of the register said last, in the order of their numbers."""
    numbers = connection.execute(
        select(heard.c.device).where(heard.c.until.is_(None)).distinct().order_by(heard.c.device)
    )
    for some in chunks(list(numbers.scalars())):
        for replies in replies_of(connection, some).values():
            yield from replies


def last_words(connection: Connection, protocol: str) -> Iterator[Reply]:
    """What all devices together said last in this protocol."""
    query = select(observation).join(heard, heard.c.observation == observation.c.id)
    query = query.where(heard.c.until.is_(None), observation.c.protocol == protocol).order_by(observation.c.id)
    for row in connection.execute(query):
        yield from _replies(row)


def words_of(connection: Connection, numbers: Sequence[int], protocols: Iterable[str]) -> Iterator[tuple[int, Reply]]:
    """What the devices of these numbers said last in these protocols, beside the number of who said it."""
    query = (
        select(heard.c.device, observation)
        .join(observation, heard.c.observation == observation.c.id)
        .where(heard.c.until.is_(None), observation.c.protocol.in_(list(protocols)))
        .order_by(heard.c.device, observation.c.id)
    )
    for some in chunks(numbers):
        for row in connection.execute(query.where(heard.c.device.in_(some))):
            yield from ((row.device, reply) for reply in _replies(row))


def _replies(row: "Row[Any]") -> Iterator[Reply]:
    reply = reply_of(row, unpacked(row.first_data, row.latest_data))
    yield reply
    yield from (replace(reply, channel=channel) for channel in row.channels.split(",")[1:])


def reply_of(row: "Row[Any]", data: bytes) -> Reply:
    """A reply with these bytes, heard as the row says last, by the first of its channels."""
    return Reply(
        address=row.address,
        protocol=row.protocol,
        transport=row.transport,
        port=row.port,
        request=row.request,
        data=data,
        channel=row.channels.split(",")[0],
        time=row.latest_time,
        sensor=row.sensor,
        foreign=row.foreign,
        routed=row.routed,
    )
