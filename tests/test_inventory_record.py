"""Recording scans: who is who over the years, what began and ended, and what an unchanged night costs. On SQLite and on
PostgreSQL alike."""

from dataclasses import replace
from typing import Literal

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.engine import Connection

from camscan.change import Change, Comparison
from camscan.errors import CannotRunError, UsageError
from camscan.inventory import store
from camscan.inventory.as_one import all_able
from camscan.inventory.diff import compare
from camscan.inventory.facts import facts_of
from camscan.inventory.history import histories
from camscan.inventory.listing import Filter, listed
from camscan.inventory.reassess import record_judged
from camscan.inventory.record import record
from camscan.inventory.replies import replies_of
from camscan.inventory.scan_row import Entry
from camscan.inventory.scans import all_scans, find_scan, set_baseline
from camscan.inventory.sheets import sheets
from camscan.inventory.store import Inventory, opened
from camscan.inventory.tables import attribute, coverage, device, heard, judgement, observation, sighting
from camscan.model import Capability
from camscan.register import SEVERAL, SINGLE, Able, Listed
from camscan.reply import Reply
from camscan.report.devices import listed_record
from camscan.report.diff import as_diff_text
from camscan.report.history import as_history_text
from tests.inventory_rig import (
    DAY,
    PORTS,
    START,
    TODAY,
    advisory,
    camera,
    entry,
    finding,
    put,
    reply,
    rows,
    scanned,
    unit,
    web,
)  # fmt: skip
from tests.report_rig import middlebox


def there(inventory: Inventory, **wanted: object) -> list[Listed]:
    names = (*SINGLE, *SEVERAL, "findings", "advisories")
    with inventory.reading() as connection:
        return listed(connection, Filter(**wanted), names, now=TODAY)  # type: ignore[arg-type]


def addresses(inventory: Inventory, **wanted: object) -> list[str]:
    return [one.values["address"] for one in there(inventory, **wanted)]


def between(inventory: Inventory, before: str, after: str) -> Comparison:
    with inventory.reading() as connection:
        return compare(connection, find_scan(connection, before), find_scan(connection, after))


def last_changes(inventory: Inventory) -> list[tuple[str, str | None, str | None, str | None]]:
    with inventory.reading() as connection:
        before, after = all_scans(connection)[-2:]
        return [(c.event, c.subject, c.before, c.after) for c in compare(connection, before, after).changes]


def events(changes: tuple[Change, ...]) -> list[str]:
    return [change.event for change in changes]


def greeting(port: int, address: str = "10.0.0.1") -> Reply:
    return reply(address, "telnet", b"login:", transport="tcp", port=port, channel="tcp", request="greeting")


def count(connection: Connection, table: object) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar() or 0)  # type: ignore[arg-type]


def test_a_device_keeps_its_record_when_its_address_changes(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(1, "10.0.0.99")))
    (one,) = there(inventory)
    assert one.values["address"] == "10.0.0.99"
    assert last_changes(inventory)[0] == ("moved", "address", "10.0.0.1", "10.0.0.99")


def test_another_device_at_the_same_address_is_a_new_one(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(2, "10.0.0.1")))
    assert [event for event, *_ in last_changes(inventory)] == ["new", "gone"]
    assert [one.values["serial"][-1] for one in there(inventory)] == ["2"]
    assert [one.values["serial"][-1] for one in there(inventory, gone=True)] == ["1"]


@pytest.mark.parametrize("known_by", ["serial", "mac"])
def test_one_identifier_is_enough_to_know_a_device_again(inventory: Inventory, known_by: str) -> None:
    put(inventory, scanned(1, camera(1)))
    other = {"serial": "mac", "mac": "serial"}[known_by]
    put(inventory, scanned(2, camera(1, "10.0.0.50", **{other: None})))
    assert addresses(inventory) == ["10.0.0.50"]


def test_a_serial_with_another_mac_is_another_device(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(1, "10.0.0.50", mac="44:19:b6:ff:ff:ff")))
    assert addresses(inventory) == ["10.0.0.50"]
    assert addresses(inventory, gone=True) == ["10.0.0.1"]


def test_one_serial_at_two_addresses_joins_neither_of_them_to_anything(inventory: Inventory) -> None:
    bare = {"mac": None, "model": None}
    put(inventory, scanned(1, camera(1, "10.0.0.1", **bare)))
    put(inventory, scanned(2, camera(1, "10.0.0.8", **bare), camera(1, "10.0.0.9", **bare)))
    assert sorted(addresses(inventory)) == ["10.0.0.8", "10.0.0.9"]
    assert addresses(inventory, gone=True) == ["10.0.0.1"]


def test_a_placeholder_joins_nobody(inventory: Inventory) -> None:
    nobody = {"serial": "0000000000", "mac": "00:11:22:33:44:55", "model": None}
    put(inventory, scanned(1, camera(1, **nobody)))
    put(inventory, scanned(2, camera(1, "10.0.0.2", **nobody)))
    assert addresses(inventory) == ["10.0.0.2"]
    assert addresses(inventory, gone=True) == ["10.0.0.1"]


