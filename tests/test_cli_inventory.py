"""The inventory from the command line: a scan goes in, devices, histories and changes come out, and whatever goes wrong
there never costs the scan's own result."""

import csv
import io
import json
import os
import shutil
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from camscan.cli.output import Output
from camscan.datafile import default_directory
from camscan.errors import CannotRunError
from tests.cli_rig import Ended, Scanner, install, run
from tests.inventory_rig import advisory, camera, finding, scanned
from tests.test_cli_commands import SADP, line


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Scanner:
    return install(monkeypatch)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "register" / "inventory.sqlite"
    monkeypatch.setenv("CAMSCAN_INVENTORY", str(path))
    return path


@pytest.fixture
def two_nights(scanner: Scanner, place: Path) -> Path:
    """A night with two cameras, then one without the second, the first with other firmware and open to all."""
    night(scanner, 1, camera(1, site="Town hall"), camera(2))
    worse = {"firmware": "V5.4.9", "findings": (finding(),), "advisories": (advisory(),)}
    night(scanner, 2, camera(1, site="Town hall", **worse))
    return place


def night(scanner: Scanner, day: int, *devices: Any, **changes: Any) -> Ended:
    scanner.result = scanned(day, *devices, **changes)
    ended = run("scan", "10.0.0.0/24", "--format", "json")
    assert ended.code == (3 if changes.get("partial") else 0)
    return ended


