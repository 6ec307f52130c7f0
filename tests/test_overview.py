"""What the first page of a report says, of made-up devices."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from camscan.assess.overview.ages import built_on
from camscan.assess.overview.channels import MOST, announced
from camscan.assess.overview.evidence import evidence_of
from camscan.assess.overview.overview import overview
from camscan.dossier import Span
from camscan.model import AdvisoryVerdict, Coverage, Finding, Ignored, Middlebox, Observation, ScanResult, Service
from camscan.place import NOWHERE, Location
from camscan.register import Listed
from camscan.removal import Removal, Said
from tests import report_rig
from tests.dossier_rig import COMPLETE, dossier, unit
from tests.inventory_rig import advisory, finding


def test_what_was_seen_is_the_least() -> None:
    found = overview(dossier(unit(1), unit(2, vendor="dahua"), unit(3, vendor="axis"), unit(4, vendor=None)))
    assert found.total == Span(low=2, high=2)
    assert [(one.maker, one.seen) for one in found.makers] == [("hikvision", 1), ("dahua", 1)]
    assert (found.others, found.unknown) == (1, 1)
    assert [one.numbers[0] for one in found.shown] == [1, 2]


def test_channels_and_suspects_make_the_most() -> None:
    rtsp = (Service(address="10.0.0.3", port=554, transport="tcp", protocol="rtsp"),)
    found = overview(
        dossier(unit(1, kind="recorder"), unit(2), unit(3, vendor=None, services=rtsp), channels={"d1": 16})
    )
    assert found.total == Span(low=2, high=2 + 1 + 16)
    assert [one.numbers[0] for one in found.suspects] == [3]


@pytest.mark.parametrize(
    "changes",
    [
        {"sheets": (unit(1, kind="recorder"),)},
        {"scans": (replace(COMPLETE, complete=False),)},
        {"scans": ()},
        {"scans": (replace(COMPLETE, kind="replay"),)},
    ],
)
def test_where_something_was_left_out_nobody_knows_the_most(changes: dict[str, Any]) -> None:
    assert overview(dossier(**({"sheets": (unit(1),)} | changes))).total == Span(low=1, high=None)


def test_another_brand_is_told_by_name() -> None:
    found = overview(
        dossier(unit(1, brand="annke"), unit(2, brand="annke"), unit(3, brand="hilook"), unit(4, brand=None))
    )
    assert [(one.label, one.count) for one in found.rebranded] == [("annke", 2), ("hilook", 1)]
    assert found.makers[0].rebranded == 3


def test_what_is_ignored_counts_for_nothing() -> None:
    by = Ignored(who="me", reason="so", until=None)
    affected: AdvisoryVerdict = advisory()
    open_port: Finding = finding()
    found = overview(
        dossier(
            unit(1, advisories=(affected,), findings=(open_port,)),
            unit(2, advisories=(replace(affected, ignored=by),), findings=(replace(open_port, ignored=by),)),
        )
    )
    assert (found.exploited, found.exposed) == (1, 1)
    assert [action.devices for action in found.actions] == [("10.0.0.1",), ("10.0.0.1",)]
    assert {one.label: (one.count, one.marked) for one in found.severities if one.count} == {
        "critical": (1, 1),
        "none": (1, 0),
    }


def test_parts_add_up_to_the_whole() -> None:
    devices = [
        unit(n, site=f"S{n % 3}" if n % 4 else None, build="build 200101" if n % 2 else None) for n in range(1, 20)
    ]
    found = overview(dossier(*devices))
    for shares in (found.sites, found.ages, found.severities):
        assert sum(one.count for one in shares) == 19
    assert found.sites[-1].label == ""


@pytest.mark.parametrize(
    ("build", "band"),
    [
        ("build 261101", "under-1"), ("build 251101", "1-to-2"), ("build 241101", "2-to-3"), ("build 231101", "3-to-5"),
        ("build 201101", "5-to-8"), ("build 160530", "over-8"), (None, "unknown"), ("build 270101", "unknown"),
        ("build 210230", "unknown"),
    ],
)  # fmt: skip
def test_firmware_is_as_old_as_its_build(build: str | None, band: str) -> None:
    found = overview(dossier(unit(1, firmware="V5.4.5", build=build)))
    assert [one.label for one in found.ages if one.count] == [band]


def test_a_day_that_is_none_is_not_known() -> None:
    assert built_on(unit(1, build="build 210230")) is None


def test_addresses_are_in_order_and_boxes_are_none_of_the_devices() -> None:
    box = Middlebox(addresses=0, networks=(), reason="")
    found = overview(dossier(unit(10), unit(9), unit(8, middlebox=box)))
    assert [one.numbers[0] for one in found.shown] == [9, 10]
    assert found.boxes == 1


def test_a_vantage_counts_what_was_heard_from_there() -> None:
    found = overview(dossier(unit(1, ("lan", "guest")), unit(2, ("lan",)), unit(3, ("lan",), vendor="axis")))
    assert {one.vantage: dict(one.by_maker) for one in found.reached} == {
        "guest": {"hikvision": 1},
        "lan": {"hikvision": 2, "other": 1},
    }


def test_all_shows_all() -> None:
    found = overview(dossier(unit(1), unit(2, vendor="axis"), unit(3, vendor=None), every=True))
    assert len(found.shown) == 3
    assert found.total.low == 1


def test_who_is_gone_is_apart() -> None:
    gone = [Listed(id=v, values={"vendor": v}, first_seen=0, last_seen=1, gone=2) for v in ("hikvision", "axis")]
    found = overview(dossier(unit(1), gone=tuple(gone)))
    assert [one.id for one in found.gone] == ["hikvision"]
    assert len(overview(dossier(unit(1), gone=tuple(gone), every=True)).gone) == 2


def asked(number: int, *rows: tuple[str, str, str, str | None]) -> ScanResult:
    return ScanResult(
        id=str(number), started=None, ended=None, scope=(), vantage=None, partial=False, devices=(), undecoded=(),
        coverage=tuple(
            Coverage(
                interface=None, network=network, channel=channel, state=state, asked=0, answered=0, silent=0,  # type: ignore[arg-type]
                reason=reason,
            )
            for network, channel, state, reason in rows
        ),
    )  # fmt: skip


def test_what_a_newer_scan_asked_was_seen() -> None:
    new = asked(2, ("10.0.0.0/24", "tcp", "asked", None), ("10.0.1.0/24", "arp", "not-possible", "no right"))
    old = asked(
        1,
        ("10.0.0.0/24", "tcp", "partial", "cut"),
        ("10.0.2.0/24", "arp", "not-possible", "no right"),
        ("10.0.3.0/24", "arp", "asked", None),
        ("10.0.3.0/24", "arp", "not-possible", "no right"),
    )
    found = overview(dossier(unit(1), asked=(new, old)))
    assert [(one.channel, one.reason, one.networks) for one in found.unseen] == [
        ("arp", "no right", ("10.0.2.0/24", "10.0.1.0/24"))
    ]


def heard(**fields: tuple[str, ...]) -> Observation:
    return Observation(id="o", reply=report_rig.reply("10.0.0.1"), fields=fields, channels=())


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"digital_channels": ("16",)}, 16),
        ({"remote_video_inputs": ("0",)}, 0),
        ({"digital_channels": ("4", "32")}, 32),
        ({"digital_channels": ("999999999999",)}, None),
        ({"digital_channels": (str(MOST + 1),)}, None),
        ({"digital_channels": ("-4",)}, None),
        ({"digital_channels": ("²",)}, None),
        ({}, None),
    ],
)
def test_a_recorder_is_believed_what_can_be_true(fields: dict[str, tuple[str, ...]], number: int | None) -> None:
    assert announced(heard(**fields)) == number


def test_the_surest_claim_of_each_value_is_the_evidence() -> None:
    claims = (
        report_rig.claim("model", "A", 0.5),
        report_rig.claim("model", "B", 0.9),
        report_rig.claim("model", "A", 0.7),
        report_rig.claim("vendor", "hikvision", 0.3),
        report_rig.claim("resolution", "4", 1.0),
    )
    seen = Observation(id="o1", reply=report_rig.reply("10.0.0.1"), fields={}, channels=())
    found = evidence_of(report_rig.device("10.0.0.1", claims=claims, observations=(seen,)))
    assert [(one.attribute, one.value, one.confidence, one.more) for one in found] == [
        ("vendor", "hikvision", 0.3, 0),
        ("model", "B", 0.9, 0),
        ("model", "A", 0.7, 1),
    ]
    assert found[0].heard == "sadp inquiry"


def test_a_place_is_sensitive_by_the_smallest_of_which_something_is_said() -> None:
    hall, east = Location(site="Town hall"), Location(site="Town hall", building="East")
    room = Location(site="Town hall", building="East", room="4")
    said = {hall: Said(sensitive=True), east: Said(sensitive=False)}
    devices = [replace(unit(n), where=where) for n, where in enumerate((hall, east, room, NOWHERE), 1)]
    assert overview(dossier(*devices, said=said)).sensitive == 1
    assert overview(dossier(*devices, said={hall: Said(sensitive=False)})).sensitive == 0
    assert overview(dossier(*devices, said={hall: Said()})).sensitive is None


def test_removal_is_told_by_site_and_adds_up() -> None:
    hall = Location(site="Town hall")
    devices = [
        replace(unit(1, last_seen=9.0, site="Town hall", brand="annke"), where=hall),
        replace(unit(2, last_seen=5.0, site="Town hall"), where=Location(site="Town hall", room="4", building="E")),
        replace(unit(3, last_seen=9.0, vendor="axis", site="Town hall"), where=hall),
        unit(4, last_seen=9.0),
    ]
    gone = [
        Listed(id="a", values={"vendor": "dahua", "site": "Town hall"}, first_seen=1, last_seen=2, gone=3),
        Listed(id="b", values={"vendor": "axis", "site": "Town hall"}, first_seen=1, last_seen=2, gone=3),
        Listed(id="c", values={"vendor": "dahua"}, first_seen=1, last_seen=2, gone=3),
    ]
    said = {hall: Said(sensitive=False), Location(site="Depot"): Said(remove_by=date(2027, 1, 1))}
    found = overview(dossier(*devices, gone=tuple(gone), said=said))
    assert [(one.where.site, one.tally.makers, one.removal) for one in found.places] == [
        ("Town hall", 2, Removal(replaced=1, left=1, unasked=1)),
        ("Depot", 0, Removal()),
        (None, 1, Removal(replaced=1, left=1)),
    ]
    assert found.removal == Removal(replaced=2, left=2, unasked=1)
    assert found.places[0].tally.rebranded == 1
    assert found.places[1].said.remove_by == date(2027, 1, 1)
