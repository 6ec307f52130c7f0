"""A policy of one's own: each rule, what cannot be judged, and the draft made from an approved state."""

import tomllib
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from camscan.assess.own_policy.check import Checked, check, matches
from camscan.assess.own_policy.draft import draft
from camscan.assess.own_policy.file import load_own_policy
from camscan.assess.own_policy.policy import OwnPolicy
from camscan.errors import KnowledgeError
from camscan.identify.sameness import same_value
from camscan.model import Capability, Device, Finding
from camscan.report.printable import printable
from tests.policy_rig import vocabulary
from tests.report_rig import HOSTILE, camera, device, hostile, middlebox, recorder

TODAY = date(2026, 11, 29)
HEAD = 'name = "Town hall"\ndate = 2026-11-29\n'


def load(path: Path, text: str) -> OwnPolicy:
    path.write_text(text, encoding="utf-8")
    words = vocabulary()
    return load_own_policy(path, makers=words.makers, kinds=words.kinds, capabilities=words.capabilities)


def outcome(tmp_path: Path, rules: str, *devices: Device, today: date = TODAY) -> Checked:
    return check(devices, load(tmp_path / "own.toml", HEAD + rules), today, same_value)


def broken(tmp_path: Path, rules: str, *devices: Device, today: date = TODAY) -> list[tuple[str, str]]:
    return [(one.rule, one.answer) for one in outcome(tmp_path, rules, *devices, today=today).broken]


CAMERA = camera("10.0.0.9")  # made by hikvision, sold as annke, V5.5.6 build 180326
UNKNOWN = device("10.0.0.7")


def test_makers_allowed_and_denied(tmp_path: Path) -> None:
    assert broken(tmp_path, '[maker]\nallowed = ["hikvision"]', CAMERA) == []
    assert broken(tmp_path, '[maker]\nallowed = ["axis"]', CAMERA) == [("maker", "fail")]
    assert broken(tmp_path, "[maker]\nallowed = []", CAMERA) == [("maker", "fail")]
    assert broken(tmp_path, '[maker]\ndenied = ["hikvision"]', CAMERA) == [("maker", "fail")]
    assert broken(tmp_path, '[maker]\ndenied = ["dahua"]', CAMERA) == []


def test_a_denied_maker_is_found_behind_a_brand(tmp_path: Path) -> None:
    (one,) = outcome(tmp_path, '[maker]\ndenied = ["hikvision"]', CAMERA).broken
    assert one.reason == "made by hikvision (97% sure) and sold as annke, which is denied"


@pytest.mark.parametrize(
    "rules", ['[maker]\nallowed = ["axis"]', '[maker]\ndenied = ["dahua"]', '[model]\nallowed = ["DS-*"]']
)
def test_what_is_unknown_fails_unless_the_policy_lets_it_pass(tmp_path: Path, rules: str) -> None:
    assert broken(tmp_path, rules, UNKNOWN) == [(rules[1:6], "cannot-say")]
    assert not outcome(tmp_path, rules, UNKNOWN).passed
    assert outcome(tmp_path, f'unknown = "pass"\n{rules}', UNKNOWN).passed
    assert not outcome(tmp_path, 'unknown = "pass"\n[maker]\nallowed = ["axis"]', UNKNOWN, CAMERA).passed


def test_models_by_name_or_pattern(tmp_path: Path) -> None:
    assert broken(tmp_path, '[model]\nallowed = ["ds-2cd2042wd-i"]', CAMERA) == []
    assert broken(tmp_path, '[model]\nallowed = ["DS-2CD204?WD-*"]', CAMERA) == []
    assert broken(tmp_path, '[model]\nallowed = ["DS-2CD204"]', CAMERA) == [("model", "fail")]


def test_brackets_in_a_pattern_are_brackets() -> None:
    assert matches("IPC[4]", "ipc[4]")
    assert not matches("IPC4", "IPC[4]")


@pytest.mark.parametrize(
    ("least", "answer"),
    [
        ("V5.5.6", []),
        ("V5.5.6 build 180326", []),
        ("V5.5.6 build 180327", ["fail"]),
        ("V5.6.0", ["fail"]),
        ("V5.4.9", []),
    ],
)
def test_firmware_below_the_floor_of_its_model_fails(tmp_path: Path, least: str, answer: list[str]) -> None:
    rules = f'[[firmware]]\nmodel = "DS-2CD*"\nleast = "{least}"'
    assert [found for _, found in broken(tmp_path, rules, CAMERA)] == answer


