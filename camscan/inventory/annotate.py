"""A result beside what the register knows of its devices: since when each is there, and what its owner has decided."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.engine import Connection

from camscan.inventory.decisions import all_decisions
from camscan.inventory.in_force import InForce
from camscan.inventory.numbers import chunks
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import device
from camscan.model import AdvisoryVerdict, Device, Finding, Ignored, PolicyVerdict, ScanResult

Judged = TypeVar("Judged", Finding, AdvisoryVerdict, PolicyVerdict)


def annotated(connection: Connection, result: ScanResult, numbers: Sequence[int], now: float) -> ScanResult:
    """The result, whose devices have these numbers in the register, with what holds `now` (seconds since the epoch)."""
    decided = InForce(all_decisions(connection), now)
    first = _first_seen(connection, numbers)
    devices = (
        _decided(replace(one, first_seen=first.get(number, one.first_seen)), number, decided)
        for one, number in zip(result.devices, numbers, strict=True)
    )
    return replace(result, devices=tuple(devices))


def _decided(one: Device, number: int, decided: InForce) -> Device:
    return replace(
        one,
        approved=decided.approved(number),
        tags=decided.tags(number),
        findings=tuple(_ignored(row, decided.ignored(number, row.id)) for row in one.findings),
        advisories=tuple(_ignored(row, decided.ignored(number, row.id)) for row in one.advisories),
        verdicts=tuple(_ignored(row, decided.ignored(number, row.policy)) for row in one.verdicts),
    )


def _ignored(row: Judged, by: Ignored | None) -> Judged:
    return row if by is None else replace(row, ignored=by)


def _first_seen(connection: Connection, numbers: Sequence[int]) -> Mapping[int, float]:
    times = {one.number: one.started or one.time for one in all_scans(connection)}
    columns = device.c
    query = select(columns.number, columns.first_scan)
    return {
        row.number: times[row.first_scan]
        for some in chunks(numbers)
        for row in connection.execute(query.where(columns.number.in_(some)))
    }
