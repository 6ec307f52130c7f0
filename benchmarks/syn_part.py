"""SYN scans of a /16: at a set pace, as fast as it goes, over a path that loses packets, over one that polices them."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from pathlib import Path

import peers
from table import Goal, show_runs
from timed import Run, Work, in_turns, missed, rate, timed, wall
from wires import INTERFACE, PORTS, ROUTED, Routed, routed_site

PACE = 100_000
UNPACED = 1_000_000_000
MASSCAN_MOST = 1_000_000  # its fastest here; a higher figure changes nothing
POLICED = 20_000
SHORT = IPv4Network("10.50.64.0/19")  # an eighth, for the slow parts of a short run

OF_LIMIT, TIMES_MASSCAN, TIMES_NMAP, KEPT_AT_LOSS = 0.7, 1.5, 20.0, 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One site and how often to run on it; `short` leaves out what takes minutes."""

    site: Routed
    limit: str
    runs: int
    short: bool

    def camscan(self, pace: float, network: IPv4Network = ROUTED) -> Work:
        """camscan's engine at a pace."""
        command = peers.syn_engine(self.site.ends, network, PORTS, pace)
        return lambda: self._judged(_with_rate(self._timed(command), network), peers.read_pairs, network)

    def masscan(self, pace: int, network: IPv4Network = ROUTED) -> dict[str, Work]:
        """masscan at a pace, where it is installed."""
        command = peers.masscan(self.site.ends, network, PORTS, pace)
        work = lambda: self._judged(self._timed(command), peers.read_masscan, network)  # noqa: E731
        return {"masscan": work} if peers.has("masscan") else {}

    def nmap(self, pace: int) -> dict[str, Work]:
        """nmap in its greatest hurry, where it is installed and there is time for it."""
        command = peers.nmap_syn(ROUTED, PORTS, pace)
        work = lambda: self._judged(self._timed(command), peers.read_nmap, ROUTED)  # noqa: E731
        return {"nmap -T5": work} if not self.short and peers.has("nmap") else {}

    def c_loop(self) -> dict[str, Work]:
        """What the link carries."""
        ends, total = self.site.ends, ROUTED.num_addresses * len(PORTS)
        size = [str(ROUTED.network_address), str(ROUTED.num_addresses), str(total)]
        command = [self.limit, INTERFACE, ends.address, ends.far_mac, *size, *map(str, PORTS)]

        def work() -> Run:
            run = self._timed(command)
            return replace(run, rate=float(run.output))

        return {"sendmmsg in C": work} if self.limit else {}

    def _timed(self, command: list[str]) -> Run:
        run = timed(command, inside=self.site.ends.scanner, seconds=300)
        if run.code:
            sys.exit(f"{command[0]}: {run.errors.strip() or run.code}")
        return run

    def _judged(self, run: Run, read: Callable[[str], peers.Open], network: IPv4Network) -> Run:
        found, there = read(run.output), self.site.open(network)
        return replace(run, missed=len(there - found), false=len(found - there))


def measure(runs: int, short: bool) -> Iterator[Goal]:
    """All of it."""
    with _compiled() as limit, routed_site() as site:
        contest = Contest(site=site, limit=limit, runs=runs, short=short)
        contest.camscan(PACE, IPv4Network("10.50.0.0/24"))()  # the first run compiles what it imports
        yield from _paced(contest)
        yield from _unpaced(contest)
        yield from _lossy(contest)
        yield from _policed(contest)


def _paced(contest: Contest) -> Iterator[Goal]:
    runs = in_turns(contest.runs, {"camscan": contest.camscan(PACE), **contest.masscan(PACE)})
    show_runs(f"SYN, {len(PORTS)} ports of {ROUTED}, {PACE:,} a second, {_open(contest, ROUTED)}", runs)
    mine = runs["camscan"]
    share = wall(mine) / wall(runs["masscan"]) if "masscan" in runs else None
    yield Goal(
        text="SYN at 100,000/s: no slower than masscan",
        measured=f"{share:.2f} of its time" if share else "",
        met=None if share is None else share <= 1,
    )
    yield Goal(text="SYN at 100,000/s: nothing missed", measured=_missing(mine), met=not missed(mine))


