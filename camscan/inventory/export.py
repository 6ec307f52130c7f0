"""Everything the inventory holds as plain records, one after the other, in the shape of `report/inventory_shape.py`:
scans, devices with all that is known of them, replies, and how many were forgotten. Times are seconds since the epoch,
scans are meant by their number, devices by their id.

No more is in memory at once than one device: each table is read in the order of the devices, side by side.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import RowMapping, Select, func, select
from sqlalchemy.engine import Connection, Row

from camscan.inventory.packed import unpacked, unpacked_list, unpacked_mapping
from camscan.inventory.replies import reply_of
from camscan.inventory.scans import baseline, kept_from
from camscan.inventory.tables import (
    attribute,
    coverage,
    decision,
    device,
    forgotten,
    heard,
    judgement,
    location,
    observation,
    phrase,
    scan,
    sighting,
)
from camscan.reply import Reply

AT_ONCE = 500  # rows that come from the database together

Record = dict[str, Any]
Recorded = Callable[[Reply], Record]
"""A reply as `camscan replay` reads it."""


def records(connection: Connection, recorded: Recorded) -> Iterator[Record]:
    """All of them. `connection` is a transaction that sees one state. Raises `DamagedError`."""
    streamed = connection.execution_options(yield_per=AT_ONCE)
    yield _beginning(connection)
    yield from _scans(streamed)
    yield from _devices(streamed)
    yield from _decisions(connection)
    for row in streamed.execute(select(observation).order_by(observation.c.id)):
        yield _reply(row, recorded)
    for one in streamed.execute(select(forgotten).order_by(*forgotten.primary_key.columns)).mappings():
        yield {"record": "forgotten", **_plain(one)}


def last_replies(connection: Connection) -> Iterator[Reply]:
    """What every device said last, each reply once."""
    said = select(heard.c.observation).where(heard.c.until.is_(None))
    query = select(observation).where(observation.c.id.in_(said)).order_by(observation.c.id)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        yield reply_of(row, unpacked(row.first_data, row.latest_data))


def _beginning(connection: Connection) -> Record:
    count = {
        name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for name, table in (("scans", scan), ("devices", device), ("replies", observation))
    }
    first = {"baseline": baseline(connection) or None, "kept_from": kept_from(connection) or None}
    return {"record": "inventory", **first, **count}


def _scans(connection: Connection) -> Iterator[Record]:
    asked = _Beside(connection, select(coverage).order_by(coverage.c.scan, coverage.c.row), "scan")
    for row in connection.execute(select(scan).order_by(scan.c.number)).mappings():
        read = {"scope": unpacked_list(row["scope"]), "data": unpacked_mapping(row["data"])}
        ports = None if row["asked_ports"] is None else unpacked_list(row["asked_ports"])
        made = _plain(row, "scan_id") | read | {"asked_ports": ports}
        yield {
            "record": "scan",
            "id": row["scan_id"],
            **made,
            "coverage": list(map(_coverage, asked.of(row["number"]))),
        }


def _coverage(row: RowMapping) -> Record:
    return _plain(row, "scan", "row") | {"ports": unpacked_list(row["ports"])}


def _devices(connection: Connection) -> Iterator[Record]:
    ids = select(device.c.number, device.c.public_id)
    other = ids.subquery("other")
    query = select(device, other.c.public_id.label("into")).outerjoin(other, other.c.number == device.c.merged_into)
    beside = {name: _Beside(connection, query, "device") for name, query in _OF_DEVICE.items()}
    for row in connection.execute(query.order_by(device.c.number)):
        number = row.number
        yield {
            "record": "device",
            "id": row.public_id,
            "first_scan": row.first_scan,
            "last_scan": row.last_scan,
            "merged_into": row.into,
            "seen_by": [one["scan"] for one in beside["seen_by"].of(number)],
            "attributes": [_plain(one, "id", "device") for one in beside["attributes"].of(number)],
            "judgements": [_judgement(one) for one in beside["judgements"].of(number)],
            "located": [_plain(one, "id", "device") for one in beside["located"].of(number)],
            "said": [_said(one) for one in beside["said"].of(number)],
        }


def _decisions(connection: Connection) -> Iterator[Record]:
    query = select(decision, device.c.public_id).outerjoin(device, decision.c.device == device.c.number)
    for row in connection.execute(query.order_by(decision.c.number)).mappings():
        yield {"record": "decision", **_plain(row, "device", "public_id"), "device": row["public_id"]}


def _judgement(row: RowMapping) -> Record:
    read = {"said": unpacked_mapping(row["told"]), "basis": unpacked_mapping(row["rests"])}
    return {
        "kind": row["kind"],
        "id": row["name"],
        **_plain(row, "id", "device", "kind", "name", "told", "rests"),
        **read,
    }


def _said(row: RowMapping) -> Record:
    read = {"reply": row["observation"], "vantages": unpacked_list(row["vantages"])}
    return _plain(row, "device", "observation") | read


def _reply(row: "Row[Any]", recorded: Recorded) -> Record:
    first, latest = (
        recorded(reply_of(row, data)) for data in (unpacked(row.first_data), unpacked(row.first_data, row.latest_data))
    )
    return {
        "record": "reply",
        "number": row.id,
        "id": row.content,
        "channels": row.channels.split(","),
        "first": first | {"time": row.first_time},
        "latest": latest,
    }


def _plain(row: RowMapping, *without: str) -> Record:
    return {name: value for name, value in row.items() if name not in without}


class _Beside:
    """The rows of a query, which come in the order of `column`, handed out for one value after the other."""

    def __init__(self, connection: Connection, query: Select[Any], column: str) -> None:
        rows: Iterator[RowMapping] = iter(connection.execute(query).mappings())
        self._groups = groupby(rows, key=lambda row: int(row[column]))
        self._head = next(self._groups, None)

    def of(self, value: int) -> Iterator[RowMapping]:
        """Those of this value, which must be higher than the one before."""
        while self._head is not None and self._head[0] < value:
            self._head = next(self._groups, None)
        if self._head is not None and self._head[0] == value:
            yield from self._head[1]


_TOLD, _RESTS = phrase.alias("told"), phrase.alias("rests")
_JUDGED = (
    select(
        judgement.c.id, judgement.c.device, judgement.c.kind, judgement.c.name, judgement.c.state,
        judgement.c.severity, judgement.c.exploited, judgement.c.since, judgement.c.until, judgement.c.unconfirmed,
        _TOLD.c.text.label("told"), _RESTS.c.text.label("rests"),
    )
    .join(_TOLD, judgement.c.said == _TOLD.c.id)
    .join(_RESTS, judgement.c.basis == _RESTS.c.id)
)  # fmt: skip
_OF_DEVICE: dict[str, Select[Any]] = {
    "seen_by": select(sighting).order_by(sighting.c.device, sighting.c.scan),
    "attributes": select(attribute).order_by(attribute.c.device, attribute.c.since, attribute.c.id),
    "judgements": _JUDGED.order_by(judgement.c.device, judgement.c.since, judgement.c.id),
    "located": select(location).order_by(location.c.device, location.c.id),
    "said": select(heard).order_by(heard.c.device, heard.c.since, heard.c.observation),
}
