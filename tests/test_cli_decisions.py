"""Approve, ignore, note and tag from the command line: what is decided is seen by the next scan, and by nobody else."""

import getpass
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli_rig import Ended, Scanner, install, run
from tests.inventory_rig import advisory, camera, finding, scanned
from tests.test_cli_inventory import valid

TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Scanner:
    return install(monkeypatch)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "inventory.sqlite"
    monkeypatch.setenv("CAMSCAN_INVENTORY", str(path))
    monkeypatch.delenv("SUDO_USER", raising=False)
    return path


@pytest.fixture
def night(scanner: Scanner, place: Path) -> Ended:
    """Two cameras, the first open to all."""
    scanner.result = scanned(1, camera(1, findings=(finding(),), advisories=(advisory(),)), camera(2))
    return run("scan", "10.0.0.0/24", "--fail-on", "high")


def again(*options: str) -> Ended:
    return run("scan", "10.0.0.0/24", *options)


def test_what_is_ignored_no_longer_fails_a_scan_and_is_told(night: Ended) -> None:
    assert night.code == 1
    ended = run(
        "ignore", "10.0.0.1", "telnet-open", "CVE-2021-36260", "--reason", "replaced in March", "--until", TOMORROW
    )
    assert (ended.code, ended.out) == (0, "")
    assert f"decisions 1 to 2, by {getpass.getuser()}" in ended.err
    table = again("--fail-on", "high")
    assert table.code == 0
    assert "Ignored, and at how many devices: telnet-open (1), CVE-2021-36260 (1)." in table.out
    assert "What to do first" not in table.out
    document = valid("scan", again("--format", "json").out)
    one, other = document["devices"]
    assert one["findings"][0]["ignored"] == {
        "who": getpass.getuser(), "reason": "replaced in March", "until": f"{TOMORROW}T23:59:59Z",
    }  # fmt: skip
    assert (one["approved"], one["first_seen"], other["tags"]) == (False, "2026-11-19T11:07:40Z", [])
    (row, _) = again("--format", "csv").out.splitlines()[1:]
    assert row.endswith(",,,")


def test_without_a_record_nothing_of_the_inventory_is_told(night: Ended) -> None:
    run("ignore", "10.0.0.1", "telnet-open", "--reason", "x")
    ended = again("--no-record", "--format", "json", "--fail-on", "high")
    assert ended.code == 1
    one = json.loads(ended.out)["devices"][0]
    assert (one["approved"], one["tags"], one["findings"][0]["ignored"]) == (None, [], None)


def test_an_explanation_tells_who_decided(night: Ended, tmp_path: Path) -> None:
    run("ignore", "10.0.0.1", "telnet-open", "--reason", "replaced in March", "--who", "J. Jensen")
    again("--format", "json", "--output", str(tmp_path / "a.json"))
    assert "ignored, J. Jensen: replaced in March" in run("explain", "10.0.0.1", "--from", str(tmp_path / "a.json")).out


def test_decisions_are_listed_and_withdrawn(night: Ended) -> None:
    run("approve", "10.0.0.1", "10.0.0.2", "--who", "J. Jensen", "--reason", "contract 17")
    run("tag", "10.0.0.2", "north", "car-park")
    run("note", "10.0.0.2", "key with the caretaker")
    listed = valid("decisions", run("decisions", "-f", "json").out)["decisions"]
    assert [(one["number"], one["kind"], one["subject"]) for one in listed] == [
        (1, "approve", None), (2, "approve", None), (3, "tag", "north"), (4, "tag", "car-park"), (5, "note", None),
    ]  # fmt: skip
    assert run("devices", "--unapproved").out == "0 devices\n"
    ended = run("withdraw", "1", "3", "--reason", "a mistake", "--who", "K. Kirk")
    assert (ended.code, ended.err.startswith("camscan: 2 decisions withdrawn")) == (0, True)
    assert [
        one["address"] for one in valid("devices", run("devices", "--unapproved", "-f", "json").out)["devices"]
    ] == ["10.0.0.1"]
    text = run("decisions", "--all").out
    assert "withdrawn 2" in text
    assert "by K. Kirk: a mistake" in text
    assert "5 decisions, 3 in force" in text
    (row,) = valid("devices", run("devices", "--tag", "car-park", "-f", "json").out)["devices"]
    assert (row["tags"], row["approved"]) == (["car-park"], True)
    history = run("history", "10.0.0.2").out
    assert "key with the caretaker" in history
    assert "approved\ntags: car-park" in history
    decisions = valid("history", run("history", "10.0.0.2", "-f", "json").out)["devices"][0]["decisions"]
    assert [one["in_force"] for one in decisions] == [True, False, True, True]


def test_an_expired_exception_is_listed_as_such(night: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    run("ignore", "10.0.0.1", "telnet-open", "--reason", "soon", "--until", TOMORROW)
    later = (datetime.now(UTC) + timedelta(days=3)).timestamp()
    monkeypatch.setattr("time.time", lambda: later)
    assert "0 decisions" in run("decisions").out
    assert "expired" in run("decisions", "--expired").out
    assert again("--fail-on", "high").code == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("approve", "10.0.0.77"), "no device 10.0.0.77 in the inventory"),
        (
            ("ignore", "10.0.0.1", "telnet-opem", "--reason", "x"),
            "telnet-opem: no finding, advisory or policy of this id",
        ),
        (("ignore", "10.0.0.1", "telnet-open"), "--reason: nobody will know later why this is ignored"),
        (("approve", "10.0.0.1", "--until", "2020-01-01"), "--until 2020-01-01: that is over"),
        (("approve", "10.0.0.1", "--until", "soon"), "--until soon: neither a day"),
        (("tag", "10.0.0.1", "two words"), "TAG two words: a tag has up to 64 characters"),
        (("note", "10.0.0.1", " "), "TEXT: there is nothing in it"),
        (("withdraw", "5"), "no decision 5; `camscan decisions` lists them"),
    ],
)
def test_a_mistake_is_one_line_and_decides_nothing(night: Ended, command: tuple[str, ...], said: str) -> None:
    ended = run(*command)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err
    assert "0 decisions" in run("decisions", "--all").out


