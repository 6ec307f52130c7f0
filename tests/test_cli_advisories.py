"""`camscan advisories`, what the table and the explanation tell of them, and the exit code they may cause."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from camscan.assess.severity import matters
from camscan.cli.ending import Exit
from camscan.model import AdvisoryVerdict, Device, Finding
from camscan.report.csv import as_csv
from camscan.report.document import device_record
from camscan.report.explain import as_explanation, explanation
from camscan.report.table import as_table
from tests import cli_rig
from tests.assess_rig import shipped
from tests.cli_rig import run
from tests.report_rig import HOSTILE, device, ordinary, published, result


def row(
    identity: str, verdict: str, *, kev: bool = False, severity: str = "high", reason: str = "so"
) -> AdvisoryVerdict:
    return AdvisoryVerdict(
        id=identity,
        verdict=verdict,  # type: ignore[arg-type]
        reason=reason,
        fixed_in="V2",
        kev=kev,
        confidence=0.8,
        severity=severity,
    )


ROWS = (
    row("CVE-1", "affected", kev=True, severity="critical"),
    row("CVE-2", "affected", severity="medium"),
    row("CVE-3", "cannot-say", severity="critical"),
    row("CVE-4", "fixed"),
)


def affected(address: str, rows: tuple[AdvisoryVerdict, ...] = ROWS) -> Device:
    return device(address, vendor="hikvision", model="DS-1", firmware="V1.0", build="build 200101", advisories=rows)


def test_the_list_names_what_is_exploited_and_what_no_scan_can_see() -> None:
    ended = run("advisories")
    assert ended.code == 0
    assert f"{len(shipped().advisories)} advisories, 5 of them exploited by the list of CISA" in ended.out
    assert f"Data of {max(one.date for one in shipped().advisories)}." in ended.out
    (line,) = (text for text in ended.out.splitlines() if text.startswith("CVE-2024-25063"))
    assert line.split()[5:7] == ["none", "no"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--kev", "--maker", "dahua"), ["CVE-2021-33044", "CVE-2021-33045"]),
        (("--kev", "--maker", "amcrest"), ["CVE-2020-5735"]),
        (("--model", "DS-2CD2132F-IS"), ["CVE-2017-7921", "CVE-2017-7923"]),
        (("--cve", "cve-2017-7921", "--cve", "CVE-2013-4976"), ["CVE-2013-4976", "CVE-2017-7921"]),
        (("--model", "P3245-LVE"), []),
    ],
)
def test_the_list_can_be_narrowed(options: tuple[str, ...], expected: list[str]) -> None:
    ended = run("advisories", "--format", "json", *options)
    assert [one["id"] for one in json.loads(ended.out)] == expected


def test_one_is_explained_with_its_statements_and_sources() -> None:
    text = run("advisories", "--cve", "CVE-2017-7921").out
    assert "Known to be exploited: in the list of CISA since 2026-03-05." in text
    assert "from V5.2.0 build 140721 up to V5.4.0 build 160530; fixed in V5.4.5 build 170123" in text
    assert "  cisagov/CSAF:csaf_files/OT/white/2017/icsa-17-124-01.json\n" in text
    assert "no login is needed" in text
    assert "Not visible to a scan: software of a server" in run("advisories", "--cve", "CVE-2024-25063").out


def test_every_one_can_be_explained() -> None:
    text = run("advisories", *(part for one in shipped().advisories for part in ("--cve", one.id))).out
    assert all(f"{one.id}: " in text for one in shipped().advisories)


@pytest.mark.parametrize("options", [("--cve", "CVE-1999-1"), ("--maker", "acme"), ("--fingerprints", "/nowhere")])
def test_what_is_not_known_is_one_line(options: tuple[str, ...]) -> None:
    ended = run("advisories", *options)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)


def test_the_table_puts_alike_devices_together_and_what_is_exploited_first() -> None:
    found = result(affected("10.0.0.5"), affected("10.0.0.6"), affected("10.0.0.7", (row("CVE-3", "cannot-say"),)))
    text = as_table(replace(found, data={"advisories": "2026-08-07"}))
    section = text[text.index("! Affected by advisories") :].splitlines()
    assert section[2].split("  ")[0] == "10.0.0.5 and 1 more"
    assert section[2].endswith("V1.0 build 200101  CVE-1             1 medium           1")
    assert section[4].startswith("Of 1 more device it cannot be said whether")
    assert "data of 2026-08-07" in section[4]
    assert "Affected" not in as_table(result(affected("10.0.0.5", (row("CVE-4", "fixed"),))))


def test_csv_names_what_affects_a_device() -> None:
    assert as_csv(result(affected("10.0.0.5"))).splitlines()[1].endswith(",CVE-1 CVE-2,")


def test_an_explanation_tells_each_with_reason_source_and_date() -> None:
    told = {
        "CVE-1": {
            "title": "A hole",
            "severity": "critical",
            "login": "none",
            "sources": ["a paper"],
            "date": "2026-08-07",
        }
    }
    reasoning = explanation(published(affected("10.0.0.5")), lambda *_: True, told)
    assert [one["id"] for one in reasoning["advisories"]] == ["CVE-1", "CVE-2", "CVE-3", "CVE-4"]
    text = as_explanation(reasoning)
    assert "  affected (80% sure) CVE-1, critical, exploited (CISA): A hole\n" in text
    assert "      so; fixed in V2; no login is needed\n" in text
    assert "      a paper, data of 2026-08-07\n" in text
    assert "  cannot say (80% sure) CVE-3\n      so\n" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_device_writes_nothing_of_its_own_into_a_report(text: str) -> None:
    hostile = affected("10.0.0.5", (row("CVE-1", "affected", reason=f"it runs {text}"),))
    shown = as_table(result(hostile)) + as_explanation(explanation(published(hostile), lambda *_: True))
    shown += json.dumps(device_record(hostile), ensure_ascii=False)
    assert not any(c in shown for c in "\x1b\x07\0\u202e\u2066")


@pytest.mark.parametrize(
    ("least", "expected"), [("info", True), ("medium", True), ("high", False), ("critical", False)]
)
def test_what_matters_is_what_affects_a_device_and_its_findings(least: str, expected: bool) -> None:
    assert matters(affected("10.0.0.5", ROWS[1:]), least) is expected
    finding = Finding(id="x", severity="medium", confidence=1.0, evidence=(), remedy="", source="", date="")
    assert matters(device("10.0.0.5", findings=(finding,)), least) is expected
    assert not matters(device("10.0.0.5", advisories=ROWS[2:]), "info")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    text = (
        "<?xml version='1.0'?><DeviceInfo xmlns='http://www.hikvision.com/ver20/XMLSchema'>"
        "<model>DS-2CD2532F-IWS</model><firmwareVersion>V5.2.0</firmwareVersion>"
        "<firmwareReleasedDate>build 140721</firmwareReleasedDate></DeviceInfo>"
    )
    reply = {"address": "10.0.0.9", "protocol": "isapi", "transport": "tcp", "port": 80, "reply": text}
    path = tmp_path / "replies.jsonl"
    path.write_text(json.dumps(reply) + "\n", encoding="utf-8")
    return path


def test_a_replay_fails_on_what_is_severe_enough(recording: Path) -> None:
    ended = run("replay", str(recording), "--fail-on", "critical")
    assert (ended.code, ended.err) == (Exit.FINDINGS, "camscan: 1 device has findings at or above critical\n")
    assert "CVE-2017-7921" in ended.out
    assert run("replay", str(recording)).code == Exit.DONE
    assert run("replay", str(recording), "--fail-on", "awful").code == Exit.USAGE


def test_an_explanation_of_a_recording_and_of_its_json_name_the_same_sources(recording: Path) -> None:
    judged = recording.with_suffix(".json")
    run("replay", str(recording), "--format", "json", "--output", str(judged))
    one, other = (run("explain", "10.0.0.9", "--from", str(path)).out for path in (recording, judged))
    assert one == other
    assert "cisagov/CSAF:csaf_files/OT/white/2017/icsa-17-124-01.json, data of 2026-08-07" in one


@pytest.mark.parametrize(
    ("partial", "rows", "code"),
    [(False, ROWS, Exit.FINDINGS), (True, ROWS, Exit.FINDINGS), (True, (), Exit.PARTIAL), (False, (), Exit.DONE)],
)
def test_a_scan_fails_on_what_is_severe_enough(
    monkeypatch: pytest.MonkeyPatch, partial: bool, rows: tuple[AdvisoryVerdict, ...], code: Exit
) -> None:
    scanner = cli_rig.install(monkeypatch)
    scanner.result = replace(ordinary(), devices=(affected("10.0.0.5", rows),), partial=partial)
    assert run("scan", "10.0.0.0/30", "--fail-on", "critical").code == code
