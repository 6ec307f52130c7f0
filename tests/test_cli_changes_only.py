"""`--changes-only`: what a scan changed in the inventory, and nothing at all where it changed nothing."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from camscan.errors import CannotRunError
from tests.cli_rig import Ended, Scanner, install, run
from tests.inventory_rig import camera, finding, rows, scanned
from tests.test_cli_commands import SADP, line
from tests.test_cli_inventory import valid

ONLY = ("scan", "10.0.0.0/24", "--changes-only")


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Scanner:
    monkeypatch.setenv("CAMSCAN_INVENTORY", str(tmp_path / "inventory.sqlite"))
    return install(monkeypatch)


@pytest.fixture
def known(scanner: Scanner) -> Scanner:
    """One night is recorded."""
    night(scanner, 1, camera(1), camera(2))
    return scanner


def night(scanner: Scanner, day: int, *devices: Any, options: tuple[str, ...] = ("--quiet",), **changes: Any) -> Ended:
    scanner.result = scanned(day, *devices, **changes)
    return run(*ONLY, *options)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "csv"])
def test_a_quiet_night_prints_nothing(known: Scanner, form: str) -> None:
    ended = night(known, 2, camera(1), camera(2), options=("--quiet", "-f", form))
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_the_first_scan_changes_everything(scanner: Scanner) -> None:
    ended = night(scanner, 1, camera(1), options=("--quiet", "-f", "json", "--fail-on", "change"))
    document = valid("diff", ended.out)
    assert ended.code == 1
    assert (document["before"], [c["event"] for c in document["changes"]]) == (None, ["new"])


def test_an_empty_inventory_is_named_as_what_was_before(scanner: Scanner) -> None:
    assert night(scanner, 1, camera(1)).out.startswith("from an empty inventory\n")


def test_changes_are_told_as_by_diff_in_every_form(known: Scanner) -> None:
    for day, form in enumerate(("table", "json", "jsonl", "csv"), 2):
        devices = (camera(1), camera(2, firmware=f"V5.4.{day + 5}"))
        ended = night(known, day, *devices, options=("--quiet", "-f", form))
        assert (ended.code, ended.err) == (0, "")
        assert ended.out == run("diff", "-f", form).out
        assert f"V5.4.{day + 5}" in ended.out


def test_jsonl_and_csv_hold_one_change_a_line(known: Scanner) -> None:
    night(known, 2, camera(1, model="=1+1", findings=(finding(),)))
    changes = valid("diff", run("diff", "-f", "json").out)["changes"]
    assert [json.loads(text) for text in run("diff", "-f", "jsonl").out.splitlines()] == changes
    told = list(csv.DictReader(io.StringIO(run("diff", "-f", "csv").out)))
    assert [row["event"] for row in told] == [change["event"] for change in changes]
    assert "'=1+1" in {row["after"] for row in told}


def test_a_file_is_written_whether_anything_changed_or_not(known: Scanner, tmp_path: Path) -> None:
    path = tmp_path / "changes.json"
    path.write_text("yesterday's")
    ended = night(known, 2, camera(1), camera(2), options=("--quiet", "-f", "json", "-o", str(path)))
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert valid("diff", path.read_text())["changes"] == []


@pytest.mark.parametrize(("firmware", "code"), [("V5.4.5", 0), ("V5.4.9", 1)])
def test_a_change_has_an_exit_code_when_asked(known: Scanner, firmware: str, code: int) -> None:
    known.result = scanned(2, camera(1), camera(2, firmware=firmware))
    ended = run("scan", "10.0.0.0/24", "--fail-on", "change", "-f", "json", "--quiet")
    assert ended.code == code
    assert len(json.loads(ended.out)["devices"]) == 2


def test_a_partial_scan_is_not_passed_over_in_silence(known: Scanner) -> None:
    partial = {"partial": True, "coverage": rows(state="partial")}
    ended = night(known, 2, camera(1), options=(), **partial)
    assert (ended.code, ended.out) == (3, "")
    assert "nothing changed\n" in ended.err
    assert "1 device was not looked for, and may be there or not: the scan was partial" in ended.err
    assert "partial: some addresses could not be asked" in ended.err
    assert night(known, 3, camera(1), **partial).code == 3


@pytest.mark.parametrize("option", [("--changes-only",), ("--fail-on", "change")])
def test_what_is_not_recorded_cannot_be_compared(scanner: Scanner, option: tuple[str, ...]) -> None:
    ended = run("scan", "10.0.0.0/24", "--no-record", *option)
    assert (ended.code, scanner.plans) == (2, [])
    assert ended.err == f"camscan: --no-record and {' '.join(option)} do not go together\n"


def test_a_record_that_fails_delivers_everything(known: Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object) -> int:
        raise CannotRunError("inventory x: the disk is full")

    monkeypatch.setattr("camscan.inventory.record.record", refuse)
    ended = night(known, 2, camera(1), camera(2), options=("--quiet", "-f", "json"))
    assert (ended.code, len(json.loads(ended.out)["devices"])) == (4, 2)
    assert "not recorded" in ended.err


def test_a_replay_tells_changes_too(scanner: Scanner, tmp_path: Path) -> None:
    recorded = tmp_path / "replies.jsonl"
    recorded.write_text(line(SADP.format(model="DS-2CD2042WD-I")), encoding="utf-8")
    only = ("replay", str(recorded), "--changes-only")
    assert run(*only).code == 2
    ended = run(*only, "--record", "--quiet", "-f", "json", "--fail-on", "change")
    assert (ended.code, [c["event"] for c in valid("diff", ended.out)["changes"]]) == (1, ["new"])
    ended = run(*only, "--record", "--quiet", "--fail-on", "change")
    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_a_scan_that_was_killed_after_its_record_tells_its_changes_when_it_is_resumed(known: Scanner) -> None:
    first = night(known, 2, camera(1), options=("--quiet", "--fail-on", "change"))
    again = night(known, 2, camera(1), options=("--quiet", "--fail-on", "change"))
    assert (first.code, again.code) == (1, 1)
    assert again.out == first.out
    assert "gone" in first.out.lower()
