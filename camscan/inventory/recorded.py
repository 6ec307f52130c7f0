"""Whether a scan stands in the register already: a scan that was killed when it was recorded, but before its journal
said so, comes to its end twice.
"""

import json

from sqlalchemy import select
from sqlalchemy.engine import Connection

from camscan.inventory.facts import storable
from camscan.inventory.tables import coverage, scan
from camscan.model import ScanResult
from camscan.register import Kind

_Asked = list[tuple[str, str, str, int, str]]
"""Network, channel, state, how many were asked and the ports, of each row: more is asked, or it is the same."""


def recorded_already(connection: Connection, result: ScanResult, kind: Kind) -> int | None:
    """The number of the row of the same scan, by its id, if it was complete or had asked as much; None where it is to
    be recorded. What was cut short and went on stands there twice: as it was then, and whole."""
    if kind != "scan":
        return None
    same = select(scan.c.number, scan.c.complete).where(scan.c.scan_id == storable(result.id), scan.c.kind == kind)
    rows = connection.execute(same.order_by(scan.c.number.desc())).all()
    return next(
        (row.number for row in rows if row.complete or _asked_by(connection, row.number) == _asked(result)), None
    )


def _asked_by(connection: Connection, number: int) -> _Asked:
    columns = coverage.c
    query = select(columns.network, columns.channel, columns.state, columns.asked, columns.ports)
    return sorted(tuple(row) for row in connection.execute(query.where(columns.scan == number)))


def _asked(result: ScanResult) -> _Asked:
    rows = result.coverage
    return sorted((storable(r.network), storable(r.channel), r.state, r.asked, json.dumps(r.ports)) for r in rows)