def test_firmware_that_cannot_be_compared_is_not_called_old(tmp_path: Path) -> None:
    rules = '[[firmware]]\nmodel = "*"\nleast = "V5.5.0"'
    assert broken(tmp_path, rules, replace(CAMERA, firmware=None, build=None)) == [("firmware *", "cannot-say")]
    assert broken(tmp_path, rules, replace(CAMERA, firmware="special", build=None)) == [("firmware *", "cannot-say")]
    assert broken(tmp_path, rules.replace("*", "NVR*"), CAMERA) == []


def test_a_forbidden_capability_is_told_as_observed_or_inferred(tmp_path: Path) -> None:
    seen = Capability(id="microphone", state="observed", enabled=False, evidence=())
    guessed = Capability(id="face-recognition", state="inferred", enabled=None, evidence=())
    rules = '[capability]\ndenied = ["face-recognition", "microphone"]'
    found = outcome(tmp_path, rules, replace(CAMERA, capabilities=(seen, guessed))).broken
    assert [(one.rule, one.answer, one.reason) for one in found] == [
        ("capability microphone", "fail", "observed: the device says so, switched off"),
        ("capability face-recognition", "fail", "inferred: its model number says so"),
    ]
    assert broken(tmp_path, '[capability]\ndenied = ["speaker"]', replace(CAMERA, capabilities=(seen, guessed))) == []


def test_an_exposure_as_severe_as_forbidden_fails(tmp_path: Path) -> None:
    found = Finding(
        id="telnet-open", severity="high", confidence=1, evidence=(), remedy="", source="x", date="2026-01-01"
    )
    exposed = replace(CAMERA, findings=(found,))
    assert broken(tmp_path, '[[exposure]]\nfinding = "*"\nleast = "high"', exposed) == [("exposure *", "fail")]
    assert broken(tmp_path, '[[exposure]]\nfinding = "telnet-*"\nleast = "low"', exposed) != []
    assert broken(tmp_path, '[[exposure]]\nfinding = "*"\nleast = "critical"', exposed) == []
    assert broken(tmp_path, '[[exposure]]\nfinding = "http-*"\nleast = "info"', exposed) == []


BY_SERIAL = '[[approved]]\nserial = "DS-2CD2042WD-I0123"\nuntil = 2026-11-29\n'


def test_an_approval_holds_to_the_end_of_its_day(tmp_path: Path) -> None:
    assert broken(tmp_path, BY_SERIAL, CAMERA) == []
    assert broken(tmp_path, BY_SERIAL, CAMERA, today=TODAY + timedelta(days=1)) == [("approved", "fail")]
    longer = BY_SERIAL + BY_SERIAL.replace("2026", "2027")
    assert broken(tmp_path, longer, CAMERA, today=TODAY + timedelta(days=1)) == []


def test_a_device_that_nobody_approved_fails(tmp_path: Path) -> None:
    assert broken(tmp_path, BY_SERIAL, recorder()) == [("approved", "fail")]


def test_another_camera_at_an_approved_address_is_not_approved(tmp_path: Path) -> None:
    rules = BY_SERIAL.replace("until", 'mac = "44-19-B6-00-00-01"\naddress = "10.0.0.9"\nuntil')
    assert broken(tmp_path, rules, CAMERA) == []
    assert broken(tmp_path, rules, replace(CAMERA, serial="DS-2CD2042WD-I9999")) == [("approved", "fail")]
    assert broken(tmp_path, rules, replace(CAMERA, serial=None)) == []
    assert broken(tmp_path, rules, replace(CAMERA, serial=None, mac="44:19:b6:00:00:02")) == [("approved", "fail")]
    assert broken(tmp_path, rules, replace(CAMERA, serial=None, mac=None)) == []
    assert broken(tmp_path, rules, replace(CAMERA, address="10.0.0.77", addresses=("10.0.0.77",))) == []


def test_a_policy_may_be_about_some_devices_only(tmp_path: Path) -> None:
    rules = '[about]\nkinds = ["recorder"]\n[maker]\nallowed = ["axis"]'
    judged = outcome(tmp_path, rules, CAMERA, recorder(), UNKNOWN)
    assert (judged.judged, judged.left_out) == (2, 1)
    assert [(one.device.address, one.answer) for one in judged.broken] == [
        ("10.0.0.10", "fail"),
        ("10.0.0.7", "cannot-say"),
    ]


