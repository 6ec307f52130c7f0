"""What a report costs: making it of an inventory of 10,000 devices, printing it, and searching it in a browser.

`python benchmarks/report.py [--short]`. The devices are those of the two makers that `fleet.py` draws, judged by all
that came along, at forty sites; two scans, so that something changed. The page is made by `camscan report` in a process
of its own, and opened in Chromium where there is one, with Playwright (it brings no browser along). Nothing is asserted
and nothing is sent: the browser has no network.
"""

import argparse
import os
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from fleet import bodies, fleet
from table import Goal, show_goals
from timed import timed

from camscan.assess.assess import assess
from camscan.assess.exposure.case import Surroundings
from camscan.cli.known import load_known
from camscan.identify.correlate import is_placeholder
from camscan.identify.sameness import same_value
from camscan.inventory.place import Place
from camscan.inventory.record import record
from camscan.inventory.scan_row import Entry
from camscan.inventory.store import opened
from camscan.model import MAKERS, Coverage, Device, ScanResult

SEED = 20261130
DEVICES, SHORT_DEVICES = 10_000, 500
EACH = 4  # variants of one capture, whose observations the devices carry
SITES = 40
REPLIES = 5  # of a device
START, DAY = 1_795_000_000.0, 86_400.0
PORTS = frozenset({23, 80, 443, 554, 8000, 37777})
SECONDS, MEGABYTES, FILE_MEGABYTES, FILTER = 10.0, 300, 15, 0.2  # the goals for 10,000 devices
PRINTED = (100, 1_000, 10_000)  # devices
ROUNDS = 7
CHROMIUM = shutil.which("chromium")
WORDS = ("hikvision", "telnet-open", "10.0.3", "ds-2cd", "cve-2021", "recorder", "no such device")
"""What is typed, from what nearly every device fits to what none does."""


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help=f"{SHORT_DEVICES:,} devices, a few seconds")
    count = SHORT_DEVICES if parser.parse_args().short else DEVICES
    with tempfile.TemporaryDirectory(prefix="camscan-report-") as folder:
        inventory, page = Path(folder) / "inventory.sqlite", Path(folder) / "report.html"
        fill(inventory, count)
        goals = [*_made(inventory, page, count), *_searched(page)]
        _printed({count: inventory}, Path(folder), PRINTED if count == DEVICES else PRINTED[:1])
    show_goals(goals)


