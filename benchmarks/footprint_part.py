"""What camscan weighs: memory of plans and scans of large networks, and the CPU of `--help`."""

import statistics
import sys
from collections.abc import Iterator
from dataclasses import replace

import peers
from table import Goal, show_runs
from timed import Run, in_turns, timed
from wires import ROUTED, Routed, routed_site

PLAN, PLAN_MEGABYTES = "10.0.0.0/8", 100.0
SCAN_MEGABYTES = 120.0
HELP_SECONDS, HELPS = 0.150, 7


def measure(runs: int, short: bool) -> Iterator[Goal]:
    """All of it; a short run scans the /16 with the SYN engine alone."""
    ports = peers.camscan_ports()
    with routed_site() as site:
        scan = peers.syn_engine(site.ends, ROUTED, ports, 1e6) if short else peers.camscan(*_whole_scan())
        timings = {
            "--help": in_turns(1 + HELPS, {"": lambda: _run(peers.camscan("--help"), site)})[""][1:],
            "--dry-run": [_run(peers.camscan("scan", "--dry-run", PLAN), site)],
            "engine" if short else "scan": [_judged(_run(scan, site), site, short)],
        }
    show_runs(f"Footprint: `--help`, `scan --dry-run {PLAN}`, {len(ports)} ports of {ROUTED}", timings)
    helped = statistics.median(run.cpu for run in timings["--help"])
    planned, scanned = (each[0].peak for name, each in timings.items() if name != "--help")
    yield _below(f"`--help`: under {HELP_SECONDS * 1000:.0f} ms of CPU", helped * 1000, HELP_SECONDS * 1000, "ms")
    yield _below(f"dry run of {PLAN}: under {PLAN_MEGABYTES:g} MB", planned, PLAN_MEGABYTES, "MB")
    yield _below(f"scan of a /16, {len(ports)} ports: under {SCAN_MEGABYTES:g} MB", scanned, SCAN_MEGABYTES, "MB")


def _whole_scan() -> tuple[str, ...]:
    return ("scan", "--no-record", str(ROUTED), "--engine", "syn", "--rate", "100000", "--format", "jsonl", "--quiet")


def _below(text: str, measured: float, limit: float, unit: str) -> Goal:
    return Goal(text=text, measured=f"{measured:.0f} {unit}", met=measured < limit)


def _run(command: list[str], site: Routed) -> Run:
    run = timed(command, inside=site.ends.scanner)
    if run.code:
        sys.exit(f"{command[0]}: {run.errors.strip() or run.code}")
    return run


def _judged(run: Run, site: Routed, short: bool) -> Run:
    """What it missed, in hosts."""
    there = {address for address, _ in site.open(ROUTED)}
    if short:
        return replace(run, missed=len(there - {address for address, _ in peers.read_pairs(run.output)}))
    return replace(run, missed=sum(f'"{address}"' not in run.output for address in there))
