"""The row of a scan in the register, with its coverage; refused where its time would turn the register round."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from camscan.errors import UsageError
from camscan.inventory.facts import storable
from camscan.inventory.identity import SameValue
from camscan.inventory.numbers import add, numbers_after
from camscan.inventory.scans import DAY
from camscan.inventory.tables import coverage, scan
from camscan.model import ScanResult
from camscan.register import Kind

_LAST_MOMENT = datetime.max.replace(tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a record needs beside the result. `now` in seconds since the epoch; `same_value` and `is_placeholder` are
    those of correlation, so that a device is the same over the years by the rules by which it is within a scan.
    `placed`: the result was held against sites, so that who is at none has left his."""

    kind: Kind
    now: float
    tool_version: str
    same_value: SameValue
    is_placeholder: Callable[[str], bool]
    placed: bool = False


def add_scan(connection: Connection, result: ScanResult, entry: Entry) -> int:
    """The row of the scan, with its coverage."""
    started, ended = _times(result)
    _refuse_future(ended, entry.now)
    if entry.kind == "replay":
        _refuse_older(connection, ended)
    number = next(numbers_after(connection, scan.c.number))
    row = {
        "number": number,
        "scan_id": storable(result.id),
        "kind": entry.kind,
        "started": started,
        "ended": ended,
        "recorded": entry.now,
        "scope": json.dumps(result.scope),
        "vantage": storable_or_none(result.vantage),
        "partial": result.partial,
        "failure": storable_or_none(result.failure),
        "complete": is_complete(result, entry.kind),
        "asked_ports": None if result.asked_ports is None else json.dumps(sorted(result.asked_ports)),
        "data": json.dumps(dict(result.data)),
        "tool_version": entry.tool_version,
    }
    add(connection, scan, [row])
    add(connection, coverage, list(_coverage_rows(number, result)))
    return number


def is_complete(result: ScanResult, kind: Kind) -> bool:
    """Whether silence means something: a scan that left nothing out."""
    return kind == "scan" and not result.partial and result.failure is None


def _times(result: ScanResult) -> tuple[float | None, float | None]:
    """Those of the scan; of a recording, those of its first and its last reply."""
    if result.ended is not None:
        return result.started, result.ended
    times = [seen.reply.time for seen in result.observations if seen.reply.time is not None]
    return min(times, default=None), max(times, default=None)


def _refuse_future(ended: float | None, now: float) -> None:
    """A clock that is wrong once would have the last word for ever."""
    if ended is not None and ended > now + DAY:
        day = f"{datetime.fromtimestamp(ended, UTC):%Y-%m-%d}" if ended < _LAST_MOMENT else "a day beyond all calendars"
        raise UsageError(f"this is dated {day}, which is still to come: a clock is wrong")


def _refuse_older(connection: Connection, ended: float | None) -> None:
    newest = connection.execute(select(func.max(scan.c.ended)).where(scan.c.kind != "reassess")).scalar()
    if ended is not None and newest is not None and ended < newest:
        raise UsageError("the recording is older than the last scan in the inventory, and would turn it back")


def _coverage_rows(number: int, result: ScanResult) -> Iterator[dict[str, object]]:
    for position, row in enumerate(result.coverage):
        yield {
            "scan": number,
            "row": position,
            "interface": storable_or_none(row.interface),
            "network": storable(row.network),
            "channel": storable(row.channel),
            "state": row.state,
            "asked": row.asked,
            "answered": row.answered,
            "silent": row.silent,
            "reason": storable_or_none(row.reason),
            "ports": json.dumps(row.ports),
            "only_known": row.only_known,
        }


def storable_or_none(text: str | None) -> str | None:
    """The text as a database takes it."""
    return None if text is None else storable(text)