def valid(name: str, text: str) -> dict[str, Any]:
    document = json.loads(text)
    schema = json.loads(run("schema", name).out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert isinstance(document, dict)
    return document


def test_devices_are_listed_in_every_form(two_nights: Path) -> None:
    table = run("devices").out
    assert [row.split()[:1] for row in table.splitlines()] == [["Address"], ["10.0.0.1"], [], ["1"]]
    assert "V5.4.9" in table
    (one,) = valid("devices", run("devices", "-f", "json").out)["devices"]
    assert (one["address"], one["firmware"], one["site"]) == ("10.0.0.1", "V5.4.9", "Town hall")
    assert (one["findings"], one["advisories"], one["services"]) == (
        ["telnet-open"],
        ["CVE-2021-36260"],
        ["tcp/80/http"],
    )
    assert json.loads(run("devices", "-f", "jsonl").out) == one
    header, row = run("devices", "-f", "csv", "--columns", "address,findings,gone").out.splitlines()
    assert (header, row) == ("address,findings,gone", "10.0.0.1,telnet-open,")


def test_who_is_gone_is_listed_apart(two_nights: Path) -> None:
    (one,) = valid("devices", run("devices", "--gone", "-f", "json").out)["devices"]
    assert (one["address"], one["last_seen"], one["gone"]) == (
        "10.0.0.2", "2026-11-19T11:07:40Z", "2026-11-20T11:07:40Z",
    )  # fmt: skip


def test_filters_may_hold_a_star(two_nights: Path) -> None:
    assert json.loads(run("devices", "--firmware", "v5.4*", "--site", "town*", "-f", "jsonl").out)
    assert run("devices", "--seen-since", "2026-11-21", "-f", "jsonl").out == ""
    assert run("devices", "--vendor", "dahua", "-f", "jsonl").out == ""


def test_a_history_tells_since_when_and_until_when(two_nights: Path) -> None:
    text = run("history", "10.0.0.1").out
    assert "V5.4.5" in text
    assert "telnet-open" in text
    (one,) = valid("history", run("history", "10.0.0.1", "-f", "json").out)["devices"]
    firmware = [(r["value"], r["since"], r["until"]) for r in one["attributes"] if r["attribute"] == "firmware"]
    first, second = "2026-11-19T11:07:40Z", "2026-11-20T11:07:40Z"
    assert firmware == [("V5.4.5", first, second), ("V5.4.9", second, None)]
    (telnet,) = [one for one in one["judgements"] if one["kind"] == "finding"]
    assert (telnet["first_seen"], telnet["last_seen"], telnet["details"]["remedy"]) == (second, second, "Close it.")
    assert run("history", one["device"]["id"]).out == text


def test_a_history_is_narrowed_by_kind_name_and_time(two_nights: Path) -> None:
    def rows(*options: str) -> list[list[str]]:
        text = run("history", "10.0.0.1", "--format", "csv", "--columns", "kind,name,value,since", *options).out
        return list(csv.reader(io.StringIO(text)))[1:]

    second = "2026-11-20T11:07:40Z"
    assert [row[2] for row in rows("--name", "FIRM*")] == ["V5.4.5", "V5.4.9"]
    assert ["finding", "telnet-open", "found", second] in rows("--kind", "finding", "--kind", "advisory")
    assert {row[0] for row in rows("--kind", "finding")} == {"finding"}
    late = rows("--since", "2026-11-20", "--kind", "attribute")
    assert [row[2] for row in late if row[1] == "firmware"] == ["V5.4.5", "V5.4.9"], "one ended then, one began"
    assert "model" not in {row[1] for row in late}
    assert rows("--since", "2030-01-01") == []
    assert len(rows()) > len(late) > 0


def test_a_history_as_one_table_says_what_its_columns_are(two_nights: Path) -> None:
    ended = run("history", "10.0.0.1", "--name", "firmware", "--columns", "value,until")
    assert ended.out.splitlines() == [
        "Value   Until", "V5.4.5  2026-11-20T11:07:40Z", "V5.4.9  -", "", "2 values of 1 device",
    ]  # fmt: skip
    (line,) = run("history", "10.0.0.1", "--name", "firmware", "-f", "jsonl").out.splitlines()
    assert [one["attribute"] for one in json.loads(line)["attributes"]] == ["firmware", "firmware"]
    assert json.loads(line)["judgements"] == []


def test_a_diff_tells_what_changed(two_nights: Path) -> None:
    document = valid("diff", run("diff", "-f", "json").out)
    told = [(c["event"], c["address"], c["subject"], c["before"], c["after"]) for c in document["changes"]]
    assert told == [
        ("gone", "10.0.0.2", None, None, None),
        ("changed", "10.0.0.1", "firmware", "V5.4.5", "V5.4.9"),
        ("exposed", "10.0.0.1", "telnet-open", None, "found"),
        ("affected", "10.0.0.1", "CVE-2021-36260", None, "affected"),
    ]
    text = run("diff").out
    assert text.splitlines()[-1] == "1 gone, 1 changed, 1 exposed, 1 affected"
    assert "Newly exposed (1)" in text


def test_changes_have_an_exit_code_of_their_own(two_nights: Path, scanner: Scanner) -> None:
    assert run("diff", "--fail-on", "change").code == 1
    assert run("diff", "2", "2", "--fail-on", "change").code == 0
    assert run("diff").code == 0


def test_a_baseline_is_what_later_scans_are_held_against(two_nights: Path, scanner: Scanner) -> None:
    ended = run("diff", "baseline")
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert run("diff", "--set-baseline", "1").err == "camscan: scan 1 is the baseline\n"
    night(scanner, 3, camera(1, firmware="V5.4.9"))
    assert valid("diff", run("diff", "baseline", "-f", "json").out)["before"]["number"] == 1


def test_a_baseline_is_set_quietly(two_nights: Path) -> None:
    ended = run("diff", "--set-baseline", "1", "--quiet")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert json.loads(run("diff", "baseline", "-f", "json").out)["before"]["number"] == 1


@pytest.mark.parametrize("command", [["devices"], ["diff"], ["scan", "10.0.0.0/24"]])
def test_a_file_that_others_may_read_is_told_in_one_line(two_nights: Path, command: list[str]) -> None:
    two_nights.chmod(0o644)
    ended = run(*command)
    assert ended.code == 0
    assert ended.err.count(f"inventory {two_nights}: its mode is 0644") == 1
    if command[0] != "devices":
        assert run(*command, "--quiet").err == ""


def test_a_partial_scan_says_how_many_it_did_not_look_for(two_nights: Path, scanner: Scanner) -> None:
    night(scanner, 3, camera(9), partial=True)
    ended = run("diff")
    assert "1 device was not looked for, and may be there or not: the scan was partial" in ended.out
    assert "Gone" not in ended.out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["history", "10.0.0.77"], "no device 10.0.0.77 in the inventory"),
        (["diff", "9"], "no scan 9 among the 2 recorded"),
        (["diff", "2", "1"], "scan 2 was recorded after scan 1: the older one comes first"),
        (["devices", "--columns", "colour"], "--columns: no column colour; there are id, "),
        (["history", "10.0.0.1", "--columns", "colour"], "--columns: no column colour; there are device, "),
        (["history", "10.0.0.1", "--since", "yesterday"], "--since yesterday: neither a day"),
        (["devices", "--seen-since", "yesterday"], "--seen-since yesterday: neither a day"),
        (["devices", "--inventory", "/nonexistent/x"], "inventory /nonexistent/x: there is none yet"),
        (["reassess", "--inventory", "/nonexistent/x"], "inventory /nonexistent/x: there is none yet"),
        (
            ["devices", "--inventory", "postgres:/me:secret@h/d"],
            "inventory postgres:…: a database is named postgresql://",
        ),
        (["diff", "9999-12-31", "0001-01-01"], "no scan 0001-01-01 among the 2 recorded"),
        (["history", "\udcff"], "no device "),
        (["devices", "--inventory", "mysql://x/y"], "inventory mysql://…: neither a file nor a PostgreSQL database"),
    ],
)
def test_a_mistake_is_one_line(two_nights: Path, arguments: list[str], reason: str) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"camscan: {reason}")


