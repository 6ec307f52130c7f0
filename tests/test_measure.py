"""The measure itself: what it counts, what it sets apart, and when it calls a goal met."""

from typing import Any

import pytest

from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.reply import Reply
from tests.brand_tokens import names_brand
from tests.measure import APART, GOALS, Row, Score, measure, report

HIKVISION = """<?xml version="1.0"?>
<DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema">
<model>DS-2CD2143G2-I</model><firmwareVersion>V5.7.3</firmwareVersion></DeviceInfo>"""
STRANGER = '<?xml version="1.0"?><DeviceInfo xmlns="urn:psialliance-org"><model>VN-H1</model></DeviceInfo>'


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def reply(text: str) -> Reply:
    return Reply(
        address="192.0.2.1", protocol="isapi", transport="tcp", port=80, request="device info", data=text.encode()
    )


def row(text: str, truth: dict[str, str | None], **changed: Any) -> Row:
    """A row of a recording, counted and with model and firmware in the reply unless the test says otherwise."""
    usual = {"target": True, "counted": True, "honeypot": False, "closed": False}
    in_reply = frozenset({"model", "firmware"})
    return Row(id="row", reply=reply(text), truth=truth, **({"in_reply": in_reply} | usual | changed))


TRUTH: dict[str, str | None] = {"vendor": "Hikvision", "model": "DS-2CD2143G2-I", "firmware": "V5.7.3", "brand": None}


def test_what_is_right_is_counted(knowledge: Knowledge) -> None:
    score = measure([row(HIKVISION, TRUTH)], knowledge)
    assert {name: score.right[name] for name in ("maker", "model", "firmware")} == dict.fromkeys(
        ("maker", "model", "firmware"), 1
    )
    assert score.misses == []


def test_a_miss_says_what_was_expected_and_what_was_seen(knowledge: Knowledge) -> None:
    score = measure([row(HIKVISION, TRUTH | {"model": "DS-2CD2043G2-I"})], knowledge)
    assert score.misses == ["model: row: expected DS-2CD2043G2-I, saw DS-2CD2143G2-I"]


def test_a_circular_row_is_set_apart_in_every_measure(knowledge: Knowledge) -> None:
    score = measure([row(HIKVISION, TRUTH, counted=False)], knowledge)
    assert all(name.startswith(APART) for name in score.all)
    assert len(score.all) == 2 * 3  # maker, model, firmware: over all and for the protocol


def test_a_brand_counts_only_where_the_reply_names_it(knowledge: Knowledge) -> None:
    branded = TRUTH | {"brand": "ANNKE"}
    score = measure([row(HIKVISION, branded)], knowledge)
    assert "brand" not in score.all
    score = measure([row(HIKVISION, branded, in_reply=frozenset({"brand"}))], knowledge)
    assert (score.right["brand"], score.all["brand"]) == (0, 1)


def test_a_stranger_called_by_one_of_the_two_names_breaks_a_goal(knowledge: Knowledge) -> None:
    good = measure([row(STRANGER, {"vendor": "JVC"}, target=False)], knowledge)
    bad = measure([row(HIKVISION, {"vendor": "JVC"}, target=False)], knowledge)
    (goal,) = (g for g in GOALS if g.measure == "no false maker")
    assert (good.meets(goal), bad.meets(goal)) == (True, False)
    assert any("NOT MET  no false maker" in line for line in report(bad))


def test_a_value_stated_where_a_capture_says_unknown_is_a_miss(knowledge: Knowledge) -> None:
    score = measure([row(HIKVISION, TRUTH | {"model": None}, in_reply=frozenset(), closed=True)], knowledge)
    assert "unknown stays unknown: row: expected unknown, saw DS-2CD2143G2-I" in score.misses


def test_a_value_stated_against_a_truth_that_is_not_in_the_reply_is_listed(knowledge: Knowledge) -> None:
    score = measure([row(HIKVISION, TRUTH | {"model": "C500"}, in_reply=frozenset())], knowledge)
    assert "model: row: truth C500, saw DS-2CD2143G2-I" in score.unproven


@pytest.mark.parametrize(
    ("right", "rows", "met"), [(99, 100, True), (98, 100, False), (0, 0, True), (1, 2, False), (10, 10, True)]
)
def test_a_goal_is_a_share(right: int, rows: int, met: bool) -> None:
    score = Score(right={"maker": right}, all={"maker": rows})
    (goal,) = (g for g in GOALS if g.measure == "maker")
    assert score.meets(goal) is met


@pytest.mark.parametrize(("missed", "met"), [(0, True), (1, True), (2, False)])
def test_one_missed_model_is_forgiven(missed: int, met: bool) -> None:
    score = Score(right={"model": 5 - missed}, all={"model": 5})
    (goal,) = (g for g in GOALS if g.measure == "model")
    assert score.meets(goal) is met


@pytest.mark.parametrize(
    ("text", "brand", "named"),
    [
        ("onvif://www.onvif.org/name/CP_PLUS", "CP PLUS", True),
        ("onvif://www.onvif.org/name/CP%20PLUS", "cp-plus", True),
        ("version=2.800.00AC006.0.R", "Amcrest", True),
        ("version=2.800.0000000.34.R", "Amcrest", False),
        ("type=IPC-HFW2431S-S-S2", "Dahua", False),
        ("type=DH-IPC-HFW2431S-S-S2", "Dahua", True),
        ("updateSerial=DH-NVR5232-4KS3/I", "Dahua", False),
        ("reolinked", "Reolink", False),
        ("the xml format error", "Hikvision", False),
    ],
)
def test_what_names_a_brand(text: str, brand: str, named: bool) -> None:
    assert names_brand(reply(text), brand) is named