@pytest.mark.parametrize(
    "nobody", [{"mac": "00:00:00:00:00:00"}, {"mac": "00:11:22:33:44:55"}, {"serial": "0000000000"}]
)
def test_a_placeholder_contradicts_nobody(inventory: Inventory, nobody: dict[str, str]) -> None:
    put(inventory, scanned(1, camera(1, **nobody)))
    put(inventory, scanned(2, camera(1)))
    put(inventory, scanned(3, camera(1, **nobody)))
    (one,) = there(inventory)
    assert (one.values["serial"][-1], one.values["mac"]) == ("1", "44:19:b6:00:00:01")
    assert addresses(inventory, gone=True) == []


def test_a_mac_that_several_devices_of_a_scan_have_is_nobodys(inventory: Inventory) -> None:
    routers = [camera(n, mac="44:19:b6:aa:aa:aa") for n in (1, 2, 3)]
    put(inventory, scanned(1, *routers))
    assert [one.values.get("mac") for one in there(inventory)] == [None, None, None]
    put(inventory, scanned(2, *(camera(n) for n in (1, 2, 3))))
    assert {event for event, *_ in last_changes(inventory)} == {"changed"}
    put(inventory, scanned(3, *routers))
    assert last_changes(inventory) == []


def test_a_short_serial_is_the_long_one(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, mac=None)))
    put(inventory, scanned(2, camera(1, "10.0.0.9", mac=None, serial="AAWR000000001")))
    assert last_changes(inventory) == [("moved", "address", "10.0.0.1", "10.0.0.9")]
    (one,) = there(inventory)
    assert one.values["serial"] == "DS-2CD2042WD-I20160101AAWR000000001"


def test_a_short_serial_with_another_mac_is_not(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(2, "10.0.0.9", serial="AAWR000000001")))
    assert "new" in [event for event, *_ in last_changes(inventory)]


def test_what_has_no_identifier_is_known_by_its_address_until_it_says_otherwise(inventory: Inventory) -> None:
    put(inventory, scanned(1, unit("10.0.0.1", vendor="axis", model="M1")))
    put(inventory, scanned(2, unit("10.0.0.1", vendor="axis", model="M1")))
    assert last_changes(inventory) == []
    put(inventory, scanned(3, unit("10.0.0.1", vendor="dahua", model="IPC-HFW1230S")))
    assert [event for event, *_ in last_changes(inventory)] == ["new", "gone"]


def test_a_longer_form_of_a_value_is_no_change(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, model="DS-7616NI-Q2", kind="camera")))
    put(inventory, scanned(2, camera(1, model="DS-7616NI-Q2/16P", kind="thermal-camera")))
    put(inventory, scanned(3, camera(1, model="DS-7616NI-Q2", kind="camera")))
    (one,) = there(inventory)
    assert (one.values["model"], one.values["kind"]) == ("DS-7616NI-Q2/16P", "thermal-camera")
    assert [events(between(inventory, "1", word).changes) for word in ("2", "3")] == [[], []]


def test_changed_firmware_has_a_history(inventory: Inventory) -> None:
    for day, firmware in enumerate(("V5.4.5", "V5.4.5", "V5.5.0"), 1):
        put(inventory, scanned(day, camera(1, firmware=firmware)))
    assert last_changes(inventory) == [("changed", "firmware", "V5.4.5", "V5.5.0")]
    with inventory.reading() as connection:
        (history,) = histories(connection, "10.0.0.1", now=TODAY)
    runs = [(run.value, run.since, run.until) for run in history.runs if run.attribute == "firmware"]
    first, third = START + DAY + 60, START + 3 * DAY + 60
    assert runs == [("V5.4.5", first, third), ("V5.5.0", third, None)]
    assert (history.device.first_seen, history.device.last_seen, history.scans) == (first, third, 3)


def test_what_a_device_no_longer_says_stays_and_is_marked(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(1, firmware=None)))
    assert last_changes(inventory) == []
    with inventory.reading() as connection:
        (history,) = histories(connection, "10.0.0.1", now=TODAY)
    (run,) = [run for run in history.runs if run.attribute == "firmware"]
    assert (run.value, run.until, run.untold) == ("V5.4.5", None, START + 2 * DAY + 60)
    put(inventory, scanned(3, camera(1)))
    with inventory.reading() as connection:
        (history,) = histories(connection, "10.0.0.1", now=TODAY)
    assert [run.untold for run in history.runs if run.attribute == "firmware"] == [None]


def able(state: Literal["observed", "inferred"] | None, enabled: bool | None = None) -> tuple[Capability, ...]:
    return (Capability(id="ptz", state=state, enabled=enabled, evidence=()),)


def known_able(inventory: Inventory) -> Able:
    """How the one device is known to be capable of it, which the list, the history and the report tell alike."""
    (one,) = there(inventory)
    with inventory.reading() as connection:
        (sheet,) = sheets(connection, now=TODAY)
        (history,) = histories(connection, "10.0.0.1", now=TODAY)
    (shown,) = sheet.device.capabilities
    (run,) = [run for run in history.runs if run.attribute == "capabilities" and run.until is None]
    assert one.able == {"ptz": run.able} == {shown.id: Able(shown.state, shown.enabled)}
    return run.able


def test_how_a_capability_is_known_outlives_recording(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, capabilities=able("inferred"))))
    assert known_able(inventory) == Able("inferred", None)
    put(inventory, scanned(2, camera(1, capabilities=able("observed", enabled=False))))
    assert known_able(inventory) == Able("observed", False)
    assert last_changes(inventory) == []
    with inventory.reading() as connection:
        told = histories(connection, "10.0.0.1", now=TODAY)
    assert "ptz (observed, switched off)" in as_history_text(told, TODAY, terminal=False, width=200)
    record_of_list = {"id": "ptz", "state": "observed", "enabled": False}
    assert listed_record(there(inventory)[0])["capabilities"] == [record_of_list]


