"""Plan, announcements and coverage: worked out before, and told honestly after."""

import math
from dataclasses import replace
from ipaddress import IPv4Interface, IPv4Network, ip_network
from pathlib import Path

import pytest

from camscan.discover.announced import announced
from camscan.discover.hint import Hint
from camscan.discover.host_ports import SILENT_ENOUGH, spare_tries
from camscan.discover.plan import Engine, Plan, Settings, Step, swept_ports
from camscan.discover.steps import make_plan
from camscan.discover.tally import Tally, coverage, unasked
from camscan.model import Coverage
from camscan.probe import Tcp
from camscan.protocols.registry import load_protocols
from camscan.protocols.tcp import TEST_PORTS
from camscan.reply import Reply
from camscan.scope import Interface, Network, Scope
from camscan.transport.knock import TRIES
from camscan.transport.route import is_direct

LAN = IPv4Network("10.9.0.0/28")
FAR = IPv4Network("10.8.0.0/30")
ETH = Interface(name="eth9", index=9, kind="ethernet", addresses=(IPv4Interface("10.9.0.1/28"),))


def plan_of(scope: Scope, settings: Settings | None = None) -> Plan:
    def route(network: Network) -> str | None:
        return None if network == FAR else "eth9"

    return make_plan(scope, (ETH,), settings or Settings(), protocols=load_protocols(), route=route)


WHOLE = Scope(swept=(LAN,), segments=((ETH, LAN),))


def test_the_plan_counts_packets_as_they_will_be_sent() -> None:
    plan = plan_of(WHOLE)
    (multicast,) = (s for s in plan.steps if s.channel == "sadp multicast")
    (unicast,) = (s for s in plan.steps if s.channel == "sadp unicast")
    assert (multicast.packets, unicast.packets) == (2, 14 * 2)
    (ports,) = (s for s in plan.steps if s.mode == "ports")
    tried = len(swept_ports(load_protocols()))
    spare = (tried - 1) // 2
    assert (ports.connections, ports.spare) == (14 * (tried + spare), 14 * spare)


def test_whom_a_scan_will_know_is_not_in_the_totals() -> None:
    plan = plan_of(WHOLE)
    (known,) = (s for s in plan.steps if s.channel == "snmp_engine unicast")
    assert (known.per_host, known.packets, known.networks) == (True, 2, (str(LAN),))
    assert known in plan.taken
    assert plan.packets == replace(plan, steps=tuple(s for s in plan.steps if s is not known)).packets
    six = plan_of(Scope(swept=(ip_network("fd00::/126"),)))
    assert not [s for s in six.steps if s.protocol == "snmp_engine"]


def test_the_camera_ports_are_all_asked() -> None:
    wanted = {80, 81, 82, 88, 443, 554, 5000, 8000, 8080, 8086, 8443, 8554, 8899, 9000, 34567, 37777, 37778, 49152}
    assert wanted <= set(swept_ports(load_protocols()))


def test_ports_of_debugging_are_tried_and_nothing_is_said_to_them() -> None:
    assert set(TEST_PORTS) <= set(swept_ports(load_protocols()))
    talking = [p.channel for p in load_protocols().values() if p.dialogue and isinstance(p.channel, Tcp)]
    assert not {port for c in talking for port in (*c.ports, *c.tls_ports)} & set(TEST_PORTS)


def test_without_challenges_none_is_planned() -> None:
    named = {(s.protocol, r) for s in plan_of(WHOLE).steps for r in s.requests}
    without = {(s.protocol, r) for s in plan_of(WHOLE, Settings(challenge=False)).steps for r in s.requests}
    challenges = {(p.name, r.name) for p in load_protocols().values() for r in p.requests if "challenge" in r.purpose}
    assert challenges
    assert challenges <= named
    assert not challenges & without


def test_an_excluded_address_stops_the_broadcast_and_the_plan_says_so() -> None:
    plan = plan_of(replace(WHOLE, excluded=(ip_network("10.9.0.5/32"),)))
    (step,) = (s for s in plan.steps if s.channel == "sadp broadcast")
    assert step.not_possible
    assert "excluded" in step.not_possible
    (unicast,) = (s for s in plan.steps if s.channel == "sadp unicast")
    assert unicast.addresses == 13


