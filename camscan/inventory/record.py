"""Records a scan: one transaction, at whose end the register knows all of it, or nothing.

A device that says what it said last time costs a row of two numbers. For the others the open runs are read, compared
with what the scan says (`runs.py`, `compared.py`) and amended.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from camscan.inventory.amend import amend, end_runs
from camscan.inventory.asked import Asked, Way
from camscan.inventory.compared import Compared, ways_of
from camscan.inventory.facts import Facts, Key, facts_of
from camscan.inventory.hear import hear
from camscan.inventory.identity import IDENTIFIERS, marks_of, recognise, shared_macs
from camscan.inventory.known import Known, Open, known_devices, open_runs
from camscan.inventory.locations import put_by_hand, settle
from camscan.inventory.main_address import addresses_of, at_main_address, by_address
from camscan.inventory.numbers import add, chunks, numbers_after, write
from camscan.inventory.recorded import recorded_already
from camscan.inventory.replies import keep
from camscan.inventory.runs import Edits, edits, mute_services
from camscan.inventory.scan_row import Entry, add_scan, is_complete, storable_or_none
from camscan.inventory.store import Inventory
from camscan.inventory.tables import NAMED, attribute, device, sighting
from camscan.model import Device, Observation, ScanResult
from camscan.place import WHERE, Location
from camscan.register import PRESENCE

Also = Callable[[Connection, int, bool], None]
"""What is done in the transaction of a scan, at its end, with its number and whether it is new in the register."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The number of the scan in the register, and those of its devices, in their order."""

    scan: int
    devices: tuple[int, ...]


def record(inventory: Inventory, result: ScanResult, entry: Entry, also: Also | None = None) -> Recorded:
    """Puts the scan into the register, unless it is recorded already. What `also` writes is there with the scan or not
    at all. Raises `CannotRunError`, or `UsageError` for replies older than what is known and for what is still to
    come."""
    with inventory.writing() as connection:
        before = recorded_already(connection, result, entry.kind)
        if before is not None:
            if also is not None:
                also(connection, before, False)
            return Recorded(before, _Recording(connection, result, entry, before).numbers())
        number = add_scan(connection, result, entry)
        devices = _Recording(connection, result, entry, number).run()
        if also is not None:
            also(connection, number, True)
    return Recorded(number, devices)


