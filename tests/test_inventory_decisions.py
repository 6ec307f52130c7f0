"""What the owner decides: it holds until its day, covers what was seen before it, and is never lost. On both
databases."""

import pytest
from sqlalchemy.engine import Connection

from camscan.change import Change
from camscan.decision import DecisionKind
from camscan.errors import UsageError
from camscan.inventory.annotate import annotated
from camscan.inventory.decisions import Word, all_decisions, decide
from camscan.inventory.diff import compare
from camscan.inventory.history import histories
from camscan.inventory.in_force import InForce
from camscan.inventory.listing import Filter, listed
from camscan.inventory.lookup import public_ids, the_one
from camscan.inventory.record import record
from camscan.inventory.scans import find_scan
from camscan.inventory.store import Inventory
from camscan.inventory.withdraw import withdraw
from camscan.model import Ignored
from tests.inventory_rig import DAY, START, TODAY, advisory, camera, entry, finding, put, scanned

TELNET = "telnet-open"


def word(day: float = 1.5, until: float | None = None, reason: str = "replaced in March") -> Word:
    """What J. Jensen says on a day, which holds until another."""
    expires = None if until is None else START + until * DAY
    return Word(who="J. Jensen", made=START + day * DAY, reason=reason, expires=expires)


def say(
    inventory: Inventory, kind: DecisionKind, device: str | None, *subjects: str, of: Word | None = None
) -> list[int]:
    with inventory.writing() as connection:
        numbers = [None if device is None else the_one(connection, device)]
        return decide(connection, kind, numbers, subjects or (None,), of or word())


def changes(inventory: Inventory, a: str, b: str) -> list[Change]:
    with inventory.reading() as connection:
        return list(compare(connection, find_scan(connection, a), find_scan(connection, b)).changes)


def events(inventory: Inventory, a: str, b: str) -> list[tuple[str, str | None, str | None]]:
    return [(one.event, one.address, one.subject) for one in changes(inventory, a, b)]


def test_what_is_ignored_is_listed_apart(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(), finding("tls-missing")), advisories=(advisory(),))))
    say(inventory, "ignore", "10.0.0.1", TELNET, "CVE-2021-36260")
    with inventory.reading() as connection:
        (one,) = listed(connection, Filter(), ("findings", "advisories"), now=TODAY)
    assert (one.findings, one.advisories, set(one.ignored)) == (("tls-missing",), (), {TELNET, "CVE-2021-36260"})


def test_an_exception_for_every_device_holds_for_those_to_come(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),))))
    say(inventory, "ignore", None, TELNET)
    put(inventory, scanned(2, camera(1, findings=(finding(),)), camera(2, findings=(finding(),))))
    with inventory.reading() as connection:
        assert [one.findings for one in listed(connection, Filter(), ("findings",), now=TODAY)] == [(), ()]


def test_what_is_ignored_is_no_change(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(1, findings=(finding(),))))
    assert events(inventory, "1", "2") == [("exposed", "10.0.0.1", TELNET)]
    say(inventory, "ignore", "10.0.0.1", TELNET, of=word(2.5))
    assert events(inventory, "1", "2") == []


def test_an_exception_that_is_over_comes_back(inventory: Inventory) -> None:
    for day in (1, 2, 3):
        put(inventory, scanned(day, camera(1, findings=(finding(),))))
    say(inventory, "ignore", "10.0.0.1", TELNET, of=word(1.5, until=2.5))
    assert events(inventory, "1", "2") == []
    (change,) = changes(inventory, "2", "3")
    assert (change.event, change.subject, change.severity) == ("exception-ended", TELNET, "high")
    with inventory.reading() as connection:
        before = listed(connection, Filter(), ("findings",), now=START + 2.4 * DAY)
        after = listed(connection, Filter(), ("findings",), now=START + 2.5 * DAY)
    assert ([one.findings for one in before], [one.findings for one in after]) == ([()], [(TELNET,)])


def test_the_end_of_an_exception_for_all_is_told_of_each_that_has_it(inventory: Inventory) -> None:
    for day in (1, 2, 3):
        put(inventory, scanned(day, camera(1, findings=(finding(),)), camera(2)))
    say(inventory, "ignore", None, TELNET, of=word(1.5, until=2.5))
    assert events(inventory, "2", "3") == [("exception-ended", "10.0.0.1", TELNET)]


