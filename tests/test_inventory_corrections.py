"""Merges and splits by hand: what the owner says of which records are one device goes before what the rules make of it,
swallows nobody, and is taken back without a trace. On both databases."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import permutations

import pytest

from camscan.cli.known import Known, load_known
from camscan.errors import UsageError
from camscan.inventory.annotate import annotated
from camscan.inventory.check import check
from camscan.inventory.counts import count_devices
from camscan.inventory.cut import cut
from camscan.inventory.decisions import Word, all_decisions, decide
from camscan.inventory.diff import compare
from camscan.inventory.groups import merge, separation, split
from camscan.inventory.history import histories
from camscan.inventory.listing import Filter, listed
from camscan.inventory.lookup import the_one, the_record
from camscan.inventory.prune import prune
from camscan.inventory.record import record
from camscan.inventory.scans import find_scan
from camscan.inventory.sheets import sheets
from camscan.inventory.standing import units
from camscan.inventory.store import Inventory
from camscan.inventory.withdraw import withdraw
from camscan.judge import judge
from camscan.model import ScanResult
from camscan.protocols.content import content_id
from camscan.protocols.registry import load_protocols
from camscan.register import SEVERAL, SINGLE, Listed
from camscan.reply import Reply
from camscan.separation import TOGETHER, Separation
from tests.inventory_rig import DAY, START, TODAY, camera, entry, finding, put, reply, rows, scanned, unit, web

WORD = Word(who="J. Jensen", made=TODAY, reason="both its ports")


@pytest.fixture(scope="module")
def known() -> Known:
    return load_known()


def sadp(address: str, serial: str, mac: str, model: str = "DS-7608NI-K2") -> Reply:
    text = (
        f"<?xml version='1.0'?><ProbeMatch><Uuid>{serial}-u</Uuid><Types>inquiry</Types><DeviceDescription>{model}"
        f"</DeviceDescription><DeviceSN>{serial}</DeviceSN><MAC>{mac}</MAC><IPv4Address>{address}</IPv4Address>"
        "<SoftwareVersion>V4.22.005build 191204</SoftwareVersion></ProbeMatch>"
    )
    return reply(address, data=text.encode())


def server(address: str, name: str = "App-webs/") -> Reply:
    return web(address, f"HTTP/1.1 200 OK\r\nServer: {name}\r\n\r\n".encode())


ONE = "DS-7608NI-K20820200101CCRR111111111WCVU"
TWO = "DS-7608NI-K20820200101CCRR222222222WCVU"
FIRST = sadp("10.0.0.1", ONE, "44:19:b6:00:00:01")
SECOND = sadp("10.0.0.2", TWO, "44:19:b6:00:00:02")


def judged(known: Known, day: int, replies: Iterable[Reply], said: Separation = TOGETHER) -> ScanResult:
    result = judge(replies, known.parted(said).knowledge, scan_id=f"scan-{day}", known=known.assessment)
    return scanned(day, *result.devices)


def night(inventory: Inventory, known: Known, day: int, *replies: Reply) -> int:
    """A scan that hears this, as the command line conducts it: with what the register says beside the rules."""
    with inventory.reading() as connection:
        said = separation(connection)
    return put(inventory, judged(known, day, replies, said))


def join(inventory: Inventory, name: str, *others: str) -> list[int]:
    with inventory.writing() as connection:
        return merge(connection, the_one(connection, name), [the_one(connection, one) for one in others], WORD)


def part(inventory: Inventory, name: str, *addresses: str) -> list[int]:
    with inventory.writing() as connection:
        return split(connection, the_record(connection, name), addresses, WORD)


def take_back(inventory: Inventory, *numbers: int) -> None:
    with inventory.writing() as connection:
        withdraw(connection, numbers, WORD)


def events(inventory: Inventory, a: int, b: int) -> list[tuple[str, str | None, str | None]]:
    with inventory.reading() as connection:
        made = compare(connection, find_scan(connection, str(a)), find_scan(connection, str(b)))
    return [(one.event, one.subject, one.after) for one in made.changes]


def there(inventory: Inventory, **wanted: object) -> list[Listed]:
    with inventory.reading() as connection:
        return listed(connection, Filter(**wanted), (*SINGLE, *SEVERAL), now=TODAY)  # type: ignore[arg-type]


def places(inventory: Inventory, **wanted: object) -> list[tuple[str, str]]:
    return [(one.values["address"], one.values.get("addresses", "")) for one in there(inventory, **wanted)]


def test_two_ports_of_one_recorder_are_one_and_stay_one(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    assert len(there(inventory)) == 2
    join(inventory, "10.0.0.1", "10.0.0.2")
    (before,) = there(inventory)
    both = ("10.0.0.1", "10.0.0.2")
    heard = {(FIRST, SECOND): both, (SECOND, FIRST): both, (SECOND,): ("10.0.0.2", ""), (FIRST,): ("10.0.0.1", "")}
    for day, replies in enumerate([*heard, (FIRST, SECOND)], 2):
        night(inventory, known, day, *replies)
        assert places(inventory) == [heard[replies]]
        assert there(inventory)[0].id == before.id
        assert there(inventory)[0].values["serial"] == ONE
        assert places(inventory, gone=True) == []
        assert {event for event, _, _ in events(inventory, day - 1, day)} <= {"changed", "moved"}


def test_it_is_gone_when_all_of_it_is(inventory: Inventory, known: Known) -> None:
    other = sadp("10.0.0.9", TWO.replace("2222", "3333"), "44:19:b6:00:00:03")
    night(inventory, known, 1, FIRST, SECOND, other)
    join(inventory, "10.0.0.1", "10.0.0.2")
    night(inventory, known, 2, SECOND, other)
    assert (len(there(inventory)), places(inventory, gone=True)) == (2, [])
    night(inventory, known, 3, other)
    assert places(inventory, gone=True) == [("10.0.0.1", "10.0.0.2")]
    assert ("gone", None, None) in events(inventory, 2, 3)
    night(inventory, known, 4, SECOND, other)
    assert [event for event, _, _ in events(inventory, 3, 4)] == ["returned"]


def test_a_merged_device_stays_one_when_both_its_addresses_change(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    join(inventory, "10.0.0.1", "10.0.0.2")
    (before,) = there(inventory)
    moved = sadp("10.0.0.7", ONE, "44:19:b6:00:00:01"), sadp("10.0.0.8", TWO, "44:19:b6:00:00:02")
    night(inventory, known, 2, *moved)
    assert [(one.id, one.values["address"], one.values["addresses"]) for one in there(inventory)] == [
        (before.id, "10.0.0.7", "10.0.0.8")
    ]


def test_a_merge_swallows_nobody_who_gets_an_address_of_it(inventory: Inventory, known: Known) -> None:
    """DHCP gives the address of a part to a camera of its own, and somebody spoofs the serial of a part."""
    other = sadp("10.0.0.5", TWO.replace("2222", "5555"), "44:19:b6:00:00:05")
    night(inventory, known, 1, FIRST, server("10.0.0.2"), other)
    join(inventory, "10.0.0.1", "10.0.0.2")
    night(inventory, known, 2, FIRST, replace(other, address="10.0.0.2"))
    assert {one.values.get("serial") for one in there(inventory)} == {ONE, TWO.replace("2222", "5555")}
    night(inventory, known, 3, FIRST, other, sadp("10.0.0.5", ONE, "44:19:b6:00:00:01"))
    assert len(there(inventory)) == 2


def test_in_comparisons_of_what_was_before_a_merge_the_parts_are_one_too(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, SECOND)
    night(inventory, known, 2, FIRST, SECOND)
    join(inventory, "10.0.0.1", "10.0.0.2")
    assert events(inventory, 1, 2) == []
    (number,) = decisions(inventory)
    take_back(inventory, number)
    assert [event for event, _, _ in events(inventory, 1, 2)] == ["new"]


def test_a_part_has_its_own_history_and_says_of_what_it_is_one(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    join(inventory, "10.0.0.1", "10.0.0.2")
    with inventory.reading() as connection:
        (part_of_it,) = histories(connection, "10.0.0.2", now=TODAY)
        (whole,) = histories(connection, "10.0.0.1", now=TODAY)
        assert (part_of_it.whole, whole.parts) == (whole.device.id, (part_of_it.device.id,))
        assert (part_of_it.device.values["serial"], part_of_it.device.gone) == (TWO, None)
        assert the_one(connection, "10.0.0.2") == the_one(connection, "10.0.0.1")
        assert the_record(connection, "10.0.0.2") != the_record(connection, "10.0.0.1")


def test_decisions_on_a_part_are_those_of_the_whole(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    with inventory.writing() as connection:
        decide(connection, "tag", [the_one(connection, "10.0.0.2")], ["north"], WORD)
    join(inventory, "10.0.0.1", "10.0.0.2")
    assert [one.tags for one in there(inventory)] == [("north",)]


def test_a_device_is_found_by_what_it_shows(inventory: Inventory) -> None:
    """Its own where it has one, else that of the first part that has one; where it is, is one thing."""
    nameless = unit("10.0.0.1")
    put(inventory, scanned(1, nameless, camera(2, site="hall"), camera(3, model="X", building="shed", site="yard")))
    join(inventory, "10.0.0.1", "10.0.0.2", "10.0.0.3")
    (one,) = there(inventory, values={"vendor": "HIK*", "model": "DS-2CD*", "site": "hall"})
    assert (one.values["address"], one.values["site"], one.values.get("building")) == ("10.0.0.1", "hall", None)
    with inventory.reading() as connection:
        (one,) = listed(connection, Filter(), ("address", "room", "building"), now=TODAY)
    assert "building" not in one.values
    for name, value in {"model": "X", "site": "yard", "building": "shed"}.items():
        assert there(inventory, values={name: value}) == []


def test_what_only_a_part_that_went_said_is_over(inventory: Inventory) -> None:
    second = camera(2, findings=(finding(), finding("x-open")))
    put(inventory, scanned(1, camera(1, findings=(finding(),)), second, camera(3)))
    join(inventory, "10.0.0.1", "10.0.0.2")
    assert open_on(inventory) == [(("telnet-open", "x-open"), ["telnet-open", "x-open"]), ((), [])]
    put(inventory, scanned(2, camera(1, findings=(finding(),)), camera(3)))
    assert places(inventory) == [("10.0.0.1", ""), ("10.0.0.3", "")]
    assert open_on(inventory) == [(("telnet-open",), ["telnet-open"]), ((), [])]
    told = events(inventory, 1, 2)
    assert told == [("changed", "addresses", None), ("no-longer-exposed", "x-open", None)]
    put(inventory, scanned(3, camera(3)))
    assert (events(inventory, 2, 3), places(inventory, gone=True)) == (
        [("gone", None, None)],
        [("10.0.0.1", "10.0.0.2")],
    )
    put(inventory, scanned(4, second, camera(3)))
    assert events(inventory, 3, 4) == [("returned", None, None)]
    assert places(inventory) == [("10.0.0.2", ""), ("10.0.0.3", "")]
    assert open_on(inventory)[0] == (("telnet-open", "x-open"), ["telnet-open", "x-open"])


def test_a_report_tells_of_what_is_merged_as_the_list_does(inventory: Inventory) -> None:
    unsure, worse = finding(state="cannot-say"), camera(2, findings=(finding(),), site="yard", building="shed")
    put(inventory, scanned(1, camera(1, findings=(unsure,), site="hall"), worse))
    join(inventory, "10.0.0.1", "10.0.0.2")
    assert reported(inventory) == (("10.0.0.1", "10.0.0.2"), ["found"], "hall", None)
    put(inventory, scanned(2, camera(1, findings=(unsure,), site="hall")))
    assert reported(inventory) == (("10.0.0.1",), ["cannot-say"], "hall", None)
    put(inventory, scanned(3, worse))
    assert reported(inventory) == (("10.0.0.2",), ["found"], "hall", None)


def reported(inventory: Inventory) -> tuple[tuple[str, ...], list[str], str | None, str | None]:
    with inventory.reading() as connection:
        (one,) = sheets(connection, now=TODAY)
    return one.device.addresses, [said.state for said in one.device.findings], one.where.site, one.where.building


def open_on(inventory: Inventory) -> list[tuple[tuple[str, ...], list[str]]]:
    """What stands on each device, by the list and by what explains it."""
    with inventory.reading() as connection:
        told = units(connection, listed(connection, Filter(), ("address", "findings"), now=TODAY), now=TODAY)
    return [(one.device.findings, [standing.id for standing in one.standing]) for one in told]


def test_a_scan_tells_of_which_device_each_is_the_record(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    join(inventory, "10.0.0.1", "10.0.0.2")
    result = judged(known, 2, (FIRST, SECOND))
    numbers = record(inventory, result, entry()).devices
    with inventory.reading() as connection:
        told = annotated(connection, result, numbers, TODAY).devices
    (whole,) = there(inventory)
    assert [one.record for one in told] == [whole.id, whole.id]


def decisions(inventory: Inventory) -> list[int]:
    with inventory.reading() as connection:
        return [one.decision.number for one in all_decisions(connection)]


def test_a_merge_is_taken_back(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    before = there(inventory)
    numbers = join(inventory, "10.0.0.1", "10.0.0.2")
    night(inventory, known, 2, FIRST, SECOND)
    take_back(inventory, *numbers)
    assert [(one.id, one.values) for one in there(inventory)] == [(one.id, one.values) for one in before]
    night(inventory, known, 3, SECOND, FIRST)
    assert places(inventory) == [("10.0.0.1", ""), ("10.0.0.2", "")]


def test_merges_of_what_is_merged_are_taken_back_one_by_one(inventory: Inventory, known: Known) -> None:
    third = sadp("10.0.0.3", TWO.replace("2222", "3333"), "44:19:b6:00:00:03")
    night(inventory, known, 1, FIRST, SECOND, third)
    (inner,) = join(inventory, "10.0.0.2", "10.0.0.3")
    (outer,) = join(inventory, "10.0.0.1", "10.0.0.2")
    for day in (2, 3):
        night(inventory, known, day, third, SECOND, FIRST)
        assert places(inventory) == [("10.0.0.1", "10.0.0.2 10.0.0.3")]
    take_back(inventory, outer)
    assert places(inventory) == [("10.0.0.1", ""), ("10.0.0.2", "10.0.0.3")]
    join(inventory, "10.0.0.1", "10.0.0.2")
    take_back(inventory, inner)
    assert places(inventory) == [("10.0.0.1", "10.0.0.2"), ("10.0.0.3", "")]


def test_an_address_that_is_another_device_is_parted_and_stays_so(inventory: Inventory, known: Known) -> None:
    """A cloned serial, heard by IPv4 and by IPv6: the rules take that for one device."""
    four, six = sadp("10.0.0.1", ONE, "44:19:b6:00:00:01"), sadp("fd00::2", ONE, "44:19:b6:00:00:01")
    night(inventory, known, 1, four, six)
    assert places(inventory) == [("10.0.0.1", "fd00::2")]
    before = there(inventory)[0].id
    (number,) = part(inventory, "10.0.0.1", "fd00::2")
    for day, replies in enumerate([(four, six), (six, four), (four, six)], 2):
        night(inventory, known, day, *replies)
        assert [address for address, _ in places(inventory)] == ["10.0.0.1", "fd00::2"]
        assert there(inventory)[0].id == before
    assert places(inventory) == [("10.0.0.1", ""), ("fd00::2", "")]
    assert [one for one in events(inventory, 3, 4) if one[0] != "changed"] == []
    take_back(inventory, number)
    with inventory.reading() as connection:
        assert separation(connection) == TOGETHER


def test_the_others_stay_together_when_one_address_is_parted(known: Known) -> None:
    replies = [sadp(address, ONE, "44:19:b6:00:00:01") for address in ("10.0.0.1", "fd00::2", "fd00::3")]
    found = judged(known, 1, replies, Separation((frozenset(["fd00::2"]),))).devices
    assert sorted(tuple(sorted(one.addresses)) for one in found) == [("10.0.0.1", "fd00::3"), ("fd00::2",)]


def test_nothing_is_split_that_would_leave_nothing(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST)
    with pytest.raises(UsageError, match="nothing would be left"):
        part(inventory, "10.0.0.1", "10.0.0.1")
    with pytest.raises(UsageError, match=r"not known at 10\.0\.0\.9, but at 10\.0\.0\.1"):
        part(inventory, "10.0.0.1", "10.0.0.9")
    assert decisions(inventory) == []


def test_who_was_replaced_by_one_alike_is_two_devices(inventory: Inventory) -> None:
    for day in (1, 2, 3, 4):
        put(inventory, scanned(day, unit("10.0.0.1"), camera(2)))
    with inventory.writing() as connection:
        cut(connection, the_one(connection, "10.0.0.1"), 3, WORD)
    (old,) = there(inventory, gone=True)
    new = next(one for one in there(inventory) if one.values["address"] == "10.0.0.1")
    assert old.id != new.id
    assert [(one.first_seen, one.last_seen) for one in (old, new)] == [
        (START + DAY + 60, START + 2 * DAY + 60), (START + 3 * DAY + 60, START + 4 * DAY + 60),
    ]  # fmt: skip
    with inventory.reading() as connection:
        made = compare(connection, find_scan(connection, "2"), find_scan(connection, "3"))
        assert [(one.event, one.device) for one in made.changes] == [("new", new.id), ("gone", old.id)]
    put(inventory, scanned(5, unit("10.0.0.1"), camera(2)))
    assert {one.id for one in there(inventory)} >= {new.id}
    assert [one.id for one in there(inventory, gone=True)] == [old.id]


def test_what_was_not_told_any_more_when_another_came_it_has_never_said(inventory: Inventory) -> None:
    for day, firmware, state in ((1, "V5.4.5", "found"), (2, None, "cannot-say"), (3, None, "cannot-say")):
        put(inventory, scanned(day, camera(1, firmware=firmware, findings=(finding(state=state),))))
    with inventory.writing() as connection:
        cut(connection, the_one(connection, "10.0.0.1"), 2, WORD)
    with inventory.reading() as connection:
        assert check(connection, "1", lambda seen: content_id(seen, load_protocols())).broken == ()
        (old,), (new,) = (
            listed(connection, Filter(gone=gone), ("firmware", "findings"), now=TODAY) for gone in (True, False)
        )
    assert (old.values["firmware"], old.findings) == ("V5.4.5", ("telnet-open",))
    assert ("firmware" in new.values, new.findings) == (False, ())


@pytest.mark.parametrize(("since", "said"), [(1, "not seen before scan 1"), (9, "not seen by, or after, scan 9")])
def test_a_time_at_which_there_was_only_one_splits_nothing(inventory: Inventory, since: int, said: str) -> None:
    put(inventory, scanned(1, unit("10.0.0.1")))
    put(inventory, scanned(2, unit("10.0.0.1")))
    with pytest.raises(UsageError, match=said), inventory.writing() as connection:
        cut(connection, the_one(connection, "10.0.0.1"), since, WORD)


def test_a_cut_where_nobody_looked_begins_when_it_was_seen_again(inventory: Inventory) -> None:
    for day, devices in enumerate([(camera(1),), (), (), (camera(1),)], 1):
        put(inventory, scanned(day, *devices, camera(2), coverage=() if day in (2, 3) else rows()))
    with inventory.writing() as connection:
        number = cut(connection, the_one(connection, "10.0.0.1"), 2, WORD)
        (decided,) = (one.decision.number for one in all_decisions(connection))
        assert number == 3
    assert events(inventory, 1, 3) == []
    assert sorted(event for event, _, _ in events(inventory, 3, 4)) == ["gone", "new"]
    put(inventory, scanned(5, camera(1, "10.0.0.8"), camera(2)))
    assert len(there(inventory)) == 2
    with pytest.raises(UsageError, match="cannot be taken back"):
        take_back(inventory, decided)


def test_what_is_one_already_cannot_be_merged(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    join(inventory, "10.0.0.1", "10.0.0.2")
    for name, other in (("10.0.0.1", "10.0.0.1"), ("10.0.0.1", "10.0.0.2"), ("10.0.0.2", "10.0.0.1")):
        with pytest.raises(UsageError, match="are one already"):
            join(inventory, name, other)


def test_cameras_that_all_have_the_address_of_the_factory_are_as_many_as_they_are(
    inventory: Inventory, known: Known
) -> None:
    fresh = [
        replace(sadp("192.168.1.64", serial, mac), foreign=True)
        for serial, mac in ((ONE, "44:19:b6:00:00:01"), (TWO, "44:19:b6:00:00:02"))
    ]
    for day, replies in enumerate((fresh, fresh[::-1], fresh), 1):
        night(inventory, known, day, *replies)
        assert sorted(one.values["serial"] for one in there(inventory)) == [ONE, TWO]
        assert there(inventory, gone=True) == []
    assert len({one.id for one in there(inventory)}) == 2


def test_who_answers_first_does_not_decide_between_what_is_equally_sure(known: Known) -> None:
    one, other = sadp("10.0.0.1", ONE, "44:19:b6:00:00:01"), sadp("10.0.0.1", TWO, "44:19:b6:00:00:02")
    named = [
        [(d.serial, d.mac, d.model) for d in judged(known, 1, some).devices] for some in permutations((one, other))
    ]
    assert named[0] == named[1]


def test_of_what_is_merged_all_is_forgotten_or_nothing(inventory: Inventory, known: Known) -> None:
    third = sadp("10.0.0.3", TWO.replace("2222", "3333"), "44:19:b6:00:00:03")
    night(inventory, known, 1, FIRST, SECOND, third)
    join(inventory, "10.0.0.1", "10.0.0.2")
    for day in (2, 3, 4):
        night(inventory, known, day, SECOND, third)
    with inventory.writing() as connection:
        prune(connection, 4)
    assert places(inventory) == [("10.0.0.2", ""), ("10.0.0.3", "")]
    for day in (5, 6, 7):
        night(inventory, known, day, third)
    with inventory.writing() as connection:
        prune(connection, 7)
        assert len(all_decisions(connection)) == 0
    assert (places(inventory), places(inventory, gone=True)) == ([("10.0.0.3", "")], [])
    with inventory.reading() as connection:
        checked = check(connection, entry().tool_version, lambda reply: content_id(reply, load_protocols()))
    assert checked.broken == ()


def test_what_stands_on_a_part_stands_on_the_whole_once(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),)), camera(2, findings=(finding(), finding("x-open")))))
    join(inventory, "10.0.0.1", "10.0.0.2")
    with inventory.reading() as connection:
        (unit_of_both,) = units(connection, listed(connection, Filter(), ("address",), now=TODAY), now=TODAY)
        assert [one.id for one in unit_of_both.standing] == ["telnet-open", "x-open"]
        assert count_devices(connection) == (1, 0)


def test_of_what_is_judged_of_several_parts_the_weightiest_is_told(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(2), camera(3)))
    join(inventory, "10.0.0.1", "10.0.0.2", "10.0.0.3")
    weights = enumerate(("medium", "critical", "low"), 1)
    put(inventory, scanned(2, *(camera(number, findings=(finding(severity=weight),)) for number, weight in weights)))
    with inventory.reading() as connection:
        told = compare(connection, find_scan(connection, "1"), find_scan(connection, "2"))
        (stood,) = units(connection, listed(connection, Filter(), ("address",), now=TODAY), now=TODAY)
        (sheet,) = sheets(connection, now=TODAY)
    assert [(one.event, one.severity) for one in told.changes] == [("exposed", "critical")]
    assert [(one.id, one.severity) for one in stood.standing] == [("telnet-open", "critical")]
    assert [one.severity for one in sheet.device.findings] == ["critical"]


def test_of_what_calls_for_nothing_the_severity_means_nothing(inventory: Inventory) -> None:
    unsure = finding(state="cannot-say", severity="critical")
    put(inventory, scanned(1, camera(1, findings=(unsure,)), camera(2, findings=(finding(severity="low"),))))
    join(inventory, "10.0.0.1", "10.0.0.2")
    with inventory.reading() as connection:
        (sheet,) = sheets(connection, now=TODAY)
    assert [(one.state, one.severity) for one in sheet.device.findings] == [("found", "low")]
