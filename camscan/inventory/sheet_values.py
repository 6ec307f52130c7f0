"""What devices are and by what they were heard, as it stands on their sheets."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from camscan.dossier import Heard
from camscan.inventory.packed import unpacked_list
from camscan.inventory.sheet_records import Record, rows
from camscan.inventory.tables import attribute, heard, observation
from camscan.register import Able


def read_attributes(connection: Connection, records: Mapping[int, Record], times: Mapping[int, float]) -> None:
    """The values that stand now, and since when a device has not told one any more."""
    columns = attribute.c
    query = select(
        columns.device, columns.name, columns.value, columns.confidence, columns.untold, columns.state, columns.enabled
    )
    for number, name, value, confidence, untold, *able in rows(connection, query.where(columns.until.is_(None))):
        one = records.get(number)
        if one is None:
            continue
        if name == "capabilities":
            one.able[value] = Able(*able)
            continue
        if name in ("addresses", "services"):
            one.members[name].add(value)
            continue
        one.values[name] = value
        if confidence is not None:
            one.confidence[name] = confidence
        if untold is not None:
            one.untold[name] = times[untold]


def read_heard(connection: Connection, records: Mapping[int, Record]) -> None:
    """By which channels each is heard now, and from where."""
    columns = observation.c
    query = (
        select(
            heard.c.device, heard.c.vantages, columns.protocol, columns.transport, columns.port, columns.request,
        )
        .join(observation, heard.c.observation == columns.id)
        .where(heard.c.until.is_(None))
        .order_by(columns.protocol, columns.port, columns.request)
    )  # fmt: skip
    places: dict[str, list[str]] = {}
    ways: dict[Any, Heard] = {}
    for number, vantages, *told in rows(connection, query):
        one = records.get(number)
        if one is None:
            continue
        if vantages not in places:
            places[vantages] = [str(name) for name in unpacked_list(vantages)]
        one.vantages.update(places[vantages])
        one.heard[ways.setdefault(tuple(told), Heard._make(told))] = None