def test_what_is_found_for_the_first_time_after_its_exception_is_new(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),))))
    put(inventory, scanned(2, camera(1)))
    say(inventory, "ignore", "10.0.0.1", TELNET, of=word(1.5, until=2.5))
    put(inventory, scanned(3, camera(1, findings=(finding(),))))
    assert events(inventory, "1", "2") == []
    put(inventory, scanned(4, camera(1, findings=(finding(state="cannot-say"),))))
    assert events(inventory, "1", "3") == [("exception-ended", "10.0.0.1", TELNET)]


def test_the_end_of_an_exception_for_all_is_told_of_what_was_mended_later(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),))))
    say(inventory, "ignore", None, TELNET, of=word(until=2.5))
    put(inventory, scanned(2, camera(1, findings=(finding(),))))
    put(inventory, scanned(3, camera(1, findings=(finding(),))))
    put(inventory, scanned(4, camera(1, findings=(finding(state="not-found"),))))
    assert events(inventory, "2", "3") == [("exception-ended", "10.0.0.1", TELNET)]


def test_a_withdrawn_exception_is_over_at_once(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),))))
    (number,) = say(inventory, "ignore", "10.0.0.1", TELNET)
    with inventory.writing() as connection:
        withdraw(connection, [number], Word(who="K. Kirk", made=START + 2 * DAY, reason="not replaced"))
    with inventory.reading() as connection:
        (one,) = listed(connection, Filter(), ("findings",), now=TODAY)
        (decided,) = all_decisions(connection)
    assert one.findings == (TELNET,)
    assert (decided.decision.who, decided.decision.withdrawn_by) == ("J. Jensen", "K. Kirk")
    with pytest.raises(UsageError, match="withdrawn already"), inventory.writing() as connection:
        withdraw(connection, [number], word())
    with pytest.raises(UsageError, match="no decision 77"), inventory.writing() as connection:
        withdraw(connection, [77], word())


def test_one_bad_number_withdraws_nothing(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),))))
    (number,) = say(inventory, "ignore", "10.0.0.1", TELNET)
    with pytest.raises(UsageError), inventory.writing() as connection:
        withdraw(connection, [number, 77], word())
    with inventory.reading() as connection:
        assert all_decisions(connection)[0].decision.withdrawn is None


def test_who_is_not_approved_is_listed_and_an_approval_ends(inventory: Inventory) -> None:
    for day in (1, 2, 3):
        put(inventory, scanned(day, camera(1), camera(2), *((camera(3),) if day == 2 else ())))
    say(inventory, "approve", "10.0.0.1", of=word(1.5, until=2.5))
    with inventory.reading() as connection:
        open_ones = listed(connection, Filter(unapproved=True), ("address",), now=START + 2 * DAY)
    assert [one.values["address"] for one in open_ones] == ["10.0.0.2"]
    assert ("approval-ended", "10.0.0.1", None) in events(inventory, "2", "3")
    say(inventory, "approve", "10.0.0.3", of=word(3.5))
    (new,) = changes(inventory, "1", "2")
    assert (new.event, new.approved) == ("new", True)


def test_tags_list_devices_and_a_decision_stays_when_the_address_does_not(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(2)))
    say(inventory, "tag", "10.0.0.1", "car-park", "north")
    say(inventory, "tag", "10.0.0.2", "north")
    put(inventory, scanned(2, camera(1, "10.0.0.9"), camera(2)))
    with inventory.reading() as connection:
        both = listed(connection, Filter(tags=("north", "car-park")), ("address",), now=TODAY)
        north = listed(connection, Filter(tags=("north",)), ("address",), now=TODAY)
    assert [(one.values["address"], one.tags) for one in both] == [("10.0.0.9", ("car-park", "north"))]
    assert len(north) == 2


def test_the_history_of_a_device_tells_its_decisions(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(2)))
    say(inventory, "note", "10.0.0.1", of=word(reason="key with the caretaker"))
    say(inventory, "ignore", None, TELNET)
    with inventory.reading() as connection:
        (one,) = histories(connection, "10.0.0.1", now=TODAY)
        (other,) = histories(connection, "10.0.0.2", now=TODAY)
    assert [made.reason for made in one.decisions] == ["key with the caretaker", "replaced in March"]
    assert [made.device for made in other.decisions] == [None]


