"""A result beside what the register knows of its devices: since when each is there, and what its owner has decided."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.engine import Connection

from camscan.inventory.decisions import all_decisions
from camscan.inventory.groups import ROOT
from camscan.inventory.in_force import InForce
from camscan.inventory.numbers import chunks
from camscan.inventory.scans import scan_times
from camscan.inventory.tables import device
from camscan.model import AdvisoryVerdict, Device, Finding, Ignored, PolicyVerdict, ScanResult

Judged = TypeVar("Judged", Finding, AdvisoryVerdict, PolicyVerdict)


def annotated(connection: Connection, result: ScanResult, numbers: Sequence[int], now: float) -> ScanResult:
    """The result, whose devices have these numbers in the register, with what holds `now` (seconds since the epoch)."""
    decided = InForce(all_decisions(connection), now)
    known = _known(connection, numbers)
    devices = (
        _decided(_first_seen(one, known[number]), known[number], decided) if number in known else one
        for one, number in zip(result.devices, numbers, strict=True)
    )
    return replace(result, devices=tuple(devices))


class _Known(NamedTuple):
    """A device of the register: the number and the id under which it is told of, and when it was seen first."""

    root: int
    id: str
    first_seen: float


def _first_seen(one: Device, known: _Known) -> Device:
    """What was seen first now was so when it answered, which is before the scan ended."""
    times = [time for time in (one.first_seen, known.first_seen) if time is not None]
    return replace(one, record=known.id, first_seen=min(times))


def _decided(one: Device, known: _Known, decided: InForce) -> Device:
    number = known.root
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


def _known(connection: Connection, numbers: Sequence[int]) -> dict[int, _Known]:
    times = scan_times(connection)
    columns, whole = device.c, device.alias("whole")
    query = select(columns.number, ROOT.label("root"), whole.c.public_id, columns.first_scan).join(
        whole, whole.c.number == ROOT
    )
    return {
        row.number: _Known(row.root, row.public_id, times[row.first_scan])
        for some in chunks(numbers)
        for row in connection.execute(query.where(columns.number.in_(some)))
    }
