"""A list against devices: who is who, what differs, and whether somebody who is missing was asked at all."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.assess.reconcile.covered import CoveredBy
from camscan.assess.reconcile.knowing import Knowing
from camscan.assess.reconcile.reconcile import reconcile
from camscan.assess.reconcile.units import middleboxes_of_scan, units_of_scan
from camscan.datafile import default_directory
from camscan.identify.correlate import is_placeholder
from camscan.identify.sameness import same_value
from camscan.identify.vocabulary import load_vocabulary
from camscan.model import Coverage, ScanResult
from camscan.reconciliation import Covered, Entry, OwnerList, Reconciliation, Row, Unit
from camscan.report.reconcile_table import summary
from tests.inventory_rig import rows, scanned
from tests.report_rig import middlebox

KNOWING = Knowing(
    same_value=same_value, is_placeholder=is_placeholder, names=load_vocabulary(default_directory() / "vendors.toml")
)
LONG = "DS-2CD2042WD-I20160101AAWR987654321"


def unit(number: int, **changes: Any) -> Unit:
    usual = Unit(
        id=f"u{number}", addresses=(f"10.0.0.{number}",), serial=f"SERIAL{number:06}",
        mac=f"44:19:b6:00:00:{number:02x}", vendor="hikvision", brand="hikvision", model="DS-2CD2042WD-I",
        firmware="V5.4.5", last_seen=1.0,
    )  # fmt: skip
    return replace(usual, **changes)


def held(
    entries: Sequence[Entry],
    units: Sequence[Unit],
    gone: Sequence[Unit] = (),
    scans: Sequence[ScanResult] = (),
    every: bool = False,
) -> Reconciliation:
    listed = OwnerList(name="l", entries=tuple(entries), remarks=(), columns={}, unused=(), encoding="UTF-8")
    covered = CoveredBy(scans, frozenset()).of
    return reconcile(listed, units, gone, covered, KNOWING, source="s", asked=None, every=every)


def told(row: Row) -> tuple[str, int | None, str | None, str | None]:
    return row.category, row.entry.line if row.entry else None, row.unit.id if row.unit else None, row.by


def fields(entry: Entry, known: Unit) -> list[str]:
    (row,) = held([entry], [known]).rows
    return [one.field for one in row.differences]


@pytest.mark.parametrize(
    ("entry", "by"),
    [
        (Entry(line=2, serial="serial 000001", address="10.0.0.1"), "serial"),
        (Entry(line=2, mac="44:19:b6:00:00:01"), "mac"),
        (Entry(line=2, address="10.0.0.1"), "address"),
    ],
)
def test_a_line_is_a_device_by_any_mark(entry: Entry, by: str) -> None:
    assert [told(row) for row in held([entry], [unit(1)]).rows] == [("matched", 2, "u1", by)]


def test_the_stronger_mark_decides() -> None:
    entry = Entry(line=2, serial="SERIAL000001", mac="44:19:b6:00:00:02", address="10.0.0.3")
    found = held([entry], [unit(1), unit(2), unit(3)])
    assert told(found.rows[0]) == ("differing", 2, "u1", "serial")
    assert [one.field for one in found.rows[0].differences] == ["address", "mac"]
    assert [told(row)[2] for row in found.of("network-only")] == ["u2", "u3"]


@pytest.mark.parametrize(("listed", "known"), [(LONG, "987654321"), ("987654321", LONG), (LONG.lower(), LONG)])
def test_a_short_serial_is_the_end_of_the_long_one(listed: str, known: str) -> None:
    entry = Entry(line=2, serial=listed, address="10.0.0.9")
    (row,) = held([entry], [unit(1, serial=known)]).rows
    assert (row.by, [one.field for one in row.differences]) == ("serial", ["address"])


def test_a_short_serial_that_two_have_tells_neither() -> None:
    others = [unit(1, serial=f"A{LONG}"), unit(2, serial=f"B{LONG}")]
    assert [told(row)[:2] for row in held([Entry(line=2, serial="987654321")], others).of("list-only")] == [
        ("list-only", 2)
    ]
    entry = Entry(line=2, serial="987654321", address="10.0.0.2")
    assert told(held([entry], others).rows[0])[2] == "u2"


def test_cameras_that_changed_places_are_told_so() -> None:
    listed = [
        Entry(line=2, serial="SERIAL000001", address="10.0.0.2"),
        Entry(line=3, serial="SERIAL000002", address="10.0.0.1"),
    ]
    found = held(listed, [unit(1), unit(2)])
    assert [told(row)[:3] for row in found.rows] == [("differing", 2, "u1"), ("differing", 3, "u2")]
    assert {one.field for row in found.rows for one in row.differences} == {"address"}
    assert not any(row.another for row in found.rows)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(line=2, address="10.0.0.1", serial="OTHER999999"),
        Entry(line=2, address="10.0.0.1", mac="44:19:b6:ff:ff:ff"),
    ],
)
def test_another_device_at_the_address_is_told(entry: Entry) -> None:
    (row,) = held([entry], [unit(1)]).rows
    assert (row.category, row.by, row.another) == ("differing", "address", True)
    assert "1 in both (1 differs, at 1 address another device stands)" in summary(held([entry], [unit(1)]))


def test_of_two_at_one_address_the_one_that_nothing_contradicts_is_meant() -> None:
    one, other = unit(1, serial="OTHER999999", last_seen=9.0), unit(2, addresses=("10.0.0.1",), serial=None, mac=None)
    entry = Entry(line=2, address="10.0.0.1", serial="SERIAL000007")
    assert told(held([entry], [one, other]).rows[0])[:3] == ("matched", 2, "u2")


def test_a_further_address_is_one_of_its_own() -> None:
    assert fields(Entry(line=2, address="10.0.0.7"), unit(1, addresses=("10.0.0.1", "10.0.0.7"))) == []


def test_a_placeholder_joins_nobody() -> None:
    found = held([Entry(line=2, serial="00000000")], [unit(1, serial="00000000")])
    assert [row.category for row in found.rows] == ["network-only", "list-only"]


def test_one_line_is_one_device_and_the_order_of_devices_does_not_matter() -> None:
    twins = [unit(n, serial="SERIAL000001", mac=None) for n in range(1, 6)]
    entries = [Entry(line=2, serial="SERIAL000001"), Entry(line=3, serial="SERIAL000001", address="10.0.0.4")]
    one, other = held(entries, twins), held(entries, twins[::-1])
    assert [told(row) for row in one.rows] == [told(row) for row in other.rows]
    assert told(one.rows[1])[1:3] == (3, "u4")
    assert len({row.unit.id for row in one.rows if row.unit}) == 5


def test_a_line_that_repeats_another_is_no_second_device() -> None:
    entries = [
        Entry(line=2, serial="SERIAL000001", address="10.0.0.9"),
        Entry(line=3, serial="SERIAL000001", address="10.0.0.1"),
        Entry(line=4, address="10.0.0.50"),
        Entry(line=5, address="10.0.0.50"),
        Entry(line=6, address="10.0.0.60", serial="AAAAAA1"),
        Entry(line=7, address="10.0.0.60", serial="BBBBBB2"),
    ]
    found = held(entries, [unit(1)])
    assert [(told(row)[:2], row.repeats) for row in found.rows] == [
        (("matched", 3), None), (("list-only", 4), None), (("list-only", 6), None), (("list-only", 7), None),
        (("repeated", 2), 3), (("repeated", 5), 4),
    ]  # fmt: skip
    assert [(one.mark, one.lines) for one in found.twice] == [
        ("serial", (2, 3)), ("address", (4, 5)), ("address", (6, 7)),
    ]  # fmt: skip


RECORDER = unit(1, addresses=("10.0.0.1", "10.0.0.2"))


@pytest.mark.parametrize(
    "second",
    [
        Entry(line=3, address="10.0.0.2"),
        Entry(line=3, address="10.0.0.2", mac="44:19:b6:00:00:01"),
        Entry(line=3, address="10.0.0.77", mac="44:19:b6:00:00:01"),
    ],
)
@pytest.mark.parametrize("first", [{"address": "10.0.0.1"}, {"serial": "SERIAL000001"}])
def test_a_second_line_of_a_device_that_is_there_repeats_the_first(first: dict[str, str], second: Entry) -> None:
    found = held([Entry(line=2, **first), second], [RECORDER], scans=[scanned(1)])
    assert [row.category for row in found.rows if row.unit] in (["matched"], ["differing"])
    (again,) = found.of("repeated")
    assert {row.entry.line for row in found.rows if row.entry} == {2, 3}
    assert again.repeats in {2, 3} - {again.entry.line if again.entry else 0}


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        (Entry(line=3, address="10.0.0.2", serial="OTHER999999"), "the device of line 2 answers there"),
        (
            Entry(line=3, address="10.0.0.77", serial="OTHER999999", mac=RECORDER.mac),
            "the device of line 2 has its MAC",
        ),
    ],
)
@pytest.mark.parametrize("gone", [[], [unit(9, serial="OTHER999999", addresses=("10.0.0.2",), gone=2.0)]])
def test_nobody_was_asked_in_vain_where_a_device_of_another_line_answers(
    second: Entry, reason: str, gone: list[Unit]
) -> None:
    first = Entry(line=2, serial="SERIAL000001", address="10.0.0.1")
    (alone,) = held([first, second], [RECORDER], gone=gone, scans=[scanned(1)]).of("list-only")
    assert alone.covered == Covered(state="cannot-say", reason=reason)


def test_the_short_serial_of_a_device_that_is_there_repeats_its_line() -> None:
    lines = [Entry(line=2, serial=LONG), Entry(line=3, serial="987654321", address="10.0.0.77")]
    found = held(lines, [unit(1, serial=LONG)], scans=[scanned(1)])
    assert [(told(row)[:2], row.repeats) for row in found.rows] == [(("matched", 2), None), (("repeated", 3), 2)]


TOGETHER = unit(
    1, addresses=("10.0.0.1", "10.0.0.2"), further_serials=(LONG, "PART000002"), further_macs=("44:19:b6:00:00:aa",)
)


@pytest.mark.parametrize(
    ("entry", "by", "differing"),
    [
        (Entry(line=2, serial="PART000002", address="10.0.0.2"), "serial", []),
        (Entry(line=2, serial="part 000002", address="10.9.9.9"), "serial", ["address"]),
        (Entry(line=2, serial="987654321"), "serial", []),
        (Entry(line=2, mac="44:19:b6:00:00:aa", address="10.9.9.9"), "mac", ["address"]),
        (Entry(line=2, serial="PART000002", mac="44:19:b6:00:00:ff"), "serial", ["mac"]),
        (Entry(line=2, serial="PART000002", mac="44:19:b6:00:00:01"), "serial", []),
    ],
)
def test_a_device_of_several_parts_is_known_by_what_any_of_them_has(
    entry: Entry, by: str, differing: list[str]
) -> None:
    (row,) = held([entry], [TOGETHER]).rows
    assert (row.by, row.another, [one.field for one in row.differences]) == (by, False, differing)


def test_a_second_line_that_names_another_part_repeats_the_first() -> None:
    listed = [
        Entry(line=2, serial="SERIAL000001"),
        Entry(line=3, serial="PART000002"),
        Entry(line=4, serial="987654321"),
    ]
    found = held(listed, [TOGETHER])
    assert [(row.category, row.entry.line, row.repeats) for row in found.rows if row.entry] == [
        ("matched", 2, None),
        ("repeated", 3, 2),
        ("repeated", 4, 2),
    ]


def test_two_lines_that_cannot_be_one_device_are_two_where_the_device_tells_neither() -> None:
    lines = [Entry(line=n, address=f"10.0.0.{n - 1}", serial=f"AAAAAAAA{n}") for n in (2, 3)]
    found = held(lines, [replace(RECORDER, serial=None, mac=None)], scans=[scanned(1)])
    assert [row.category for row in found.rows] == ["matched", "list-only"]
    assert found.rows[1].covered == Covered(state="cannot-say", reason="the device of line 2 answers there")


@pytest.mark.parametrize(
    ("listed", "known"),
    [
        ({"vendor": "ANNKE"}, {"brand": "annke"}),
        ({"vendor": "Hikvision"}, {"brand": "annke"}),
        ({"brand": "ANNKE"}, {"brand": None}),
        ({"brand": "Annke"}, {"brand": "hikvision"}),
        ({"vendor": "HIKVISION Digital Technology Co., Ltd."}, {}),
        ({"model": "Hikvision DS-2CD2042WD-I"}, {}),
        ({"model": "ds-2cd2042wd-i (4mm)"}, {}),
        ({"model": "DS-7616NI-Q2"}, {"model": "DS-7616NI-Q2/16P"}),
        ({"firmware": "5.4.5"}, {}),
        ({"firmware": "V5.4.5 build 170124"}, {}),
        ({"site": "Town Hall"}, {"site": "town-hall"}),
        ({"vendor": "Axis"}, {"vendor": None, "brand": None}),
        ({"model": "x"}, {"model": None}),
    ],
)
def test_another_spelling_is_no_difference(listed: dict[str, Any], known: dict[str, Any]) -> None:
    assert fields(Entry(line=2, address="10.0.0.1", **listed), unit(1, **known)) == []


@pytest.mark.parametrize(
    ("listed", "known", "differing"),
    [
        ({"vendor": "Dahua"}, {}, "vendor"),
        ({"vendor": "Some name"}, {}, "vendor"),
        ({"brand": "EZVIZ"}, {"brand": "annke"}, "brand"),
        ({"model": "DS-2CD2042WD"}, {}, "model"),
        ({"firmware": "V5.4.50"}, {}, "firmware"),
        ({"site": "School"}, {"site": "Town hall"}, "site"),
        ({"mac": "44:19:b6:00:00:09", "serial": "SERIAL000001"}, {}, "mac"),
    ],
)
def test_what_is_not_the_same_is_a_difference(listed: dict[str, Any], known: dict[str, Any], differing: str) -> None:
    assert fields(Entry(line=2, address="10.0.0.1", **listed), unit(1, **known)) == [differing]


def test_only_devices_of_the_two_makers_are_missing_from_a_list_unless_all_are_meant() -> None:
    units = [unit(1), unit(2, vendor=None, brand=None), unit(3, vendor="axis", brand="axis")]
    entry = Entry(line=2, vendor="Axis", address="10.0.0.99")
    found = held([entry], units)
    assert [told(row)[0:3:2] for row in found.rows] == [("network-only", "u1"), ("other", None)]
    assert found.rows[1].reason == "the list names Axis, neither Hikvision nor Dahua"
    every = held([entry], units, every=True)
    assert [row.category for row in every.rows] == ["network-only"] * 3 + ["list-only"]


def test_a_device_of_another_maker_is_found_all_the_same() -> None:
    axis = unit(3, vendor="axis", brand="axis")
    assert [told(row)[:3] for row in held([Entry(line=2, vendor="Axis", address="10.0.0.3")], [axis]).rows] == [
        ("matched", 2, "u3")
    ]


def test_one_that_is_gone_is_told_with_the_line() -> None:
    gone = unit(1, gone=2.0)
    (row,) = held([Entry(line=2, serial="SERIAL000001")], [], gone=[gone], scans=[scanned(1)]).rows
    assert (row.category, row.known) == ("list-only", gone)
    assert row.covered == Covered(state="asked", reason="looked for in vain where it was", time=2.0)


def test_one_that_is_gone_may_be_where_the_list_has_it() -> None:
    entry = Entry(line=2, serial="SERIAL000001", address="10.99.0.1")
    (row,) = held([entry], [], gone=[unit(1, gone=2.0)], scans=[scanned(1)]).rows
    assert row.covered and row.covered.state == "not-asked"


MARK = st.sampled_from([None, "A", "AAAAAAAAA1", "BAAAAAAAAA1", "CCCCCC2"])
ADDRESS = st.sampled_from(["10.0.0.1", "10.0.0.2", "10.0.0.3"])
MAC = st.sampled_from([None, "44:19:b6:00:00:01", "44:19:b6:00:00:02"])
LISTED = st.lists(st.tuples(MARK, MAC, ADDRESS | st.none()).filter(any), max_size=8)
KNOWN = st.lists(st.tuples(MARK, MAC, ADDRESS), max_size=8)


@given(LISTED, KNOWN)
def test_nobody_is_lost_and_nobody_counts_twice(listed: list[Any], known: list[Any]) -> None:
    entries = [Entry(line=n, serial=s, mac=m, address=a) for n, (s, m, a) in enumerate(listed, 2)]
    units = [unit(n, serial=s, mac=m, addresses=(a,)) for n, (s, m, a) in enumerate(known)]
    found = held(entries, units)
    assert sorted(row.entry.line for row in found.rows if row.entry) == [entry.line for entry in entries]
    assert sorted(row.unit.id for row in found.rows if row.unit) == sorted(one.id for one in units)
    for row in found.of("matched", "differing"):
        contradicted = any(one.field in ("serial", "mac") for one in row.differences)
        assert row.another == (row.by == "address" and contradicted)


def asked(address: str | None, *scans: ScanResult) -> tuple[str, str]:
    found = CoveredBy(scans, frozenset(["10.0.0.200"])).of(address)
    return found.state, found.reason


def cover(network: str, channel: str, state: Any = "asked", **changes: Any) -> Coverage:
    (row,) = rows(network, state, (channel,))
    return replace(row, **changes)


@pytest.mark.parametrize(
    ("address", "coverage", "scope", "expected"),
    [
        ("10.0.0.5", (cover("10.0.0.0/24", "tcp connect"),), (), ("asked", "by tcp connect")),
        ("10.0.0.5", (cover("10.0.0.0/24", "arp sweep"),), (), ("asked", "by arp sweep")),
        (
            "10.0.0.5", (cover("10.0.0.0/24", "sadp multicast"),), (),
            ("partly", "by sadp multicast alone, which not every device answers"),
        ),
        (
            "10.0.0.5", (cover("10.0.0.0/24", "tcp syn", "partial", reason="no answer"),), (),
            ("partly", "by tcp syn, not to the end: no answer"),
        ),
        (
            "10.0.0.5", (cover("10.0.0.0/24", "arp sweep", "not-possible", reason="no privilege"),), (),
            ("cannot-say", "arp sweep could not ask: no privilege"),
        ),
        (
            "10.0.0.5", (cover("10.0.0.0/24", "snmp_engine unicast", only_known=True, asked=1),), (),
            ("not-asked", "tcp ports is not among what it asks of everybody"),
        ),
        ("10.9.0.5", (cover("10.0.0.0/24", "tcp connect"),), (), ("not-asked", "not in its scope")),
        ("10.0.0.5", (cover("10.0.0.0/24", "tcp connect"),), ("not 10.0.0.5/32",), ("not-asked", "excluded")),
        (None, (cover("10.0.0.0/24", "tcp connect"),), (), ("cannot-say", "the list gives no address")),
        (
            "10.0.0.200", (cover("10.0.0.0/24", "tcp connect"),), (),
            ("cannot-say", "a box that answers for many addresses answers there"),
        ),
    ],
)  # fmt: skip
def test_who_was_asked(
    address: str | None, coverage: tuple[Coverage, ...], scope: tuple[str, ...], expected: tuple[str, str]
) -> None:
    assert asked(address, scanned(1, coverage=coverage, scope=("10.0.0.0/24", *scope))) == expected


def test_of_several_scans_the_one_that_asked_most_counts_and_of_those_the_newest() -> None:
    other = scanned(3, scope=("10.9.0.0/24",), coverage=rows("10.9.0.0/24"))
    cut = scanned(2, coverage=rows(state="partial"), partial=True)
    found = CoveredBy([other, cut, scanned(1), scanned(0)], frozenset()).of("10.0.0.5")
    assert found == Covered(state="asked", reason="by tcp connect", time=scanned(1).ended)
    assert CoveredBy([other, cut], frozenset()).of("10.0.0.5").state == "partly"


def test_without_a_scan_nothing_can_be_said() -> None:
    assert asked("10.0.0.5") == ("cannot-say", "nothing is known of what was asked")


def test_a_box_that_answers_for_many_is_no_device() -> None:
    box = middlebox(254)
    assert units_of_scan([box]) == []
    assert "10.0.0.77" in middleboxes_of_scan([box])


def test_the_question_behind_the_numbers() -> None:
    listed = [Entry(line=n + 1, serial=f"SERIAL{n:06}") for n in range(1, 40)]
    listed = [replace(one, model="DS-1" if one.line <= 5 else None) for one in listed]
    listed += [Entry(line=41, address="10.0.0.250"), Entry(line=42, address="10.99.0.1")]
    units = [unit(n % 200, id=f"u{n}", serial=f"SERIAL{n:06}", mac=None, addresses=(f"10.1.{n // 250}.{n % 250}",))
             for n in range(1, 436)]  # fmt: skip
    assert summary(held(listed, units, scans=[scanned(1)])) == (
        "41 in the list, 435 on the network: 39 in both (4 differ), 396 only on the network, 2 only in the list "
        "(1 was asked and did not answer, 1 was not asked)"
    )
