"""Kills scans of the emulated site while they run and while they are recorded, and checks what is left.

`unshare -n sh -c 'ip link set lo up; python -m benchmarks.kill 50 1'`: how many kills, and the seed. Each trial begins
with an inventory that knows the night before. Then, whatever the moment: the inventory opens and `camscan inventory
check` passes, every scan that was acknowledged ("recorded as scan N") is there, the same command with `--resume` comes
to its end, and the night is in the inventory once, with nothing changed from the night before, but of devices to which
something was under way that is given once. Ends with 1 where anything is otherwise. `--short` kills two scans of two
addresses while they are recorded, within 25 seconds.
"""

import asyncio
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from camscan.lab import loopback
from camscan.lab.site import load_site
from tests.resume_rig import OWNER, lines

TARGET = "127.83.10.32/27"  # half of what `resume.py` asks: here it is the end of a scan that counts
SHORT = "127.83.10.42/31"
SECONDS = 120.0  # that a run may take
WATCH = 0.001  # seconds between two looks at the files of a scan
RATE = "1500"
SHORT_KINDS = ("recording", "commit")
KINDS = ("lines", "time", "recording", "recording", "recording", "commit")
"""How a moment is chosen, as often as they stand here: by lines of the journal, by time, by time since the result was
delivered, when it begins to be recorded; and by the size of the log that SQLite writes at the commit."""


@dataclass(frozen=True)
class Run:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def acknowledged(self) -> int:
        """The scan that it said was recorded, 0 for none."""
        said = re.search(r"recorded as scan (\d+)", self.err)
        return int(said[1]) if said else 0


@dataclass(frozen=True)
class Moment:
    """When to kill: at `amount` lines, seconds, seconds since the delivery, or bytes."""

    kind: str
    amount: float

    def __str__(self) -> str:
        unit = {"lines": "lines", "time": "s", "recording": "s after delivery", "commit": "bytes of -wal"}[self.kind]
        return f"{self.amount:.3f} {unit}" if "s" in unit.split() else f"{self.amount:.0f} {unit}"