class _Recording:
    """One scan on its way into the register."""

    def __init__(self, connection: Connection, result: ScanResult, entry: Entry, number: int) -> None:
        self._connection, self._result, self._entry, self._number = connection, result, entry, number
        self._vantage = storable_or_none(result.vantage)
        self._heard_at: dict[str, set[int]] = defaultdict(set)
        self._asked = Asked(
            result.coverage, result.scope, complete=is_complete(result, entry.kind), vantage=self._vantage
        )

    def numbers(self) -> tuple[int, ...]:
        """Those of the devices, of which nothing is written."""
        return tuple(self._recognised(known_devices(self._connection)))

    def run(self) -> tuple[int, ...]:
        """Devices first, then what changed of them, then who is gone. The numbers of the devices."""
        known = known_devices(self._connection)
        devices = self._recognised(known)
        facts = self._facts(known, devices)
        for number, one in facts.items():
            for address in addresses_of(one):
                self._heard_at[address].add(number)
        digests = {n: one.digest(self._vantage) for n, one in facts.items()}
        contents = keep(self._connection, _observations(devices.values()))
        changed = {n: facts[n] for n in devices if n not in known.present or known.digests.get(n) != digests[n]}
        seen = _observations(devices[n] for n in changed)
        looked_at = self._compared(changed, {c: (contents[c], one) for c, one in seen.items()})
        same_value = self._entry.same_value
        unsettled = {n for n, one in looked_at.items() if one.is_unsettled(same_value)}
        self._sight(known, devices, {n: None if n in unsettled else digest for n, digest in digests.items()})
        amend(self._connection, self._number, {n: one.made for n, one in looked_at.items()})
        settle(self._connection, self._number, self._located(changed))
        hear(self._connection, self._number, looked_at, self._asked, self._vantage)
        self._miss(known, known.present - devices.keys())
        return tuple(devices)

    def _facts(self, known: Known, devices: Mapping[int, Device]) -> dict[int, Facts]:
        """What is kept of each device. Where only its further addresses were asked, it has not moved."""
        shared = shared_macs(marks_of(one) for one in devices.values())
        facts = {number: self._telling(facts_of(one), shared) for number, one in devices.items()}
        addresses = {n: known.marks[n].addresses if n in known.marks else () for n in facts}
        away = [n for n, now in facts.items() if set() < addresses_of(now) <= set(addresses[n][1:])]
        open_of = open_runs(self._connection, away)
        facts = {n: at_main_address(now, addresses[n]) for n, now in facts.items()}
        for number in away:
            main = addresses[number][0]
            if not any(self._asked.in_vain(way) for way in open_of[number].all_ways() if way.address == main):
                facts[number] = by_address(facts[number], main)
        return facts

    def _telling(self, now: Facts, shared: Collection[str]) -> Facts:
        """Without identifiers that name nobody."""
        nobody = {
            name
            for name in IDENTIFIERS
            if name in now.single
            and (self._entry.is_placeholder(now.single[name][0]) or now.single[name][0].casefold() in shared)
        }
        return replace(now, single={n: value for n, value in now.single.items() if n not in nobody}) if nobody else now

    def _compared(
        self, changed: Mapping[int, Facts], seen: Mapping[str, tuple[int, Observation]]
    ) -> dict[int, Compared]:
        """The devices that say something else than before, beside what is open of them."""
        open_of = open_runs(self._connection, changed)
        compared = {}
        for number, now in changed.items():
            before, heard_now = open_of[number], dict(seen[content] for content in now.contents)
            late = mute_services(((one.name, one.value) for one in before.held), now)
            whole = not late and self._asked.whole(before.all_ways(), ways_of(heard_now.values()))
            made = self._edits(number, before, now, whole)
            compared[number] = Compared(before, now, heard_now, whole, made)
        return compared

    def _located(self, changed: Mapping[int, Facts]) -> dict[int, Location]:
        """Where these are: where they were put by hand, else where the sites say, where there are any."""
        hands = put_by_hand(self._connection, changed)
        told = {
            n: Location(**{name: now.single[name][0] for name in WHERE if name in now.single})
            for n, now in changed.items()
            if self._entry.placed or "site" in now.single
        }
        return told | hands

    def _recognised(self, known: Known) -> dict[int, Device]:
        """The devices of the scan by their numbers, in their order; new ones count on from the highest."""
        devices = self._result.devices
        marks = [marks_of(one) for one in devices]
        numbers = recognise(marks, known.marks, self._entry.same_value, self._entry.is_placeholder)
        new = numbers_after(self._connection, device.c.number)
        return {next(new) if n is None else n: one for n, one in zip(numbers, devices, strict=True)}

    def _sight(self, known: Known, devices: Mapping[int, Device], digests: Mapping[int, str | None]) -> None:
        new = [
            {
                "number": n,
                "public_id": self._public_id(n),
                "first_scan": self._number,
                "last_scan": self._number,
                "digest": digests[n],
            }
            for n in devices
            if n not in known.digests
        ]
        add(self._connection, device, new)
        again = [{"row": n, "scan": self._number, "hash": digests[n]} for n in devices if n in known.digests]
        write(self._connection, _SEE_AGAIN, again)
        add(self._connection, sighting, [{"scan": self._number, "device": n} for n in sorted(devices)])

    def _public_id(self, number: int) -> str:
        """A name that tells nothing and never changes, not even where two inventories become one."""
        text = f"{self._result.id}|{self._entry.now}|{number}"
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]

    def _edits(self, number: int, before: Open, now: Facts, whole: bool) -> Edits:
        def looked_for(key: Key) -> bool:
            if key[0] == "capabilities":
                return whole
            if key[0] == "services":
                return self._service_asked(key[1], before.all_ways(), addresses_of(now))
            if self._heard_at[key[1]] - {number}:
                return True  # that is another device now
            return any(self._asked.in_vain(way) for way in before.all_ways() if way.address == key[1])

        return edits(
            before.held, before.stands, now, whole=whole, looked_for=looked_for, same_value=self._entry.same_value
        )

    def _service_asked(self, value: str, ways: Sequence[Way], addresses: Iterable[str]) -> bool:
        """Whether a service (`tcp/80/http`) would have been heard if it were there: where it was heard before, and else
        where the device is now."""
        transport, port, protocol = value.split("/", 2)
        if transport == "tcp":
            tried = [way for way in ways if way.port == int(port)]
            now = [Way(("tcp",), address, int(port), None, False) for address in addresses]
            return all(self._asked.by(way, heard=True) for way in tried or now)
        spoken = (way for way in ways if way.channels[0].startswith(f"{protocol} "))
        return any(self._asked.in_vain(way) for way in spoken)

    def _miss(self, known: Known, unseen: set[int]) -> None:
        """Who was asked and did not answer is gone, unless a middlebox answers in its place."""
        unseen = unseen if self._asked.complete else set()
        hidden = {a for one in self._result.devices if one.middlebox is not None for a in one.addresses}
        unseen = {n for n in unseen if hidden.isdisjoint(known.marks[n].addresses)}
        before = open_runs(self._connection, unseen)
        gone = [
            n
            for n in unseen
            if self._asked.by_any(way for way in before[n].all_ways() if way.address in known.marks[n].addresses)
        ]
        for some in chunks(gone):
            columns = attribute.c
            query = select(columns.id).where(columns.device.in_(some), NAMED == PRESENCE, columns.until.is_(None))
            end_runs(self._connection, self._number, list(self._connection.execute(query).scalars()))


def _observations(devices: Iterable[Device]) -> dict[str, Observation]:
    return {seen.id: seen for one in devices for seen in one.observations}


_SEE_AGAIN = (
    update(device)
    .where(device.c.number == bindparam("row"))
    .values(last_scan=bindparam("scan"), digest=bindparam("hash"))
)
