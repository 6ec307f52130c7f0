"""A whole audit of a /22 with 200 cameras: discovery, ports, turns, identification and report; beside it nmap -sV.

At the usual pace, of which ARP has 1,000 questions a second.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import peers
from table import Goal, show_runs
from timed import Run, in_turns, missed, timed, wall

SECONDS, MEGABYTES = 3.0, 60.0
NMAP_SECONDS = 1800  # after which nmap is ended, and counted as it stands; it needed 1,170
ASKED = ("vendor", "brand", "model", "firmware", "kind", "serial")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cameras:
    """The site that is up: the namespace to scan from, its network, and what is true at each address."""

    scanner: str
    network: str
    truths: Mapping[str, Mapping[str, str | None]]


def measure(runs: int, short: bool) -> Iterator[Goal]:
    """All of it; a short run leaves out nmap."""
    with _cameras() as cameras:
        first = next(iter(cameras.truths))
        timed(
            peers.camscan("scan", "--no-record", first), inside=cameras.scanner
        )  # the first run compiles what it imports
        timings = in_turns(runs, {"camscan": lambda: _audit(cameras)})
        if not short and peers.has("nmap"):
            timings |= in_turns(1, {"nmap -sV": lambda: _versions(cameras)})
    what = f"Whole audit of {cameras.network}, {len(cameras.truths)} cameras"
    show_runs(f"{what} (missed: maker or model not named)", timings)
    _show_named(cameras, timings)
    yield from _goals("audit of a /22", timings["camscan"])


def _goals(what: str, runs: list[Run]) -> Iterator[Goal]:
    seconds, peak, missing = wall(runs), max(run.peak for run in runs), missed(runs)
    yield Goal(text=f"{what}: under {SECONDS:g} s", measured=f"{seconds:.2f} s", met=seconds < SECONDS)
    yield Goal(text=f"{what}: under {MEGABYTES:g} MB", measured=f"{peak:.0f} MB", met=peak < MEGABYTES)
    yield Goal(text=f"{what}: all identified", measured=f"{missing} missed", met=not missing)


def _audit(cameras: Cameras) -> Run:
    run = timed(
        peers.camscan("scan", "--no-record", cameras.network, "--format", "json", "--quiet"), inside=cameras.scanner
    )
    if run.code:
        sys.exit(f"camscan: {run.errors.strip() or run.code}")
    return _judged(run, cameras)


def _judged(run: Run, cameras: Cameras) -> Run:
    """Missed is a camera whose maker or model is not named, false a maker named where there is none."""
    found = _by_address(run)
    missing = [a for a, truth in cameras.truths.items() if not _named(found.get(a, {}), truth)]
    strangers = [a for a in found if a not in cameras.truths and found[a]["vendor"]]
    return replace(run, missed=len(missing), false=len(strangers))


def _by_address(run: Run) -> dict[str, Any]:
    devices = json.loads(run.output)["devices"]
    return {address: device for device in devices for address in device["addresses"]}


def _named(device: Mapping[str, Any], truth: Mapping[str, str | None]) -> bool:
    return device.get("vendor") == truth["vendor"] and device.get("model") == truth["model"]


def _versions(cameras: Cameras) -> Run:
    command = peers.nmap_versions(cameras.network, peers.camscan_ports())
    run = timed(command, inside=cameras.scanner, seconds=NMAP_SECONDS)
    said = peers.read_names(run.output)
    named = [a for a, truth in cameras.truths.items() if _says(said.get(a, ""), truth)]
    return replace(run, missed=len(cameras.truths) - len(named))


def _says(text: str, truth: Mapping[str, str | None]) -> bool:
    """Whether nmap's words name maker and model."""
    return _says_maker(text, truth) and bool(truth["model"]) and str(truth["model"]) in text


def _says_maker(text: str, truth: Mapping[str, str | None]) -> bool:
    pattern = peers.MAKER_NAMES.get(truth["vendor"] or "")
    return bool(pattern and pattern.search(text))


def _show_named(cameras: Cameras, timings: Mapping[str, list[Run]]) -> None:
    """How many of the cameras each program names, by what it says of them."""
    print(f"\n| named rightly | {' | '.join(ASKED)} |\n|{'---|' * (len(ASKED) + 1)}")
    print(f"| there to name | {' | '.join(str(_count(cameras, name)) for name in ASKED)} |")
    found = _by_address(timings["camscan"][-1])
    rights = (
        sum(bool(truth[name]) and found.get(a, {}).get(name) == truth[name] for a, truth in cameras.truths.items())
        for name in ASKED
    )
    print(f"| camscan | {' | '.join(map(str, rights))} |")
    for run in timings.get("nmap -sV", ()):
        said = peers.read_names(run.output)
        makers = sum(_says_maker(said.get(a, ""), truth) for a, truth in cameras.truths.items())
        models = len(cameras.truths) - run.missed
        print(f"| nmap -sV | {makers} | | {models} | | | |")


def _count(cameras: Cameras, name: str) -> int:
    return sum(bool(truth[name]) for truth in cameras.truths.values())


@contextmanager
def _cameras() -> Iterator[Cameras]:
    """The cameras as a process of its own, which takes them down when its input ends."""
    command = [sys.executable, str(peers.HERE / "cameras.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as lab:
        try:
            line = lab.stdout.readline() if lab.stdout else b""
            if not line:
                sys.exit("the cameras did not come up")
            ready = json.loads(line)
            yield Cameras(scanner=ready["scanner"], network=ready["network"], truths=ready["truths"])
        finally:
            if lab.stdin:
                lab.stdin.close()
            lab.wait()