class Night:
    """The files of one scan, and its command."""

    def __init__(self, folder: Path, target: str) -> None:
        self.target = target
        self.inventory = folder / "inventory.sqlite"
        self.journal, self.result = folder / "scan.journal", folder / "result.json"
        self.log = folder / "inventory.sqlite-wal"

    async def scan(self, kill: Moment | None = None) -> Run:
        arguments = ("--resume", str(self.journal), "--output", str(self.result), "--format", "json", "--rate", RATE)
        return await camscan("scan", self.target, *arguments, *self._named(), watch=self, kill=kill)

    async def ask(self, *arguments: str) -> Run:
        return await camscan(*arguments, *self._named())

    def _named(self) -> tuple[str, str]:
        return "--inventory", str(self.inventory)

    def lines(self) -> int:
        return self.journal.read_bytes().count(b"\n") if self.journal.exists() else 0

    def is_whole(self) -> bool:
        return self.journal.exists() and b'"complete"' in self.journal.read_bytes()

    def under_way(self) -> set[str]:
        """The hosts that have got something that they must get only once, and whose turns are not over."""
        rows = lines(self.journal) if self.journal.exists() else []
        once, over = ({row["address"] for row in rows if row.get("event") == event} for event in ("once", "turns"))
        return once - over

    def log_size(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0


@dataclass
class Clock:
    """The times of the scan that nobody killed, within which moments are chosen. `recording`: from the delivery of the
    result until the journal says that all is over."""

    seconds: float = 0.0
    recording: float = 0.0
    lines: int = 0
    log: int = 0

    def moments(self, seed: int, kinds: Sequence[str]) -> Iterator[Moment]:
        chance = random.Random(seed)
        most = {"lines": self.lines, "time": self.seconds, "recording": self.recording, "commit": self.log}
        while True:
            kind = chance.choice(kinds)
            yield Moment(kind, chance.uniform(0, most[kind]))


async def camscan(*arguments: str, watch: Night | None = None, kill: Moment | None = None) -> Run:
    """A run to its end, or until the moment."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "camscan", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=os.environ | OWNER,
    )  # fmt: skip
    ended = asyncio.create_task(process.communicate())
    async with asyncio.timeout(SECONDS):
        if watch is not None and kill is not None and await _comes(watch, kill, ended):
            process.kill()
        out, err = await ended
    return Run(process.returncode or 0, out.decode(), err.decode())


async def _comes(night: Night, moment: Moment, ended: "asyncio.Task[tuple[bytes, bytes]]") -> bool:
    """Whether the moment comes before the end."""
    begun, delivered = time.monotonic(), None
    while not ended.done():
        if delivered is None and night.result.exists():
            delivered = time.monotonic()
        if _reached(night, moment.kind, begun, delivered) >= moment.amount:
            return True
        await asyncio.sleep(WATCH)
    return False


def _reached(night: Night, kind: str, begun: float, delivered: float | None) -> float:
    """How far the scan has come, by this kind of moment; below all of them where that has not begun."""
    if kind == "lines":
        return night.lines()
    if kind == "time":
        return time.monotonic() - begun
    if delivered is None:
        return -1.0
    return night.log_size() if kind == "commit" else time.monotonic() - delivered


async def measured(night: Night) -> Clock:
    """A whole scan, looked at while it runs."""
    clock, begun, delivered = Clock(), time.monotonic(), None
    running = asyncio.create_task(night.scan())
    while not running.done():
        if delivered is None and night.result.exists():
            delivered = time.monotonic()
        if delivered is not None and not clock.recording and night.is_whole():
            clock.recording = time.monotonic() - delivered
        clock.log = max(clock.log, night.log_size() if delivered else 0)
        await asyncio.sleep(WATCH)
    run = await running
    if run.code or not run.acknowledged:
        raise SystemExit(f"the scan that nobody kills did not come to its end: {run.err}")
    clock.seconds, clock.lines = time.monotonic() - begun, night.lines()
    return clock


@dataclass
class Outcome:
    """What a kill hit, and what was wrong after it."""

    hit: str
    wrong: list[str] = field(default_factory=list)


async def trial(before: Path, moment: Moment, night: Night) -> Outcome:
    shutil.copy(before, night.inventory)
    killed = await night.scan(moment)
    outcome, under_way = Outcome(_hit(night, killed)), night.under_way()
    found = await _scans(night, outcome)
    if found < max(1, killed.acknowledged):
        outcome.wrong.append(f"scan {killed.acknowledged or 1} was acknowledged, and {found} are there")
    if found > 1 and not killed.acknowledged and outcome.hit == "recording":
        outcome.hit = "recorded, not said"
    again = await night.scan()
    said_before = again.code == 2 and "was complete" in again.err
    if again.code and not said_before:
        outcome.wrong.append(f"--resume ended with {again.code}: {again.err.strip()}")
    if (count := await _scans(night, outcome)) != 2:
        outcome.wrong.append(f"the night is there {count - 1} times")
    outcome.wrong += await _changes(night, under_way)
    return outcome


def _hit(night: Night, killed: Run) -> str:
    if killed.code == 0:
        return "nothing, it was over"
    if night.is_whole():
        return "the end"
    if killed.acknowledged:
        return "recorded and said"
    return "recording" if night.result.exists() else "scanning"


async def _scans(night: Night, outcome: Outcome) -> int:
    """How many scans are in the inventory, which must be whole."""
    checked = await night.ask("inventory", "check", "--format", "json")
    if checked.code:
        outcome.wrong.append(f"check ended with {checked.code}: {(checked.err or checked.out).strip()}")
        return 0
    return int(json.loads(checked.out)["rows"]["scan"])


async def _changes(night: Night, under_way: set[str]) -> list[str]:
    compared = await night.ask("diff", "1", "2", "--format", "json")
    if compared.code:
        return [f"diff ended with {compared.code}: {compared.err.strip()}"]
    changes = [one for one in json.loads(compared.out)["changes"] if one["address"] not in under_way]
    return [f"{one['event']} {one['address']} {one['subject']}" for one in changes]


def say(text: str) -> None:
    print(text, flush=True)


async def main(count: int, seed: int, target: str = TARGET, kinds: Sequence[str] = KINDS) -> int:
    """The number of kills after which something was wrong."""
    failed, hits = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = Night(folder, target)
        async with loopback.serve(load_site()):
            clock = await measured(first)
        before = folder / "before.sqlite"
        await first.ask("inventory", "backup", str(before), "--quiet")
        say(
            f"a whole scan: {clock.seconds:.1f} s, {clock.lines} lines in its journal; from delivery to its last "
            f"{clock.recording:.3f} s, {clock.log:,} bytes of -wal"
        )
        moments = clock.moments(seed, kinds)
        for number in range(1, count + 1):
            moment, place = next(moments), folder / str(number)
            place.mkdir()
            async with loopback.serve(load_site()):
                outcome = await trial(before, moment, Night(place, target))
            hits[outcome.hit] += 1
            failed += bool(outcome.wrong)
            say(f"{number:3} at {moment!s:26} hit: {outcome.hit:22} {'; '.join(outcome.wrong) or 'all is well'}")
            shutil.rmtree(place)
    print(
        f"{count - failed} of {count} kills left all well; hit: {', '.join(f'{h} {n}' for h, n in hits.most_common())}"
    )
    return failed


if __name__ == "__main__":
    if sys.argv[1:] == ["--short"]:
        sys.exit(bool(asyncio.run(main(2, 1, SHORT, SHORT_KINDS))))
    number, seed = map(int, sys.argv[1:3])
    sys.exit(bool(asyncio.run(main(number, seed))))
