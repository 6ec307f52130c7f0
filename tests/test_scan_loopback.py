"""The main job without privileges: `camscan scan` over devices on loopback addresses, as a user's shell runs it."""

import asyncio
import json
import os
import shutil
import sys
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from camscan.lab import loopback
from camscan.lab.network import Network
from camscan.lab.site import load_site

CAMERA = "127.83.10.14"  # Hikvision, with ONVIF
DOME = "127.83.10.42"  # Dahua, with ONVIF, RPC2 and 37777
OLD_CAMERA = "127.83.10.12"  # Hikvision of 2014, whose ONVIF asks nobody for a login
CERTIFIED = "127.83.10.21"  # shows a certificate with a key of 1,024 bits
NOBODY = "127.83.10.200"
SECONDS = 90


@dataclass(frozen=True)
class Run:
    """How one run of `camscan` ended."""

    code: int
    out: str
    err: str
    log: list[dict[str, Any]]
    replies: Path

    @property
    def devices(self) -> dict[str, dict[str, Any]]:
        return {d["address"]: d for d in json.loads(self.out)["devices"]}


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Network]:
    async with loopback.serve(load_site()) as network:
        yield network


async def scan(folder: Path, *arguments: str, env: dict[str, str] | None = None) -> Run:
    """Runs a scan of loopback addresses only."""
    assert all(a.startswith(("127.", "-")) or a == "nmap" for a in arguments)
    log, replies = folder / "log.jsonl", folder / "replies.jsonl"
    files = ("--request-log", str(log), "--replies", str(replies), "--format", "json")
    code, out, err = await camscan("scan", *arguments, *files, env=env)
    requests = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return Run(code=code, out=out, err=err, log=requests, replies=replies)


async def camscan(*arguments: str, env: dict[str, str] | None = None) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "camscan",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | (env or {}),
    )
    async with asyncio.timeout(SECONDS):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def test_a_scan_finds_names_and_records_and_a_replay_says_the_same(site: Network, tmp_path: Path) -> None:
    run = await scan(tmp_path, CAMERA, DOME, NOBODY)
    assert run.code == 0
    assert {a: (d["vendor"], d["model"]) for a, d in run.devices.items() if a != NOBODY} == {
        CAMERA: ("hikvision", "DS-2DE4425IW-DE"),
        DOME: ("dahua", "IPC-HFW2431S-S-S2"),
    }
    code, out, _ = await camscan("replay", str(run.replies), "--format", "json")
    assert code == 0
    replayed, scanned = json.loads(out)["devices"], json.loads(run.out)["devices"]
    apart = {"findings": [], "record": None, "approved": None, "first_seen": None}  # which only the inventory knows
    assert [d | apart for d in replayed] == [d | apart for d in scanned]
    assert [_found(d) for d in replayed] == [_found(d) - {"tls-missing"} for d in scanned]  # who knows what was tried


def _found(device: dict[str, Any]) -> set[str]:
    return {row["id"] for row in device["findings"] if row["state"] == "found"}


async def test_the_log_and_the_devices_agree_on_what_was_asked(site: Network, tmp_path: Path) -> None:
    run = await scan(tmp_path, DOME)
    assert {r["address"] for r in run.log} == {DOME}
    heard = [h for h in site.journal.heard if h.address == DOME and h.data]
    logged = [r for r in run.log if r["transport"] == "udp" or (r["bytes"] and r["request"] != "connect")]
    assert sum(len(h.data) for h in heard if h.transport == "udp") == sum(
        r["bytes"] for r in logged if r["transport"] == "udp" and r["port"] in {37810, 3702}
    )
    assert site.journal.peak[DOME] == 1


async def test_an_excluded_address_is_never_asked(site: Network, tmp_path: Path) -> None:
    run = await scan(tmp_path, "127.83.10.42/31", "--exclude", CAMERA, "--exclude", "127.83.10.43/32")
    assert {r["address"] for r in run.log} == {DOME}
    assert list(run.devices) == [DOME]


async def test_without_challenges_nobody_is_challenged(site: Network, tmp_path: Path) -> None:
    run = await scan(tmp_path, DOME, "--no-challenge")
    assert not [r for r in run.log if r["protocol"] in ("rpc2", "dvrip") or r["port"] in (37777, 37778)]
    assert not [h for h in site.journal.heard if h.address == DOME and (b"RPC2" in h.data or h.port == 37777)]
    assert run.devices[DOME]["vendor"] == "dahua"


async def test_each_challenge_goes_to_a_device_once(site: Network, tmp_path: Path) -> None:
    await scan(tmp_path, DOME)
    asked = [h for h in site.journal.heard if h.address == DOME]
    assert sum(b"POST /RPC2_Login" in h.data for h in asked) == 1
    assert sum(h.port in (37777, 37778) and bool(h.data) for h in asked) == 1


