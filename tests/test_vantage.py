"""The matrix: who is reached from where, and that nothing is called not reached which was not asked."""

from dataclasses import replace
from typing import Any

import pytest

from camscan.model import Device
from camscan.reach import Cell
from tests.report_rig import device
from tests.vantage_rig import NETWORK, box, cam, held, numbered, only, row, scan, services, verdicts

SERIAL = "DS-2CD2042WD-I20160101AAWR123456789"


def cell(*scans: Any, **options: Any) -> Cell:
    """The last vantage's cell of the one device."""
    return only(*scans, **options).cells[-1]


def nameless(address: str = "203.0.113.9", *heard: str, **changes: Any) -> Device:
    """Somebody who answered, and whom nobody could name."""
    return device(address, services=services(address, *(heard or ("tcp/80/http",))), **changes)


def test_a_camera_is_reached_where_it_was_heard_and_not_where_all_of_it_was_asked() -> None:
    found = only(scan("office", cam()), scan("guest"))
    assert verdicts(found.cells) == ["reached", "not-reached"]
    assert [(s.transport, s.port, verdicts(s.cells)) for s in found.services] == [
        ("tcp", 80, ["reached", "not-reached"]),
        ("tcp", 554, ["reached", "not-reached"]),
    ]
    assert found.addresses == (("10.0.0.64",), ())
    assert all(one.reason is None for one in found.cells)


def test_of_a_camera_that_is_reached_each_port_is_said_for_itself() -> None:
    found = only(
        scan("office", cam("10.0.0.64", "tcp/80/http", "tcp/554/rtsp")), scan("guest", cam("10.0.0.64", "tcp/80/http"))
    )
    assert verdicts(found.cells) == ["reached", "reached"]
    assert verdicts(found.services[1].cells) == ["reached", "not-reached"]


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        (("10.0.1.0/24",), "not in its scope"),
        (("10.0.0.0/24", "not 10.0.0.64/32"), "excluded"),
        (("10.0.0.0/24", "not 10.0.0.64/26"), "excluded"),
        (("10.0.0.64/26",), "the first or last of a network, which it does not ask"),
        (("10.0.0.0/24 (eth0, multicast)",), "not in its scope"),
        (("something else",), "not in its scope"),
        ((), "not in its scope"),
    ],
)
def test_what_is_not_in_the_scope_is_not_asked(scope: tuple[str, ...], reason: str) -> None:
    rows = (row(), row("sadp unicast"))
    assert cell(scan("office", cam()), scan("guest", scope=scope, rows=rows)) == Cell(
        verdict="not-asked", reason=reason
    )


def test_what_an_excluded_address_would_answer_to_all_is_thrown_away() -> None:
    office = scan("office", cam("10.0.0.64", "tcp/80/http", "udp/37020/sadp"))
    rows = (row(), row("sadp multicast", asked=1, silent=0))
    found = only(office, scan("guest", scope=("10.0.0.0/24", "not 10.0.0.64/32"), rows=rows))
    excluded = Cell(verdict="not-asked", reason="excluded")
    assert [one.cells[1] for one in found.services] == [excluded, excluded]


def test_the_first_address_of_a_network_is_asked_only_where_it_was_named() -> None:
    office = scan("office", cam("10.0.0.0"))
    assert cell(office, scan("guest")).verdict == "not-asked"
    assert cell(office, scan("guest", scope=("10.0.0.0/24", "10.0.0.0/32"))).verdict == "not-reached"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"state": "partial", "reason": "cut"}, "tcp connect not asked to the end: cut"),
        ({"state": "partial"}, "tcp connect not asked to the end"),
        ({"state": "not-possible", "reason": "no route"}, "tcp connect could not be asked: no route"),
    ],
)
def test_a_channel_that_did_not_get_to_its_end_cannot_say(changes: dict[str, Any], reason: str) -> None:
    guest = scan("guest", rows=(row(**changes), row("sadp unicast")), partial=True)
    assert cell(scan("office", cam()), guest) == Cell(verdict="cannot-say", reason=reason)


def test_a_second_channel_that_did_makes_up_for_it() -> None:
    rows = (row("tcp syn", state="not-possible"), row("tcp connect"))
    assert cell(scan("office", cam()), scan("guest", rows=rows)).verdict == "not-reached"


