"""Merges and splits by hand: what the owner says of which devices are one goes before what the rules make of it, in the
register and in the scans that follow. On both databases."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import permutations

import pytest
from sqlalchemy import select

from camscan.cli.known import Known, load_known
from camscan.cli.stored import judge_of_stored, nothing_heard
from camscan.corrections import NO_CORRECTIONS, Corrections
from camscan.errors import UsageError
from camscan.inventory.corrections import corrections
from camscan.inventory.decisions import Word, decide
from camscan.inventory.diff import compare
from camscan.inventory.history import histories
from camscan.inventory.listing import Filter, listed
from camscan.inventory.lookup import the_one
from camscan.inventory.merge import merge
from camscan.inventory.scans import find_scan
from camscan.inventory.split import part_again, split_off, split_since
from camscan.inventory.store import Inventory
from camscan.inventory.tables import device
from camscan.judge import judge
from camscan.model import Reply, ScanResult
from camscan.register import SEVERAL, SINGLE, Listed
from tests.inventory_rig import DAY, START, TODAY, camera, entry, put, reply, scanned, unit, web

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


def judged(known: Known, day: int, replies: Iterable[Reply], said: Corrections = NO_CORRECTIONS) -> ScanResult:
    result = judge(replies, known.corrected(said).knowledge, scan_id=f"scan-{day}", known=known.assessment)
    devices = result.devices
    return scanned(day, *devices)


def night(inventory: Inventory, known: Known, day: int, *replies: Reply) -> int:
    """A scan that hears this, as the command line conducts it: with what the register says beside the rules."""
    with inventory.reading() as connection:
        said = corrections(connection)
    return put(inventory, judged(known, day, replies, said))


def correct(inventory: Inventory, known: Known, what: Callable[..., object], name: str, *names: str) -> object:
    """Merges or parts what goes by these names."""
    made = entry("correction", TODAY)
    with inventory.writing() as connection:
        result = nothing_heard(known, f"correction-{name}-{names}", TODAY)
        number = the_one(connection, name)
        if what is merge:
            others: list[object] = [the_one(connection, other) for other in names]
        else:
            others = list(names)
        given = () if what is part_again else (others,)
        return what(connection, number, *given, WORD, result, made, lambda c: judge_of_stored(c, known))


def there(inventory: Inventory, **wanted: object) -> list[Listed]:
    with inventory.reading() as connection:
        return listed(connection, Filter(**wanted), (*SINGLE, *SEVERAL), now=TODAY)  # type: ignore[arg-type]


def places(inventory: Inventory, **wanted: object) -> list[tuple[str, str]]:
    return [(one.values["address"], one.values.get("addresses", "")) for one in there(inventory, **wanted)]


def test_two_ports_of_one_recorder_become_one_and_stay_one(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    assert len(there(inventory)) == 2
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    assert places(inventory) == [("10.0.0.1", "10.0.0.2")]
    for day, replies in enumerate(permutations((FIRST, SECOND)), 2):
        night(inventory, known, day, *replies)
        assert places(inventory) == [("10.0.0.1", "10.0.0.2")]
    assert there(inventory)[0].values["serial"] == ONE
    assert places(inventory, gone=True) == []


def test_a_merged_device_keeps_its_record_when_both_its_addresses_change(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    before = there(inventory)[0].id
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    moved = sadp("10.0.0.7", ONE, "44:19:b6:00:00:01"), sadp("10.0.0.8", TWO, "44:19:b6:00:00:02")
    night(inventory, known, 2, *moved)
    night(inventory, known, 3, *moved)
    (one,) = there(inventory)
    assert (one.id, {one.values["address"], one.values["addresses"]}) == (before, {"10.0.0.7", "10.0.0.8"})


@pytest.mark.parametrize("heard", [FIRST, SECOND])
def test_one_part_alone_is_the_device(inventory: Inventory, known: Known, heard: Reply) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    before = there(inventory)[0].id
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    night(inventory, known, 2, heard)
    assert [one.id for one in there(inventory)] == [before]


def test_what_tells_no_identifier_is_merged_by_its_address(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, server("10.0.0.2"))
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    for day in (2, 3):
        night(inventory, known, day, FIRST, server("10.0.0.2"))
        (one,) = there(inventory)
        assert (one.values["addresses"], one.values["services"]) == ("10.0.0.2", "tcp/80/http udp/37020/sadp")


def test_the_comparison_tells_a_merge_and_nobody_gone(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    with inventory.reading() as connection:
        made = compare(connection, find_scan(connection, "1"), find_scan(connection, "2"))
    assert [(one.event, one.subject, one.after) for one in made.changes] == [("changed", "addresses", "10.0.0.2")]


def test_a_part_has_its_own_history_and_says_of_what_it_is_one(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    with inventory.reading() as connection:
        whole, part = histories(connection, "10.0.0.2", now=TODAY)
        assert (part.joined_into, whole.joined_into) == (whole.device.id, None)
        assert part.device.values["serial"] == TWO
        assert the_one(connection, "10.0.0.2") == the_one(connection, "10.0.0.1")


def test_decisions_on_a_part_are_those_of_the_whole(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    with inventory.writing() as connection:
        decide(connection, "tag", [the_one(connection, "10.0.0.2")], ["north"], WORD)
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    assert [one.tags for one in there(inventory)] == [("north",)]


def test_a_merge_is_taken_back(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    ids = [one.id for one in there(inventory)]
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    night(inventory, known, 2, FIRST, SECOND)
    correct(inventory, known, part_again, ids[1])
    assert places(inventory) == [("10.0.0.1", ""), ("10.0.0.2", "")]
    assert [one.id for one in there(inventory)] == ids
    night(inventory, known, 3, SECOND, FIRST)
    assert [one.id for one in there(inventory)] == ids
    assert places(inventory) == [("10.0.0.1", ""), ("10.0.0.2", "")]
    with inventory.reading() as connection:
        assert corrections(connection) == NO_CORRECTIONS


def test_what_is_merged_into_what_is_merged_is_one(inventory: Inventory, known: Known) -> None:
    third = sadp("10.0.0.3", TWO.replace("2222", "3333"), "44:19:b6:00:00:03")
    night(inventory, known, 1, FIRST, SECOND, third)
    correct(inventory, known, merge, "10.0.0.2", "10.0.0.3")
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    for day in (2, 3):
        night(inventory, known, day, third, SECOND, FIRST)
        assert places(inventory) == [("10.0.0.1", "10.0.0.2 10.0.0.3")]


def test_an_address_that_is_another_device_is_parted_and_stays_so(inventory: Inventory, known: Known) -> None:
    """A cloned serial, heard by IPv4 and by IPv6: the rules take that for one device."""
    four, six = sadp("10.0.0.1", ONE, "44:19:b6:00:00:01"), sadp("fd00::2", ONE, "44:19:b6:00:00:01")
    night(inventory, known, 1, four, six)
    assert places(inventory) == [("10.0.0.1", "fd00::2")]
    correct(inventory, known, split_off, "10.0.0.1", "fd00::2")
    assert places(inventory) == [("10.0.0.1", ""), ("fd00::2", "")]
    ids = [one.id for one in there(inventory)]
    for day, replies in enumerate(permutations((four, six)), 2):
        night(inventory, known, day, *replies)
        assert places(inventory) == [("10.0.0.1", ""), ("fd00::2", "")]
        assert [one.id for one in there(inventory)] == ids


def test_nothing_is_split_that_would_leave_nothing(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST)
    with pytest.raises(UsageError, match="nothing would stay"):
        correct(inventory, known, split_off, "10.0.0.1", "10.0.0.1")
    with pytest.raises(UsageError, match=r"not heard at 10\.0\.0\.9"):
        correct(inventory, known, split_off, "10.0.0.1", "10.0.0.9")
    with inventory.reading() as connection:
        assert len(connection.execute(select(device)).all()) == 1


def test_who_was_replaced_by_one_alike_is_two_devices(inventory: Inventory) -> None:
    for day in (1, 2, 3, 4):
        put(inventory, scanned(day, unit("10.0.0.1"), camera(2)))
    with inventory.writing() as connection:
        split_since(connection, the_one(connection, "10.0.0.1"), 3, WORD, TODAY)
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


@pytest.mark.parametrize(("since", "said"), [(1, "not seen before scan 1"), (9, "not seen by, or after, scan 9")])
def test_a_time_at_which_there_was_only_one_splits_nothing(inventory: Inventory, since: int, said: str) -> None:
    put(inventory, scanned(1, unit("10.0.0.1")))
    put(inventory, scanned(2, unit("10.0.0.1")))
    with pytest.raises(UsageError, match=said), inventory.writing() as connection:
        split_since(connection, the_one(connection, "10.0.0.1"), since, WORD, TODAY)


def test_what_is_one_already_cannot_be_merged(inventory: Inventory, known: Known) -> None:
    night(inventory, known, 1, FIRST, SECOND)
    with pytest.raises(UsageError, match="and itself are one already"):
        correct(inventory, known, merge, "10.0.0.1", "10.0.0.1")
    part = there(inventory)[1].id
    correct(inventory, known, merge, "10.0.0.1", "10.0.0.2")
    with pytest.raises(UsageError, match="is a part of another one already"):
        correct(inventory, known, merge, "10.0.0.1", part)


def test_marks_that_stand_at_several_join_nothing(known: Known) -> None:
    marks = frozenset([("serial", ONE.casefold())]), frozenset([("serial", TWO.casefold())])
    said = Corrections(together=(marks,))
    clone = sadp("10.0.0.3", ONE, "44:19:b6:00:00:09")
    assert len(judged(known, 1, (FIRST, SECOND), said).devices) == 1
    assert len(judged(known, 1, (FIRST, SECOND, clone), said).devices) == 3


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
