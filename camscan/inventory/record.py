"""Records a scan: one transaction, at whose end the register knows all of it, or nothing.

A device that says what it said last time costs a row of two numbers. For the others the open runs are read, compared
with what the scan says (`runs.py`) and amended.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.engine import Connection

from camscan.errors import UsageError
from camscan.inventory.amend import amend, end_runs
from camscan.inventory.asked import Asked, Way, ways_heard
from camscan.inventory.facts import MIDDLEBOX, Facts, Key, facts_of, storable
from camscan.inventory.identity import IDENTIFIERS, SameValue, marks_of, recognise, shared_macs
from camscan.inventory.known import Known, Open, Slot, known_devices, open_runs
from camscan.inventory.main_address import addresses_of, at_main_address, by_address
from camscan.inventory.numbers import add, chunks, numbers_after, write
from camscan.inventory.replies import keep
from camscan.inventory.runs import Edits, edits, holds_more
from camscan.inventory.scans import DAY
from camscan.inventory.store import Inventory
from camscan.inventory.tables import attribute, coverage, device, heard, scan, sighting
from camscan.model import Device, Observation, ScanResult
from camscan.register import PRESENCE, Kind

_LAST_MOMENT = datetime.max.replace(tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a record needs beside the result. `now` in seconds since the epoch; `same_value` and `is_placeholder` are
    those of correlation, so that a device is the same over the years by the rules by which it is within a scan."""

    kind: Kind
    now: float
    tool_version: str
    same_value: SameValue
    is_placeholder: Callable[[str], bool]


def record(inventory: Inventory, result: ScanResult, entry: Entry) -> int:
    """The number of the scan. Raises `CannotRunError`, or `UsageError` for replies older than what is known
    and for what is still to come."""
    with inventory.writing() as connection:
        number = add_scan(connection, result, entry)
        _Recording(connection, result, entry, number).run()
    return number


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
        "vantage": _storable(result.vantage),
        "partial": result.partial,
        "failure": _storable(result.failure),
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
            "interface": _storable(row.interface),
            "network": storable(row.network),
            "channel": storable(row.channel),
            "state": row.state,
            "asked": row.asked,
            "answered": row.answered,
            "silent": row.silent,
            "reason": _storable(row.reason),
            "ports": json.dumps(row.ports),
            "only_known": row.only_known,
        }


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


class _Recording:
    """One scan on its way into the register."""

    def __init__(self, connection: Connection, result: ScanResult, entry: Entry, number: int) -> None:
        self._connection, self._result, self._entry, self._number = connection, result, entry, number
        self._vantage = _storable(result.vantage)
        self._asked = Asked(
            result.coverage, result.scope, complete=is_complete(result, entry.kind), vantage=self._vantage
        )

    def run(self) -> None:
        """Devices first, then what changed of them, then who is gone."""
        known = known_devices(self._connection)
        devices = self._recognised(known)
        facts = self._facts(known, devices)
        digests = {n: one.digest(self._vantage) for n, one in facts.items()}
        contents = keep(self._connection, _observations(devices.values()))
        changed = {n: facts[n] for n in devices if n not in known.present or known.digests.get(n) != digests[n]}
        seen = _observations(devices[n] for n in changed)
        looked_at = self._compared(changed, {c: (contents[c], one) for c, one in seen.items()})
        same_value = self._entry.same_value
        unsettled = {n for n, one in looked_at.items() if one.is_unsettled(same_value)}
        self._sight(known, devices, {n: None if n in unsettled else digest for n, digest in digests.items()})
        amend(self._connection, self._number, {n: one.made for n, one in looked_at.items()})
        self._hear(looked_at)
        self._miss(known, known.present - devices.keys())

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
    ) -> dict[int, "_Compared"]:
        """The devices that say something else than before, beside what is open of them."""
        open_of = open_runs(self._connection, changed)
        compared = {}
        for number, now in changed.items():
            before, heard_now = open_of[number], dict(seen[content] for content in now.contents)
            whole = self._asked.whole(before.all_ways(), _ways(heard_now.values()))
            made = self._edits(before, now, whole)
            compared[number] = _Compared(before, now, heard_now, whole, made)
        return compared

    def _recognised(self, known: Known) -> dict[int, Device]:
        """The devices of the scan by their numbers; new ones count on from the highest."""
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

    def _edits(self, before: Open, now: Facts, whole: bool) -> Edits:
        def looked_for(key: Key) -> bool:
            if key[0] == "capabilities":
                return whole
            if key[0] == "services":
                return self._service_asked(key[1], before.all_ways(), addresses_of(now))
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

    def _hear(self, compared: Mapping[int, "_Compared"]) -> None:
        """Who said what, from this scan on, and from where that was heard."""
        begun, again, ended, missed = [], [], [], []
        for number, one in compared.items():
            for row, vantages in one.heard_from(self._vantage).items():
                text = json.dumps(sorted(vantages))
                if row not in one.before.heard:
                    begun.append(
                        {"device": number, "observation": row, "since": self._number, "vantages": text, "missed": False}
                    )
                elif vantages != one.before.vantages[row] or row in one.before.missed:
                    again.append({"owner": number, "row": row, "places": text})
            ended += [{"owner": number, "row": row, "scan": self._number} for row in one.no_longer_heard()]
            missed += [{"owner": number, "row": row} for row in one.missed_first(self._asked)]
        add(self._connection, heard, begun)
        write(self._connection, _HEAR_AGAIN, again)
        write(self._connection, _MISS_HEARD, missed)
        write(self._connection, _END_HEARD, ended)

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
            query = select(columns.id).where(
                columns.device.in_(some), columns.name == PRESENCE, columns.until.is_(None)
            )
            end_runs(self._connection, self._number, list(self._connection.execute(query).scalars()))


