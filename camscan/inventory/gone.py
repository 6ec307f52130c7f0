"""Devices that were gone before a scan: who they are, and how many of them went in which month, which is all that is
kept of them when they are pruned.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Connection

from camscan.inventory.groups import ROOT, with_parts
from camscan.inventory.numbers import chunks
from camscan.inventory.scans import scan_times
from camscan.inventory.tables import NAMED, attribute, device, forgotten
from camscan.register import PRESENCE

_OF = ("vendor", "kind", "site")

_Group = tuple[str, str, str, str]
"""The month in which they went, and what they were: vendor, kind, site; empty where that was not known."""


def gone_before(connection: Connection, first: int) -> dict[int, int]:
    """The records of devices that were looked for in vain before this scan and have not been seen since, and the scan
    that missed each. Of what is merged all is gone, or nothing."""
    columns = attribute.c
    ended = func.max(columns.until)
    query = select(ROOT, ended).select_from(device).join(attribute, device.c.number == columns.device)
    query = query.where(columns.name == PRESENCE).group_by(ROOT)
    over = query.having(func.count() == func.count(columns.until), ended < first)
    gone = {row[0]: row[1] for row in connection.execute(over)}
    groups = with_parts(connection, gone)
    return {number: gone[whole] for whole, group in groups.items() for number in group}


def count_gone(connection: Connection, gone: Mapping[int, int]) -> None:
    """Adds them to what is kept of those who are forgotten; a part of another is no device of its own."""
    times = scan_times(connection)
    merged = _merged(connection)
    wholes = with_parts(connection, [number for number in gone if number not in merged])
    values = _values(connection, list(gone))
    groups: Counter[_Group] = Counter()
    for number, parts in wholes.items():
        month = f"{datetime.fromtimestamp(times[gone[number]], UTC):%Y-%m}"
        vendor, kind, site = (next((values[n][name] for n in parts if name in values[n]), "") for name in _OF)
        groups[month, vendor, kind, site] += 1
    for group, count in groups.items():
        _add(connection, group, count)


def _merged(connection: Connection) -> set[int]:
    return set(connection.execute(select(device.c.number).where(device.c.merged_into.is_not(None))).scalars())


def _values(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    values: dict[int, dict[str, str]] = defaultdict(dict)
    columns = attribute.c
    query = select(columns.device, columns.name, columns.value).where(NAMED.in_(_OF), columns.until.is_(None))
    for some in chunks(numbers):
        for number, name, value in connection.execute(query.where(columns.device.in_(some))):
            values[number][name] = value
    return values


def _add(connection: Connection, group: _Group, count: int) -> None:
    columns = (forgotten.c.month, forgotten.c.vendor, forgotten.c.kind, forgotten.c.site)
    same = [column == value for column, value in zip(columns, group, strict=True)]
    more = update(forgotten).where(*same).values(devices=forgotten.c.devices + count)
    if not connection.execute(more).rowcount:
        row = {column.name: value for column, value in zip(columns, group, strict=True)}
        connection.execute(insert(forgotten), row | {"devices": count})