def test_a_port_that_is_not_among_those_tried_is_not_asked() -> None:
    found = only(scan("office", cam("10.0.0.64", "tcp/80/http", "tcp/35000/dvrip")), scan("guest"))
    assert verdicts(one.cells[1] for one in found.services) == ["not-reached", "not-asked"]
    assert found.cells[1].verdict == "not-asked"
    assert found.cells[1].reason == "tcp/35000 is not among what it asks of everybody"


def test_what_is_asked_on_the_own_wire_only_is_not_asked_elsewhere_and_does_not_count() -> None:
    near = scan("office", cam("10.0.0.64", "tcp/80/http", "udp/1900/ssdp"))
    elsewhere = row("ssdp multicast", "172.16.0.0/24")
    found = only(near, scan("guest", rows=(row(), row("sadp unicast"), elsewhere)))
    assert verdicts(one.cells[1] for one in found.services) == ["not-reached", "not-asked"]
    assert found.services[1].cells[1].reason == "udp/1900 is asked on its own wire only"
    assert found.cells[1].verdict == "not-reached"
    same_wire = only(near, scan("guest", rows=(row(), row("ssdp multicast"))))
    assert verdicts(one.cells[1] for one in same_wire.services) == ["not-reached", "not-reached"]


def test_a_protocol_that_was_not_asked_at_all_counts() -> None:
    office = scan("office", cam("10.0.0.64", "udp/37020/sadp"))
    found = only(office, scan("guest", rows=(row(),)))
    assert (found.cells[1].verdict, found.services[0].cells[1].verdict) == ("not-asked", "not-asked")
    own_wire = row("sadp multicast", "172.16.0.0/24", asked=1, silent=0)
    found = only(office, scan("guest", rows=(row(), own_wire)))
    assert (found.cells[1].verdict, found.services[0].cells[1].verdict) == ("not-asked", "not-asked")


def test_a_channel_that_asks_only_known_hosts_shows_nothing_of_the_others() -> None:
    office = scan("office", cam("10.0.0.64", "tcp/80/http", "udp/161/snmp_engine"))
    known = row("snmp_engine unicast", asked=0, answered=0, silent=0)
    counted = replace(known, network="5 addresses from 10.0.0.60 to 10.0.0.68")
    single = tuple(f"10.0.0.{n}/32" for n in (60, 62, 64, 66, 68))
    tcp = row("tcp connect", counted.network)
    reason = "udp/161 is asked only of hosts that were heard there"
    for scope, rows in (((NETWORK,), (row(), known)), (single, (tcp, counted))):
        found = only(office, scan("guest", scope=scope, rows=rows))
        assert verdicts(one.cells[1] for one in found.services) == ["not-reached", "not-asked"]
        assert found.cells[1] == found.services[1].cells[1] == Cell(verdict="not-asked", reason=reason)
        heard = scan("guest", cam("10.0.0.64", "tcp/80/http"), scope=scope, rows=rows)
        assert verdicts(one.cells[1] for one in only(office, heard).services) == ["reached", "not-reached"]
    all_known = scan("guest", scope=single, rows=(tcp, replace(counted, asked=5, silent=5)))
    assert verdicts(one.cells[1] for one in only(office, all_known).services) == ["not-reached", "not-reached"]


def test_without_a_sweep_of_ports_a_camera_is_not_asked() -> None:
    found = only(scan("office", cam("10.0.0.64", "udp/37020/sadp")), scan("guest", rows=(row("sadp unicast"),)))
    assert verdicts(one.cells[1] for one in found.services) == ["not-reached"]
    assert found.cells[1].verdict == "not-asked"


def test_single_addresses_that_are_counted_together_are_known_by_the_scope() -> None:
    scope = tuple(f"10.0.0.{n}/32" for n in (60, 62, 64, 66, 68))
    rows = tuple(row(c, "5 addresses from 10.0.0.60 to 10.0.0.68") for c in ("tcp connect", "sadp unicast"))
    assert cell(scan("office", cam()), scan("guest", scope=scope, rows=rows)).verdict == "not-reached"
    assert cell(scan("office", cam("10.0.0.65")), scan("guest", scope=scope, rows=rows)).verdict == "not-asked"


