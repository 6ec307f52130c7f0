"""The last scans as what they asked: scope and coverage, without the devices that they found."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.engine import Connection

from camscan.inventory.packed import unpacked_list
from camscan.inventory.scans import all_scans, kept_from
from camscan.inventory.tables import coverage
from camscan.model import Coverage, ScanResult
from camscan.register import ScanEntry


def last_asked(connection: Connection, most: int) -> list[ScanResult]:
    """The newest scans of a network, the newest first, at most so many. Their `devices` are empty. What scans asked
    before the first that is kept was pruned, and they are left out."""
    first = kept_from(connection)
    scans = [one for one in all_scans(connection) if one.kind == "scan" and one.number >= first]
    newest = sorted(scans, key=lambda one: (one.time, one.number), reverse=True)[:most]
    rows = _rows(connection, [one.number for one in newest])
    return [_asked(one, rows[one.number]) for one in newest]


def is_pruned(connection: Connection) -> bool:
    """Whether there were scans of a network of which nobody knows any more what they asked."""
    first = kept_from(connection)
    return any(one.kind == "scan" and one.number < first for one in all_scans(connection))


def _asked(entry: ScanEntry, rows: Sequence[Coverage]) -> ScanResult:
    return ScanResult(
        id=entry.id,
        started=entry.started,
        ended=entry.ended,
        scope=entry.scope,
        vantage=entry.vantage,
        partial=entry.partial,
        devices=(),
        coverage=tuple(rows),
        undecoded=(),
        failure=entry.failure,
    )


def _rows(connection: Connection, numbers: Sequence[int]) -> dict[int, list[Coverage]]:
    found: dict[int, list[Coverage]] = defaultdict(list)
    query = select(coverage).where(coverage.c.scan.in_(numbers)).order_by(coverage.c.scan, coverage.c.row)
    for row in connection.execute(query):
        found[row.scan].append(
            Coverage(
                interface=row.interface,
                network=row.network,
                channel=row.channel,
                state=row.state,
                asked=row.asked,
                answered=row.answered,
                silent=row.silent,
                reason=row.reason,
                ports=tuple(int(port) for port in unpacked_list(row.ports)),
                only_known=row.only_known,
            )
        )
    return found