def test_a_result_is_told_beside_what_is_known(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    say(inventory, "approve", "10.0.0.1")
    say(inventory, "tag", "10.0.0.1", "north")
    say(inventory, "ignore", "10.0.0.1", TELNET, "CVE-2021-36260", of=word(until=30))
    result = scanned(2, camera(2, findings=(finding(),)), camera(1, findings=(finding(),), advisories=(advisory(),)))
    numbers = record(inventory, result, entry()).devices
    with inventory.reading() as connection:
        known = annotated(connection, result, numbers, START + 3 * DAY)
    other, one = known.devices
    by = Ignored(who="J. Jensen", reason="replaced in March", until=START + 30 * DAY)
    assert (one.findings[0].ignored, one.advisories[0].ignored, other.findings[0].ignored) == (by, by, None)
    assert (one.approved, one.tags, other.approved, other.tags) == (True, ("north",), False, ())
    assert (one.first_seen, other.first_seen) == (START + DAY + 60, START + 2 * DAY + 60)
    assert not one.findings[0].is_open


def test_a_device_is_meant_by_what_it_is_known_by(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(2)))
    with inventory.reading() as connection:
        first = the_one(connection, "10.0.0.1")
        public = histories(connection, "10.0.0.1", now=TODAY)[0].device.id
        assert {the_one(connection, name) for name in ("44-19-B6-00-00-01", public, public[:6])} == {first}
        with pytest.raises(UsageError, match=r"no device 10\.0\.0\.77 in the inventory"):
            the_one(connection, "10.0.0.77")


def test_who_stands_there_now_goes_before_who_once_did(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(2)))
    put(inventory, scanned(2, camera(1, "10.0.0.2"), camera(2, "10.0.0.7")))
    with inventory.reading() as connection:
        assert _serial(connection, "10.0.0.2").endswith("1")
        assert _serial(connection, "10.0.0.1").endswith("1")


def _serial(connection: Connection, name: str) -> str:
    number = the_one(connection, name)
    every = listed(connection, Filter(), ("serial",), now=TODAY)
    return every[number - 1].values["serial"]


def test_the_last_word_on_a_device_is_what_is_meant(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),))))
    say(inventory, "ignore", "10.0.0.1", TELNET)
    say(inventory, "ignore", "10.0.0.1", TELNET, of=word(until=3, reason="until day 3"))
    with inventory.reading() as connection:
        for day, open_findings in ((2, ()), (4, (TELNET,))):
            (one,) = listed(connection, Filter(), ("findings",), now=START + day * DAY)
            assert one.findings == open_findings


def test_what_holds_for_all_holds_for_who_had_an_exception_of_its_own(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),))))
    say(inventory, "ignore", None, TELNET, of=word(reason="for all"))
    say(inventory, "ignore", "10.0.0.1", TELNET, of=word(until=3))
    with inventory.reading() as connection:
        decided = InForce(all_decisions(connection), START + 2 * DAY)
        assert decided.ignored(1, TELNET) == Ignored(who="J. Jensen", reason="for all", until=None)


def test_a_mistake_that_was_taken_back_hides_nothing_before_it(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(1, findings=(finding(),))))
    (number,) = say(inventory, "ignore", "10.0.0.1", TELNET, of=word(2.5))
    with inventory.writing() as connection:
        withdraw(connection, [number], word(2.6))
    assert events(inventory, "1", "2") == [("exposed", "10.0.0.1", TELNET)]


def test_an_exception_on_who_is_gone_ends_unheard(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),)), camera(2)))
    for day in (2, 3, 4):
        put(inventory, scanned(day, camera(2)))
    say(inventory, "ignore", "10.0.0.1", TELNET, of=word(1.5, until=3.5))
    assert events(inventory, "3", "4") == []


def test_who_is_there_is_meant_and_not_who_was_replaced(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(2, "10.0.0.1")))
    with inventory.reading() as connection:
        number = the_one(connection, "10.0.0.1")
        assert public_ids(connection, [number])[number] == listed(connection, Filter(), (), now=TODAY)[0].id