def test_where_two_such_rows_may_be_meant_the_worse_one_counts() -> None:
    scope = tuple(f"10.0.0.{n}/32" for n in range(60, 70))
    rows = (
        row(network="5 addresses from 10.0.0.60 to 10.0.0.68"),
        row(network="5 addresses from 10.0.0.61 to 10.0.0.69", state="partial"),
    )
    assert cell(scan("office", cam()), scan("guest", scope=scope, rows=rows)).verdict == "cannot-say"


def test_however_many_such_rows_there_are_one_that_did_not_end_is_never_lost() -> None:
    scope = tuple(f"10.0.0.{n}/32" for n in range(60, 70))
    label = "5 addresses from 10.0.0.60 to 10.0.0.{}"
    ended = [row(network=label.format(n % 60 + 68), ports=(80, 554, n)) for n in range(1100)]
    rows = (*ended, row(network=label.format(69), state="partial", ports=(80, 554)))
    assert cell(scan("office", cam()), scan("guest", scope=scope, rows=rows)).verdict == "cannot-say"


def test_a_device_at_another_address_is_known_by_its_serial_its_mac_or_its_id() -> None:
    for known in ({"serial": SERIAL}, {"mac": "44:19:b6:01:02:03"}, {"id": "uuid-1"}):
        found = only(scan("office", cam(**known)), scan("internet", cam("203.0.113.9", "tcp/8000/hik_sdk", **known)))
        assert verdicts(found.cells) == ["reached", "reached"]
        assert found.addresses == (("10.0.0.64",), ("203.0.113.9",))


def test_a_short_serial_agrees_with_the_long_one() -> None:
    assert len(held(scan("office", numbered(SERIAL)), scan("dmz", numbered("123456789", "10.0.1.9"))).devices) == 1


def test_a_short_serial_that_agrees_with_two_long_ones_joins_neither() -> None:
    one, other = numbered(SERIAL), numbered("DS-7608NI-K2CCRR123456789", "10.1.0.64", model="DS-7608NI-K2")
    short = numbered("123456789", "203.0.113.9", model=None)
    scans = scan("office", one), scan("site2", other, scope=("10.1.0.0/24",))
    for hour in (-1, 9):
        found = held(*scans, scan("net", short, scope=("203.0.113.9/32",), hour=hour))
        assert sorted(verdicts(one.cells).count("reached") for one in found.devices) == [1, 1, 1]


def test_a_short_serial_of_another_model_joins_nothing() -> None:
    short = numbered("123456789", "10.0.1.9", model="DS-7608NI-K2")
    assert len(held(scan("office", numbered(SERIAL)), scan("dmz", short)).devices) == 2
    same = numbered(SERIAL, "10.0.1.9", model="DS-7608NI-K2")
    assert len(held(scan("office", numbered(SERIAL)), scan("dmz", same)).devices) == 1


def test_at_one_address_two_that_do_not_contradict_are_one() -> None:
    nameless = device("10.0.0.64", services=services("10.0.0.64", "tcp/554/rtsp"))
    found = only(scan("office", numbered(SERIAL)), scan("guest", nameless))
    caveat = "at its address, by a host that named no maker: perhaps another, or a portal"
    assert (found.cells[0].reason, found.cells[1].reason, found.services[1].cells[1].reason) == (None, caveat, caveat)
    assert (verdicts(found.cells), found.device.serial) == (["reached", "reached"], SERIAL)


@pytest.mark.parametrize(
    "other",
    [
        numbered("DS-2CD2042WD-I20160101AAWR999999999"),
        cam(mac="44:19:b6:00:00:99", id="mac-x"),
        cam(vendor="dahua"),
    ],
    ids=["serial", "mac", "maker"],
)
def test_two_that_contradict_are_not_joined_and_then_it_cannot_be_said(other: Any) -> None:
    known = numbered(SERIAL, mac="44:19:b6:01:02:03")
    found = held(scan("office", known), scan("guest", other))
    moved = Cell(verdict="cannot-say", reason="another device had its address there: it may have moved")
    told = {one.device.serial == SERIAL: one.cells for one in found.devices}
    assert told == {True: (Cell(verdict="reached"), moved), False: (moved, Cell(verdict="reached"))}