def test_of_several_devices_all_or_none_are_approved(night: Ended) -> None:
    assert run("approve", "10.0.0.1", "10.0.0.77").code == 2
    assert "0 decisions" in run("decisions", "--all").out


def test_hostile_words_are_shown_as_text(night: Ended) -> None:
    run("note", "10.0.0.1", "\x1b[31m<script>\u202e", "--who", "\x1b]0;x\x07")
    for shown in (run("history", "10.0.0.1").out, run("decisions").out, run("decisions", "-f", "json").out):
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_where_there_is_no_inventory_nothing_is_decided(place: Path) -> None:
    ended = run("approve", "10.0.0.1")
    assert (ended.code, place.exists()) == (2, False)
    assert "there is none yet" in ended.err


def test_records_are_merged_and_parted(night: Ended) -> None:
    ended = run("merge", "10.0.0.1", "10.0.0.2", "--reason", "one recorder")
    assert (ended.code, ended.out) == (0, "")
    assert "decision 1, by" in ended.err
    (one,) = valid("devices", run("devices", "-f", "json").out)["devices"]
    assert (one["address"], one["addresses"]) == ("10.0.0.1", ["10.0.0.2"])
    (part,) = valid("history", run("history", "10.0.0.2", "-f", "json").out)["devices"]
    assert part["whole"] == one["id"]
    assert f"a part of device {one['id']}, by a word of its owner" in run("history", "10.0.0.2").out
    assert part["device"]["id"] in run("history", "10.0.0.1").out
    told = valid("scan", again("--format", "json").out)["devices"]
    assert [device["record"] for device in told] == [one["id"], one["id"]]
    assert run("withdraw", "1", "--reason", "they are two").code == 0
    assert [one["address"] for one in valid("devices", run("devices", "-f", "json").out)["devices"]] == [
        "10.0.0.1", "10.0.0.2",
    ]  # fmt: skip


def test_a_device_that_was_replaced_is_two(night: Ended, scanner: Scanner) -> None:
    scanner.result = scanned(2, camera(1), camera(2))
    again()
    ended = run("split", "10.0.0.1", "--since", "2", "--reason", "replaced on 3 November")
    assert (ended.code, "since scan 2" in ended.err) == (0, True)
    changes = valid("diff", run("diff", "1", "2", "-f", "json").out)["changes"]
    assert sorted(one["event"] for one in changes if one["address"] == "10.0.0.1") == ["gone", "new"]
    assert "scan 2" in run("decisions").out


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("merge", "10.0.0.1", "10.0.0.77"), "no device 10.0.0.77 in the inventory"),
        (("merge", "10.0.0.1", "10.0.0.1"), "are one already"),
        (("split", "10.0.0.1"), "name what is another device"),
        (("split", "10.0.0.1", "10.0.0.1", "--since", "1"), "name what is another device"),
        (("split", "10.0.0.1", "10.0.0.1"), "nothing would be left"),
        (("split", "10.0.0.1", ""), "the device is not known at , but at 10.0.0.1"),
        (("split", "10.0.0.1", "--since", "1"), "was not seen before scan 1"),
        (("split", "10.0.0.1", "--since", "7"), "no scan 7 among the 1 recorded"),
        (("approve", "all"), "no device all in the inventory"),
        (("tag", "all", "x"), "no device all in the inventory"),
        (("withdraw", "99999999999999999999"), "Invalid value for"),
        (("note", "10.0.0.1", "x" * 2_001), "a text of 2,001 characters; 2,000 are kept"),
        (("approve", "10.0.0.1", "--reason", "x" * 100_000), "a text of 100,000 characters; 2,000 are kept"),
        (("approve", "10.0.0.1", "--who", "x" * 401), "--who: a name of 401 characters; 400 are kept"),
        (("locate", "10.0.0.1", "--site", "x" * 100_000), "--site: a name of 100,000 characters; 400 are kept"),
        (("locate", "10.0.0.1", "--site", "x", "--building", "x" * 401), "--building: a name of 401 characters"),
        (("locate", "10.0.0.1", "--site", "x", "--building", "x", "--room", "x" * 401), "--room: a name of 401"),
        (("tag", "10.0.0.1", "x" * 100_000), "TAG xxx"),
        (("ignore", "10.0.0.1", "x" * 100_000, "--reason", "x"), "xxx"),
        (("approve", "10.0.0.1", "--until", "9999-12-31T23:59:59-14:00"), "beyond all calendars"),
    ],
)
def test_what_cannot_be_decided_is_one_line(night: Ended, command: tuple[str, ...], said: str) -> None:
    ended = run(*command)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert said in ended.err
    assert "0 decisions" in run("decisions", "--all").out


def test_a_user_without_a_name_decides_all_the_same(night: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert f"by user {os.getuid()}" in run("approve", "10.0.0.1").err
