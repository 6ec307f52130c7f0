"""The records of devices that are there, with what was read of them so far for their sheets."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection

from camscan.dossier import Heard
from camscan.inventory.groups import ROOT
from camscan.inventory.tables import attribute, device
from camscan.model import AdvisoryVerdict, Finding, PolicyVerdict
from camscan.register import PRESENCE, Able

_AT_ONCE = 5_000  # rows

Judged = Finding | AdvisoryVerdict | PolicyVerdict


@dataclass(slots=True)
class Record:
    """A record of the register, and what was read of it so far. `root` is the number of the whole of which it is;
    `there`: it is not gone."""

    number: int
    id: str
    first_scan: int
    last_scan: int
    root: int
    there: bool
    values: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    able: dict[str, Able] = field(default_factory=dict)
    judged: dict[str, dict[str, Any]] = field(default_factory=lambda: defaultdict(dict))
    since: dict[str, float] = field(default_factory=dict)
    unconfirmed: dict[str, float] = field(default_factory=dict)
    untold: dict[str, float] = field(default_factory=dict)
    heard: dict[Heard, None] = field(default_factory=dict)
    vantages: set[str] = field(default_factory=set)


def records_there(connection: Connection) -> list[list[Record]]:
    """The records of each device of which at least one is there; its own comes first."""
    there = select(attribute.c.device).where(attribute.c.name == PRESENCE, attribute.c.until.is_(None))
    present = set(connection.execute(there).scalars())
    columns = device.c
    query = select(columns.number, columns.public_id, columns.first_scan, columns.last_scan, ROOT)
    found: dict[int, list[Record]] = defaultdict(list)
    for row in connection.execute(query.order_by(columns.merged_into.is_not(None), columns.number)):
        number, public, first, last, root = row
        found[root].append(Record(number, public, first, last, root, number in present))
    return [group for group in found.values() if any(one.there for one in group)]


def rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """The rows, many at a time: one by one takes twice as long."""
    return chain.from_iterable(connection.execute(query).partitions(_AT_ONCE))