def test_one_serial_with_two_macs_is_not_joined() -> None:
    one, other = numbered(SERIAL, mac="44:19:b6:01:02:03"), numbered(SERIAL, "10.0.0.99", mac="44:19:b6:01:02:04")
    assert len(held(scan("office", one), scan("guest", other)).devices) == 2


def test_a_serial_at_two_devices_of_one_scan_joins_nothing() -> None:
    clones = [numbered(SERIAL, a, mac=m) for a, m in (("10.0.0.64", "44:19:b6:00:00:01"), ("10.0.0.65", None))]
    found = held(scan("office", *clones), scan("guest", numbered(SERIAL, "10.0.0.70")))
    assert [one.device.addresses for one in found.devices] == [("10.0.0.64",), ("10.0.0.65",), ("10.0.0.70",)]


def test_a_mac_that_a_router_shows_for_many_neither_joins_nor_contradicts() -> None:
    proxy = [cam(a, mac="00:00:5e:00:01:01", id=f"x-{a}") for a in ("10.0.0.64", "10.0.0.65")]
    found = held(scan("office", numbered(SERIAL, mac="44:19:b6:01:02:03")), scan("dmz", *proxy))
    assert [verdicts(one.cells) for one in found.devices] == [["reached", "reached"], ["not-reached", "reached"]]


def test_after_a_change_of_address_the_newest_scan_says_where_to_look() -> None:
    monday, tuesday = scan("office", numbered(SERIAL)), scan("office", numbered(SERIAL, "10.0.1.80"), hour=24)
    found = only(monday, tuesday, scan("guest", scope=("10.0.0.0/24",), hour=25))
    assert (found.device.address, verdicts(found.cells)) == ("10.0.1.80", ["reached", "not-asked"])
    assert only(monday, tuesday, scan("guest", scope=("10.0.1.0/24",), hour=25)).cells[1].verdict == "not-reached"


def test_a_device_at_several_addresses_is_not_reached_only_where_all_were_asked() -> None:
    both = numbered(SERIAL, addresses=("10.0.0.64", "fd00::64", "fe80::1%eth0"))
    found = cell(scan("office", both), scan("guest"))
    assert (found.verdict, found.reason) == ("not-asked", "fd00::64: not in its scope")
    assert cell(scan("office", both), scan("guest", scope=("10.0.0.0/24", "fd00::64/128"))).verdict == "not-reached"


def test_a_port_is_not_reached_only_where_every_address_of_the_camera_was_asked() -> None:
    office, there = scan("office", numbered(SERIAL)), numbered(SERIAL, "203.0.113.9", "tcp/8000/hik_sdk")
    found = only(office, scan("internet", there, scope=("203.0.113.9/32",)))
    unasked = Cell(verdict="not-asked", reason="10.0.0.64: not in its scope")
    assert [one.cells[1] for one in found.services] == [unasked, unasked, Cell(verdict="reached")]
    assert found.services[2].cells[0] == Cell(verdict="not-asked", reason="203.0.113.9: not in its scope")
    both = scan("internet", there, scope=("203.0.113.9/32", "10.0.0.0/24"))
    assert verdicts(one.cells[1] for one in only(office, both).services) == ["not-reached", "not-reached", "reached"]
    half = scan("internet", there, scope=OUTSIDE[:1])
    wall = Cell(verdict="not-asked", reason="203.0.113.10: not in its scope")
    assert only(office, half, behind=BEHIND).services[0].cells[1] == wall
    whole = scan("internet", there, scope=OUTSIDE)
    assert only(office, whole, behind=BEHIND).services[0].cells[1].verdict == "not-reached"


def test_a_link_local_address_is_another_host_from_another_place() -> None:
    for address, scope, rows in (
        ("169.254.1.1", ("169.254.0.0/16",), None),
        ("fe80::1%eth0", (NETWORK,), (row(), row("sadp multicast IPv6", "fe80::/64", asked=1, silent=0))),
    ):
        office = scan("office", cam(address, "udp/37020/sadp"), scope=scope, rows=rows)
        found = cell(office, scan("guest", scope=scope, rows=rows))
        assert found == Cell(verdict="not-asked", reason="an address of one link, where it is another host from here")
        there = scan("guest", cam(address, model="DS-7608NI"), scope=scope, rows=rows)
        assert len(held(office, there).devices) == 2
        assert len(held(office, scan("office", cam(address), scope=scope, rows=rows, hour=1)).devices) == 1