def test_of_several_records_the_own_word_of_one_goes_before_the_model_number_of_another() -> None:
    guessed, said = (
        {"ptz": Able("inferred"), "anpr": Able()},
        {"ptz": Able("observed", False), "wifi": Able(None, True)},
    )
    expected = {"anpr": Able(), "ptz": Able("observed", False), "wifi": Able(None, True)}
    assert all_able([guessed, said]) == all_able([said, guessed]) == expected


@pytest.mark.parametrize("asked", [frozenset({80}), PORTS])
def test_a_model_number_says_less_than_the_device_unless_it_was_asked_everything(
    inventory: Inventory, asked: frozenset[int]
) -> None:
    both = web("10.0.0.1"), greeting(23)
    put(inventory, scanned(1, camera(1, None, *both, capabilities=able("observed", enabled=True))))
    narrow = camera(1, None, *(both if asked == PORTS else both[:1]), capabilities=able("inferred"))
    put(inventory, scanned(2, narrow, coverage=rows(ports=asked), asked_ports=asked))
    assert known_able(inventory) == (Able("inferred", None) if asked == PORTS else Able("observed", True))


def test_of_what_was_recorded_before_it_is_not_known_until_it_is_heard_or_judged_again(inventory: Inventory) -> None:
    one = camera(1, capabilities=able("inferred"))
    for again in (
        lambda: put(inventory, scanned(2, one)),
        lambda: record_judged(inventory, {1: facts_of(one)}, scanned(3), entry("reassess"), 3),
    ):
        put(inventory, scanned(1, one))
        with inventory.writing() as connection:
            connection.execute(update(attribute).values(state=None))
            connection.execute(update(device).values(digest="of another shape"))
        assert known_able(inventory) == Able(None, None)
        again()
        assert known_able(inventory) == Able("inferred", None)


def test_findings_begin_and_end(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(1, findings=(finding(),), advisories=(advisory(),))))
    assert last_changes(inventory) == [
        ("exposed", "telnet-open", None, "found"),
        ("affected", "CVE-2021-36260", None, "affected"),
    ]
    put(inventory, scanned(3, camera(1, findings=(finding(),), advisories=(advisory(),))))
    put(inventory, scanned(4, camera(1, advisories=(advisory(verdict="fixed"),))))
    assert last_changes(inventory) == [
        ("no-longer-exposed", "telnet-open", "found", None),
        ("no-longer-affected", "CVE-2021-36260", "affected", "fixed"),
    ]
    with inventory.reading() as connection:
        (history,) = histories(connection, "10.0.0.1", now=TODAY)
    (telnet,) = [one for one in history.judged if one.id == "telnet-open"]
    day = {n: START + n * DAY + 60 for n in range(1, 5)}
    assert (telnet.since, telnet.last, telnet.until) == (day[2], day[3], day[4])
    assert (telnet.said["evidence"], telnet.basis["remedy"]) == (["tcp port 23 speaks telnet"], "Close it.")


def test_what_cannot_be_said_any_more_is_not_better(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, findings=(finding(),))))
    put(inventory, scanned(2, camera(1, findings=(finding(state="cannot-say"),))))
    assert last_changes(inventory) == []
    assert there(inventory)[0].findings == ("telnet-open",)
    with inventory.reading() as connection:
        (history,) = histories(connection, "10.0.0.1", now=TODAY)
    day = {n: START + n * DAY + 60 for n in (1, 2)}
    assert [(one.state, one.unconfirmed, one.last) for one in history.judged] == [("found", day[2], day[1])]
    put(inventory, scanned(3, camera(1, findings=(finding(),))))
    assert last_changes(inventory) == []
    with inventory.reading() as connection:
        (history,) = histories(connection, "10.0.0.1", now=TODAY)
    assert [(one.state, one.unconfirmed) for one in history.judged] == [("found", None)]


def test_a_device_that_does_not_answer_is_gone_and_may_come_back(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(2)))
    put(inventory, scanned(2, camera(1)))
    assert [event for event, *_ in last_changes(inventory)] == ["gone"]
    put(inventory, scanned(3, camera(1)))
    assert last_changes(inventory) == []
    (gone,) = there(inventory, gone=True)
    assert (gone.last_seen, gone.gone) == (START + DAY + 60, START + 2 * DAY + 60)
    put(inventory, scanned(4, camera(1), camera(2)))
    assert [event for event, *_ in last_changes(inventory)] == ["returned"]
    assert addresses(inventory, gone=True) == []


def test_who_came_and_went_in_between_is_not_new(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(1), camera(2)))
    put(inventory, scanned(3, camera(1)))
    assert between(inventory, "1", "3").changes == ()
    assert events(between(inventory, "1", "2").changes) == ["new"]


ELSEWHERE = rows("10.9.0.0/24")