def test_what_stands_behind_a_middlebox_is_not_judged(tmp_path: Path) -> None:
    assert broken(tmp_path, '[maker]\nallowed = ["hikvision"]', middlebox()) == [("device", "cannot-say")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "name is missing"),
        (HEAD, "no rule in it, so every device would pass"),
        (HEAD + 'unknown = "fail"', "no rule in it"),
        (HEAD + "[maker]", "maker: nothing in it"),
        (HEAD + '[maker]\nalowed = ["axis"]', "maker: unknown key alowed"),
        (HEAD + '[maker]\nallowed = ["axys"]', "maker: allowed: axys is not in the vocabulary"),
        (HEAD + '[capability]\ndenied = ["faces"]', "capability: denied: faces is not in the vocabulary"),
        (HEAD + '[about]\nkinds = ["cam"]\n[maker]\ndenied = ["axis"]', "about: kinds: cam is not in the vocabulary"),
        (HEAD + 'unknown = "maybe"\n[maker]\ndenied = ["axis"]', "unknown is maybe, neither fail nor pass"),
        (HEAD + '[[firmware]]\nmodel = "DS-*"', "firmware: least is missing"),
        (HEAD + '[[firmware]]\nmodel = "DS-*"\nleast = "newest"', "firmware: least is newest, no version"),
        (HEAD + '[[exposure]]\nfinding = "*"\nleast = "bad"', "exposure: least is bad, none of info"),
        (HEAD + "[[approved]]\nuntil = 2027-01-01", "approved: neither serial nor mac nor address"),
        (HEAD + '[[approved]]\nserial = "x"', "approved: until is missing"),
        (HEAD + '[[approved]]\nserial = "x"\nuntil = "2027"', "approved: until is str"),
        (HEAD + 'polciy = "x"', "unknown key polciy"),
        ("name = ", "own.toml: "),
    ],
)
def test_a_bad_policy_is_refused_in_one_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(KnowledgeError) as raised:
        load(tmp_path / "own.toml", text)
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)


def drafted(tmp_path: Path, *devices: Device) -> OwnPolicy:
    text = draft("Town hall", devices, TODAY, TODAY + timedelta(days=30))
    return load(tmp_path / "own.toml", text)


def test_a_draft_holds_for_the_state_it_was_made_from(tmp_path: Path) -> None:
    state = (CAMERA, recorder(), replace(CAMERA, address="10.0.0.11", serial="X2", firmware="V5.5.0"))
    policy = drafted(tmp_path, *state)
    assert (policy.name, policy.date, policy.unknown) == ("Town hall", TODAY, "fail")
    assert policy.makers_allowed == ("dahua", "hikvision")
    assert [(floor.model, floor.least) for floor in policy.floors] == [
        ("DHI-NVR5216-16P-4KS2E", "4.001.0000000.3"),
        ("DS-2CD2042WD-I", "V5.5.0 build 180326"),
    ]
    assert check(state, policy, TODAY, same_value).broken == ()


def test_a_draft_fails_for_what_came_later(tmp_path: Path) -> None:
    policy = drafted(tmp_path, CAMERA)
    later: dict[str, Any] = {
        "maker": replace(CAMERA, vendor="dahua"),
        "model": replace(CAMERA, model="DS-2CD9"),
        "firmware DS-2CD2042WD-I": replace(CAMERA, firmware="V5.4.0"),
        "approved": replace(CAMERA, serial="X9", mac=None),
    }
    for rule, changed in later.items():
        assert [one.rule for one in check((changed,), policy, TODAY, same_value).broken] == [rule]
    assert not check((CAMERA,), policy, TODAY + timedelta(days=31), same_value).passed


def test_a_draft_of_a_state_with_unknowns_lets_them_pass(tmp_path: Path) -> None:
    policy = drafted(tmp_path, CAMERA, UNKNOWN)
    assert policy.unknown == "pass"
    assert check((CAMERA, UNKNOWN), policy, TODAY, same_value).passed
    assert not check((CAMERA, device("10.0.0.8")), policy, TODAY, same_value).passed


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_device_writes_no_rule_of_its_own(tmp_path: Path, text: str) -> None:
    shown = printable(text)  # as every device of a document
    given = replace(hostile(shown), mac=None, capabilities=())
    document = tomllib.loads(draft("x", [given], TODAY, TODAY))
    assert document["model"]["allowed"] == ([] if "*" in shown or "?" in shown else [shown])
    assert document["approved"][0]["serial"] == shown
    assert set(document) <= {"name", "date", "unknown", "maker", "model", "firmware", "approved"}


def test_a_model_that_would_be_a_pattern_allows_nothing_else(tmp_path: Path) -> None:
    policy = drafted(tmp_path, replace(CAMERA, model="*"))
    assert policy.models_allowed == ()
    assert policy.floors == ()
    assert [one.rule for one in check((recorder(),), policy, TODAY, same_value).broken] == [
        "maker",
        "model",
        "approved",
    ]