def test_of_two_files_of_one_vantage_the_newest_says() -> None:
    office, reached, silent = scan("office", cam()), scan("guest", cam(), hour=1), scan("guest", hour=2)
    assert cell(office, reached, silent).verdict == "not-reached"
    assert cell(office, silent, reached).verdict == "not-reached"
    assert cell(office, scan("guest", hour=1), scan("guest", cam(), hour=2)).verdict == "reached"


def test_two_files_of_one_vantage_make_up_for_each_other() -> None:
    office = scan("office", cam("10.0.0.64"), cam("10.0.1.64"), scope=("10.0.0.0/23",))
    found = held(office, scan("guest", hour=1), scan("guest", scope=("10.0.1.0/24",), hour=2))
    assert [one.cells[1].verdict for one in found.devices] == ["not-reached", "not-reached"]
    assert len(found.vantages) == 2


def test_a_scan_without_a_time_may_be_the_newest() -> None:
    office, timeless = scan("office", cam()), scan("guest", cam(), started=None)
    unknown = "one scan reached it and one did not, and which is the newer is not known"
    assert cell(office, timeless, scan("guest", hour=0)) == Cell(verdict="cannot-say", reason=unknown)
    assert cell(office, scan("guest", started=None), replace(timeless, id="x")).verdict in ("cannot-say", "reached")
    assert cell(office, replace(timeless, id="x"), scan("guest", started=None)).verdict == "cannot-say"
    assert cell(office, scan("guest", started=None), scan("guest", hour=1)).verdict == "not-reached"
    assert cell(office, scan("guest", started=None), scan("guest", cam(), hour=1)).verdict == "reached"
    assert cell(office, scan("guest", cam(), hour=1), scan("guest", hour=2), replace(timeless, devices=())) == Cell(
        verdict="not-reached"
    )
    moved = scan("office", numbered(SERIAL, "10.0.1.80"), started=None)
    guest = scan("guest", scope=("10.0.0.0/24",))
    assert cell(scan("office", numbered(SERIAL)), moved, guest).reason == "10.0.1.80: not in its scope"


def test_where_the_newest_cannot_say_an_older_one_shows_only_that_it_is_reached() -> None:
    office, cut = scan("office", cam()), scan("guest", rows=(row(state="partial"),), hour=3, partial=True)
    assert cell(office, cut, scan("guest", hour=1)).verdict == "cannot-say"
    assert cell(office, cut, scan("guest", cam(), hour=1)).verdict == "reached"


def test_what_a_middlebox_answers_says_nothing_of_the_camera() -> None:
    guest = scan("guest", box("10.0.0.1", "10.0.0.64"))
    found = only(scan("office", cam()), guest)
    assert verdicts(one.cells[1] for one in found.services) == ["cannot-say", "not-reached"]
    assert found.cells[1] == Cell(verdict="cannot-say", reason="a middlebox answers for it there")
    silent = scan("guest", box("10.0.0.1", "10.0.0.64", ports=()))
    assert only(scan("office", cam()), silent).cells[1].verdict == "not-reached"


def test_other_makers_are_left_out_unless_they_are_asked_for() -> None:
    others = (cam("10.0.0.70", vendor="axis"), device("10.0.0.71", services=services("10.0.0.71", "tcp/80/http")))
    scans = scan("office", cam(), *others, box("10.0.0.1", "10.0.0.2")), scan("guest")
    found = held(*scans)
    assert [one.device.vendor for one in found.devices] == ["hikvision"]
    assert [one.device.vendor for one in held(*scans, every=True).devices] == ["hikvision", "axis"]
    assert [(v.unnamed, v.middleboxes) for v in found.vantages] == [(1, 1), (0, 0)]


def test_a_camera_that_one_vantage_cannot_name_is_known_by_the_other() -> None:
    nameless = device("203.0.113.9", mac="44:19:b6:01:02:03", services=services("203.0.113.9", "tcp/8000/tcp"))
    found = held(scan("internet", nameless), scan("office", numbered(SERIAL, mac="44:19:b6:01:02:03")))
    assert verdicts(found.devices[0].cells) == ["reached", "reached"]
    assert found.vantages[0].unnamed == 0