@pytest.mark.parametrize(
    "silence",
    [
        {"partial": True},
        {"failure": "a mistake"},
        {"coverage": ELSEWHERE, "scope": ("10.9.0.0/24",)},
        {"coverage": rows(state="partial")},
        {"coverage": rows(state="not-possible")},
        {"coverage": rows(channels=("tcp connect",), ports=(554,)), "asked_ports": frozenset({554})},
        {"coverage": rows(channels=("sadp unicast", "sadp multicast"), only_known=True)},
        {"coverage": rows(channels=("dhdiscover multicast", "icmp echo", "arp sweep"))},
        {"scope": ("10.0.0.0/24", "not 10.0.0.1")},
        {"coverage": ()},
    ],
    ids=[
        "partial",
        "failure",
        "elsewhere",
        "not to the end",
        "not possible",
        "other ports",
        "only the known",
        "other channels",
        "excluded",
        "nothing",
    ],
)
def test_who_was_not_really_asked_is_not_gone(inventory: Inventory, silence: dict[str, object]) -> None:
    put(inventory, scanned(1, camera(1, "10.0.0.1", web("10.0.0.1"), reply("10.0.0.1"))))
    put(inventory, scanned(2, **silence))
    compared = between(inventory, "1", "2")
    assert compared.changes == ()
    assert sum(compared.unasked.values()) == 1
    assert addresses(inventory) == ["10.0.0.1"]


def test_from_another_vantage_silence_says_nothing(inventory: Inventory) -> None:
    open_wide = camera(1, "10.0.0.1", web("10.0.0.1"), greeting(23), findings=(finding(),))
    put(inventory, scanned(1, open_wide, camera(2), vantage="office"))
    put(inventory, scanned(2, camera(1), vantage="guest-wifi"))
    assert last_changes(inventory) == []
    assert sum(between(inventory, "1", "2").unasked.values()) == 1
    put(inventory, scanned(3, camera(1), vantage="guest-wifi"))
    assert last_changes(inventory) == []
    assert addresses(inventory) == ["10.0.0.1", "10.0.0.2"]
    put(inventory, scanned(4, open_wide, camera(2), vantage="office"))
    assert last_changes(inventory) == []
    put(inventory, scanned(5, camera(1), vantage="office"))
    assert [(event, subject) for event, subject, *_ in last_changes(inventory)] == [
        ("gone", None),
        ("changed", "services"),
        ("no-longer-exposed", "telnet-open"),
    ]


def test_who_was_heard_from_two_vantages_is_missed_from_both(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), vantage="office"))
    put(inventory, scanned(2, camera(1), vantage="guest-wifi"))
    put(inventory, scanned(3, vantage="cellar"))
    assert addresses(inventory) == ["10.0.0.1"]
    put(inventory, scanned(4, vantage="office"))
    assert addresses(inventory, gone=True) == ["10.0.0.1"]


@pytest.mark.parametrize("page", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\nother"])
def test_a_replay_does_not_change_from_where_a_device_is_missed(inventory: Inventory, page: bytes) -> None:
    put(inventory, scanned(1, camera(1), vantage="office"))
    said = web("10.0.0.1", page, time=START + 2 * DAY)
    nobody_knows = {"started": None, "ended": None, "coverage": (), "asked_ports": None, "vantage": None}
    put(inventory, scanned(2, camera(1, "10.0.0.1", said), **nobody_knows), "replay")
    put(inventory, scanned(3, vantage="guest-wifi"))
    assert addresses(inventory) == ["10.0.0.1"]
    put(inventory, scanned(4, vantage="office"))
    assert addresses(inventory, gone=True) == ["10.0.0.1"]


def test_single_addresses_that_share_a_row_are_asked_too(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(9)))
    scope = tuple(f"10.0.0.{n}/32" for n in (1, 2, 3, 5, 7))
    row = rows("5 addresses from 10.0.0.1 to 10.0.0.7")
    put(inventory, scanned(2, scope=scope, coverage=row))
    assert addresses(inventory, gone=True) == ["10.0.0.1"]


def test_who_is_hidden_behind_a_middlebox_is_not_gone(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(2)))
    put(inventory, scanned(2, camera(2), middlebox(100)))
    assert [event for event, *_ in last_changes(inventory)] == ["new"]
    assert sorted(addresses(inventory, values={"kind": "middlebox"})) == ["10.0.0.1"]
    assert len(there(inventory)) == 3


def test_two_devices_behind_one_address_are_two(inventory: Inventory) -> None:
    behind = [camera(n, "10.0.0.1", web("10.0.0.1", port=port)) for n, port in ((1, 80), (2, 81))]
    for day in (1, 2):
        put(inventory, scanned(day, *behind))
    assert len(there(inventory)) == 2
    nameless = [unit("10.0.0.9", web("10.0.0.9", port=port)) for port in (80, 81)]
    for day in (3, 4):
        put(inventory, scanned(day, *behind, *nameless))
    assert (len(there(inventory)), last_changes(inventory)) == (4, [])


def test_a_foreign_device_is_missed_on_its_wire(inventory: Inventory) -> None:
    said = reply("192.168.1.64", foreign=True)
    put(inventory, scanned(1, camera(1, "192.168.1.64", said)))
    put(inventory, scanned(2, coverage=rows(channels=("tcp connect", "sadp unicast"))))
    assert addresses(inventory) == ["192.168.1.64"]
    put(inventory, scanned(3))
    assert addresses(inventory, gone=True) == ["192.168.1.64"]


