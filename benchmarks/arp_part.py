"""Who is there on a /22: ARP sweeps."""

import json
import statistics
import sys
from collections.abc import Iterator
from dataclasses import replace

import peers
from table import Goal, show_runs
from timed import Run, in_turns, missed, timed, wall
from wires import FLAT, HOSTS, Ends, flat_site

SLOWER = 1.1  # than arp-scan, at most


def measure(runs: int, short: bool) -> Iterator[Goal]:
    """All of it; `short` leaves out nothing."""
    with flat_site() as (ends, there):
        commands = {"camscan": peers.arp_engine(ends, FLAT)}
        commands |= {"arp-scan": peers.arp_scan(FLAT)} if peers.has("arp-scan") else {}
        commands |= {"nmap -sn": peers.nmap_arp(FLAT)} if peers.has("nmap") else {}
        works = {name: lambda command=command: _run(command, ends, there) for name, command in commands.items()}
        works["camscan"]()  # the first run compiles what it imports
        timings = in_turns(runs, works)
    title = f"ARP, {FLAT}, {HOSTS} hosts there, {peers.ARP_RATE:,} a second, two tries, 0.1 s of waiting after each"
    show_runs(title, timings)
    mine = timings["camscan"]
    inner = statistics.median(json.loads(run.errors.splitlines()[-1])["seconds"] for run in mine)
    share = wall(mine) / wall(timings["arp-scan"]) if "arp-scan" in timings else None
    yield Goal(
        text=f"ARP /22: at most {SLOWER:g} of the time of arp-scan",
        measured=f"{share:.2f} ({inner:.2f} s of it the sweep, the rest Python starting)" if share else "",
        met=None if share is None else share <= SLOWER,
    )
    yield Goal(text="ARP /22: all found", measured=f"{missed(mine)} missed", met=not missed(mine))


def _run(command: list[str], ends: Ends, there: set[str]) -> Run:
    run = timed(command, inside=ends.scanner)
    if run.code:
        sys.exit(f"{command[0]}: {run.errors.strip() or run.code}")
    found = peers.read_addresses(run.output) - {ends.address}
    return replace(run, missed=len(there - found), false=len(found - there))
