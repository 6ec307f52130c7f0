"""Months of nights at random: devices that come, go, move, swap and change, scans that see a part of them, and an owner
who corrects, decides, prunes and changes his mind. Whatever happens, all that tells of the inventory tells the same. On
both databases."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.engine import Connection

from camscan.change import Comparison
from camscan.cli.inventory.check import checked_by_this_version
from camscan.cli.inventory.export import _lines
from camscan.errors import UsageError
from camscan.inventory.backup import back_up
from camscan.inventory.counts import count_devices
from camscan.inventory.cut import cut
from camscan.inventory.decisions import Word, all_decisions, decide
from camscan.inventory.diff import changes_of, compare
from camscan.inventory.facts import facts_of
from camscan.inventory.groups import ROOT, merge, split
from camscan.inventory.history import histories
from camscan.inventory.in_force import InForce
from camscan.inventory.listing import Filter, listed
from camscan.inventory.locations import put as locate
from camscan.inventory.locations import take_back
from camscan.inventory.lookup import wholes
from camscan.inventory.place import Place
from camscan.inventory.progress import progress
from camscan.inventory.prune import first_kept, prune
from camscan.inventory.pruned import in_places, pruned
from camscan.inventory.reassess import record_judged
from camscan.inventory.scans import all_scans, kept_from, set_baseline
from camscan.inventory.sheets import sheets
from camscan.inventory.sites import Goal, counts
from camscan.inventory.standing import units
from camscan.inventory.store import Inventory, opened
from camscan.inventory.tables import attribute, device, judgement
from camscan.inventory.timeline import timeline
from camscan.inventory.withdraw import withdraw
from camscan.model import Device
from camscan.place import NOWHERE, WHERE, Location
from camscan.register import BAD, PRESENCE, SINGLE, Listed, ScanEntry
from camscan.removal import Removal, Tally
from tests.inventory_rig import DAY, START, advisory, camera, entry, finding, put, rows, scanned, web

FINDINGS = ("telnet-open", "tls-missing", "clock-wrong")
SITES = ("Town hall", "School", None)
GOAL = Goal(makers=("hikvision", "dahua"))
STEPS = 10


@dataclass(slots=True)
class Thing:
    """A device as it really is."""

    number: int
    address: str
    named: bool = True
    vendor: str | None = "hikvision"
    firmware: str = "V5.4.5"
    second: str | None = None
    found: set[str] = field(default_factory=set)
    exploited: bool = False

    def answers(self, site: str | None) -> Device:
        """What a scan hears of it."""
        identifiers = {} if self.named else {"serial": None, "mac": None}
        told = [web(self.address)] + ([web(self.second)] if self.second else [])
        return camera(
            self.number, self.address, *told, **identifiers, firmware=self.firmware, vendor=self.vendor,
            findings=tuple(finding(name, "found" if name in self.found else "not-found") for name in FINDINGS),
            advisories=(advisory(),) if self.exploited else (), site=site,
        )  # fmt: skip


class World:
    """The network and its owner, and what befalls them."""

    def __init__(self, inventory: Inventory, seed: int) -> None:
        self.inventory, self.dice, self.night = inventory, random.Random(seed), 0
        self.things: list[Thing] = []
        self.born = 0
        for _ in range(5):
            self.arrive()

    def free(self) -> str:
        used = {a for one in self.things for a in (one.address, one.second)}
        return self.dice.choice([a for n in range(1, 13) if (a := f"10.0.0.{n}") not in used])

    def arrive(self) -> None:
        if len(self.things) >= 8:
            return
        self.born += 1
        named, vendor = self.dice.random() < 0.8, self.dice.choice(["hikvision", "dahua", None])
        self.things.append(Thing(self.born, self.free(), named, vendor))

    def leave(self) -> None:
        if self.things:
            self.things.remove(self.dice.choice(self.things))

    def move(self) -> None:
        if self.things:
            self.dice.choice(self.things).address = self.free()

    def swap(self) -> None:
        if len(self.things) > 1:
            one, other = self.dice.sample(self.things, 2)
            one.address, other.address = other.address, one.address

    def exchange(self) -> None:
        if self.things:
            old = self.dice.choice(self.things)
            self.things.remove(old)
            self.arrive()
            self.things[-1].address = old.address

    def change(self) -> None:
        if self.things:
            one = self.dice.choice(self.things)
            one.firmware = self.dice.choice(["V5.4.5", "V5.5.0", "V5.6.1"])
            one.found ^= {self.dice.choice(FINDINGS)}
            one.exploited = self.dice.random() < 0.4
            one.second = None if one.second else self.free()

    # scans

    def site(self, address: str) -> str | None:
        return SITES[int(address.rsplit(".", 1)[1]) % 3]

    def scan(self) -> None:
        self.night += 1
        kind = self.dice.choice(["whole"] * 5 + ["partial", "elsewhere", "vantage", "twice"])
        things = self.things if kind != "partial" else [t for t in self.things if self.dice.random() < 0.5]
        things = [] if kind == "elsewhere" else things
        result = scanned(self.night, *(one.answers(self.site(one.address)) for one in things))
        if kind == "partial":
            result = replace(result, partial=True)
        if kind == "elsewhere":
            result = replace(result, scope=("10.9.0.0/24",), coverage=rows("10.9.0.0/24"))
        if kind == "vantage":
            result = replace(result, vantage="van")
        record_of = put(self.inventory, result)
        if kind == "elsewhere":
            with self.inventory.reading() as connection:
                events = {change.event for change in changes_of(connection, record_of).changes}
            assert events <= {"exception-ended", "approval-ended"}
        if kind == "twice":
            before = told(self.inventory, self.now)
            assert put(self.inventory, result) == record_of
            assert told(self.inventory, self.now) == before

    @property
    def now(self) -> float:
        return START + self.night * DAY + 3600

    def reassess(self) -> None:
        self.night += 1
        with self.inventory.reading() as connection:
            number = all_scans(connection)[-1].number + 1
            numbers = list(connection.execute(select(device.c.number)).scalars())
        thing = Thing(1, "10.0.0.1", found={self.dice.choice(FINDINGS)}, exploited=self.dice.random() < 0.5)
        chosen = self.dice.sample(numbers, min(3, len(numbers)))
        result = scanned(self.night, coverage=())
        record_judged(
            self.inventory, {n: facts_of(thing.answers(None)) for n in chosen}, result,
            entry("reassess", self.now), number,
        )  # fmt: skip

    # the owner

    def word(self, lasting: bool = False) -> Word:
        until = None if lasting else self.dice.choice([None, self.now + DAY * 1.5, self.now + DAY * 3])
        return Word(who="J. Jensen", made=self.now, reason="so it is", expires=until)

    def speak(self, said: Callable[[Connection, int], object]) -> None:
        """He says something of a device; what is refused changes nothing."""
        with self.inventory.reading() as connection:
            numbers = list(connection.execute(select(device.c.number).order_by(device.c.number)).scalars())
        if numbers:
            try:
                with self.inventory.writing() as connection:
                    said(connection, self.dice.choice(numbers))
            except UsageError:
                pass

    def merge(self) -> None:
        def said(connection: Connection, number: int) -> None:
            every = list(connection.execute(select(device.c.number).order_by(device.c.number)).scalars())
            (one,), (other,) = (wholes(connection, [n]) for n in (number, self.dice.choice(every)))
            merge(connection, one, [other], self.word(lasting=True))

        self.speak(said)

    def split(self) -> None:
        def said(connection: Connection, number: int) -> None:
            query = select(attribute.c.value).where(attribute.c.device == number, attribute.c.name == "addresses")
            split(connection, number, list(connection.execute(query).scalars()), self.word(lasting=True))

        self.speak(said)

    def cut(self) -> None:
        def said(connection: Connection, number: int) -> None:
            cut(connection, number, self.dice.choice(all_scans(connection)).number, self.word(lasting=True))

        self.speak(said)

    def ignore(self) -> None:
        def said(connection: Connection, number: int) -> None:
            of = self.dice.choice([None, *wholes(connection, [number])])
            decide(connection, "ignore", [of], [self.dice.choice((*FINDINGS, "CVE-2021-36260"))], self.word())

        self.speak(said)

    def approve(self) -> None:
        self.speak(lambda connection, number: decide(
            connection, "approve", wholes(connection, [number]), [None], self.word()
        ))  # fmt: skip

    def withdraw(self) -> None:
        def said(connection: Connection, number: int) -> None:
            decisions = all_decisions(connection)
            if decisions:
                withdraw(connection, [self.dice.choice(decisions).decision.number], self.word(lasting=True))

        self.speak(said)

    def locate(self) -> None:
        where = Location(site=self.dice.choice(["Depot", "School"]), room=self.dice.choice([None, "4"]))
        if self.dice.random() < 0.3:
            self.speak(lambda connection, number: take_back(connection, number, lambda _: NOWHERE, self.now))
        else:
            self.speak(lambda connection, number: locate(connection, number, where, self.word(lasting=True)))

    def set_baseline(self) -> None:
        self.speak(lambda c, _: set_baseline(c, self.dice.choice(all_scans(c)).number))

    def prune(self) -> None:
        """Who is there is told as before, and of removal who is gone is still counted."""
        if self.dice.random() < 0.3:
            before = self.standing()
            self.speak(lambda c, _: prune(c, first_kept(c, self.now - 4 * DAY, 2)))
            assert self.standing() == before

    def standing(self) -> object:
        with self.inventory.reading() as connection:
            there = listed(connection, Filter(), ALL, now=self.now)
            removal = sum((one for _, one in places(connection, self.now).values()), Removal())
            return there, units(connection, there, now=self.now), sheets(connection, now=self.now), removal

    def step(self) -> None:
        for _ in range(self.dice.randrange(3)):
            self.dice.choice((self.arrive, self.leave, self.move, self.swap, self.exchange, self.change))()
        self.dice.choice((
            self.scan, self.scan, self.scan, self.reassess, self.merge, self.merge, self.split, self.cut, self.ignore,
            self.approve, self.withdraw, self.locate, self.set_baseline, self.prune,
        ))()  # fmt: skip


def told(inventory: Inventory, now: float) -> object:
    """What is told of everything that is there or gone, to be compared."""
    with inventory.reading() as connection:
        lists = [listed(connection, Filter(gone=gone), ALL, now=now) for gone in (False, True)]
        scans = all_scans(connection)
        return (
            lists,
            [units(connection, some, now=now) for some in lists],
            sheets(connection, now=now),
            places(connection, now),
            progress(connection, GOAL, scans, now=now),
            timeline(connection),
            [compare(connection, a, b) for a, b in pairs(connection)],
            [histories(connection, one.id, now=now) for one in lists[0] + lists[1]],
        )


ALL = (*SINGLE, "addresses", "services", "capabilities", "findings", "advisories", "ignored")


def places(connection: Connection, now: float) -> Mapping[Location, tuple[Tally, Removal]]:
    """As `camscan sites` counts them, with those that were pruned."""
    return in_places(counts(connection, GOAL, now=now), pruned(connection, GOAL), ())


def pairs(connection: Connection) -> Iterator[tuple[ScanEntry, ScanEntry]]:
    scans = [one for one in all_scans(connection) if one.number >= kept_from(connection)]
    return ((a, b) for i, a in enumerate(scans) for b in scans[i + 1 :])


def hold(world: World, *, whole: bool = False) -> None:
    """What must be so, whatever happened."""
    now = world.now
    with world.inventory.reading() as connection:
        assert checked_by_this_version(connection).broken == ()
        there, gone = (listed(connection, Filter(gone=some), ALL, now=now) for some in (False, True))
        assert count_devices(connection) == (len(there), len(gone))
        hold_places(connection, there, now)
        hold_sheets(connection, there, now)
        hold_differences(connection, whole=whole)
        hold_histories(connection, [*there, *gone], now)
        hold_filters(connection, [*there], now)
        assert sum(1 for _ in _lines(connection)) > 0


def hold_places(connection: Connection, there: list[Listed], now: float) -> None:
    found = places(connection, now)
    at = Counter(Location(**{name: one.values.get(name) for name in WHERE}) for one in there)
    assert {where: tally.devices for where, (tally, _) in found.items() if tally.devices} == at
    made = Counter(
        Location(**{name: one.values.get(name) for name in WHERE})
        for one in there
        if one.values.get("vendor") in GOAL.makers
    )
    assert {where: tally.makers for where, (tally, _) in found.items() if tally.makers} == made
    standing = units(connection, there, now=now)
    for one in standing:
        assert {s.id for s in one.standing if not s.ignored} == {*one.device.findings, *one.device.advisories}
        assert {s.id for s in one.standing if s.ignored} == set(one.device.ignored)
    weighty = [
        one for one in standing
        if any(s.kind == "finding" and s.severity in ("high", "critical") and not s.ignored for s in one.standing)
    ]  # fmt: skip
    assert sum(tally.exposed for tally, _ in found.values()) == len(weighty)
    exploited = [
        one for one in standing if any(s.kind == "advisory" and s.exploited and not s.ignored for s in one.standing)
    ]
    assert sum(tally.exploited for tally, _ in found.values()) == len(exploited)
    scans = all_scans(connection)
    if scans:
        hold_progress(connection, found, now)


def hold_progress(connection: Connection, found: Mapping[Location, tuple[Tally, Removal]], now: float) -> None:
    scans = all_scans(connection)
    last = [one for one in progress(connection, GOAL, scans, now=now) if one.scan == scans[-1].number]
    by_site: dict[str | None, Removal] = defaultdict(Removal)
    for where, (_, removal) in found.items():
        by_site[where.site] += removal
    mine = {site: (one.replaced, one.left + one.unasked) for site, one in by_site.items() if one.total}
    assert {one.site: (one.removal.replaced, one.removal.left + one.removal.unasked) for one in last} == mine


def hold_sheets(connection: Connection, there: list[Listed], now: float) -> None:
    told = {sheet.device.id: sheet for sheet in sheets(connection, now=now)}
    assert told.keys() == {one.id for one in there}
    for one in there:
        sheet = told[one.id]
        shown = sheet.device
        for name in ("vendor", "model", "firmware", "serial", "mac"):
            assert getattr(shown, name) == one.values.get(name), name
        assert sheet.where == Location(**{name: one.values.get(name) for name in WHERE})
        assert set(shown.addresses) == {one.values["address"], *one.values.get("addresses", "").split()}
        assert {f.id for f in shown.findings if f.state == "found" and not f.ignored} == set(one.findings)
        assert {a.id for a in shown.advisories if a.verdict == "affected" and not a.ignored} == set(one.advisories)
        assert (shown.first_seen, shown.approved, shown.tags) == (one.first_seen, one.approved, one.tags)
    moments = timeline(connection)
    scans = all_scans(connection)
    if moments and moments[-1].scan == scans[-1].number:
        makers = Counter(one.values.get("vendor") for one in there)
        assert {k: v for k, v in moments[-1].there.items() if v} == makers


def present(connection: Connection) -> Mapping[int, set[str]]:
    """Who was there after each scan, by the runs."""
    whole = device.alias("whole")
    query = select(whole.c.public_id, attribute.c.since, attribute.c.until).select_from(device)
    query = query.join(whole, whole.c.number == ROOT).join(attribute, attribute.c.device == device.c.number)
    runs = connection.execute(query.where(attribute.c.name == PRESENCE)).all()
    return {
        scan.number: {
            id for id, since, until in runs if since <= scan.number and (until is None or until > scan.number)
        }
        for scan in all_scans(connection)
    }


def hold_differences(connection: Connection, *, whole: bool) -> None:
    there = present(connection)
    known = connection.execute(select(device.c.public_id, device.c.first_scan)).all()
    own = {a: {row.public_id for row in known if row.first_scan <= a} for a in there}  # a whole is called by its own
    said, last = runs_of_single_records(connection), all_scans(connection)[-1].number
    made: dict[tuple[int, int], Comparison] = {}
    for a, b in pairs(connection):
        if not whole and b.number != last:
            continue
        made[a.number, b.number] = one = compare(connection, a, b)
        came = [c.device for c in one.changes if c.event in ("new", "returned")]
        went = [c.device for c in one.changes if c.event == "gone"]
        assert Counter(came) == Counter(there[b.number] - there[a.number])
        assert Counter(went) == Counter(there[a.number] - there[b.number])
        hold_values(one, said, own[a.number])
    for (start, middle), first in made.items():
        for (also, end), second in made.items():
            if middle == also:
                stayed = there[start] & there[middle] & there[end] & own[start]
                hold_chain(first, second, made[start, end], stayed)


def runs_of_single_records(connection: Connection) -> list[Any]:
    """What was said of each device that is one record, as rows of id, name, value, since and until."""
    wholes = select(device.c.merged_into).where(device.c.merged_into.is_not(None))
    alone = device.c.merged_into.is_(None), device.c.number.not_in(wholes)
    made: list[Any] = []
    a, j = attribute.c, judgement.c
    for table, query in (
        (attribute, select(device.c.public_id, a.name, a.value, a.since, a.until).where(a.name != PRESENCE)),
        (judgement, select(device.c.public_id, j.name, j.state, j.since, j.until).where(j.state.in_(BAD))),
    ):
        joined = query.join(device, table.c.device == device.c.number)
        made += connection.execute(joined.where(*alone)).all()
    return made


def hold_values(one: Comparison, runs: Sequence[Any], known: set[str]) -> None:
    """What a device was and is not any more is told, and so is what it is and was not; what is ignored apart."""
    assert one.before is not None
    before, after = (
        {tuple(run[:3]) for run in runs if run.public_id in known and holds(run, scan.number)}
        for scan in (one.before, one.after)
    )
    ids = {run.public_id for run in runs} & known
    changes = [c for c in one.changes if c.device in ids and c.event in ("moved", "changed")]
    values = {(c.device, c.subject, value) for c in changes for value in (c.before, c.after) if value is not None}
    assert values == {said for said in before ^ after if said[2] not in BAD}
    worse = {(c.device, c.subject, c.after) for c in one.changes if c.event in ("exposed", "affected")}
    assert {said for said in worse if said[0] in ids} <= after - before


def holds(run: Any, scan: int) -> bool:
    return bool(run.since <= scan and (run.until is None or run.until > scan))


def hold_chain(first: Comparison, second: Comparison, both: Comparison, stayed: set[str]) -> None:
    """Of who was there all the time, one step after the other leads to where both lead."""
    steps: dict[tuple[str, str], tuple[str | None, str | None]] = {}
    for one in (*first.changes, *second.changes):
        if one.device in stayed and one.subject in SINGLE:
            key = (one.device, one.subject)
            if key in steps:
                assert steps[key][1] == one.before
            steps[key] = (steps.get(key, (one.before,))[0], one.after)
    expected = {key: (a, b) for key, (a, b) in steps.items() if a != b}
    found = {
        (c.device, c.subject): (c.before, c.after) for c in both.changes if c.device in stayed and c.subject in SINGLE
    }
    assert found == expected


def hold_histories(connection: Connection, every: list[Listed], now: float) -> None:
    decided = InForce(all_decisions(connection), now)
    for one in every:
        told = next(h for h in histories(connection, one.id, now=now) if h.device.id == one.id)
        number = connection.execute(select(device.c.number).where(device.c.public_id == one.id)).scalar_one()
        assert decided.approved(number) == one.approved == told.device.approved
        if not told.parts:
            shown = {run.attribute: run.value for run in told.runs if run.until is None and run.attribute in SINGLE}
            assert shown == {name: one.values[name] for name in SINGLE if name in one.values}
            assert told.device.gone == one.gone


def hold_filters(connection: Connection, there: list[Listed], now: float) -> None:
    for name in ("vendor", "site", "model", "firmware", "serial"):
        for value in {one.values[name] for one in there if name in one.values}:
            found = listed(connection, Filter(values={name: value}), ALL, now=now)
            assert found == [one for one in there if one.values.get(name) == value]


@pytest.mark.parametrize("seed", (3, 5))
def test_all_that_tells_of_the_inventory_tells_the_same(inventory: Inventory, tmp_path: Path, seed: int) -> None:
    world = World(inventory, seed)
    world.scan()
    for _ in range(STEPS):
        world.step()
        hold(world)
    hold(world, whole=True)
    before = told(inventory, world.now)
    back_up(inventory, tmp_path / "copy.sqlite", force=False)
    with opened(Place(path=tmp_path / "copy.sqlite"), only_read=True) as copy:
        assert told(copy, world.now) == before