def test_a_device_that_moved_is_not_missed_where_it_was(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(5)))
    put(inventory, scanned(2, camera(5, "10.1.0.5"), coverage=rows("10.1.0.0/24"), scope=("10.1.0.0/24",)))
    put(inventory, scanned(3))
    assert last_changes(inventory) == []
    assert addresses(inventory) == ["10.1.0.5"]
    put(inventory, scanned(4, coverage=rows("10.1.0.0/24"), scope=("10.1.0.0/24",)))
    assert addresses(inventory, gone=True) == ["10.1.0.5"]


FIRST, SECOND = web("10.0.0.5"), web("10.1.0.5")
LINK, GLOBAL = "fe80::5%eth0", "2001:db8::5"


@pytest.mark.parametrize(
    ("first", "second"), [("10.0.0.5", LINK), (LINK, "10.0.0.5"), (GLOBAL, "10.0.0.5"), (LINK, GLOBAL)]
)
def test_who_speaks_first_does_not_move_a_device(inventory: Inventory, first: str, second: str) -> None:
    said, both = (reply(first), reply(second)), (first, second)
    put(inventory, scanned(1, camera(5, first, *said, addresses=both)))
    preferred = min(both, key=["10.0.0.5", GLOBAL, LINK].index)
    assert addresses(inventory) == [preferred]
    put(inventory, scanned(2, camera(5, second, *reversed(said), addresses=both)))
    assert last_changes(inventory) == []


def test_a_device_keeps_its_address_while_it_has_it(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(5, LINK, reply(LINK))))
    put(inventory, scanned(2, camera(5, "10.0.0.5", reply(LINK), reply("10.0.0.5"), addresses=("10.0.0.5", LINK))))
    assert addresses(inventory) == [LINK]


def test_a_scan_of_the_second_address_alone_moves_nobody(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(5, "10.0.0.5", FIRST, SECOND, addresses=("10.0.0.5", "10.1.0.5"))))
    other = {"coverage": rows("10.1.0.0/24"), "scope": ("10.1.0.0/24",)}
    put(inventory, scanned(2, camera(5, "10.1.0.5", SECOND), **other))
    assert last_changes(inventory) == []
    both = {"coverage": (*rows(), *rows("10.1.0.0/24")), "scope": ("10.0.0.0/24", "10.1.0.0/24")}
    put(inventory, scanned(3, camera(5, "10.1.0.5", SECOND), **both))
    assert ("moved", "address", "10.0.0.5", "10.1.0.5") in last_changes(inventory)


def test_a_further_address_ends_only_where_it_was_asked(inventory: Inventory) -> None:
    both = camera(5, "10.0.0.5", web("10.0.0.5"), web("10.1.0.5"), addresses=("10.0.0.5", "10.1.0.5"))
    put(inventory, scanned(1, both))
    put(inventory, scanned(2, camera(5)))
    assert last_changes(inventory) == []
    put(inventory, scanned(3, camera(5, firmware="V5.5.0"), coverage=(*rows(), *rows("10.1.0.0/24"))))
    assert ("changed", "addresses", "10.1.0.5", None) in last_changes(inventory)


@pytest.mark.parametrize(
    "asked",
    [
        {"coverage": rows(ports=(80, 554)), "asked_ports": frozenset({80, 554})},
        {"coverage": rows(channels=("tcp connect",))},
    ],
    ids=["without a port", "without a channel"],
)
def test_a_finding_ends_only_where_all_was_asked_by_which_the_device_was_heard(
    inventory: Inventory, asked: dict[str, object]
) -> None:
    heard_by = web("10.0.0.1"), greeting(23), reply("10.0.0.1")
    put(inventory, scanned(1, camera(1, "10.0.0.1", *heard_by, findings=(finding(),))))
    put(inventory, scanned(2, camera(1), **asked))
    assert "no-longer-exposed" not in [event for event, *_ in last_changes(inventory)]
    for day in (3, 4):
        put(inventory, scanned(day, camera(1, firmware="V5.5.0")))
    assert "no-longer-exposed" in events(between(inventory, "2", "4").changes)


def test_what_weighs_more_than_before_is_told(inventory: Inventory) -> None:
    mild = {"findings": (finding(severity="high"),), "advisories": (advisory(severity="high", kev=False),)}
    worse = {"findings": (finding(severity="critical"),), "advisories": (advisory(severity="critical", kev=True),)}
    put(inventory, scanned(1, camera(1, **mild)))
    put(inventory, scanned(2, camera(1, **worse)))
    assert last_changes(inventory) == [
        ("severity-raised", "CVE-2021-36260", "high", "critical"),
        ("severity-raised", "telnet-open", "high", "critical"),
        ("newly-exploited", "CVE-2021-36260", "affected", "affected"),
    ]
    put(inventory, scanned(3, camera(1, **mild)))
    assert last_changes(inventory) == []


def test_an_advisory_never_ends_by_silence(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, advisories=(advisory(),))))
    put(inventory, scanned(2, camera(1)))
    assert last_changes(inventory) == []
    put(inventory, scanned(3, camera(1, advisories=(advisory(verdict="not-affected"),))))
    assert last_changes(inventory) == [("no-longer-affected", "CVE-2021-36260", "affected", "not-affected")]


