"""What a benchmark prints: Markdown tables of what was measured, and of the goals beside it."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from timed import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One goal and what was measured. `met` is None where this machine lacks what is to be compared with."""

    text: str
    measured: str
    met: bool | None


def show_runs(title: str, runs: Mapping[str, Sequence[Run]]) -> None:
    """Medians of each program; missed and false for every run, because one lucky run proves nothing."""
    print(f"\n**{title}**\n\n| | wall | CPU | peak | frames/s | missed | false |\n|---|---|---|---|---|---|---|")
    for name, each in runs.items():
        if each:
            print(f"| {name} | {' | '.join(_figures(each))} |", flush=True)


def _figures(runs: Sequence[Run]) -> tuple[str, ...]:
    speeds = [run.rate for run in runs if run.rate is not None]
    return (
        f"{statistics.median(run.wall for run in runs):.2f} s",
        f"{statistics.median(run.cpu for run in runs):.2f} s",
        f"{statistics.median(run.peak for run in runs):.0f} MB",
        f"{statistics.median(speeds):,.0f}" if speeds else "",
        " ".join(str(run.missed) for run in runs),
        " ".join(str(run.false) for run in runs),
    )


def show_goals(goals: Sequence[Goal]) -> None:
    """All goals, last of all."""
    print("\n| goal | measured | |\n|---|---|---|")
    for goal in goals:
        print(f"| {goal.text} | {goal.measured} | {_verdict(goal.met)} |")


def _verdict(met: bool | None) -> str:
    return "not measured" if met is None else "met" if met else "**not met**"