def test_a_network_without_a_route_makes_the_scan_partial() -> None:
    plan = plan_of(Scope(swept=(LAN, FAR)))
    tally = Tally()
    for step in plan.steps:
        if step.not_possible is None:
            tally.finish(step)
    rows = coverage(plan, tally)
    assert unasked(plan, tally) == (str(FAR),)
    assert {r.reason for r in rows if r.network == str(FAR)} == {"no route to this network"}


def test_missing_privilege_is_coverage_and_not_a_partial_scan() -> None:
    plan, tally = plan_of(WHOLE), Tally()
    for step in plan.steps:
        tally.fail(step, "needs raw sockets") if step.protocol in ("arp", "icmp") else tally.finish(step)
    rows = coverage(plan, tally)
    assert unasked(plan, tally) == ()
    assert [r.state for r in rows if r.channel == "arp sweep"] == ["not-possible"]


def test_a_step_cut_short_is_partial() -> None:
    plan = plan_of(WHOLE)
    assert {r.state for r in coverage(plan, Tally())} == {"partial"}


def reply(protocol: str) -> Reply:
    return Reply(address="10.9.0.5", protocol=protocol, transport="udp", port=1, request="r", data=b"")


def test_a_reply_announces_ports_of_its_own_address_only() -> None:
    fields = {
        "http_port": ("8081",),
        "sdk_port": ("37780",),
        "xaddr": ("http://10.9.0.99/onvif", "http://10.9.0.5:8082/x"),
    }
    assert list(announced(reply("dhdiscover"), fields)) == [
        Hint(protocol="http", port=8081),
        Hint(protocol="dvrip", port=37780),
        Hint(protocol="http", port=8082),
    ]


def test_the_sdk_port_of_one_maker_is_never_asked_over_http() -> None:
    fields = {"http_port": ("8000",), "xaddr": ("http://10.9.0.5:8000/onvif",)}
    assert list(announced(reply("wsdiscovery"), fields)) == []


def test_nonsense_announces_nothing() -> None:
    fields = {"http_port": ("0", "99999", "x", "²"), "location": ("http://[", "ftp://10.9.0.5/", "http://10.9.0.5:x/")}
    assert list(announced(reply("ssdp"), fields)) == []


def test_a_thousand_scattered_addresses_are_as_few_steps_as_one_network() -> None:
    scattered = tuple(ip_network(f"10.7.{n // 100}.{n % 100 * 2}/32") for n in range(1000))
    plan = plan_of(Scope(swept=scattered))
    assert len(plan.steps) == len(plan_of(Scope(swept=scattered[:1])).steps)
    (ports,) = (s for s in plan.steps if s.mode == "ports")
    assert ports.addresses == 1000


def test_scattered_addresses_are_one_row_of_coverage_and_a_network_is_another() -> None:
    swept = (*(ip_network(f"10.7.0.{n * 2}/32") for n in range(10)), ip_network("10.6.0.0/30"))
    plan, tally = plan_of(Scope(swept=swept)), Tally()
    (step,) = (s for s in plan.steps if s.channel == "sadp unicast")
    for network in step.networks:
        tally.draw(step, network)
    tally.answer(step, "10.7.0.4")
    tally.finish(step)
    rows = {r.network: (r.asked, r.answered, r.silent) for r in coverage(plan, tally) if r.channel == "sadp unicast"}
    assert rows == {"10 addresses from 10.7.0.0 to 10.7.0.18": (10, 1, 9), "10.6.0.0/30": (1, 0, 1)}


def _row(plan: Plan, tally: Tally, channel: str) -> Coverage:
    (row,) = (r for r in coverage(plan, tally) if r.channel == channel)
    return row


def _begun(plan: Plan, channel: str, drawn: int) -> tuple[Step, Tally]:
    """A step of this channel that has taken up so many addresses of its network and come to its end."""
    tally = Tally()
    (step,) = (s for s in plan.steps if s.channel == channel)
    tally.begin(step)
    for _ in range(drawn):
        tally.draw(step, step.network)
    tally.finish(step)
    return step, tally


