"""Correlation and fusion: who is who, how sure, and what disagrees."""

import random
from dataclasses import replace

import pytest

from camscan.identify import sameness
from camscan.identify.correlate import ADDRESSES_LIMIT, correlate, is_placeholder
from camscan.identify.fuse import DOUBTED, fuse, rank
from camscan.identify.identify import CHANNELS_LIMIT, Identification, identify
from camscan.identify.knowledge_base import load_knowledge
from camscan.identify.sameness import Groups, Values, same_value
from camscan.identify.witness import Witnesses
from camscan.model import Claim, Device, Observation
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from tests.capture_rig import captures, data_of


def seen(address: str, protocol: str, *claims: tuple[str, str, float]) -> tuple[Observation, tuple[Claim, ...]]:
    """One observation with the claims made of it."""
    port = 80 if protocol in ("http", "isapi") else 554
    reply = Reply(address=address, protocol=protocol, transport="tcp", port=port, request="r", data=b"x")
    observation = Observation(id=f"{address}-{protocol}", reply=reply, fields={"a": ("b",)}, channels=("recorded",))
    made = (
        Claim(attribute=a, value=v, confidence=c, rule="r", observation=observation.id, field="f", text="t", source="s")
        for a, v, c in claims
    )
    return observation, tuple(made)


def devices(*observations: tuple[Observation, tuple[Claim, ...]]) -> list[Device]:
    return [fuse(unit, frozenset({"http", "sadp", "arp", "rtsp"})) for unit in correlate(observations)]


def test_independent_protocols_add_up_and_one_protocol_does_not() -> None:
    (one,) = devices(seen("10.0.0.1", "http", ("vendor", "dahua", 0.6), ("vendor", "dahua", 0.6)))
    (two,) = devices(
        seen("10.0.0.1", "http", ("vendor", "dahua", 0.6)), seen("10.0.0.1", "rtsp", ("vendor", "dahua", 0.6))
    )
    assert one.confidence["vendor"] == 0.6
    assert two.confidence["vendor"] == 0.84


def test_a_weak_hint_is_not_a_name() -> None:
    (device,) = devices(seen("10.0.0.1", "http", ("vendor", "dahua", 0.3)))
    assert device.vendor is None
    assert "vendor" not in device.confidence


def test_disagreement_is_shown_and_costs_confidence() -> None:
    (device,) = devices(
        seen("10.0.0.1", "sadp", ("vendor", "hikvision", 0.9)), seen("10.0.0.1", "http", ("vendor", "dahua", 0.6))
    )
    assert device.vendor == "hikvision"
    assert device.confidence["vendor"] == 0.6
    assert [c.attribute for c in device.conflicts] == ["vendor"]
    assert dict(device.conflicts[0].values) == {"hikvision": pytest.approx(0.9), "dahua": pytest.approx(0.6)}


def test_an_imitation_is_doubted_and_says_why() -> None:
    (device,) = devices(seen("10.0.0.1", "http", ("vendor", "hikvision", 0.9), ("inconsistency", "no ETag", 0.5)))
    assert device.confidence["vendor"] == DOUBTED
    assert "no ETag" in device.conflicts[0].reason


def test_one_unit_on_ipv4_and_ipv6_is_one_device() -> None:
    (device,) = devices(
        seen("10.0.0.1", "http", ("mac", "c0:56:e3:00:11:23", 0.9)),
        seen("fd00::1", "http", ("mac", "c0:56:e3:00:11:23", 0.9), ("model", "DS-2CD2042WD-I", 0.9)),
    )
    assert device.addresses == ("10.0.0.1", "fd00::1")
    assert device.model == "DS-2CD2042WD-I"


def test_a_copied_serial_changes_nothing_at_the_other_address() -> None:
    real, spoofer = devices(
        seen("10.0.0.1", "sadp", ("serial", "4X7C5A1ZAG40U9C", 0.9), ("model", "IPC-HDW5831R-ZE", 0.9)),
        seen(
            "10.0.0.2",
            "sadp",
            ("serial", "4X7C5A1ZAG40U9C", 0.9),
            ("model", "IPC-HDW5831R-ZE", 0.9),
            ("firmware", "9", 1),
        ),
    )
    assert real.firmware is None
    assert "10.0.0.2" in real.conflicts[0].reason
    assert "10.0.0.1" in spoofer.conflicts[0].reason


