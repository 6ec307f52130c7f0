"""Where devices are, what is to go and what is gone, as the tables tell it. On SQLite and on PostgreSQL alike."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from camscan.inventory.decisions import Word, decide
from camscan.inventory.groups import merge
from camscan.inventory.history import histories
from camscan.inventory.listing import Filter, listed
from camscan.inventory.locations import keep_sites, kept_sites, place_all, put, put_by_hand, settle, take_back
from camscan.inventory.place import Place
from camscan.inventory.progress import progress
from camscan.inventory.prune import prune
from camscan.inventory.record import record
from camscan.inventory.scans import all_scans
from camscan.inventory.site_tree import site_tree
from camscan.inventory.sites import Goal, counts
from camscan.inventory.store import Inventory
from camscan.model import Device, PolicyVerdict, ScanResult
from camscan.place import NOWHERE, WHERE, Location
from camscan.removal import Removal, Said, Tally
from tests.inventory_rig import TO_THE_FIRST, TODAY, advisory, camera, entry, finding, made, rows, scanned, unit
from tests.inventory_rig import put as put_scan

HALL = Location(district="Centre", site="hall")
SHED = Location(site="depot", building="shed", room="1")
GOAL = Goal(makers=("hikvision", "dahua"))
WORD = Word(who="ada", made=1.0)


def at(where: Location, number: int, address: str | None = None, **changes: object) -> Device:
    return camera(number, address, **{name: getattr(where, name) for name in WHERE}, **changes)


def put_placed(inventory: Inventory, result: ScanResult) -> int:
    """Records a scan that was held against sites."""
    return record(inventory, result, replace(entry(now=(result.ended or TODAY) + 1), placed=True)).scan


def where(inventory: Inventory) -> dict[str, Location]:
    with inventory.reading() as connection:
        found = listed(connection, Filter(), now=TODAY)
    return {
        one.values["address"]: Location(**{name: one.values[name] for name in WHERE if name in one.values})
        for one in found
    }


def removals(inventory: Inventory, goal: Goal = GOAL, now: float = TODAY) -> dict[str | None, Removal]:
    with inventory.reading() as connection:
        found = counts(connection, goal, now=now)
    return {place.site: removal for place, (_, removal) in found.items() if removal.total}


def over_time(inventory: Inventory, goal: Goal = GOAL, now: float = TODAY) -> list[tuple[int, str | None, Removal]]:
    with inventory.reading() as connection:
        points = [one for one in all_scans(connection) if one.kind == "scan"]
        return [(one.scan, one.site, one.removal) for one in progress(connection, goal, points, now=now)]


def test_who_moves_out_of_a_site_has_left_it(inventory: Inventory) -> None:
    put_placed(inventory, scanned(1, at(HALL, 1)))
    put_placed(inventory, scanned(2, camera(1, "10.0.0.200")))
    assert where(inventory) == {"10.0.0.200": NOWHERE}


def test_a_scan_without_sites_moves_nobody(inventory: Inventory) -> None:
    put_placed(inventory, scanned(1, at(HALL, 1)))
    put_scan(inventory, scanned(2, camera(1, firmware="V5.5.0")))
    assert where(inventory) == {"10.0.0.1": HALL}


def test_a_word_goes_before_what_a_scan_says(inventory: Inventory) -> None:
    put_placed(inventory, scanned(1, at(HALL, 1), at(HALL, 2)))
    with inventory.writing() as connection:
        put(connection, 1, SHED, WORD)
    put_placed(inventory, scanned(2, at(HALL, 1, "10.0.0.77"), at(HALL, 2)))
    assert where(inventory) == {"10.0.0.77": SHED, "10.0.0.2": HALL}
    with inventory.writing() as connection:
        put(connection, 1, replace(SHED, room="2"), replace(WORD, made=2.0, reason="moved"))
        assert put_by_hand(connection) == {1: replace(SHED, room="2")}
    with inventory.writing() as connection:
        assert take_back(connection, 1, lambda address: HALL, 3.0)
        assert not take_back(connection, 1, lambda address: HALL, 4.0)
    assert where(inventory)["10.0.0.77"] == HALL
    with inventory.reading() as connection:
        (one,) = histories(connection, "10.0.0.77", now=TODAY)
    assert [(word.made, word.ended, word.reason) for word in one.located] == [(1.0, 2.0, None), (2.0, 3.0, "moved")]


def test_what_is_said_twice_for_one_scan_leaves_one_run(inventory: Inventory) -> None:
    put_placed(inventory, scanned(1, at(HALL, 1)))
    with inventory.writing() as connection:
        settle(connection, 1, {1: SHED})
        settle(connection, 1, {1: HALL})
    with inventory.reading() as connection:
        (one,) = histories(connection, "10.0.0.1", now=TODAY)
    runs = [(run.attribute, run.value, run.until) for run in one.runs if run.attribute in WHERE]
    assert runs == [("district", "Centre", None), ("site", "hall", None)]


def test_newer_sites_are_a_row_of_their_own_only_where_they_move_somebody(inventory: Inventory) -> None:
    put_scan(inventory, scanned(1, camera(1), camera(2)))
    nothing = replace(scanned(2), id="sites", coverage=(), devices=())
    places = {"10.0.0.1": HALL}
    with inventory.writing() as connection:
        keep_sites(connection, "text\n")
        moved = place_all(connection, lambda a: places.get(a, NOWHERE), {}, nothing, entry("reassess"))
        assert moved == (1, 2)
        assert place_all(connection, lambda a: places.get(a, NOWHERE), {}, nothing, entry("reassess")) == (0, None)
        assert kept_sites(connection) == "text\n"
    assert where(inventory) == {"10.0.0.1": HALL, "10.0.0.2": NOWHERE}


def test_a_site_that_changes_its_district_takes_along_what_is_there_by_hand(inventory: Inventory) -> None:
    put_scan(inventory, scanned(1, camera(1)))
    nothing = replace(scanned(2), id="sites", coverage=(), devices=())
    with inventory.writing() as connection:
        put(connection, 1, SHED, WORD)
        place_all(connection, lambda a: NOWHERE, {"depot": "Harbour"}, nothing, entry("reassess"))
    assert where(inventory) == {"10.0.0.1": replace(SHED, district="Harbour")}


def test_an_inventory_of_before_gets_its_table(tmp_path: Path) -> None:
    place = Place(path=tmp_path / "inventory.sqlite")
    with made(place) as inventory, inventory.writing() as connection:
        for statement in TO_THE_FIRST:
            connection.exec_driver_sql(statement)
    with made(place) as inventory, inventory.reading() as connection:
        assert put_by_hand(connection) == {}


def test_who_is_gone_is_replaced_until_it_returns(inventory: Inventory) -> None:
    put_placed(inventory, scanned(1, at(HALL, 1), at(HALL, 2)))
    put_placed(inventory, scanned(2, at(HALL, 1)))
    assert removals(inventory) == {"hall": Removal(replaced=1, left=1)}
    put_placed(inventory, scanned(3, at(HALL, 1), at(HALL, 2)))
    assert removals(inventory) == {"hall": Removal(left=2)}
    assert over_time(inventory) == [
        (1, "hall", Removal(left=2)),
        (2, "hall", Removal(replaced=1, left=1)),
        (3, "hall", Removal(left=2)),
    ]


def test_what_was_gone_before_the_start_is_nobodys_removal(inventory: Inventory) -> None:
    put_placed(inventory, scanned(1, at(HALL, 1), at(HALL, 2), at(HALL, 3)))
    put_placed(inventory, scanned(2, at(HALL, 1), at(HALL, 2)))
    put_placed(inventory, scanned(3, at(HALL, 1)))
    later = replace(GOAL, start=2)
    assert removals(inventory, later) == {"hall": Removal(replaced=1, left=1)}
    assert over_time(inventory, later)[-1] == (3, "hall", Removal(replaced=1, left=1))


def test_who_moves_counts_where_it_is_and_before_the_first_site_there(inventory: Inventory) -> None:
    put_scan(inventory, scanned(1, camera(1), camera(2)))
    put_placed(inventory, scanned(2, at(HALL, 1), at(HALL, 2)))
    put_placed(inventory, scanned(3, at(HALL, 1), at(SHED, 2, "10.0.0.202")))
    assert over_time(inventory) == [
        (1, "hall", Removal(left=2)),
        (2, "hall", Removal(left=2)),
        (3, "depot", Removal(left=1)),
        (3, "hall", Removal(left=1)),
    ]


def test_what_a_scan_of_another_network_leaves_out_was_not_looked_for(inventory: Inventory) -> None:
    put_placed(inventory, scanned(1, at(HALL, 1), at(SHED, 2, "10.9.0.2")))
    put_placed(inventory, scanned(2, at(HALL, 1)))
    assert over_time(inventory)[2:] == [(2, "depot", Removal(unasked=1)), (2, "hall", Removal(left=1))]
    assert removals(inventory) == {"hall": Removal(left=1), "depot": Removal(left=1)}  # its own last scan heard it
    put_placed(inventory, scanned(3, at(HALL, 3), coverage=rows(state="partial"), partial=True))
    assert removals(inventory)["hall"] == Removal(left=1, unasked=1)


def merge_all(inventory: Inventory, *numbers: int) -> None:
    with inventory.writing() as connection:
        merge(connection, numbers[0], numbers[1:], WORD)


def tallies(inventory: Inventory, now: float = TODAY) -> dict[str | None, Tally]:
    with inventory.reading() as connection:
        found = counts(connection, GOAL, now=now)
    return {place.site: tally for place, (tally, _) in found.items() if tally != Tally()}


def test_a_device_of_several_records_counts_as_what_it_is_listed_as(inventory: Inventory) -> None:
    nameless = unit("10.0.0.1")
    put_placed(inventory, scanned(1, nameless, at(HALL, 2, findings=(finding(),)), at(SHED, 3)))
    merge_all(inventory, 1, 2, 3)
    assert tallies(inventory) == {"hall": Tally(devices=1, makers=1, exposed=1, makers_exposed=1)}
    assert removals(inventory) == {"hall": Removal(left=1)}
    assert over_time(inventory) == [(1, "hall", Removal(left=1))]
    put_placed(inventory, scanned(2, nameless, at(SHED, 3)))  # the part with the finding is gone
    assert tallies(inventory) == {"hall": Tally(devices=1, makers=1)}
    put_placed(inventory, scanned(3, camera(9)))
    assert removals(inventory)["hall"] == Removal(replaced=1)
    assert over_time(inventory)[-2:] == [(3, "hall", Removal(replaced=1)), (3, None, Removal(left=1))]


def test_what_is_merged_counts_after_each_scan_where_its_first_record_was_that_was_anywhere(
    inventory: Inventory,
) -> None:
    nameless = unit("10.0.0.1")
    put_placed(inventory, scanned(1, nameless, at(HALL, 2), at(SHED, 3)))
    put_placed(inventory, scanned(2, nameless, camera(2), at(SHED, 3)))
    merge_all(inventory, 1, 2, 3)
    assert removals(inventory) == {"depot": Removal(left=1)}
    assert over_time(inventory) == [(1, "hall", Removal(left=1)), (2, "depot", Removal(left=1))]


def test_what_is_ignored_does_not_count(inventory: Inventory) -> None:
    covered = PolicyVerdict(policy="ban", verdict="covered", reason="made by it", citation="§ 1", date="2026-11-29")
    bad: dict[str, Any] = {"findings": (finding(),), "advisories": (advisory(),), "verdicts": (covered,)}
    put_placed(inventory, scanned(1, at(HALL, 1, **bad), at(HALL, 2, **bad)))
    policy = replace(GOAL, policy="ban")
    assert tallies(inventory) == {
        "hall": Tally(devices=2, makers=2, exposed=2, exploited=2, makers_exposed=2, makers_exploited=2)
    }
    with inventory.writing() as connection:
        decide(connection, "ignore", [1], ["telnet-open", "ban"], replace(WORD, expires=TODAY))
        decide(connection, "ignore", [None], ["CVE-2021-36260"], WORD)
    before = TODAY - 1
    assert tallies(inventory, before) == {"hall": Tally(devices=2, makers=2, exposed=1, makers_exposed=1)}
    assert tallies(inventory, TODAY + 1) == {"hall": Tally(devices=2, makers=2, exposed=2, makers_exposed=2)}
    assert removals(inventory, policy, before) == {"hall": Removal(left=1)}
    assert over_time(inventory, policy, before) == [(1, "hall", Removal(left=1))]
    with inventory.writing() as connection:
        decide(connection, "ignore", [None], ["ban"], WORD)
    assert (removals(inventory, policy), over_time(inventory, policy)) == ({}, [])


def test_months_in_which_nobody_heard_a_device_are_told_although_it_is_heard_again(inventory: Inventory) -> None:
    put_placed(inventory, scanned(1, at(HALL, 1), at(SHED, 2, "10.9.0.2"), at(SHED, 3, "10.9.0.3")))
    merge_all(inventory, 2, 3)
    put_placed(inventory, scanned(2, at(HALL, 1)))
    put_placed(inventory, scanned(3, at(HALL, 1), at(SHED, 3, "10.9.0.3")))
    assert [row for row in over_time(inventory) if row[1] == "depot"] == [
        (1, "depot", Removal(left=1)), (2, "depot", Removal(unasked=1)), (3, "depot", Removal(left=1)),
    ]  # fmt: skip
    with inventory.writing() as connection:
        prune(connection, 2)
    assert {scan for scan, _, _ in over_time(inventory)} == {2, 3}
    assert (2, "depot", Removal(unasked=1)) in over_time(inventory)


def test_a_place_is_added_up_once_at_each_level() -> None:
    found = {
        HALL: (Tally(devices=1), Removal(left=1)),
        replace(HALL, building="east", room="4"): (Tally(devices=2, makers=2), Removal(replaced=3)),
        NOWHERE: (Tally(devices=5), Removal()),
    }
    said = {HALL: Said(remove_by=date(2027, 6, 30)), replace(HALL, building="east", room="4"): Said(sensitive=True)}
    tree = site_tree(found, said)
    assert [(one.level, one.tally.devices, one.removal.total) for one in tree] == [
        ("district", 3, 4), ("site", 3, 4), ("building", 2, 3), ("room", 2, 3), ("none", 5, 0),
    ]  # fmt: skip
    assert {one.said for one in tree[:2]} == {Said(sensitive=True, remove_by=date(2027, 6, 30))}
    by_building = site_tree(found, said, "building")
    assert [(one.where.building, one.tally.devices) for one in by_building] == [("east", 2), (None, 1), (None, 5)]


def test_a_place_that_was_only_said_by_hand_has_what_is_said_of_its_site() -> None:
    shed = replace(HALL, building="shed")
    (one,) = [row for row in site_tree({shed: (Tally(), Removal())}, {HALL: Said(sensitive=True)}) if row.where == shed]
    assert one.said.sensitive