def test_a_narrower_scan_ends_nothing(inventory: Inventory) -> None:
    known = camera(1, "10.0.0.1", web("10.0.0.1"), reply("10.0.0.1"), findings=(finding(),))
    put(inventory, scanned(1, known))
    seen = camera(1, "10.0.0.1", reply("10.0.0.1"), model="DS-other", confidence={"model": 0.5}, findings=())
    put(inventory, scanned(2, seen, coverage=rows(channels=("sadp multicast",)), asked_ports=None))
    assert last_changes(inventory) == []
    assert there(inventory)[0].values["services"] == "tcp/80/http udp/37020/sadp"


def test_a_service_ends_where_its_port_was_tried(inventory: Inventory) -> None:
    telnet = greeting(23)
    odd = greeting(2323)
    put(inventory, scanned(1, camera(1, "10.0.0.1", web("10.0.0.1"), telnet, odd)))
    put(inventory, scanned(2, camera(1)))
    assert last_changes(inventory) == [("changed", "services", "tcp/23/telnet", None)]


def test_an_open_port_that_says_nothing_one_night_speaks_what_it_spoke(inventory: Inventory) -> None:
    mute = reply("10.0.0.1", "tcp", b"", transport="tcp", port=80, request="connect", channel="tcp")
    seen = web("10.0.0.1", port=554)
    put(inventory, scanned(1, camera(1, "10.0.0.1", web("10.0.0.1"), seen, findings=(finding(),))))
    put(inventory, scanned(2, camera(1, "10.0.0.1", mute, seen)))
    assert last_changes(inventory) == []
    put(inventory, scanned(3, camera(1, "10.0.0.1", greeting(80), seen)))
    assert sorted(last_changes(inventory), key=str) == [
        ("changed", "services", "tcp/80/http", None), ("changed", "services", None, "tcp/80/telnet"),
        ("no-longer-exposed", "telnet-open", "found", None),
    ]  # fmt: skip
    put(inventory, scanned(4, camera(1, "10.0.0.1", seen)))
    assert last_changes(inventory) == [("changed", "services", "tcp/80/telnet", None)]


def test_a_port_of_which_nothing_was_known_and_that_speaks_now_has_changed(inventory: Inventory) -> None:
    mute = reply("10.0.0.1", "tcp", b"", transport="tcp", port=80, request="connect", channel="tcp")
    seen = web("10.0.0.1", port=554)
    put(inventory, scanned(1, camera(1, "10.0.0.1", mute, seen)))
    put(inventory, scanned(2, camera(1, "10.0.0.1", web("10.0.0.1"), seen)))
    assert sorted(last_changes(inventory), key=str) == [
        ("changed", "services", "tcp/80/tcp", None), ("changed", "services", None, "tcp/80/http"),
    ]  # fmt: skip


def test_what_only_known_hosts_are_asked_ends_where_the_host_was_heard(inventory: Inventory) -> None:
    engine = reply("10.0.0.1", "snmp", b"0", port=161, request="engine", channel="unicast")
    put(inventory, scanned(1, camera(1, "10.0.0.1", web("10.0.0.1"), engine)))
    known = rows(channels=("snmp unicast",), only_known=True)
    for day in (2, 3):
        put(inventory, scanned(day, camera(1), coverage=(*rows(), *known)))
    assert last_changes(inventory) == [("changed", "services", "udp/161/snmp", None)]


def test_the_coverage_is_kept_whole(inventory: Inventory) -> None:
    put(inventory, scanned(1, coverage=rows(channels=("tcp syn",), ports=(80, 554), only_known=True)))
    with inventory.reading() as connection:
        (row,) = connection.execute(select(coverage.c.ports, coverage.c.only_known))
    assert tuple(row) == ("[80, 554]", True)


def test_what_was_not_asked_one_night_is_looked_for_in_the_next(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, "10.0.0.1", web("10.0.0.1"), greeting(2323), reply("10.0.0.1"))))
    put(inventory, scanned(2, camera(1), coverage=rows(channels=("tcp connect",))))
    assert last_changes(inventory) == []
    put(inventory, scanned(3, camera(1), coverage=rows(ports=(80, 2323))))
    assert last_changes(inventory) == [("changed", "services", "tcp/2323/telnet", None)]
    put(inventory, scanned(4, camera(1)))
    assert last_changes(inventory) == [("changed", "services", "udp/37020/sadp", None)]


def test_a_reply_that_was_lost_one_night_changes_nothing(inventory: Inventory) -> None:
    whole = camera(1, "10.0.0.1", web("10.0.0.1"), reply("10.0.0.1"), findings=(finding("discovery-answered"),))
    deaf = camera(1, firmware=None)
    for day, seen in enumerate((whole, deaf, whole, deaf), 1):
        put(inventory, scanned(day, seen))
    assert [events(between(inventory, "1", word).changes) for word in ("2", "3", "4")] == [[], [], []]
    put(inventory, scanned(5, deaf))
    assert last_changes(inventory) == [
        ("changed", "services", "udp/37020/sadp", None),
        ("no-longer-exposed", "discovery-answered", "found", None),
    ]


def test_a_finding_that_was_not_looked_for_one_night_ends_in_the_next(inventory: Inventory) -> None:
    said = reply("10.0.0.1")
    put(inventory, scanned(1, camera(1, "10.0.0.1", said, greeting(23), findings=(finding(),))))
    put(inventory, scanned(2, camera(1, "10.0.0.1", said), coverage=rows(channels=("sadp multicast",))))
    assert last_changes(inventory) == []
    put(inventory, scanned(3, camera(1, "10.0.0.1", said)))
    assert ("no-longer-exposed", "telnet-open", "found", None) in last_changes(inventory)


