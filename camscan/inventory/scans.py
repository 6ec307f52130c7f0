"""The rows of the register: which scans there are, and which one a word of the user means."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, Row

from camscan.errors import UsageError
from camscan.inventory.packed import DamagedError, unpacked_list, unpacked_mapping
from camscan.inventory.tables import scan, setting
from camscan.register import ScanEntry

BASELINE = "baseline"
LAST = "last"
KEPT_FROM = "kept from"
DAY = 86_400.0  # seconds


def all_scans(connection: Connection) -> list[ScanEntry]:
    """Every row, in the order in which they were recorded."""
    return [_entry(row) for row in connection.execute(select(scan).order_by(scan.c.number))]


class Times(dict[int, float]):
    """The time of each scan by its number. One that is not there is damage: everything that names a scan was written
    with it."""

    def __missing__(self, number: int) -> float:
        raise DamagedError(f"scan {number} is named, and is not there")


def scan_times(connection: Connection) -> Times:
    """When what each scan says was so, in seconds since the epoch."""
    return Times((one.number, one.time) for one in all_scans(connection))


def find_scan(connection: Connection, word: str) -> ScanEntry:
    """The scan that is meant: `last`, `baseline`, a number, an id, or a day or moment: the last scan until then.

    Days and moments are UTC unless they say otherwise. Raises `UsageError` where there is none.
    """
    scans = all_scans(connection)
    if word == LAST:
        chosen = scans
    elif word == BASELINE:
        chosen = [one for one in scans if one.number == baseline(connection)]
    elif word.isdecimal() and len(word) < 10:
        chosen = [one for one in scans if one.number == int(word)]
    else:
        end = _end_of(word)
        chosen = [one for one in scans if one.id == word or (end is not None and one.time < end)]
        chosen.sort(key=lambda one: (one.time, one.number))
    if not chosen:
        raise UsageError(f"no scan {word} among the {len(scans)} recorded{_hint(word)}")
    if chosen[-1].number < (first := kept_from(connection)):
        raise UsageError(f"scan {chosen[-1].number}: what changed before scan {first} was pruned, and is forgotten")
    return chosen[-1]


def set_baseline(connection: Connection, number: int) -> None:
    """From now on `baseline` means this scan."""
    _set(connection, BASELINE, number)


def baseline(connection: Connection) -> int:
    """The number of the scan that is meant by it, 0 where none is."""
    return _number(connection, BASELINE)


def set_kept_from(connection: Connection, number: int) -> None:
    """What changed before this scan is forgotten."""
    _set(connection, KEPT_FROM, number)


def kept_from(connection: Connection) -> int:
    """The first scan that can be compared with later ones, 0 where none was pruned."""
    return _number(connection, KEPT_FROM)


def _set(connection: Connection, name: str, number: int) -> None:
    changed = connection.execute(update(setting).where(setting.c.name == name).values(value=str(number)))
    if not changed.rowcount:
        connection.execute(insert(setting), {"name": name, "value": str(number)})


def _number(connection: Connection, name: str) -> int:
    value = connection.execute(select(setting.c.value).where(setting.c.name == name)).scalar() or "0"
    return int(value) if value.isdecimal() else 0


def _hint(word: str) -> str:
    return "; `camscan diff --set-baseline` makes the last one it" if word == BASELINE else ""


def _end_of(word: str) -> float | None:
    """The moment before which a scan must have ended; of a day, its end."""
    try:
        moment = datetime.fromisoformat(word)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.timestamp() + (DAY if len(word) <= len("2026-11-29") else 0) + 1e-6


def _entry(row: "Row[Any]") -> ScanEntry:
    return ScanEntry(
        number=row.number,
        id=row.scan_id,
        kind=row.kind,
        started=row.started,
        ended=row.ended,
        recorded=row.recorded,
        scope=tuple(map(str, unpacked_list(row.scope))),
        vantage=row.vantage,
        partial=row.partial,
        failure=row.failure,
        complete=row.complete,
        data={name: str(date) for name, date in unpacked_mapping(row.data).items()},
        tool_version=row.tool_version,
    )
