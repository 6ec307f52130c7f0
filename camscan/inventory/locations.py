"""Where devices are: where somebody put them by hand, else where the owner's sites say of their address.

Both are kept as runs of `WHERE`, like everything that a device is, so that lists, histories and differences know them.
What is put by hand stays over scans and moves until it is taken back. It holds from the last scan on: nobody was asked.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.engine import Connection, Row

from camscan.inventory.amend import end_runs
from camscan.inventory.decisions import Word
from camscan.inventory.facts import VALUE_LIMIT, storable
from camscan.inventory.groups import ROOT
from camscan.inventory.numbers import add, chunks, numbers_after, write
from camscan.inventory.scan_row import Entry, add_scan
from camscan.inventory.tables import NAMED, attribute, device, location, scan, setting
from camscan.model import ScanResult
from camscan.place import NOWHERE, WHERE, Located, Location
from camscan.register import PRESENCE

SITES = "sites"  # the setting that holds the text of the site file

PlaceOf = Callable[[str], Location]
"""Where an address is, as the sites say."""


def kept_sites(connection: Connection) -> str | None:
    """The text of the site file that the inventory holds, if it holds one."""
    return connection.execute(select(setting.c.value).where(setting.c.name == SITES)).scalar()


def keep_sites(connection: Connection, text: str | None) -> None:
    """From now on it holds this one, or none."""
    connection.execute(delete(setting).where(setting.c.name == SITES))
    if text is not None:
        connection.execute(insert(setting), {"name": SITES, "value": storable(text)})


def place_all(
    connection: Connection, place_of: PlaceOf, districts: Mapping[str, str], result: ScanResult, entry: Entry
) -> tuple[int, int | None]:
    """Puts every device where the sites say of its address, unless it was put somewhere by hand: then in the district,
    by site, in which that is now. How many of those that are there are elsewhere than before, and the row of the
    register that says so, None where nobody moved at all."""
    query = select(attribute.c.device, attribute.c.value).where(
        attribute.c.name == "address", attribute.c.until.is_(None)
    )
    wanted = {number: place_of(address) for number, address in connection.execute(query)}
    write(connection, _IN_DISTRICT, [{"of": site, "within": name} for site, name in districts.items()])
    wanted |= put_by_hand(connection)
    moves = _moves(connection, wanted)
    if not moves:
        return 0, None
    number = add_scan(connection, result, entry)
    _write(connection, number, moves)
    return _devices_there(connection, list(moves)), number


def _devices_there(connection: Connection, numbers: Sequence[int]) -> int:
    """How many devices that are there these are, or parts of them."""
    query = select(ROOT).join(attribute, attribute.c.device == device.c.number)
    query = query.where(NAMED == PRESENCE, attribute.c.until.is_(None))
    some_of = (connection.execute(query.where(device.c.number.in_(some))).scalars() for some in chunks(numbers))
    return len({number for some in some_of for number in some})


def put(connection: Connection, number: int, where: Location, word: Word) -> None:
    """This device is there, whatever its address says."""
    _take_back(connection, number, word.made)
    row = {
        "id": next(numbers_after(connection, location.c.id)),
        "device": number,
        **{name: _stored(getattr(where, name)) for name in WHERE},
        "who": storable(word.who)[:VALUE_LIMIT],
        "reason": storable(word.reason) or None,
        "made": word.made,
    }
    connection.execute(insert(location), row)
    settle(connection, _last_scan(connection), {number: where})


def take_back(connection: Connection, number: int, place_of: PlaceOf, when: float) -> bool:
    """This device is where its address says again. Whether it was anywhere by hand."""
    if not _take_back(connection, number, when):
        return False
    query = select(attribute.c.value).where(
        attribute.c.device == number, attribute.c.name == "address", attribute.c.until.is_(None)
    )
    address = connection.execute(query).scalar()
    settle(connection, _last_scan(connection), {number: NOWHERE if address is None else place_of(address)})
    return True


def put_by_hand(connection: Connection, among: Collection[int] | None = None) -> dict[int, Location]:
    """Where devices are by somebody's word: all of them, or those among these."""
    columns = location.c
    query = select(columns.device, *(columns[name] for name in WHERE)).where(columns.ended.is_(None))
    return {row.device: _location(row) for row in connection.execute(query) if among is None or row.device in among}


