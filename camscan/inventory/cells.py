"""What must hold of what stands packed in a cell: texts are JSON, phrases are what their digest says, replies can be
unpacked and are what their sum and their id say.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy.engine import Connection, Row

from camscan.inventory.packed import DamagedError, unpacked, unpacked_list, unpacked_mapping
from camscan.inventory.replies import checksum, reply_of
from camscan.inventory.tables import coverage, heard, observation, phrase, scan
from camscan.register import Broken
from camscan.reply import Reply

AT_ONCE = 1_000  # rows in memory together

ContentOf = Callable[[Reply], str]
"""The id of what a reply says, as recording has it (`content_id`)."""

RULES = ("texts-are-json", "phrases-are-what-they-say", "replies-can-be-unpacked", "replies-are-what-they-say")

_TEXTS: "tuple[tuple[Column[Any], Callable[[str], object]], ...]" = (
    (scan.c.scope, unpacked_list),
    (scan.c.asked_ports, unpacked_list),
    (scan.c.data, unpacked_mapping),
    (coverage.c.ports, unpacked_list),
    (heard.c.vantages, unpacked_list),
    (phrase.c.text, unpacked_mapping),
)


def broken_cells(connection: Connection, content_of: ContentOf | None) -> Iterator[Broken]:
    """Every cell that holds something else than was written. Without `content_of` ids are not compared."""
    streamed = connection.execution_options(yield_per=AT_ONCE)
    yield from _texts(streamed)
    yield from _phrases(streamed)
    for row in streamed.execute(select(observation)):
        yield from _reply(row, content_of)


def _texts(connection: Connection) -> Iterator[Broken]:
    for column, read in _TEXTS:
        keys = list(column.table.primary_key.columns)
        for row in connection.execute(select(*keys, column).where(column.is_not(None))):
            try:
                read(row[-1])
            except DamagedError as error:
                named = ", ".join(f"{key.name} {value}" for key, value in zip(keys, row, strict=False))
                yield Broken(rule=RULES[0], what=f"{column.table.name} {named}: {column.name}: {error}")


def _phrases(connection: Connection) -> Iterator[Broken]:
    for row in connection.execute(select(phrase)):
        if row.digest != hashlib.sha256(row.text.encode()).hexdigest()[:24]:
            yield Broken(rule=RULES[1], what=f"phrase {row.id}: its words have another digest")


def _reply(row: "Row[Any]", content_of: ContentOf | None) -> Iterator[Broken]:
    try:
        first, latest = unpacked(row.first_data), unpacked(row.first_data, row.latest_data)
    except DamagedError as error:
        yield Broken(rule=RULES[2], what=f"observation {row.id}: {error}")
        return
    if checksum(latest) != row.latest_sum:
        yield Broken(rule=RULES[3], what=f"observation {row.id}: the latest bytes have another sum")
    if content_of is None:
        return
    for name, data in (("first", first), ("latest", latest)):
        if content_of(reply_of(row, data)) != row.content:
            yield Broken(rule=RULES[3], what=f"observation {row.id}: the {name} bytes have another id")