def test_the_network_showing_one_mac_at_two_addresses_joins_them() -> None:
    mac = ("mac", "c0:56:e3:00:11:23", 0.9)
    joined = devices(seen("10.0.0.1", "arp", mac), seen("10.0.0.2", "arp", mac))
    assert [d.addresses for d in joined] == [("10.0.0.1", "10.0.0.2")]


def test_three_addresses_with_one_mac_are_a_router_in_between_not_one_camera() -> None:
    mac = ("mac", "c0:56:e3:00:11:23", 0.9)
    apart = devices(*(seen(f"10.0.0.{n}", "arp", mac) for n in (1, 2, 3)))
    assert len(apart) == 3


@pytest.mark.parametrize(
    "value", ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "00:11:22:33:44:55", "000000000", "N/A", "88"]
)
def test_placeholders_identify_nobody(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize("value", ["c0:56:e3:00:11:23", "4X7C5A1ZAG40U9C", "DS-2CD2042WD-I20150703CCCH527000111"])
def test_real_identifiers_are_no_placeholders(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    ("attribute", "one", "other", "same"),
    [
        ("model", "DH-IPC-HFW2231S", "IPC-HFW2231S", True),
        ("model", "IP Camera X", "IP_Camera_X", True),
        ("model", "DS-7616NI-Q2", "DS-7616NI-Q2/16P", True),
        ("model", "DS-2CD2042", "DS-2CD2042WD-I", False),
        ("kind", "camera", "thermal-camera", True),
        ("kind", "recorder", "camera", False),
        ("serial", "C12345678", "DS-2CD2042WD-I20150703CCCHC12345678", True),
        ("firmware", "V5.5.6", "V5.5.60", False),
    ],
)
def test_sameness(attribute: str, one: str, other: str, same: bool) -> None:
    assert same_value(attribute, one, other) is same
    assert same_value(attribute, other, one) is same


def test_one_serial_at_a_thousand_addresses_is_one_conflict_each_and_no_join() -> None:
    serial = ("serial", "4X7C5A1ZAG40U9C", 0.9)
    apart = devices(*(seen(f"10.0.{n // 250}.{n % 250}", "sadp", serial) for n in range(1000)))
    assert len(apart) == 1000
    assert {len(d.conflicts) for d in apart} == {1}
    assert "999 other addresses" in apart[0].conflicts[0].reason


def test_devices_that_claim_one_identity_have_ids_of_their_own() -> None:
    replies = [
        Reply(
            address=f"10.0.0.{n}",
            protocol="sadp",
            transport="udp",
            port=37020,
            request="inquiry",
            data=b"<ProbeMatch><DeviceSN>DS-2CD2042WD-I20150703CCCH527000111</DeviceSN></ProbeMatch>",
        )
        for n in (1, 2, 3)
    ]
    found = identify(replies, load_protocols(), load_knowledge()).devices
    assert len({d.id for d in found}) == 3


def test_one_response_read_as_two_protocols_is_one_witness() -> None:
    (device,) = devices(
        seen("10.0.0.1", "http", ("vendor", "hikvision", 0.6)), seen("10.0.0.1", "isapi", ("vendor", "hikvision", 0.7))
    )
    assert device.confidence["vendor"] == 0.7


def test_a_reply_that_names_another_address_is_a_conflict() -> None:
    observation, claims = seen("10.0.0.1", "sadp", ("vendor", "hikvision", 0.9))
    observation = replace(observation, fields={"address": ("10.0.0.99",)})
    (device,) = devices((observation, claims))
    assert [(c.attribute, c.values[0][0]) for c in device.conflicts] == [("address", "10.0.0.99")]
    assert device.addresses == ("10.0.0.1",)


VALUES = {
    "model": ["A", "A/B", "A(C)", "A/B(C)", "A/B/C", "DH-A", "DHI-A/B", "AB", "/", "(C)"],
    "kind": ["camera", "thermal-camera", "-camera", "camera-", "recorder", "a-thermal-camera"],
    "serial": ["123456789", "0123456789", "A0123456789", "23456789", "B123456789", "A0123456780"],
    "vendor": ["hikvision", "Hikvision", "dahua"],
}


@pytest.mark.parametrize("attribute", VALUES)
def test_each_value_joins_the_first_group_whose_first_value_agrees(attribute: str) -> None:
    chance = random.Random(attribute)
    for _ in range(300):
        values = chance.choices(VALUES[attribute], k=chance.randint(1, 8))
        groups, first = Groups(attribute), list[str]()
        for value in values:
            expected = next((n for n, other in enumerate(first) if same_value(attribute, other, value)), len(first))
            assert groups.number(value) == expected, values
            if expected == len(first):
                first.append(value)


@pytest.mark.parametrize("attribute", VALUES)
def test_values_differ_where_none_of_them_agrees_with_any_of_the_others(attribute: str) -> None:
    chance = random.Random(attribute)
    for _ in range(300):
        one, other = (chance.choices(VALUES[attribute], k=chance.randint(0, 3)) for _ in range(2))
        expected = bool(one and other) and not any(same_value(attribute, a, b) for a in one for b in other)
        assert Values.of(attribute, one).differ(Values.of(attribute, other)) is expected, (one, other)


def test_two_units_with_thousands_of_common_identifiers_are_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    plain = sameness.canonical
    monkeypatch.setattr(sameness, "canonical", lambda name, value: looked_at.append(value) or plain(name, value))
    serials = [("serial", f"DS-2CD{n:09d}", 0.9) for n in range(2000)]
    units = correlate(
        [
            seen("10.0.0.1", "sadp", ("model", "DS-1111", 0.9), *serials),
            seen("2001:db8::1", "sadp", ("model", "DS-2222", 0.9), *serials),
        ]
    )
    assert [sum("kept apart" in c.reason for c in unit.conflicts) for unit in units] == [2000, 2000]
    assert len(looked_at) < 200


def test_addresses_that_each_share_something_else_make_no_device_of_many_addresses() -> None:
    uuids = [("uuid", f"c5e7b0{n:02d}-1b2c-4d5e-8f90-a1b2c3d4e5f6", 0.9) for n in range(30)]
    others = [seen(f"2001:db8::{n + 1:x}", "onvif", uuid) for n, uuid in enumerate(uuids)]
    first, *rest = correlate([seen("10.0.0.1", "onvif", *uuids), *others])
    assert len(first.addresses) == ADDRESSES_LIMIT
    assert len(rest) == 31 - ADDRESSES_LIMIT


def test_one_content_heard_in_endless_ways_keeps_a_few() -> None:
    replies = [
        Reply(address="10.0.0.1", protocol="tcp", transport="tcp", port=80, request="r", data=b"", channel=f"way-{n}")
        for n in range(1000)
    ]
    (observation,) = identify(replies, load_protocols(), load_knowledge()).observations
    assert observation.channels == tuple(f"way-{n}" for n in range(CHANNELS_LIMIT))


def _captured() -> list[Reply]:
    """Every capture, three to an address, so that replies join, disagree and repeat."""
    documents = [one.values[0] for protocol in load_protocols() for one in captures(protocol)]
    return [
        Reply(
            address=f"10.0.{n // 3 // 250}.{n // 3 % 250 + 1}",
            protocol=document["protocol"],
            transport=document["transport"],
            port=document.get("port"),
            request=document["request"],
            data=data_of(document),
            time=float(n),
        )
        for n, document in enumerate(documents)
    ]


def test_what_is_asked_of_replies_on_the_way_does_not_change_what_they_say_at_the_end() -> None:
    replies = _captured()
    noted = Identification(load_protocols(), load_knowledge())
    for number, reply in enumerate(replies):
        noted.note(reply)
        if number % 50 == 0:
            some = noted.result()
            assert some == identify(replies[: number + 1], load_protocols(), noted.knowledge)
    assert noted.result() == identify(replies, load_protocols(), noted.knowledge)


def test_a_reply_heard_again_adds_its_channel_and_nothing_else() -> None:
    replies = _captured()
    once = identify(replies, load_protocols(), load_knowledge())
    again = [replace(reply, channel="multicast", time=1e9) for reply in replies]
    twice = identify([*replies, *again, *again], load_protocols(), load_knowledge())
    assert [o.channels for o in twice.observations] == [("recorded", "multicast")] * len(once.observations)
    assert [replace(o, channels=("recorded",)) for o in twice.observations] == list(once.observations)
    assert [d.claims for d in twice.devices] == [d.claims for d in once.devices]


def test_thousands_of_values_are_ranked_without_comparing_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    plain = sameness.canonical
    monkeypatch.setattr(sameness, "canonical", lambda name, value: looked_at.append(value) or plain(name, value))
    observation, claims = seen("10.0.0.1", "sadp", *(("model", f"DS-{n}/W", 0.9) for n in range(3000)))
    assert len(rank("model", claims, Witnesses([observation]))) == 3000
    assert len(looked_at) == 3000
