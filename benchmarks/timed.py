"""Whole programs, timed: wall clock, CPU and peak memory of a command and everything it started (see `launch.py`)."""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LAUNCHER = str(Path(__file__).with_name("launch.py"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run: seconds of wall clock and CPU, peak in MB, the exit code, and what it wrote. `missed` is what it did not
    find of what was there, `false` what it found that was not; `rate` is frames a second, where it tells."""

    wall: float
    cpu: float
    peak: float
    code: int
    output: str
    errors: str
    missed: int = 0
    false: int = 0
    rate: float | None = None


def timed(command: Sequence[str], *, inside: str | None = None, seconds: int = 600) -> Run:
    """Runs a command, in a network namespace if one is named, and ends it after so many seconds."""
    place = ["ip", "netns", "exec", inside] if inside else []
    with tempfile.TemporaryDirectory(prefix="camscan-benchmark-") as folder:
        output, errors, report = (Path(folder, name) for name in ("output", "errors", "report"))
        launcher = [sys.executable, "-I", "-S", LAUNCHER, str(report), str(seconds), *place, *command]
        with output.open("wb") as out, errors.open("wb") as err:
            _run_to_end(launcher, folder, out, err)
        wall, cpu, peak, code = report.read_text().split()
        return Run(
            wall=float(wall),
            cpu=float(cpu),
            peak=int(peak) / 1024,
            code=int(code),
            output=output.read_text(errors="replace"),
            errors=errors.read_text(errors="replace"),
        )


def _run_to_end(command: Sequence[str], folder: str, out: IO[bytes], err: IO[bytes]) -> None:
    """However this ends, the program and what it started do too."""
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
    )
    try:
        if process.wait():
            sys.exit(f"{command[-1]}: could not be started")
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


Work = Callable[[], Run]


def in_turns(rounds: int, works: Mapping[str, Work]) -> dict[str, list[Run]]:
    """Every work once, then every one again, so that a machine that is busy is busy for all."""
    runs: dict[str, list[Run]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            runs[name].append(work())
    return runs


def wall(runs: Sequence[Run]) -> float:
    """The median."""
    return statistics.median(run.wall for run in runs)


def rate(runs: Sequence[Run]) -> float:
    """The median of frames a second."""
    return statistics.median(run.rate for run in runs if run.rate is not None)


def missed(runs: Sequence[Run]) -> int:
    """What all runs together missed."""
    return sum(run.missed for run in runs)
