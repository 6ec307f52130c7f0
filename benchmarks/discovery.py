"""How fast and how completely networks are searched, beside masscan, nmap and arp-scan:
`python benchmarks/discovery.py [--short] [--runs N] [PART…]`, as root on Linux.

Everything happens in network namespaces that are made for it and removed again; no packet leaves the machine. Figures
are printed beside the goals, nothing is asserted. `README.md` beside this file tells how to read them.
"""

import argparse
import os
import platform
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date

import arp_part
import audit_part
import footprint_part
import peers
import syn_part
from table import Goal, show_goals

from camscan import __version__
from camscan.lab import netns

RUNS = 3
PARTS: dict[str, Callable[[int, bool], Iterator[Goal]]] = {
    "syn": syn_part.measure,
    "arp": arp_part.measure,
    "audit": audit_part.measure,
    "footprint": footprint_part.measure,
}


def main() -> None:
    options = _options()
    obstacle = netns.obstacle()
    if obstacle:
        sys.exit(obstacle)
    for number in (signal.SIGTERM, signal.SIGHUP):  # SIGINT is an exception already
        signal.signal(number, _leave)
    runs = options.runs or (1 if options.short else RUNS)
    print(f"camscan {__version__}, Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores,")
    print(f"Linux {platform.release()}, {peers.versions()}, {date.today()}; medians of {runs}")
    goals: list[Goal] = []
    with tempfile.TemporaryDirectory(prefix="camscan-benchmark-") as folder:
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled
        os.environ["PYTHONPYCACHEPREFIX"] = folder
        for name in options.parts or PARTS:
            goals += PARTS[name](runs, options.short)
    show_goals(goals)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measures discovery in namespaces; nothing leaves the machine.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all without any")
    parser.add_argument(
        "--short", action="store_true", help="smaller networks, without nmap: a minute and a half, rougher figures"
    )
    parser.add_argument("--runs", type=int, help=f"how often each is run, in turns ({RUNS}; 1 if short)")
    options = parser.parse_args()
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown or (options.runs is not None and options.runs < 1):
        parser.error(f"no such part: {', '.join(unknown)}" if unknown else "--runs takes 1 or more")
    return options


def _leave(number: int, frame: object) -> None:
    """A signal that would end the program raises `SystemExit`, so that namespaces and programs are taken down."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