def test_an_unchanged_night_adds_a_row_of_two_numbers(inventory: Inventory) -> None:
    def night(day: int) -> tuple[int, ...]:
        date = f"HTTP/1.1 200 OK\r\nDate: day {day}\r\n\r\n".encode()
        units = [camera(n, f"10.0.0.{n}", web(f"10.0.0.{n}", date), reply(f"10.0.0.{n}")) for n in range(1, 6)]
        put(inventory, scanned(day, *units))
        with inventory.reading() as connection:
            return tuple(count(connection, t) for t in (sighting, attribute, judgement, observation, heard))

    first, second, third = night(1), night(2), night(3)
    assert [b - a for a, b in zip(first, second, strict=True)] == [5, 0, 0, 0, 0]
    assert [b - a for a, b in zip(second, third, strict=True)] == [5, 0, 0, 0, 0]
    with inventory.reading() as connection:
        (said, *_), *_ = replies_of(connection, [1]).values()
        row = connection.execute(select(observation).where(observation.c.protocol == "http")).first()
    assert b"day 3" in said.data
    assert row is not None
    assert len(row.latest_data) < 40


def test_a_new_answer_to_the_same_question_takes_the_place_of_the_old(inventory: Inventory) -> None:
    for day, page in enumerate((b"HTTP/1.1 200 OK\r\n\r\none", b"HTTP/1.1 200 OK\r\n\r\ntwo"), 1):
        put(inventory, scanned(day, camera(1, "10.0.0.1", web("10.0.0.1", page)), partial=True))
    with inventory.reading() as connection:
        assert [one.data[-3:] for one in replies_of(connection, [1])[1]] == [b"two"]


def test_a_replay_adds_and_makes_nobody_disappear(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1), camera(2)))
    usual = {"started": None, "ended": None, "coverage": (), "asked_ports": None}
    said = web("10.0.0.2", time=START + 5 * DAY)
    put(inventory, scanned(0, camera(2, "10.0.0.2", said, findings=(finding(),)), **usual), "replay")
    assert last_changes(inventory) == [("exposed", "telnet-open", None, "found")]
    assert sorted(addresses(inventory)) == ["10.0.0.1", "10.0.0.2"]
    with pytest.raises(UsageError, match="older than the last scan"):
        put(inventory, scanned(0, camera(2), **usual), "replay")


def test_hostile_text_is_stored_and_found_again(inventory: Inventory) -> None:
    odd, long = "\ud800\0'; DROP TABLE device; --%_", "\u65e5" * 10_000
    put(inventory, scanned(1, camera(1, model=odd, firmware=odd, serial=odd, brand=long)))
    put(inventory, scanned(2, camera(1, "10.0.0.7", model=odd, firmware=odd, serial=odd)))
    (one,) = there(inventory)
    assert one.values["model"] == "\\ud800\\x00'; DROP TABLE device; --%_"
    assert last_changes(inventory)[0][:1] == ("moved",)


@pytest.mark.parametrize(
    "odd",
    [
        {"vantage": "a\ud800"},
        {"failure": "x\udcff"},
        {"scope": ("\udcff",)},
        {"data": {"x": "\udcff"}},
        {"coverage": (replace(rows()[0], interface="et\udcffh", network="\udcff", channel="\udcff"),)},
    ],
    ids=lambda odd: next(iter(odd)),
)
def test_half_characters_around_a_scan_are_stored(inventory: Inventory, odd: dict[str, object]) -> None:
    put(inventory, scanned(1, camera(1), **odd))
    with inventory.reading() as connection:
        assert len(all_scans(connection)) == 1
        assert histories(connection, "\udcff", now=TODAY) == []
    assert there(inventory, values={"site": "\udcff*"}) == []


def test_devices_are_filtered(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, site="Town_hall"), camera(2, "10.0.0.2", firmware="V5.5.0", vendor="dahua")))
    put(inventory, scanned(3, camera(1, site="Town_hall"), partial=True))
    assert addresses(inventory, values={"vendor": "hikvision"}) == ["10.0.0.1"]
    assert addresses(inventory, values={"vendor": "HIKVISION", "firmware": "v5.4*"}) == ["10.0.0.1"]
    assert addresses(inventory, values={"firmware": "V5*"}) == ["10.0.0.1", "10.0.0.2"]
    assert addresses(inventory, values={"site": "Town*hall"}) == ["10.0.0.1"]
    assert addresses(inventory, values={"site": "Town?hall"}) == []
    assert addresses(inventory, values={"model": "*%*"}) == []
    assert addresses(inventory, seen_since=START + 2 * DAY) == ["10.0.0.1"]


def test_capital_letters_of_any_language_are_one_with_small_ones(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, site="\u00c4rztehaus M\u00dcNCHEN"), camera(2, site="Rathaus")))
    written = "\u00c4rztehaus M\u00dcNCHEN", "*M\u00dcN*", "*rzteh*"
    for pattern in (*written, *(p.lower() for p in written), *(p.upper() for p in written)):
        assert addresses(inventory, values={"site": pattern}) == ["10.0.0.1"]


