"""`--deadline`: a scan that is over in time, with what it found, and can be gone on with."""

import json
from pathlib import Path

import pytest

from camscan.cli.deadline import asking_seconds, parse_duration
from camscan.errors import UsageError
from camscan.lab.network import Network
from tests.cli_rig import install, run
from tests.test_scan_loopback import CAMERA, DOME, camscan, site

__all__ = ["site"]

SILENT = "127.83.203.0/26"


@pytest.mark.parametrize(
    ("text", "seconds"), [("2h", 7200), ("90m", 5400), ("45s", 45), ("1h30m", 5400), ("1h1m1s", 3661), ("007s", 7)]
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "2", "h", "-2h", "2 h", "1.5h", "30m1h", "2d", "0s", "0h0m", "٣h", "2h\n", "99999999s", "1e3s"]
)
def test_what_is_no_duration_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    with pytest.raises(UsageError, match="not a duration such as 2h"):
        parse_duration(text)
    scanner = install(monkeypatch)
    ended = run("scan", "10.0.0.0/30", f"--deadline={text}")
    assert (ended.code, ended.err.count("\n"), scanner.plans) == (2, 1, [])


def test_time_is_left_for_the_rest() -> None:
    assert asking_seconds(100.0) == 95.0
    assert asking_seconds(36_000.0) == 36_000.0 - 120.0


async def test_what_was_found_by_the_deadline_is_delivered_recorded_and_gone_on_with(
    site: Network, tmp_path: Path
) -> None:
    env = {"CAMSCAN_INVENTORY": str(tmp_path / "inventory.sqlite")}
    journal = tmp_path / "scan.journal"
    again = ("scan", CAMERA, DOME, SILENT, "--engine", "connect", "--format", "json", "--resume", str(journal))
    code, out, err = await camscan(*again, "--rate", "40", "--deadline", "9s", env=env)
    document = json.loads(out)
    assert (code, document["scan"]["partial"]) == (3, True), err
    assert "partial: the deadline was over; this is what was found until then; the same command goes on" in err
    rows = [row for row in document["coverage"] if row["channel"] == "tcp connect"]
    assert {row["state"] for row in rows} == {"partial"}
    assert "not asked to the end: the deadline was over" in [row["reason"] for row in rows]
    _, told, _ = await camscan("devices", "--format", "json", env=env)
    recorded = {device["address"] for device in json.loads(told)["devices"]}
    assert recorded == {device["address"] for device in document["devices"]}
    code, out, err = await camscan(*again, "--rate", "4000", "--deadline", "1h", env=env)
    whole = json.loads(out)
    assert (code, whole["scan"]["id"], whole["scan"]["partial"]) == (0, document["scan"]["id"], False), err
    assert "going on with the scan of" in err
    vendors = {device["address"]: device["vendor"] for device in whole["devices"]}
    assert (vendors[CAMERA], vendors[DOME]) == ("hikvision", "dahua")
    assert (await camscan(*again, env=env))[0] == 2


async def test_a_deadline_that_is_over_before_the_first_packet_is_one_too(tmp_path: Path) -> None:
    env = {"CAMSCAN_INVENTORY": str(tmp_path / "inventory.sqlite")}
    code, out, err = await camscan("scan", SILENT, "--deadline", "1s", "--rate", "5", "--changes-only", "-q", env=env)
    assert (code, out, err) == (3, "", "")