def test_an_address_that_could_not_be_asked_is_told_and_the_step_goes_on() -> None:
    plan = plan_of(WHOLE)
    step, tally = _begun(plan, "tcp connect", 2)
    tally.unsent[step].add("10.9.0.5", "Network is unreachable", step.connections // step.addresses)
    row = _row(plan, tally, "tcp connect")
    assert (row.state, row.asked, row.silent) == ("partial", 1, 1)
    assert row.reason == "1 could not be asked: Network is unreachable"


@pytest.mark.parametrize("engine", ["syn", "connect"])
def test_a_host_of_which_no_port_could_be_asked_was_not_asked(engine: Engine) -> None:
    wire = replace(ETH, mac="02:00:00:00:00:01")
    settings, protocols = Settings(raw=True, engine=engine), load_protocols()
    plan = make_plan(WHOLE, (wire,), settings, protocols=protocols, route=lambda n: "eth9", direct=lambda n: True)
    step, tally = _begun(plan, f"tcp {engine}", 2)
    tally.unsent[step].add("10.9.0.5", "Network is down", len(step.requests))
    row = _row(plan, tally, f"tcp {engine}")
    assert (row.asked, row.silent, row.reason) == (1, 1, "1 could not be asked: Network is down")


def test_an_address_that_got_one_packet_of_two_was_asked_and_the_channel_is_partial() -> None:
    plan = plan_of(WHOLE)
    step, tally = _begun(plan, "sadp unicast", 3)
    tally.unsent[step].add("10.9.0.5", "No buffer space available")
    row = _row(plan, tally, "sadp unicast")
    assert (row.state, row.asked, row.reason) == ("partial", 3, "1 packet could not be sent: No buffer space available")


def test_a_channel_that_lost_replies_is_partial_and_one_that_dropped_those_of_excluded_senders_is_not() -> None:
    plan = plan_of(WHOLE)
    step, tally = _begun(plan, "sadp unicast", 3)
    tally.dropped[step]["sadp"] += 2
    row = _row(plan, tally, "sadp unicast")
    assert (row.state, row.reason) == ("asked", "2 replies dropped: sender excluded")
    tally.lost[step]["sadp"] += 1
    row = _row(plan, tally, "sadp unicast")
    assert (row.state, row.reason) == ("partial", "1 reply lost: too many; 2 replies dropped: sender excluded")
    assert unasked(plan, tally) == (str(LAN),)


def test_who_is_absent_by_arp_that_lost_answers_may_be_there() -> None:
    plan = plan_of(WHOLE)
    step, tally = _begun(plan, "tcp connect", 3)
    (sweep,) = (s for s in plan.steps if s.channel == "arp sweep")
    tally.lost[sweep]["arp"] += 7
    assert _row(plan, tally, "tcp connect").state == "asked"
    tally.leave_out(step, step.network, 2)
    row = _row(plan, tally, "tcp connect")
    assert row.state == "partial"
    assert row.reason == "2 not asked: ARP showed nobody there; 7 replies lost by arp sweep: too many"


def test_a_channel_of_which_nothing_left_was_not_possible() -> None:
    plan = plan_of(WHOLE)
    step, tally = _begun(plan, "icmp echo", 3)
    for address in ("10.9.0.1", "10.9.0.2", "10.9.0.3"):
        tally.unsent[step].add(address, "Operation not permitted")
    row = _row(plan, tally, "icmp echo")
    assert (row.state, row.asked, row.silent) == ("not-possible", 0, 0)
    assert row.reason == "3 could not be asked: Operation not permitted"


def test_a_multicast_that_did_not_leave_was_not_possible() -> None:
    plan = plan_of(WHOLE)
    step, tally = _begun(plan, "sadp multicast", 0)
    assert _row(plan, tally, "sadp multicast").asked == 1
    tally.unsent[step].add("239.255.255.250", "Operation not permitted", step.packets)
    row = _row(plan, tally, "sadp multicast")
    assert (row.state, row.asked, row.reason) == ("not-possible", 0, "1 could not be asked: Operation not permitted")


def test_what_did_not_leave_concerns_its_own_network_and_channel_only() -> None:
    other = ip_network("10.9.1.0/28")
    plan, tally = plan_of(Scope(swept=(LAN, other))), Tally()
    for step in plan.steps:
        tally.begin(step)
        for network in step.networks:
            tally.draw(step, network)
        tally.finish(step)
        if step.channel == "icmp echo":
            tally.unsent[step].add("10.9.1.3", "Operation not permitted")
    concerned = [(r.channel, r.network) for r in coverage(plan, tally) if r.state != "asked"]
    assert concerned == [("icmp echo", str(other))]


def test_a_range_is_one_row_in_which_every_answer_counts_once() -> None:
    swept = tuple(ip_network(n) for n in ("10.7.0.0/32", "10.7.0.0/28", "10.7.0.15/32"))
    plan, tally = plan_of(Scope(swept=swept)), Tally()
    (step,) = (s for s in plan.steps if s.channel == "sadp unicast")
    for network, count in zip(step.networks, (1, 14, 1), strict=True):
        for _ in range(count):
            tally.draw(step, network)
    for last in range(16):
        tally.answer(step, f"10.7.0.{last}")
    tally.finish(step)
    row = _row(plan, tally, "sadp unicast")
    assert (row.network, row.asked, row.answered, row.silent) == ("10.7.0.0/28", 16, 16, 0)


def test_arp_decides_only_where_no_router_stands_between(tmp_path: Path) -> None:
    table = tmp_path / "route"
    head = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n"
    own = "eth0 00004D0A 00000000 0001 0 0 0 0000FFFF 0 0 0\n"  # 10.77.0.0/16 on the wire
    behind = "eth0 00054D0A 01004D0A 0003 0 0 0 00FFFFFF 0 0 0\n"  # 10.77.5.0/24 by 10.77.0.1
    default = "eth0 00000000 01004D0A 0003 0 0 0 00000000 0 0 0\n"
    table.write_text(head + own + default)
    assert is_direct(IPv4Network("10.77.5.0/24"), table)
    table.write_text(head + own + default + behind)
    assert not is_direct(IPv4Network("10.77.5.0/24"), table)
    assert not is_direct(IPv4Network("10.77.0.0/16"), table)
    assert is_direct(IPv4Network("10.77.6.0/24"), table)


def test_a_network_behind_a_router_is_not_left_to_arp() -> None:
    plan = make_plan(
        WHOLE, (ETH,), Settings(), protocols=load_protocols(), route=lambda n: "eth9", direct=lambda n: False
    )
    assert not [s for s in plan.steps if s.mode == "sweep"]
    assert not [s for s in plan.steps if s.near]


@pytest.mark.parametrize("port", [22, 9100, 502])
def test_a_printer_or_a_plant_is_not_talked_to_because_a_reply_says_so(port: int) -> None:
    fields = {"http_port": (str(port),), "location": (f"http://10.9.0.5:{port}/x.xml",)}
    assert list(announced(reply("ssdp"), fields)) == []


def test_ipv6_is_not_planned_for_channels_that_speak_ipv4_only() -> None:
    plan = plan_of(Scope(swept=(ip_network("fd00::/124"), LAN)))
    assert {s.network for s in plan.steps if s.mode == "echo"} == {str(LAN)}
    assert {s.network for s in plan.steps if s.mode == "ports"} == {str(LAN), "fd00::/124"}


def test_this_machines_own_wires_have_a_rate_of_their_own() -> None:
    both = Scope(swept=(LAN, ip_network("10.5.0.0/24")), segments=((ETH, LAN),))
    one, two = Settings(rate=100), Settings(rate=100, near_rate=2000)
    assert plan_of(both, one).near_rate is None
    plan = plan_of(both, two)
    assert plan.near_rate == 2000
    assert {s.networks for s in plan.steps if s.near} == {(str(LAN),)}
    assert plan.seconds < plan_of(both, one).seconds
    wide = Scope(swept=(ip_network("10.9.0.0/22"),))
    wire = Interface(name="eth9", index=9, kind="ethernet", addresses=(IPv4Interface("10.9.0.1/22"),))
    spread = make_plan(wide, (wire,), two, protocols=load_protocols(), route=lambda n: "eth9", direct=lambda n: True)
    assert spread.near_rate == 8000


@pytest.mark.parametrize(
    ("engine", "raw", "mac", "chosen", "possible"),
    [
        ("auto", True, "02:00:00:00:00:01", "syn", True),
        ("auto", False, "02:00:00:00:00:01", "connect", True),
        ("auto", True, None, "connect", True),
        ("syn", True, None, "syn", False),
        ("connect", True, "02:00:00:00:00:01", "connect", True),
        ("nmap", True, "02:00:00:00:00:01", "nmap", True),
    ],
)
def test_who_looks_for_ports_through_a_router(
    engine: Engine, raw: bool, mac: str | None, chosen: str, possible: bool
) -> None:
    wire = replace(ETH, mac=mac)
    settings = Settings(engine=engine, raw=raw)
    far = Scope(swept=(ip_network("10.5.0.0/24"),))
    plan = make_plan(far, (wire,), settings, protocols=load_protocols(), route=lambda n: "eth9")
    (step,) = (s for s in plan.steps if s.mode == "ports")
    assert (step.engine, step.channel, step.not_possible is None) == (chosen, f"tcp {chosen}", possible)
    assert (step.packets > 0, step.connections > 0) == (chosen == "syn", chosen != "syn")


def test_without_raw_sockets_the_own_wire_waits_for_two_ports_of_each_absent_host() -> None:
    scope, wire = (
        Scope(swept=(ip_network("10.9.0.0/22"),)),
        Interface(
            name="eth9", index=9, kind="ethernet", addresses=(IPv4Interface("10.9.0.1/22"),), mac="02:00:00:00:00:01"
        ),
    )
    near, far = (
        make_plan(
            scope,
            (wire,),
            Settings(raw=False, rate=1e6),
            protocols=load_protocols(),
            route=lambda n: "eth9",
            direct=lambda n, near=near: near,
        )
        for near in (True, False)
    )
    rounds = math.ceil(1022 / near.settings.hosts_at_once)
    assert near.seconds == rounds * SILENT_ENOUGH * near.settings.connect_seconds + near.settings.wait
    assert far.seconds > 5 * near.seconds


@pytest.mark.parametrize(("engine", "chosen"), [("auto", "syn"), ("syn", "syn"), ("connect", "connect")])
def test_on_the_own_wire_arp_tells_who_is_there_and_frames_go_to_each(engine: Engine, chosen: str) -> None:
    wire = replace(ETH, mac="02:00:00:00:00:01")
    settings = Settings(raw=True, engine=engine)
    plan = make_plan(
        WHOLE, (wire,), settings, protocols=load_protocols(), route=lambda n: "eth9", direct=lambda n: True
    )
    (step,) = (s for s in plan.steps if s.mode == "ports")
    tries = step.addresses * (len(step.requests) + spare_tries(len(step.requests)))
    counts = (tries * TRIES, 0) if chosen == "syn" else (0, tries)
    assert (step.engine, step.near, step.packets, step.connections) == (chosen, True, *counts)
    assert step.packets + step.connections - step.spare == step.addresses * len(step.requests)
    assert not [s for s in plan.steps if s.channel == "tcp connect" and s.per_host]


def test_frames_on_the_own_wire_are_expected_to_take_no_longer_than_connects() -> None:
    wire = replace(ETH, mac="02:00:00:00:00:01")
    engines: tuple[Engine, ...] = ("syn", "connect")
    syn, connect = (
        make_plan(
            WHOLE,
            (wire,),
            Settings(raw=True, engine=engine),
            protocols=load_protocols(),
            route=lambda n: "eth9",
            direct=lambda n: True,
        )
        for engine in engines
    )
    assert syn.seconds == connect.seconds


def test_a_channel_that_was_interrupted_is_partial_even_if_nothing_is_known_to_have_left() -> None:
    plan = plan_of(WHOLE, Settings(engine="nmap"))
    step, tally = _begun(plan, "tcp nmap", 3)
    tally.finished.clear()
    for address in ("10.9.0.1", "10.9.0.2", "10.9.0.3"):
        tally.unsent[step].add(address, "nmap was ended", step.connections // step.addresses)
    row = _row(plan, tally, "tcp nmap")
    assert (row.state, row.asked, row.reason) == ("partial", 0, "3 could not be asked: nmap was ended")


def test_the_connects_to_a_host_that_a_frame_has_met_are_planned_for_each_host() -> None:
    through = plan_of(Scope(swept=(ip_network("10.7.0.0/24"),)), Settings(engine="syn"))
    tried = len(swept_ports(load_protocols()))
    (met,) = (s for s in through.steps if s.channel == "tcp connect")
    assert (met.per_host, met.connections) == (True, tried - 1 + (tried - 1) // 2)
    assert not [s for s in plan_of(WHOLE).steps if s.channel == "tcp connect" and s.per_host]
