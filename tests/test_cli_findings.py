"""`camscan findings`, through the command itself, on inventories of both databases."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from camscan.inventory.place import find_place
from camscan.report.findings import COLUMNS, as_findings_csv, as_findings_table, findings_document
from camscan.report.findings_shape import json_schema
from camscan.report.standing import Wanted, grouped
from tests.cli_rig import run
from tests.export_rig import hostile
from tests.inventory_rig import advisory, camera, finding, fresh_database, made, put, scanned
from tests.report_rig import HOSTILE


@pytest.fixture(params=["sqlite", "postgres"])
def inventory(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Three nights: telnet at two cameras, one since the second; a third that had it too is gone."""
    place = str(tmp_path / "inventory.sqlite")
    if request.param == "postgres":
        place = fresh_database(request.getfixturevalue("server"), f"test_{abs(hash(request.node.nodeid))}")
    first = camera(1, site="Town hall", findings=(finding(), finding("http-clear-text", severity="medium")))
    late = {"findings": (finding(), finding("ftp-open", state="cannot-say")), "advisories": (advisory(),)}
    with made(find_place(place)) as opened:
        put(opened, scanned(1, first, camera(2, site="Library"), camera(3, findings=(finding(),))))
        put(opened, scanned(2, first, camera(2, site="Library", **late)))
        put(opened, scanned(3, first, camera(2, site="Library", **late)))
    monkeypatch.setenv("CAMSCAN_INVENTORY", place)
    return place


def ids(*arguments: str) -> list[str]:
    ended = run("findings", "--format", "csv", "--columns", "id", *arguments)
    assert ended.code == 0
    return ended.out.splitlines()[1:]


def test_what_is_exploited_comes_first_then_the_worst(inventory: str) -> None:
    assert run("findings").out.splitlines() == [
        "Severity  Id               Exploited  Devices  Since       Sites",
        "critical  CVE-2021-36260   yes              1  2026-11-20  Library",
        "high      telnet-open      no               2  2026-11-19  Town hall, Library",
        "medium    http-clear-text  no               1  2026-11-19  Town hall",
        "",
        "3 findings at 2 devices",
    ]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--severity", "high"), ["CVE-2021-36260", "telnet-open"]),
        (("--severity", "critical"), ["CVE-2021-36260"]),
        (("--id", "telnet-open"), ["telnet-open"]),
        (("--id", "TELNET-open", "--id", "cve-2021-36260"), ["CVE-2021-36260", "telnet-open"]),
        (("--site", "town*"), ["telnet-open", "http-clear-text"]),
        (("--vendor", "dahua"), []),
        (("--exploited",), ["CVE-2021-36260"]),
        (("--ignored",), []),
    ],
)
def test_filters(inventory: str, filters: tuple[str, ...], expected: list[str]) -> None:
    assert ids(*filters) == expected


def test_what_is_ignored_is_told_only_where_it_is_asked_for(inventory: str) -> None:
    run("ignore", "10.0.0.2", "telnet-open", "--reason", "goes in March", "--who", "anna")
    (row,) = csv.DictReader(io.StringIO(run("findings", "--id", "telnet-open", "-f", "csv").out))
    assert (row["devices"], row["addresses"]) == ("1", "10.0.0.1")
    (one,) = document("--ignored")["findings"]
    assert one["devices"][0]["ignored"] == {"who": "anna", "reason": "goes in March", "until": None}


def document(*arguments: str) -> dict[str, Any]:
    text = run("findings", "--format", "json", *arguments).out
    read = json.loads(text)
    jsonschema.Draft202012Validator(json.loads(run("schema", "findings").out)).validate(read)
    assert isinstance(read, dict)
    return read


def test_json_tells_each_device_since_when_and_why(inventory: str) -> None:
    one = document("--id", "telnet-open")["findings"][0]
    assert [(at["address"], at["since"][:10], at["site"]) for at in one["devices"]] == [
        ("10.0.0.1", "2026-11-19", "Town hall"), ("10.0.0.2", "2026-11-20", "Library"),
    ]  # fmt: skip
    assert one["devices"][0]["reasons"] == ["tcp port 23 speaks telnet"]
    assert document("--id", "CVE-2021-36260")["findings"][0]["devices"][0]["remedy"] == "Firmware V5.5.0 or later."
    assert json.loads(run("findings", "--id", "telnet-open", "-f", "jsonl").out) == one


def test_columns(inventory: str) -> None:
    header, row, *_ = run("findings", "--format", "csv").out.splitlines()
    assert header.split(",") == list(COLUMNS)
    assert row.startswith("critical,CVE-2021-36260,advisory,yes,1,2026-11-20T11:07:40Z,0,Library,hikvision,10.0.0.2,")
    assert run("findings", "--columns", "id,devices").out.splitlines()[0].split() == ["Id", "Devices"]
    ended = run("findings", "--columns", "colour")
    assert (ended.code, ended.err) == (2, f"camscan: --columns: no column colour; there are {', '.join(COLUMNS)}\n")


def test_an_id_that_was_never_judged_is_told(inventory: str) -> None:
    ended = run("findings", "--id", "telnet-opne")
    assert (ended.code, ended.out) == (0, "0 findings at 0 devices\n")
    assert "telnet-opne: no finding" in ended.err


def test_a_pipe_gets_the_same_every_time_and_may_be_closed(inventory: str) -> None:
    command = [sys.executable, "-m", "camscan", "findings"]
    environment = {**os.environ, "CAMSCAN_INVENTORY": inventory, "COLUMNS": "40"}
    first, second = (subprocess.run(command, env=environment, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second
    assert b"critical  CVE-2021-36260   yes" in first
    closed = subprocess.run(
        ["bash", "-c", '"$@" | head -c 1; echo "${PIPESTATUS[0]}" >&2', "_", *command],
        env=environment,
        capture_output=True,
    )
    assert closed.stderr in (b"0\n", b"141\n")


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_device_says_stays_text(text: str) -> None:
    for wanted in (Wanted(), Wanted(ignored=True)):
        groups = grouped([hostile(text)], wanted)
        table = as_findings_table(groups, COLUMNS, terminal=False, width=80)
        assert all(line.isprintable() for line in table.split("\n"))
        for row in csv.DictReader(io.StringIO(as_findings_csv(groups, COLUMNS))):
            assert not any(cell.startswith(("=", "+", "-", "@", "\uff1d")) for cell in row.values())
        jsonschema.Draft202012Validator(json_schema()).validate(findings_document(groups, "1"))