def fill(path: Path, count: int) -> None:
    """An inventory with two scans of so many devices."""
    knowledge, known = load_known()
    around = Surroundings(asked_ports=PORTS)
    drawn = fleet(3 * count, bodies(knowledge, EACH, SEED), SEED)
    ours = [device for device in drawn if device.vendor in MAKERS][:count]
    judged = (assess(_own(number, ours), known, around) for number in range(count))
    devices = [replace(one, site=f"School {n % SITES}" if n % 9 else None) for n, one in enumerate(judged)]
    with opened(Place(path=path), create=True) as inventory:
        for night, some in ((1, devices[: -count // 50]), (2, devices[count // 100 :])):
            result = _scan(night, tuple(some))
            entry = Entry(
                kind="scan",
                now=(result.ended or 0.0) + 1,
                tool_version="0",
                same_value=same_value,
                is_placeholder=is_placeholder,
            )
            record(inventory, result, entry)


def _own(number: int, drawn: Sequence[Device]) -> Device:
    """The device with identifiers and an address of its own, and with the replies of some others."""
    device = drawn[number]
    some = [drawn[(number + step) % len(drawn)] for step in range(REPLIES)]
    address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    return replace(
        device,
        id=f"address-{address}",
        address=address,
        addresses=(address,),
        observations=tuple({seen.id: seen for one in some for seen in one.observations}.values()),
        serial=f"{(device.model or 'X')[:20]}20210101AAWR{number:09}",
        mac=f"44:19:b6:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}",
    )


def _scan(night: int, devices: tuple[Device, ...]) -> ScanResult:
    asked = Coverage(
        interface="eth0", network="10.0.0.0/16", channel="tcp connect", state="asked", asked=65_534,
        answered=len(devices), silent=65_534 - len(devices), ports=tuple(sorted(PORTS)),
    )  # fmt: skip
    return ScanResult(
        id=f"night-{night}", started=START + night * DAY, ended=START + night * DAY + 600, scope=("10.0.0.0/16",),
        vantage="benchmark", partial=False, devices=devices, coverage=(asked,), undecoded=(), asked_ports=PORTS,
    )  # fmt: skip


def _made(inventory: Path, page: Path, count: int) -> Iterator[Goal]:
    command = [sys.executable, "-m", "camscan", "report", "--html", str(page), "--quiet"]
    run = timed([*command, "--inventory", str(inventory)])
    if run.code:
        sys.exit(run.errors)
    took, peak = run.wall, run.peak
    size = page.stat().st_size / 1e6
    print(
        f"{count:,} devices: made in {took:.2f} s ({run.cpu:.2f} s of CPU), {peak:,.0f} MB at most, "
        f"a file of {size:.2f} MB",
        flush=True,
    )
    yield Goal(text=f"a page of {count:,} devices: under {SECONDS:g} s", measured=f"{took:.2f} s", met=took < SECONDS)
    yield Goal(text=f"its memory: under {MEGABYTES} MB", measured=f"{peak:,.0f} MB", met=peak < MEGABYTES)
    yield Goal(text=f"its file: under {FILE_MEGABYTES} MB", measured=f"{size:.2f} MB", met=size < FILE_MEGABYTES)


def _printed(filled: dict[int, Path], folder: Path, counts: Sequence[int]) -> None:
    """PDFs of inventories of so many devices."""
    print("| devices printed | sides | file | seconds | memory at most |\n|---|---|---|---|---|")
    for count in counts:
        inventory, file = filled.get(count, folder / f"{count}.sqlite"), folder / f"{count}.pdf"
        if count not in filled:
            fill(inventory, count)
        run = timed([sys.executable, "-m", "camscan", "report", "--pdf", str(file), "--inventory", str(inventory)])
        if run.code:
            sys.exit(run.errors)
        (sides,) = re.findall(r"(\d+) sides", run.errors)
        size = file.stat().st_size / 1e6
        print(f"| {count:,} | {sides} | {size:.1f} MB | {run.wall:.1f} | {run.peak:,.0f} MB |", flush=True)
    print()


def _searched(page: Path) -> Iterator[Goal]:
    text = f"the table filters in the browser: under {FILTER * 1000:.0f} ms"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if CHROMIUM is None or sync_playwright is None:
        yield Goal(text=text, measured="no browser", met=None)
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_arguments())
        view = browser.new_context(offline=True).new_page()
        began = time.perf_counter()
        view.goto(page.as_uri())
        print(f"opened in Chromium {browser.version} after {time.perf_counter() - began:.2f} s\n")
        worst = _typed(view)
        browser.close()
    yield Goal(text=text, measured=f"{worst * 1000:.0f} ms", met=worst < FILTER)


def _arguments() -> list[str]:
    return ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def _typed(view: Any) -> float:
    """The worst median of the seconds from an input to the frame that shows what fits."""
    print("| search | rows that fit | median |\n|---|---|---|")
    medians = []
    for word in WORDS:
        times = [view.evaluate(_TYPE, word) for _ in range(ROUNDS)]
        medians.append(statistics.median(times) / 1000)
        print(f"| {word} | {view.inner_text('#told').split()[0]} | {medians[-1] * 1000:.0f} ms |", flush=True)
    return max(medians)


_TYPE = """word => new Promise(done => {
  const field = document.getElementById("find");
  const paint = then => requestAnimationFrame(() => setTimeout(then));
  field.value = "";
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  paint(() => {
    const began = performance.now();
    field.value = word;
    field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    paint(() => done(performance.now() - began));
  });
})"""


if __name__ == "__main__":
    main()
