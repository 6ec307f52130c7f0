"""How fast devices are judged, and what the plain loop would take: `python benchmarks/assess.py [--short]`.

Figures are CPU seconds of this one process; nothing is asserted but that the program and the plain loop say the same.
`README.md` beside this file tells how to read them.
"""

import argparse
import platform
import sys
from collections.abc import Sequence
from datetime import date

from every_advisory import plainly
from fleet import bodies, fleet
from identify import best, peak

from camscan import __version__
from camscan.assess.advisory import verdicts
from camscan.assess.assess import assess
from camscan.assess.assessment import Assessment
from camscan.assess.exposure.case import Surroundings
from camscan.assess.firmware import read_firmware
from camscan.assess.pattern import match
from camscan.assess.subject import subject_of
from camscan.cli.chosen import Chosen
from camscan.cli.known import load_known
from camscan.discover.plan import Settings, swept_ports, usable_protocols
from camscan.model import AdvisoryVerdict, Device
from camscan.protocols.registry import load_protocols

SEED = 20261129
DEVICES, SHORT_DEVICES = 10_000, 2_000
EACH, SHORT_EACH = 20, 2  # variants of one capture, whose observations the devices carry
ROUNDS, SHORT_ROUNDS = 3, 2
SAMPLE = 20  # the plain loop sees one device in so many
GOAL = 5.0  # seconds for 10,000 devices
POLICIES = ("us-ndaa-889", "us-fcc-covered", "uk-sensitive-sites")


AFTER_A_SCAN = Surroundings(asked_ports=frozenset(swept_ports(usable_protocols(load_protocols(), Settings()))))
"""What is known beside the devices: which ports were tried. No gateway told what it forwards."""


def forget() -> None:
    """What the program remembers of devices and numbers it has met, as before the first."""
    verdicts._in_question.cache_clear()
    match.cache_clear()
    read_firmware.cache_clear()


def judge_all(devices: Sequence[Device], known: Assessment) -> list[Device]:
    """Every device judged, by everything."""
    forget()
    return [assess(device, known, AFTER_A_SCAN) for device in devices]


def hold_all(devices: Sequence[Device], known: Assessment) -> list[tuple[AdvisoryVerdict, ...]]:
    """Every device held against advisories alone."""
    forget()
    return [verdicts.advisory_verdicts(subject_of(device), known.advisories) for device in devices]


def report_rate(devices: Sequence[Device], known: Assessment, rounds: int) -> None:
    """(a) how long all of them take."""
    (taken,) = best(rounds, [lambda: judge_all(devices, known)])
    judged = judge_all(devices, known)
    rows = sum(len(device.advisories) for device in judged)
    distinct = len({subject_of(device) for device in devices})
    print(f"{len(devices):,} devices, {distinct:,} different ones: {rows:,} rows of advisories, ", end="")
    print(f"{sum(len(device.verdicts) for device in judged):,} verdicts of {len(POLICIES)} policies, ", end="")
    print(f"{sum(len(device.findings) for device in judged):,} findings")
    print(f"judged: {taken:.2f} s, {len(devices) / taken:,.0f} devices a second", end="")
    whole = taken * DEVICES / len(devices)
    print(f"; {DEVICES:,} under {GOAL:.0f} s: {whole:.2f} s, {'met' if whole < GOAL else 'not met'}")


def report_plain(devices: Sequence[Device], known: Assessment, rounds: int, sample: int) -> None:
    """(b) advisories alone, beside the plain loop, which says the same."""
    some = devices[::sample]
    if plainly(some, known.advisories) != hold_all(some, known):
        sys.exit("the plain loop says something else")
    ours, plain = best(rounds, [lambda: hold_all(devices, known), lambda: plainly(some, known.advisories)])
    ours, plain = ours / len(devices), plain / len(some)
    print(f"advisories alone: {ours * 1e6:,.0f} µs a device; every advisory in order, nothing remembered, ", end="")
    print(f"{len(some):,} of the devices, same verdicts: {plain * 1e6:,.0f} µs, {plain / ours:.0f} times as long")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the judging of devices; nothing is sent.")
    parser.add_argument("--short", action="store_true", help="fewer devices: some seconds, rougher figures")
    short = parser.parse_args().short
    print(f"camscan {__version__}, Python {platform.python_version()}, {platform.machine()}, {date.today()}")
    knowledge, known = load_known(None, Chosen(POLICIES))
    memory = [f"data loaded {peak()}"]
    rounds = SHORT_ROUNDS if short else ROUNDS
    told = bodies(knowledge, SHORT_EACH if short else EACH, SEED)
    devices = fleet(SHORT_DEVICES if short else DEVICES, told, SEED)
    memory.append(f"{len(devices):,} devices made {peak()}")
    report_rate(devices, known, rounds)
    report_plain(devices, known, rounds, SAMPLE)
    print(f"peak memory: {', '.join(memory)}, judged {peak()}")


if __name__ == "__main__":
    main()