@pytest.mark.parametrize(
    "word",
    ["10.0.0.1", "44:19:B6:00:00:01", "44-19-B6-00-00-01", "4419.b600.0001", "ds-2cd2042wd-i20160101aawr000000001"],
)
def test_a_history_is_found_by_what_a_device_goes_by(inventory: Inventory, word: str) -> None:
    put(inventory, scanned(1, camera(1), camera(2)))
    with inventory.reading() as connection:
        (found,) = histories(connection, word, now=TODAY)
        assert histories(connection, found.device.id[:6], now=TODAY) == [found]
        assert histories(connection, "10.0.0.77", now=TODAY) == []
    assert found.device.values["serial"][-1] == "1"


def test_the_history_of_an_address_has_all_that_stood_there_the_present_one_first(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2, camera(2, "10.0.0.1"), camera(1, "10.0.0.5")))
    with inventory.reading() as connection:
        found = histories(connection, "10.0.0.1", now=TODAY)
    assert [one.device.values["serial"][-1] for one in found] == ["2", "1"]


def test_scans_are_found_by_number_id_day_moment_and_word(inventory: Inventory) -> None:
    for day in (1, 2, 3):
        put(inventory, scanned(day, camera(1)))
    with inventory.writing() as connection:
        set_baseline(connection, 1)
        set_baseline(connection, 2)
    with inventory.reading() as connection:
        words = ("last", "2", "scan-1", "baseline", "2026-11-19", "2026-11-20T12:00:00+00:00")
        assert [find_scan(connection, word).number for word in words] == [3, 2, 1, 2, 1, 2]
        assert find_scan(connection, "9999-12-31").number == 3
        for word in ("9", "scan-9", "2020-01-01", "yesterday"):
            with pytest.raises(UsageError, match=f"no scan {word} among the 3"):
                find_scan(connection, word)


def test_a_day_is_that_of_the_scan_and_not_of_its_number(inventory: Inventory) -> None:
    for day in (1, 3, 2):
        put(inventory, scanned(day, camera(1)))
    with inventory.reading() as connection:
        found = [find_scan(connection, word).number for word in ("2026-11-19", "2026-11-20", "2026-11-21", "last")]
    assert found == [1, 3, 2, 3]


@pytest.mark.parametrize(("ended", "day"), [(START + 30 * DAY, "2026-12-18"), (1e300, "a day beyond")])
def test_what_is_still_to_come_is_refused(inventory: Inventory, ended: float, day: str) -> None:
    with pytest.raises(UsageError, match=f"dated {day}.*still to come"):
        record(inventory, replace(scanned(1, camera(1)), ended=ended), entry(now=START + 29 * DAY - 60))
    with inventory.reading() as connection:
        assert all_scans(connection) == []


def test_what_was_judged_before_another_scan_came_in_is_not_recorded(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    judged = {1: facts_of(camera(1, findings=(finding(),)))}
    with pytest.raises(CannotRunError, match="a scan was recorded meanwhile"):
        record_judged(inventory, judged, scanned(2), entry("reassess"), 3)
    assert record_judged(inventory, judged, scanned(2), entry("reassess"), 2) == 2
    assert last_changes(inventory) == [("exposed", "telnet-open", None, "found")]


def test_judging_anew_leaves_who_and_where_a_device_is(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1, site="Town hall")))
    other = camera(2, "10.0.0.77", addresses=("10.0.0.77", "10.0.0.78"), firmware="V5.5.0")
    record_judged(inventory, {1: facts_of(other)}, scanned(2), entry("reassess"), 2)
    assert last_changes(inventory) == [("changed", "firmware", "V5.4.5", "V5.5.0")]
    with inventory.reading() as connection:
        (history,) = histories(connection, "10.0.0.1", now=TODAY)
    assert all(run.untold is None for run in history.runs)


def test_what_is_judged_anew_of_who_is_gone_says_so(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2))
    record_judged(inventory, {1: facts_of(camera(1, advisories=(advisory(),)))}, scanned(3), entry("reassess"), 3)
    compared = between(inventory, "2", "3")
    assert [(change.event, change.gone) for change in compared.changes] == [("affected", True)]
    assert "hikvision DS-2CD2042WD-I (gone)" in as_diff_text(compared, terminal=False, width=120)


def test_judging_anew_brings_nobody_back(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    put(inventory, scanned(2))
    record_judged(inventory, {1: facts_of(camera(1, firmware=None))}, scanned(3), entry("reassess"), 3)
    assert last_changes(inventory) == []
    assert addresses(inventory, gone=True) == ["10.0.0.1"]


def test_a_second_writer_waits_and_then_says_so(inventory: Inventory, monkeypatch: pytest.MonkeyPatch) -> None:
    put(inventory, scanned(1, camera(1)))
    monkeypatch.setattr(store, "LOCK_SECONDS", 0.1)
    with opened(inventory.place) as other, inventory.writing():
        with pytest.raises(CannotRunError, match="another program is writing to it"):
            put(other, scanned(2, camera(1)))
        assert addresses(other) == ["10.0.0.1"]
    put(inventory, scanned(2, camera(1)))


def test_what_goes_wrong_within_a_record_leaves_no_trace(inventory: Inventory) -> None:
    put(inventory, scanned(1, camera(1)))
    with pytest.raises(ZeroDivisionError):
        record(inventory, scanned(2, camera(1), camera(2)), _failing())
    with inventory.reading() as connection:
        assert len(all_scans(connection)) == 1
    assert addresses(inventory) == ["10.0.0.1"]


def _failing() -> Entry:
    return replace(entry(), same_value=lambda *values: bool(1 / 0))