WALL = ("203.0.113.9", "203.0.113.10")
OUTSIDE = ("203.0.113.9/32", "203.0.113.10/32")
BEHIND = {"internet": WALL}


def test_behind_translated_addresses_what_was_asked_there_was_asked() -> None:
    office, internet = scan("office", cam()), scan("internet", scope=OUTSIDE)
    assert cell(office, internet).verdict == "not-asked"
    assert cell(office, internet, behind=BEHIND).verdict == "not-reached"
    half = cell(office, scan("internet", scope=OUTSIDE[:1]), behind=BEHIND)
    assert (half.verdict, half.reason) == ("not-asked", "203.0.113.10: not in its scope")


def test_whoever_answers_at_a_translated_address_may_be_the_camera() -> None:
    nameless = device("203.0.113.9", services=services("203.0.113.9", "tcp/80/http"))
    found = cell(scan("office", cam()), scan("internet", nameless, scope=OUTSIDE), behind=BEHIND)
    assert (found.verdict, found.reason) == ("cannot-say", "203.0.113.9: what answers there may be it")
    known = numbered(SERIAL, "203.0.113.9")
    two = held(scan("office", cam("10.0.0.9"), numbered(SERIAL)), scan("internet", known, scope=OUTSIDE), behind=BEHIND)
    assert [one.cells[1].verdict for one in two.devices] == ["not-reached", "reached"]


def test_a_vantage_reaches_none_only_where_that_is_known_of_all() -> None:
    office = scan("office", cam("10.0.0.64"), cam("10.0.0.65"))
    assert held(office, scan("guest")).standing(1).verdict == "not-reached"
    assert held(office, scan("guest", cam("10.0.0.65"))).standing(1).verdict == "reached"
    assert held(office, scan("guest", scope=("10.0.0.64/32",))).standing(1).verdict == "not-asked"
    assert held(scan("guest")).standing(0).verdict == "cannot-say"


@pytest.mark.parametrize("heard", ["tcp/554/tcp", "tcp/8554/rtsp", "tcp/8000/tcp", "tcp/37777/tcp", "udp/37020/sadp"])
def test_a_nameless_host_at_a_port_of_cameras_may_be_one(heard: str) -> None:
    office, stranger = scan("office", cam()), nameless("10.0.0.99", heard)
    doubt = f"a host of no known maker answers: 10.0.0.99 at {heard.rpartition('/')[0]}"
    assert held(office, scan("guest", stranger)).standing(1) == Cell(verdict="cannot-say", reason=doubt)
    assert held(office, scan("guest", nameless("10.0.0.99"))).standing(1).verdict == "not-reached"
    assert held(scan("office", cam(), stranger), scan("guest")).standing(1).verdict == "not-reached"
    assert held(scan("office", cam(), cam("10.0.0.99", vendor="axis")), scan("guest", stranger)).standing(1) == Cell(
        verdict="not-reached"
    )


def test_where_the_scan_of_those_who_know_the_cameras_is_partial_nobody_knows_them_all() -> None:
    office = scan("office", cam(), partial=True, rows=(row(state="partial"), row("sadp unicast")))
    reason = "the scan from office is partial, and may not know all devices"
    assert held(office, scan("guest")).standing(1) == Cell(verdict="cannot-say", reason=reason)
    assert held(office, scan("office", cam(), hour=1), scan("guest")).standing(1).verdict == "not-reached"
    assert held(office, scan("guest", cam())).standing(1).verdict == "reached"


def test_a_partial_scan_never_shows_that_nobody_is_reached_unless_a_later_one_asked_the_rest() -> None:
    office, cut = scan("office", cam()), scan("guest", partial=True, hour=1)
    assert held(office, cut).standing(1) == Cell(verdict="cannot-say", reason="its scan is partial")
    assert held(office, cut, scan("guest", hour=2)).standing(1).verdict == "not-reached"
    assert held(office, cut, scan("guest", hour=0)).standing(1).verdict == "cannot-say"
    elsewhere = scan("guest", scope=("10.0.9.0/24",), hour=2)
    assert held(office, cut, elsewhere).standing(1).verdict == "cannot-say"