async def test_onvif_without_a_login_is_asked_as_far_as_it_answers(site: Network, tmp_path: Path) -> None:
    run = await scan(tmp_path, OLD_CAMERA, DOME)
    replies = [json.loads(line) for line in run.replies.read_text().splitlines()]
    told = {
        a: [r["request"] for r in replies if (r["address"], r["protocol"]) == (a, "onvif")] for a in (OLD_CAMERA, DOME)
    }
    told_by_all = ["system date and time", "scopes", "device information", "network interfaces"]
    assert told == {OLD_CAMERA: [*told_by_all, "media profiles, second path"], DOME: [*told_by_all, "media profiles"]}
    faults = [r for r in replies if r["address"] == DOME and "NotAuthorized" in r["reply"] and r["protocol"] == "onvif"]
    assert len(faults) == 4
    paths = [h.data.split()[1] for h in site.journal.heard if h.address == DOME and b"GetProfiles" in h.data]
    assert paths == [b"/onvif/media_service"]
    connections = [
        r for r in run.log if (r["address"], r["protocol"], r["request"]) == (OLD_CAMERA, "onvif", "connect")
    ]
    assert len(connections) == 2  # kept from question to question; the page that is not there ends it
    assert {r["routed"] for r in replies} == {False}


async def test_snmp_names_the_engine_of_a_host_that_has_been_heard_of(site: Network, tmp_path: Path) -> None:
    run = await scan(tmp_path, CAMERA, DOME)
    assert Counter(r["address"] for r in run.log if r["port"] == 161) == {CAMERA: 1, DOME: 2}  # the second is silent
    replies = [json.loads(line) for line in run.replies.read_text().splitlines()]
    (report,) = (r for r in replies if r["protocol"] == "snmp_engine")
    assert (report["address"], report["channel"], report["encoding"]) == (CAMERA, "unicast", "hex")
    rows = [r for r in json.loads(run.out)["coverage"] if r["channel"] == "snmp_engine unicast"]
    assert [(r["state"], r["asked"], r["answered"]) for r in rows] == [("asked", 1, 1), ("asked", 1, 0)]


async def test_the_owners_credential_is_used_once_and_written_nowhere(site: Network, tmp_path: Path) -> None:
    secret = {"CAMSCAN_ONVIF_USER": "auditor-7", "CAMSCAN_ONVIF_PASSWORD": "correct-horse-9"}
    run = await scan(tmp_path, DOME, env=secret)
    signed = [h for h in site.journal.heard if b"UsernameToken" in h.data]
    assert [h.address for h in signed] == [DOME]
    assert b"auditor-7" in signed[0].data
    everything = run.out + run.err + json.dumps(run.log) + run.replies.read_text()
    assert "correct-horse-9" not in everything + signed[0].data.decode()
    assert "auditor-7" not in everything
    assert [r["request"] for r in run.log if "credential" in r["request"]] == ["GetDeviceInformation with credential"]


@pytest.mark.skipif(shutil.which("nmap") is None, reason="nmap is not installed")
async def test_nmap_may_look_for_the_ports(site: Network, tmp_path: Path) -> None:
    run = await scan(tmp_path, DOME, "--engine", "nmap")
    assert run.code == 0
    assert {"http", "rtsp", "dvrip"} <= {s["protocol"] for s in run.devices[DOME]["services"]}


async def test_certificates_cost_no_library(site: Network, tmp_path: Path) -> None:
    """With `cryptography` this scan took 73 MB, without it 63."""
    run = await scan(tmp_path, CERTIFIED, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert {row["id"] for row in run.devices[CERTIFIED]["findings"]} >= {"tls-weak-key"}
    assert "camscan.protocols.certificate" in run.err
    assert "cryptography" not in run.err


async def test_a_dry_run_sends_nothing(site: Network, tmp_path: Path) -> None:
    run = await scan(tmp_path, DOME, "--dry-run")
    assert run.code == 0
    assert run.log == []
    assert not site.journal.heard
    assert json.loads(run.out)["totals"]["packets"] > 0


async def test_an_interrupt_delivers_what_was_found(site: Network, tmp_path: Path) -> None:
    command = (sys.executable, "-m", "camscan", "scan", "127.83.10.0/24", "--rate", "40", "--format", "json")
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    await asyncio.sleep(4)
    process.terminate()
    async with asyncio.timeout(SECONDS):
        out, err = await process.communicate()
    assert process.returncode == 130
    document = json.loads(out)
    assert document["scan"]["partial"] is True
    assert b"interrupted" in err
    assert all(row["asked"] <= 254 for row in document["coverage"])
    assert any(row["asked"] < 254 for row in document["coverage"])