def test_one_scan_cannot_be_compared(scanner: Scanner, place: Path) -> None:
    night(scanner, 1, camera(1))
    assert run("diff").err == "camscan: one scan is recorded, and a comparison takes two\n"


@pytest.mark.parametrize("option", ["--no-record", "--dry-run"])
def test_what_is_not_to_be_recorded_leaves_no_trace(scanner: Scanner, place: Path, option: str) -> None:
    assert run("scan", "10.0.0.0/24", option).code == 0
    assert not place.parent.exists()
    assert run("scan", "10.0.0.0/24", "--no-record", "--inventory", "x").code == 2


def test_a_place_that_was_named_and_cannot_be_used_ends_the_scan_before_the_first_packet(scanner: Scanner) -> None:
    ended = run("scan", "10.0.0.0/24", "--inventory", "/dev/null/inventory")
    assert (ended.code, ended.out, scanner.plans) == (4, "", [])
    assert ended.err == "camscan: inventory /dev/null/inventory: not a directory\n"


def test_without_the_usual_place_the_scan_is_delivered_and_not_recorded(
    scanner: Scanner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CAMSCAN_INVENTORY")
    monkeypatch.setenv("XDG_DATA_HOME", "/dev/null/data")
    ended = run("scan", "10.0.0.0/24", "-f", "json", "--quiet")
    assert (ended.code, len(json.loads(ended.out)["devices"]), ended.err.count("\n")) == (4, 4, 1)
    assert "not recorded" in ended.err


def _refuse(*given: object) -> int:
    raise CannotRunError("inventory x: the disk is full")


def test_a_record_that_fails_at_the_end_never_loses_the_result(
    scanner: Scanner, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("camscan.inventory.record.record", _refuse)
    ended = run("scan", "10.0.0.0/24", "-f", "json", "--quiet")
    assert (ended.code, len(json.loads(ended.out)["devices"])) == (4, 4)
    assert ended.err.startswith("camscan: inventory x: the disk is full; not recorded")


def test_a_result_that_nobody_reads_is_recorded_all_the_same(
    scanner: Scanner, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(self: Output, text: object) -> None:
        raise CannotRunError("stdout: broken")

    scanner.result = scanned(1, camera(1))
    with monkeypatch.context() as patched:
        patched.setattr(Output, "write", closed)
        assert run("scan", "10.0.0.0/24").code == 4
    assert [row["address"] for row in json.loads(run("devices", "-f", "json").out)["devices"]] == ["10.0.0.1"]


def test_an_interrupted_scan_is_recorded_as_one(scanner: Scanner, place: Path) -> None:
    night(scanner, 1, camera(1), camera(2))
    scanner.during = lambda stop: os.kill(os.getpid(), signal.SIGINT)
    scanner.result = replace(scanned(2, camera(1)), partial=True)
    assert run("scan", "10.0.0.0/24").code == 130
    document = json.loads(run("diff", "-f", "json").out)
    assert (document["after"]["partial"], document["changes"]) == (True, [])
    assert document["not_looked_for"] == [{"reason": "the scan was partial", "devices": 1}]


def test_a_recording_from_the_future_is_judged_and_not_recorded(place: Path, tmp_path: Path) -> None:
    recorded = tmp_path / "replies.jsonl"
    reply = json.loads(line(SADP.format(model="DS-2CD2042WD-I"))) | {"time": 4e9}
    recorded.write_text(json.dumps(reply), encoding="utf-8")
    ended = run("replay", str(recorded), "--record", "-f", "json", "--quiet")
    assert (ended.code, len(json.loads(ended.out)["devices"]), ended.err.count("\n")) == (4, 1, 1)
    assert "still to come" in ended.err
    assert "--no-record" not in ended.err


def test_a_replay_is_recorded_when_asked(place: Path, tmp_path: Path) -> None:
    recorded = tmp_path / "replies.jsonl"
    recorded.write_text(line(SADP.format(model="DS-2CD2042WD-I")), encoding="utf-8")
    assert run("replay", str(recorded)).code == 0
    assert not place.exists()
    assert run("replay", str(recorded), "--inventory", str(place)).code == 2
    ended = run("replay", str(recorded), "--record")
    assert (ended.code, ended.err) == (0, f"camscan: recorded as scan 1 in {place}\n")
    (one,) = json.loads(run("devices", "-f", "json").out)["devices"]
    assert (one["model"], one["firmware"]) == ("DS-2CD2042WD-I", "V5.4.5")


def test_newer_data_judge_what_is_stored_without_a_packet(place: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    shutil.copytree(default_directory(), old)
    for path in (old / "advisories").glob("*2021-36260*"):
        path.unlink()
    recorded = tmp_path / "replies.jsonl"
    recorded.write_text(line(SADP.format(model="DS-2CD2143G2-I").replace("V5.4.5build 170124", "V5.5.150build 200101")))
    assert run("replay", str(recorded), "--record", "--fingerprints", str(old)).code == 0
    document = valid("diff", run("reassess", "-f", "json").out)
    told = [(c["event"], c["subject"], c["before"], c["after"]) for c in document["changes"]]
    assert told == [("affected", "CVE-2021-36260", None, "affected")]
    assert (document["after"]["kind"], document["not_looked_for"]) == ("reassess", [])
    again = run("reassess", "-f", "json")
    assert json.loads(again.out)["changes"] == []
    assert again.err.endswith("nothing changed\n")
    (one,) = json.loads(run("history", "10.0.0.64", "-f", "json").out)["devices"]
    assert one["scans"] == 1


def test_hostile_words_in_the_inventory_are_shown_safely(scanner: Scanner, place: Path) -> None:
    odd = "\x1b[31m=cmd|x\u202e"
    night(scanner, 1, camera(1, model=odd))
    night(scanner, 2, camera(1, model=odd, firmware=odd))
    for arguments in (["devices"], ["devices", "-f", "csv"], ["devices", "-f", "json"], ["history", "10.0.0.1"],
                      ["history", "10.0.0.1", "-f", "json"], ["diff"], ["diff", "-f", "json"]):  # fmt: skip
        ended = run(*arguments)
        assert ended.code == 0
        assert all(c.isprintable() or c == "\n" for c in ended.out)


def test_a_device_of_the_inventory_is_explained_by_the_replies_that_it_keeps(place: Path, tmp_path: Path) -> None:
    (tmp_path / "replies.jsonl").write_text(line(SADP, "10.0.0.5"))
    run("replay", str(tmp_path / "replies.jsonl"), "--record")
    (one,) = valid("devices", run("devices", "-f", "json").out)["devices"]
    told = run("explain", one["id"])
    assert (told.code, told.err) == (0, "")
    assert told.out == run("explain", "10.0.0.5", "--from", str(tmp_path / "replies.jsonl")).out
    findings = json.loads(run("explain", "10.0.0.5", "-f", "json").out)[0]["findings"]
    found = next(one for one in findings if one["state"] == "found")
    run("ignore", "10.0.0.5", found["id"], "--reason", "until March", "--who", "J. Jensen")
    assert "ignored, J. Jensen: until March" in run("explain", "10.0.0.5").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain", "10.0.0.77"), "no device 10.0.0.77 in the inventory"),
        (("explain", "10.0.0.1", "--from", "x.json", "--inventory", "y"), "--from and --inventory do not go together"),
    ],
)
def test_what_cannot_be_explained_is_one_line(two_nights: Path, arguments: tuple[str, ...], said: str) -> None:
    ended = run(*arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err
