"""What is stored, judged anew: the register learns what today's data say of yesterday's replies, and nobody is asked.

Each device is judged by itself, by the last replies of it that are kept, so that it stays who it is whatever the rules
say now. Nobody is seen by it, and nobody is missed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from camscan.errors import CannotRunError
from camscan.inventory.amend import amend
from camscan.inventory.boxes import boxes
from camscan.inventory.facts import Facts, Key
from camscan.inventory.known import open_runs, ports_asked
from camscan.inventory.numbers import chunks, write
from camscan.inventory.replies import replies_of
from camscan.inventory.runs import edits
from camscan.inventory.scan_row import Entry, add_scan
from camscan.inventory.store import Inventory
from camscan.inventory.tables import device, scan
from camscan.model import ScanResult
from camscan.place import WHERE
from camscan.reply import Reply

_KEPT = ("address", "addresses", "serial", "mac", "uuid", *WHERE)
"""What says who and where a device is: that was heard, or said by the owner, and rules have no word in it."""

AT_ONCE = 500  # devices whose replies are in memory together: some 5 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What is kept of one device. `asked_ports` are those that its last scan tried at every host."""

    number: int
    replies: tuple[Reply, ...]
    asked_ports: frozenset[int] | None


def stored(connection: Connection) -> Iterator[Stored]:
    """Every device that may be judged: a middlebox may not, because one of its addresses does not show that it is
    one."""
    query = select(device.c.number).where(device.c.number.not_in(boxes()))
    numbers = list(connection.execute(query.order_by(device.c.number)).scalars())
    for start in range(0, len(numbers), AT_ONCE):
        yield from stored_of(connection, numbers[start : start + AT_ONCE])


def stored_of(connection: Connection, numbers: Sequence[int]) -> Iterator[Stored]:
    """What is kept of each of these devices, of which something is."""
    query = select(device.c.number, scan.c.asked_ports).join(scan, device.c.last_scan == scan.c.number)
    rows = connection.execute(query.where(device.c.number.in_(numbers)))
    ports = {row.number: row.asked_ports for row in rows}
    for number, replies in replies_of(connection, numbers).items():
        yield Stored(number=number, replies=tuple(replies), asked_ports=ports_asked(ports[number]))


def record_judged(
    inventory: Inventory,
    judged: Mapping[int, Facts],
    result: ScanResult,
    entry: Entry,
    expected: int,
    look: Callable[[Connection, int], None] | None = None,
) -> int:
    """Records what is said now of the devices of these numbers; `result` says by which data. The number of the new row
    of the register; `look` is called with it, in the same transaction. Raises `CannotRunError`, also where it is not
    the one `expected`: then what was judged is old."""
    with inventory.writing() as connection:
        number = add_scan(connection, result, entry)
        if number != expected:
            raise CannotRunError(
                f"inventory {inventory.name}: a scan was recorded meanwhile; nothing was changed, try again"
            )
        for some in chunks(list(judged)):
            _amend(connection, number, {n: judged[n] for n in some}, entry)
        if look is not None:
            look(connection, number)
    return number


def _amend(connection: Connection, scan_number: int, judged: Mapping[int, Facts], entry: Entry) -> None:
    before = open_runs(connection, judged)
    made = {
        number: edits(
            [held for held in before[number].held if held.name not in _KEPT],
            before[number].stands,
            _judged_only(now),
            whole=True,
            looked_for=_is_judged,
            same_value=entry.same_value,
            seen=False,
        )
        for number, now in judged.items()
    }
    amend(connection, scan_number, made)
    write(connection, _LOOK_AGAIN, [{"row": number} for number in judged])


def _judged_only(now: Facts) -> Facts:
    return replace(
        now,
        single={name: value for name, value in now.single.items() if name not in _KEPT},
        members=frozenset(member for member in now.members if member[0] not in _KEPT),
    )


def _is_judged(key: Key) -> bool:
    """What a rule said may be over; an address or a service was heard, and stays."""
    return key[0] == "capabilities"


_LOOK_AGAIN = update(device).where(device.c.number == bindparam("row")).values(digest=None)
