"""Advisories: the shipped ones hold, and what is said of a device follows from what is known of it."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from camscan.assess.advisory.advisory import Advisory
from camscan.assess.advisory.file import load_advisories, load_advisory
from camscan.assess.advisory.selftest import failing
from camscan.assess.advisory.verdicts import REBRANDED
from camscan.assess.assess import assess
from camscan.assess.assessment import load_assessment
from camscan.cli.known import words_of
from camscan.datafile import default_directory
from camscan.errors import KnowledgeError
from camscan.identify.vocabulary import load_vocabulary
from camscan.model import SEVERITIES, AdvisoryVerdict, Middlebox
from tests.assess_rig import device, shipped
from tests.cli_rig import run

ADVISORIES = shipped().advisories
WORDS = words_of(load_vocabulary(default_directory() / "vendors.toml"))
DOCS = Path(__file__).parent.parent / "docs"
KEV = {"CVE-2017-7921", "CVE-2021-36260", "CVE-2021-33044", "CVE-2021-33045", "CVE-2020-5735"}
EXAMPLE = 'example = [{ vendor = "hikvision", model = "DS-1234", firmware = "V1.0", verdict = "affected" }]'
GOOD = f"""
id = "CVE-2020-1"
title = "A hole"
makers = ["hikvision"]
component = "device"
cvss = 9.8
login = "none"
confidence = "high"
date = 2026-01-01
sources = ["a document"]
{EXAMPLE}
[[affected]]
models = ["DS-12??*"]
before = "V1.1"
fixed = "V1.1"
said = "before 1.1"
"""


def said(advisory: str, **stated: object) -> AdvisoryVerdict | None:
    found = {made.id: made for made in assess(device(**stated), shipped()).advisories}
    return found.get(advisory)


def test_the_documents_count_rightly() -> None:
    judged = sum(1 for one in ADVISORIES if not one.unseen)
    assert (
        f"- {len(ADVISORIES)} CVEs, of which {judged} are held against devices." in (DOCS / "advisories.md").read_text()
    )
    assert f"against {len(ADVISORIES)} published vulnerabilities" in (DOCS.parent / "README.md").read_text()


@pytest.mark.parametrize("advisory", ADVISORIES, ids=lambda one: one.id)
def test_every_example_of_an_advisory_comes_out(advisory: Advisory) -> None:
    assert list(failing(advisory)) == []


@pytest.mark.parametrize("advisory", ADVISORIES, ids=lambda one: one.id)
def test_an_advisory_has_what_a_reader_needs(advisory: Advisory) -> None:
    assert advisory.id.startswith("CVE-")
    assert advisory.severity in SEVERITIES
    assert all(one.said for one in advisory.affected)
    affected = [one for one in advisory.affected if not (one.spared or one.possible)]
    judged = any(one.until or one.before or one.only for one in affected)
    verdicts = {example.verdict for example in advisory.examples}
    assert not judged or "affected" in verdicts
    assert "fixed" in verdicts or not any(one.fixed for one in advisory.affected)


def test_what_cisa_lists_is_marked() -> None:
    assert {one.id for one in ADVISORIES if one.kev} == KEV
    assert next(one.kev for one in ADVISORIES if one.id == "CVE-2017-7921") == date(2026, 3, 5)


def test_what_no_scan_can_see_is_listed_and_never_held_against_a_device() -> None:
    unseen = {one.id for one in ADVISORIES if one.unseen}
    assert {"CVE-2024-25063", "CVE-2023-28812", "CVE-2023-6913", "CVE-2023-33806"} <= unseen
    assert said("CVE-2023-33806", vendor="hikvision", model="DS-D5B86RB/B", firmware="V2.3.0") is None


def test_a_middlebox_is_held_against_nothing() -> None:
    box = Middlebox(addresses=9, networks=(), reason="")
    assert assess(device(vendor="hikvision", model="DS-2CD2132F-IS", middlebox=box), shipped()).advisories == ()


def test_another_makers_model_of_the_same_number_is_not_meant() -> None:
    assert said("CVE-2025-66177", vendor="dahua", model="IPC-T261H-MU", firmware="V5.7.1", build="build 220101") is None
    assert said("CVE-2025-66177", vendor=None, model="IPC-T261H-MU", firmware="V5.7.1", build="build 220101") is None


def test_a_web_page_is_no_firmware() -> None:
    found = said("CVE-2017-7921", vendor="hikvision", model="DS-2CD2132F-IS", kind="camera")
    assert found is not None
    assert (found.verdict, "not known" in found.reason) == ("cannot-say", True)


def test_a_rebrand_is_judged_by_its_makers_number_with_less_confidence() -> None:
    own = {"vendor": "hikvision", "kind": "camera", "firmware": "V5.3.0", "build": "build 150513"}
    first = said("CVE-2017-7921", model="DS-2CD2132F-IS", brand="hikvision", sure=0.9, **own)
    rebrand = said("CVE-2017-7921", model="I91BM", brand="annke", maker_model="DS-2CD2132F-IS", sure=0.9, **own)
    assert first is not None
    assert rebrand is not None
    assert (first.verdict, rebrand.verdict) == ("affected", "affected")
    assert rebrand.confidence == pytest.approx(first.confidence * REBRANDED)
    assert "DS-2CD2132F-IS, the maker's number behind I91BM" in rebrand.reason


def test_a_device_that_says_too_much_costs_little_and_names_little() -> None:
    stated = {"vendor": "hikvision", "kind": "camera", "firmware": "V5.3.0" * 10**6, "build": "9" * 10**6}
    rows = assess(device(model="DS-2CD2132F-I" + "S" * 10**6, **stated), shipped()).advisories
    assert {row.verdict for row in rows} == {"cannot-say"}
    assert all(len(row.reason) < 1000 for row in rows)


def test_a_model_that_is_not_known_is_asked_about_what_is_exploited_and_no_more() -> None:
    rows = assess(device(vendor="hikvision", kind="camera"), shipped()).advisories
    assert {row.id for row in rows} == {"CVE-2017-7921", "CVE-2021-36260"}
    assert {(row.verdict, row.reason) for row in rows} == {("cannot-say", "its model is not known")}
    assert assess(device(vendor="hikvision", kind="switch"), shipped()).advisories == ()
    assert assess(device(vendor="axis", model="P3245-LVE"), shipped()).advisories == ()


def test_builds_between_two_sources_are_named_and_not_called_fixed() -> None:
    stated = {"vendor": "dahua", "kind": "camera", "model": "IPC-HDBW5442E-ZE", "firmware": "2.800.0000000.25.R"}
    verdicts = {}
    for build in ("2021-05-31", "2021-06-01", "2021-07-04", "2021-07-05"):
        found = said("CVE-2021-33044", build=build, **stated)
        assert found is not None
        verdicts[build] = found.verdict
        if found.verdict == "cannot-say":
            assert "the maker calls" in found.reason
            assert "NVD those from 2021-07-05" in found.reason
    assert list(verdicts.values()) == ["affected", "cannot-say", "cannot-say", "fixed"]


@pytest.mark.parametrize(
    ("build", "verdict"),
    [("build 151231", "cannot-say"), ("build 160101", "affected"), ("build 210620", "affected"),
     ("build 210621", "cannot-say"), ("build 210627", "cannot-say"), ("build 210628", "fixed"), (None, "cannot-say")],
)  # fmt: skip
def test_the_command_injection_of_2021_by_build(build: str | None, verdict: str) -> None:
    found = said(
        "CVE-2021-36260", vendor="hikvision", kind="camera", model="DS-2CD2386G2-IU", firmware="V5.5.800", build=build
    )
    assert found is not None
    assert (found.verdict, found.kev, found.severity) == (verdict, True, "critical")


@pytest.mark.parametrize(
    ("build", "verdict"),
    [("build 191231", None), ("build 200101", "cannot-say"), ("build 211231", "cannot-say"), ("build 220101", None)],
)
def test_recorders_of_the_years_in_doubt_are_named(build: str, verdict: str | None) -> None:
    found = said(
        "CVE-2021-36260", vendor="hikvision", kind="recorder", model="DS-7616NI-K2", firmware="V4.30.0", build=build
    )
    assert (found.verdict if found else None) == verdict


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"CVE-2020-1"', '"CVE-2020-2"', "its id is CVE-2020-2, unlike its name"),
        ('"hikvision"]', '"hikvison"]', "unknown maker hikvison"),
        ('component = "device"', 'component = "device"\nkinds = ["toaster"]', "unknown kind toaster"),
        ('component = "device"', 'component = "device"\nbrands = ["toast"]', "unknown brand toast"),
        ("title", "titel", "unknown key titel"),
        ("9.8", "19.8", "cvss 19.8"),
        ("9.8", '"high"', "cvss is str"),
        ('"none"', '"nobody"', "login is nobody, none of none, low"),
        ('confidence = "high"', 'confidence = "low"', "confidence is low, none of high, medium"),
        ("2026-01-01", '"2026"', "date is str"),
        ('["a document"]', "[]", "sources is empty"),
        ('["a document"]', "[1]", "sources is no list of texts"),
        ('["DS-12??*"]', '["*"]', "model *: a character"),
        ('["DS-12??*"]', '["DS**"]', "model DS**: fewer than 3"),
        ('before = "V1.1"', 'before = "soon"', "before: soon: neither a version nor a build"),
        ('before = "V1.1"', 'before = "V1.1"\nuntil = "V1.0"', "until and before"),
        ('said = "before 1.1"', "", "said is missing"),
        ('said = "', 'guess = "', "unknown key guess"),
        ('makers = ["hikvision"]', "", "neither makers nor brands"),
        ('title = "A hole"', 'title = "A hole"\nunseen = "software"', "and not both"),
        ('verdict = "affected"', 'verdict = "bad"', "verdict is bad"),
        (EXAMPLE, "", "no example"),
        ("[[affected]]", "[affected]", "affected: not a list of tables"),
        ('title = "A hole"', "title = [", "Invalid"),
    ],
)  # fmt: skip
def test_a_bad_advisory_ends_the_command_with_one_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in GOOD
    path = _own(tmp_path, GOOD.replace(old, new, 1))
    recording = tmp_path / "replies.jsonl"
    recording.write_text('{"address": "10.0.0.1", "protocol": "ssh", "transport": "tcp", "reply": "x"}\n')
    ended = run("replay", "--fingerprints", str(tmp_path), str(recording))
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert str(path) in ended.err
    assert reason in ended.err


def test_a_good_one_of_ones_own_is_loaded_and_checked(tmp_path: Path) -> None:
    path = _own(tmp_path, GOOD)
    assert load_advisory(path, WORDS).severity == "critical"
    assert load_assessment(tmp_path, WORDS).dates == {"advisories": "2026-01-01"}
    path.write_text(GOOD.replace('verdict = "affected"', 'verdict = "fixed"'), encoding="utf-8")
    ended = run("fingerprint", "check", "--fingerprints", str(tmp_path))
    assert ended.code == 2
    assert f"{path}: example 1: fixed expected, affected came out" in ended.err


def test_a_directory_without_advisories_knows_none_and_one_within_is_refused(tmp_path: Path) -> None:
    assert load_advisories(tmp_path, WORDS) == ()
    (tmp_path / "advisories" / "CVE-1.toml").mkdir(parents=True)
    with pytest.raises(KnowledgeError, match="a directory, not a file"):
        load_advisories(tmp_path, WORDS)


def test_a_recorded_reply_is_enough(tmp_path: Path) -> None:
    recording = tmp_path / "replies.jsonl"
    text = (
        "<?xml version='1.0'?><DeviceInfo xmlns='http://www.hikvision.com/ver20/XMLSchema'>"
        "<model>DS-2CD2532F-IWS</model><firmwareVersion>V5.2.0</firmwareVersion>"
        "<firmwareReleasedDate>build 140721</firmwareReleasedDate></DeviceInfo>"
    )
    row = {"address": "10.0.0.9", "protocol": "isapi", "transport": "tcp", "port": 80, "request": "deviceInfo",
           "encoding": "text", "reply": text}  # fmt: skip
    recording.write_text(json.dumps(row) + "\n", encoding="utf-8")
    ended = run("replay", str(recording), "--format", "json")
    assert ended.code == 0
    document = json.loads(ended.out)
    (found,) = document["devices"]
    advisories = {one["id"]: one for one in found["advisories"]}
    assert advisories["CVE-2017-7921"]["verdict"] == "affected"
    assert advisories["CVE-2017-7921"]["fixed_in"] == "V5.4.5 build 170123"
    assert document["data"]["advisories"] == str(max(one.date for one in ADVISORIES))
    _validate(document)


def _validate(document: object) -> None:
    import jsonschema

    from camscan.report.shape import json_schema

    jsonschema.Draft202012Validator(json_schema()).validate(document)


def _own(directory: Path, text: str) -> Path:
    """A user's own data: the vocabulary and the prefixes that came along, and one advisory."""
    for name in ("vendors.toml", "oui.toml"):
        shutil.copy(default_directory() / name, directory / name)
    (directory / "advisories").mkdir(exist_ok=True)
    path = directory / "advisories" / "CVE-2020-1.toml"
    path.write_text(text, encoding="utf-8")
    return path