def keep_word(connection: Connection, number: int, other: int) -> None:
    """What is said by hand of where a device is holds for this one too."""
    held = location.c.device == number, location.c.ended.is_(None)
    ids = numbers_after(connection, location.c.id)
    rows = [dict(row._mapping) for row in connection.execute(select(location).where(*held))]
    add(connection, location, [row | {"id": next(ids), "device": other} for row in rows])


def words_about(connection: Connection, number: int) -> tuple[Located, ...]:
    """Everything that was ever said by hand of where this device is, the first word first."""
    query = select(location).where(location.c.device == number).order_by(location.c.id)
    return tuple(
        Located(where=_location(row), who=row.who, reason=row.reason, made=row.made, ended=row.ended)
        for row in connection.execute(query)
    )


def _location(row: "Row[Any]") -> Location:
    return Location(district=row.district, site=row.site, building=row.building, room=row.room)


def settle(connection: Connection, number: int, wanted: Mapping[int, Location]) -> None:
    """These devices are there, as scan `number` knows it."""
    _write(connection, number, _moves(connection, wanted))


def _take_back(connection: Connection, number: int, when: float) -> bool:
    taken = update(location).where(location.c.device == number, location.c.ended.is_(None)).values(ended=when)
    return bool(connection.execute(taken).rowcount)


def _last_scan(connection: Connection) -> int:
    return connection.execute(select(func.max(scan.c.number))).scalar() or 0


@dataclass(frozen=True, slots=True)
class _Run:
    """An open run that says where a device is."""

    id: int
    since: int
    value: str


@dataclass(frozen=True, slots=True)
class _Move:
    """What of a device's runs is over, and what begins."""

    over: tuple[_Run, ...]
    begins: tuple[tuple[str, str], ...]


def _moves(connection: Connection, wanted: Mapping[int, Location]) -> dict[int, _Move]:
    """What is to be written for those that are elsewhere than the register says."""
    held = _held(connection, wanted)
    moves = {number: _move(held[number], where) for number, where in wanted.items()}
    return {number: move for number, move in moves.items() if move.over or move.begins}


def _move(held: Mapping[str, _Run], where: Location) -> _Move:
    values = {name: value for name in WHERE if (value := _stored(getattr(where, name))) is not None}
    over = tuple(run for name, run in held.items() if values.get(name) != run.value)
    begins = tuple((name, value) for name, value in values.items() if name not in held or held[name].value != value)
    return _Move(over, begins)


def _stored(text: str | None) -> str | None:
    return None if text is None else storable(text)[:VALUE_LIMIT]


def _held(connection: Connection, numbers: Iterable[int]) -> Mapping[int, dict[str, _Run]]:
    found: dict[int, dict[str, _Run]] = defaultdict(dict)
    columns = attribute.c
    query = select(columns.device, columns.name, columns.id, columns.since, columns.value).where(
        NAMED.in_(WHERE), columns.until.is_(None)
    )
    for some in chunks(list(numbers)):
        for number, name, row, since, value in connection.execute(query.where(columns.device.in_(some))):
            found[number][name] = _Run(row, since, value)
    return found


def _write(connection: Connection, number: int, moves: Mapping[int, _Move]) -> None:
    """A run that began with this scan never was; another ends with it."""
    over = [run for move in moves.values() for run in move.over]
    write(connection, _FORGET, [{"row": run.id} for run in over if run.since == number])
    end_runs(connection, number, (run.id for run in over if run.since != number))
    ids = numbers_after(connection, attribute.c.id)
    rows = [
        {"id": next(ids), "device": owner, "name": name, "value": value, "confidence": None, "since": number}
        for owner, move in moves.items()
        for name, value in move.begins
    ]
    add(connection, attribute, rows)


_IN_DISTRICT = (
    update(location)
    .where(location.c.site == bindparam("of"), location.c.ended.is_(None))
    .values(district=bindparam("within"))
)
_FORGET = delete(attribute).where(attribute.c.id == bindparam("row"))