SMALL = "10.0.0.64/32"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"scope": (NETWORK, "not 10.0.0.128/25")}, "cannot-say"),
        ({"scope": (NETWORK, "10.0.9.0/24")}, "not-reached"),
        ({"scope": ("10.0.0.0/16",)}, "not-reached"),
        ({"rows": (row(network=SMALL), row("sadp unicast", SMALL))}, "cannot-say"),
        ({"rows": (row(), row("sadp unicast"), row("icmp echo", state="partial"))}, "cannot-say"),
        ({"rows": (row(ports=(80,)), row("sadp unicast"), row("icmp echo"))}, "cannot-say"),
        ({"rows": (row("tcp syn"), row("sadp unicast"), row("icmp echo"))}, "not-reached"),
        ({"started": None}, "cannot-say"),
    ],
)
def test_a_later_scan_makes_up_only_for_what_it_asked_itself(changes: dict[str, Any], verdict: str) -> None:
    office, cut = scan("office", cam(SMALL[:-3])), scan("guest", partial=True, hour=1)
    assert held(office, cut, scan("guest", **{"hour": 2} | changes)).standing(1).verdict == verdict


def test_a_later_scan_that_spares_no_more_than_the_cut_one_makes_up_for_it() -> None:
    cut = scan("guest", scope=(NETWORK, "not 10.0.0.128/25"), partial=True, hour=1)
    less = scan("guest", scope=(NETWORK, "not 10.0.0.200/32"), hour=2)
    assert held(scan("office", cam()), cut, less).standing(1).verdict == "not-reached"
    assert held(scan("office", cam()), cut, scan("guest", hour=2)).standing(1).verdict == "not-reached"


def test_a_nameless_host_at_a_translated_address_is_told_apart_by_nobody_who_sees_it_too() -> None:
    office, one = scan("office", numbered(SERIAL)), scan("net-a", nameless(), scope=OUTSIDE[:1], hour=1)
    other = scan("net-b", nameless(), scope=OUTSIDE[:1], hour=2)
    walls = {"net-a": WALL[:1], "net-b": WALL[:1]}
    may_be = Cell(verdict="cannot-say", reason="203.0.113.9: what answers there may be it")
    assert only(office, one, other, behind=walls).cells[1:] == (may_be, may_be)
    hairpin = scan("office", numbered(SERIAL), nameless(), scope=("10.0.0.0/24", *OUTSIDE))
    assert only(hairpin, one, behind={"net-a": WALL[:1]}).cells[1] == may_be


def test_a_camera_at_a_translated_address_is_told_apart_by_what_contradicts_or_by_another_place() -> None:
    office = scan("office", numbered(SERIAL, mac="44:19:b6:01:02:03"))

    def at_the_wall(*known: Any) -> list[str]:
        scans = (scan(name, one, scope=OUTSIDE, hour=n) for n, (name, one) in enumerate(zip("ab", known, strict=False)))
        found = held(office, *scans, behind=dict.fromkeys("ab"[: len(known)], WALL))
        (mine,) = [one for one in found.devices if one.device.serial == SERIAL]
        return verdicts(mine.cells[1:])

    assert at_the_wall(cam(WALL[0]), cam(WALL[0])) == ["cannot-say", "cannot-say"]
    assert at_the_wall(cam(WALL[0], vendor="dahua")) == ["cannot-say"]
    assert at_the_wall(cam(WALL[0], mac="44:19:b6:00:00:99")) == ["not-reached"]
    assert at_the_wall(cam(WALL[0], serial="DS-2CD2042WD-I20160101AAWR999999999")) == ["not-reached"]
    assert at_the_wall(nameless(WALL[0], mac="44:19:b6:00:00:99")) == ["cannot-say"]
    unnumbered = cam("10.0.0.9", id="uuid-1"), cam(WALL[0], id="uuid-1")
    two = held(scan("office", cam(), unnumbered[0]), scan("a", unnumbered[1], scope=OUTSIDE), behind={"a": WALL})
    assert [one.cells[1].verdict for one in two.devices] == ["not-reached", "reached"]