def _unpaced(contest: Contest) -> Iterator[Goal]:
    works = {
        **contest.c_loop(),
        "camscan": contest.camscan(UNPACED),
        **contest.masscan(MASSCAN_MOST),
    }
    runs = in_turns(contest.runs, works) | in_turns(1, contest.nmap(PACE))
    show_runs("The same as fast as it goes", runs)
    mine = runs["camscan"]
    share = rate(mine) / rate(runs["sendmmsg in C"]) if "sendmmsg in C" in runs else None
    yield Goal(
        text=f"SYN unpaced: at least {OF_LIMIT} of the frames/s of a C loop",
        measured=f"{share:.2f}" if share else "",
        met=None if share is None else share >= OF_LIMIT,
    )
    for name, goal in (("masscan", TIMES_MASSCAN), ("nmap -T5", TIMES_NMAP)):
        times = wall(runs[name]) / wall(mine) if name in runs else None
        yield Goal(
            text=f"SYN unpaced: at least {goal:g} times as fast as {name}",
            measured=f"{times:.2f} times" if times else "",
            met=None if times is None else times >= goal,
        )
    yield Goal(text="SYN unpaced: nothing missed", measured=_missing(mine), met=not missed(mine))


def _lossy(contest: Contest) -> Iterator[Goal]:
    network = SHORT if contest.short else ROUTED
    for percent in (2, 5):
        with contest.site.losing(percent):
            works = _both(contest, network)
            runs = in_turns(contest.runs, works)
        title = f"{percent} % lost each way, {network}, {PACE:,} a second, {_open(contest, network)}"
        show_runs(title, runs)
        lost, there = _lost_hosts(contest, runs["camscan"], network)
        kept = 1 - lost / there
        yield Goal(
            text="2 % loss: every host found" if percent == 2 else "5 % loss: 99.9 % of hosts found",
            measured=f"{there - lost:,} of {there:,} hosts, ports missed {_missing(runs['camscan'])}",
            met=not lost if percent == 2 else kept >= KEPT_AT_LOSS,
        )


def _policed(contest: Contest) -> Iterator[Goal]:
    network = SHORT if contest.short else ROUTED
    with contest.site.policed(POLICED):
        works = _both(contest, network)
        runs = in_turns(contest.runs, works)
    show_runs(f"A path that drops what is over {POLICED:,} a second, {network}, {PACE:,} a second asked", runs)
    mine = runs["camscan"]
    least = network.num_addresses * len(PORTS) / POLICED
    yield Goal(
        text=f"path policed at {POLICED:,}/s: slows down and finds all",
        measured=f"{_missing(mine)}; {wall(mine):.1f} s, where the path needs {least:.1f} s",
        met=not missed(mine),
    )


def _both(contest: Contest, network: IPv4Network) -> dict[str, Work]:
    """camscan, and masscan unless the run is short."""
    return {"camscan": contest.camscan(PACE, network), **({} if contest.short else contest.masscan(PACE, network))}


def _with_rate(run: Run, network: IPv4Network) -> Run:
    """With the frames a second of the first pass, as the engine tells."""
    seconds = json.loads(run.errors.splitlines()[-1])["seconds"]
    return replace(run, rate=network.num_addresses * len(PORTS) / seconds)


def _lost_hosts(contest: Contest, runs: list[Run], network: IPv4Network) -> tuple[int, int]:
    """Hosts missed in all runs together, and how many there were to find."""
    there = {address for address, _ in contest.site.open(network)}
    met = ({address for address, _ in peers.read_pairs(run.output)} for run in runs)
    return sum(len(there - found) for found in met), len(there) * len(runs)


def _open(contest: Contest, network: IPv4Network) -> str:
    return f"{len(contest.site.open(network)):,} open ports"


def _missing(runs: list[Run]) -> str:
    return f"{' '.join(str(run.missed) for run in runs)} in {len(runs)} run{'s' if len(runs) > 1 else ''}"


@contextmanager
def _compiled() -> Iterator[str]:
    """The C loop as a program; empty where there is no compiler."""
    with tempfile.TemporaryDirectory(prefix="camscan-benchmark-") as folder:
        program = Path(folder, "limit")
        if not peers.has("cc"):
            yield ""
            return
        subprocess.run(["cc", "-O2", "-o", str(program), str(peers.HERE / "limit.c")], check=True, timeout=60)
        yield str(program)
