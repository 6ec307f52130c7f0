"""Scans of the emulated site on loopback that are cut short at a chosen moment and gone on with, and what must hold of
both runs together.
"""

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from camscan.lab.network import Network

TARGET = "127.83.10.0/26"  # the middle of the town hall: devices of both makers, and addresses where nobody is
OWNER = {"CAMSCAN_ONVIF_USER": "auditor-7", "CAMSCAN_ONVIF_PASSWORD": "correct-horse-9"}
SECONDS = 120

ADDRESSES = [str(address) for address in ip_network(TARGET).hosts()]

Lines = list[dict[str, Any]]
Turn = tuple[object, ...]


@dataclass(frozen=True)
class Run:
    """How one run ended."""

    code: int
    out: str
    err: str

    def document(self, under_way: Collection[str] = ()) -> dict[str, Any]:
        """The result, without what differs from scan to scan: times, nonces, and who was the first to answer. Of the
        devices `under_way` when a scan was cut, a reply may be missing that must not be asked for again."""
        document = json.loads(self.out)
        devices = {d["address"]: _names(d) if d["address"] in under_way else _lasting(d) for d in document["devices"]}
        rows = {row["channel"]: row for row in document["coverage"]}
        login = rows.pop("onvif with credential")
        told = {"login": login["asked"] if under_way else login}
        return {"devices": devices, "rows": rows, "partial": document["scan"]["partial"]} | told


@dataclass(frozen=True)
class Trial:
    """A scan in two runs: what its journal and its request log held when it was cut, and what the second one sent."""

    first: Run
    second: Run
    journal: Lines
    before: Lines
    after: Lines

    @property
    def under_way(self) -> set[str]:
        """The hosts that had got something that they must get only once, and whose turns were not over."""
        over = {row["address"] for row in self.journal if row.get("event") == "turns"}
        return {row["address"] for row in self.journal if row.get("event") == "once"} - over


class Folder:
    """The files of one scan, and its command."""

    def __init__(self, path: Path, rate: int = 1500) -> None:
        self.journal, self.log = path / "scan.journal", path / "sent.jsonl"
        self._command = (
            sys.executable,
            "-m",
            "camscan",
            "scan",
            TARGET,
            "--no-record",
            "--rate",
            str(rate),
            "--format",
            "json",
        )

    async def run(self, cut: int | None = None, number: signal.Signals = signal.SIGKILL) -> Run:
        """A run to its end, or until its journal has so many lines: then it gets the signal."""
        process = await asyncio.create_subprocess_exec(
            *(*self._command, "--resume", str(self.journal), "--request-log", str(self.log)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=os.environ | OWNER,
        )
        ended = asyncio.create_task(process.communicate())
        async with asyncio.timeout(SECONDS):
            while cut is not None and not ended.done():
                if self.journal.exists() and self.journal.read_bytes().count(b"\n") >= cut:
                    process.send_signal(number)
                    break
                await asyncio.sleep(0.002)
            out, err = await ended
        return Run(process.returncode or 0, out.decode(), err.decode())

    async def cut_and_go_on(self, cut: int, number: signal.Signals = signal.SIGKILL) -> Trial:
        """Two runs."""
        first = await self.run(cut, number)
        journal, before = lines(self.journal), lines(self.log)
        second = await self.run()
        return Trial(first, second, journal, before, lines(self.log)[len(before) :])


def lines(path: Path) -> Lines:
    """The whole lines of a file."""
    whole, _, _ = path.read_text(encoding="ascii").rpartition("\n")
    return [json.loads(line) for line in whole.splitlines()]


def asked_again(trial: Trial) -> list[Turn]:
    """What the second run sent although the journal of the first said that it was done."""
    done = {*_of_steps(trial), *_of_silent(trial), *_of_turns(trial)}
    return [turn for row in trial.after if (turn := _turn(row)) in done]


def _of_steps(trial: Trial) -> Iterator[Turn]:
    """All of the channels that were finished, except the connects, which announced ports get too, at the end."""
    header, *rows = trial.journal
    names = {header["plan"]["steps"][row["step"]].split()[0] for row in rows if row.get("event") == "finished"}
    yield from (_turn(row) for row in trial.before if row["protocol"] in names - {"tcp"})


def _of_silent(trial: Trial) -> Iterator[Turn]:
    """The connects to addresses whose ports had all been tried in vain."""
    header, *rows = trial.journal
    steps, heard = header["plan"]["steps"], {row.get("address") for row in rows}
    tried = [row for row in rows if row.get("event") == "done" and steps[row["step"]].startswith("tcp ")]
    done = {
        ADDRESSES[position] for row in tried for begin, end in row["ranges"] for position in range(begin, end)
    } - heard
    yield from (_turn(row) for row in trial.before if row["address"] in done and row["request"] == "connect")


def _of_turns(trial: Trial) -> Iterator[Turn]:
    """The turns of hosts that were over. The journal says how many lines the log held of each by then."""
    over = {row["address"]: row["packets"] for row in trial.journal if row.get("event") == "turns"}
    had: Counter[str] = Counter()
    for row in trial.before:
        had[row["address"]] += 1
        is_turn = row["transport"] == "tcp" and row["protocol"] != "tcp"
        if is_turn and had[row["address"]] <= over.get(row["address"], 0):
            yield _turn(row)


def _turn(row: dict[str, Any]) -> Turn:
    return row["address"], row["port"], row["protocol"], row["request"]


def more_than_once(site: Network) -> list[tuple[str, str]]:
    """(address, what) of every challenge and login that a device of the site has had twice or more."""
    had: Counter[tuple[str, str]] = Counter()
    for heard in site.journal.heard:
        had[heard.address, "rpc2"] += heard.data.count(b"POST /RPC2_Login")
        had[heard.address, "login"] += b"UsernameToken" in heard.data
        had[heard.address, "dvrip"] += heard.transport == "tcp" and heard.port in (37777, 37778) and bool(heard.data)
    return [one for one, count in had.items() if count > 1]


def _names(device: dict[str, Any]) -> dict[str, Any]:
    return {name: device[name] for name in ("vendor", "brand", "model", "firmware", "serial", "kind", "addresses")}


def _lasting(device: dict[str, Any]) -> dict[str, Any]:
    evidence = {tuple(e[name] for name in ("attribute", "value", "confidence", "rule")) for e in device["evidence"]}
    kept = {name: value for name, value in device.items() if name not in ("first_seen", "last_seen", "capabilities")}
    found = {(row["id"], row["state"]) for row in device["findings"]}  # whose evidence tells the time of a clock
    return kept | {"evidence": sorted(evidence), "findings": sorted(found)}