@dataclass(frozen=True, slots=True)
class _Compared:
    """A device before a scan and now; `heard_now` are its observations by the numbers of their rows."""

    before: Open
    now: Facts
    heard_now: Mapping[int, Observation]
    whole: bool
    made: Edits

    def is_unsettled(self, same_value: SameValue) -> bool:
        """Whether the register holds more of the device than it says now. Then the same words may mean something else
        tomorrow, when more is asked, and it must be looked at again."""
        if not self.before.heard.keys() <= self.heard_now.keys():
            return True
        return holds_more(self.before.held, self.before.stands, self.now, self.made, same_value)

    def heard_from(self, vantage: str | None) -> dict[int, frozenset[str]]:
        """From where each observation was heard, now and before. An answer that takes the place of another takes its
        vantages too; a recording, of which nobody knows where it was made, adds none."""
        here = frozenset([] if vantage is None else [vantage])
        of_slot: dict[Slot, frozenset[str]] = defaultdict(frozenset)
        for row, slot in self.before.heard.items():
            of_slot[slot] |= self.before.vantages[row]
        return {row: of_slot[_slot(one)] | here for row, one in self.heard_now.items()}

    def missed_first(self, asked: Asked) -> Iterator[int]:
        """What was asked for in vain, and was not the time before."""
        for row, ways in self.before.ways.items():
            is_first = row not in self.heard_now and row not in self.before.missed
            if is_first and any(asked.by(way, heard=True) for way in ways):
                yield row

    def no_longer_heard(self) -> Iterator[int]:
        """What was said before ends where a newer answer stands in its place, at addresses that the device has left,
        and where all was asked."""
        slots, left = {_slot(one) for one in self.heard_now.values()}, self._left()
        for row, slot in self.before.heard.items():
            if row not in self.heard_now and (self.whole or slot in slots or slot[0] in left):
                yield row

    def _left(self) -> set[str]:
        """The addresses that it had and has no more: it cannot be missed there. A middlebox has too many to tell."""
        if self.now.single.get("kind", ("", None))[0] == MIDDLEBOX:
            return set()
        held = [one for one in self.before.held if one.name in ("address", "addresses")]
        had = {one.value for one in held if one.id in self.made.end}
        has = {value for name, value, _ in self.made.begin if name in ("address", "addresses")}
        return had - has - {one.value for one in held if one.id not in self.made.end}


def _observations(devices: Iterable[Device]) -> dict[str, Observation]:
    return {seen.id: seen for one in devices for seen in one.observations}


def _slot(seen: Observation) -> Slot:
    reply = seen.reply
    return storable(reply.address), storable(reply.protocol), reply.port, storable(reply.request)


def _ways(observations: Iterable[Observation]) -> Iterator[Way]:
    for seen in observations:
        reply = seen.reply
        yield from ways_heard(
            transport=reply.transport,
            protocol=reply.protocol,
            channels=seen.channels,
            address=reply.address,
            port=reply.port,
            sensor=reply.sensor,
            foreign=reply.foreign,
        )


_SEE_AGAIN = (
    update(device)
    .where(device.c.number == bindparam("row"))
    .values(last_scan=bindparam("scan"), digest=bindparam("hash"))
)
_HEAR_AGAIN = (
    update(heard)
    .where(heard.c.device == bindparam("owner"), heard.c.observation == bindparam("row"), heard.c.until.is_(None))
    .values(vantages=bindparam("places"), missed=False)
)
_MISS_HEARD = (
    update(heard)
    .where(heard.c.device == bindparam("owner"), heard.c.observation == bindparam("row"), heard.c.until.is_(None))
    .values(missed=True)
)
_END_HEARD = (
    update(heard)
    .where(heard.c.device == bindparam("owner"), heard.c.observation == bindparam("row"), heard.c.until.is_(None))
    .values(until=bindparam("scan"))
)
