"""Counts what each step asked and who answered, and turns it into the coverage of the report."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from camscan.discover.plan import Plan, Step
from camscan.model import Coverage


@dataclass(slots=True)
class Tally:
    """The answers of every step while the scan runs, and why a step could not be taken after all."""

    answered: dict[Step, set[str]] = field(default_factory=lambda: defaultdict(set))
    failed: dict[Step, str] = field(default_factory=dict)
    finished: set[Step] = field(default_factory=set)

    def answer(self, step: Step, address: str) -> None:
        """An address answered this step."""
        self.answered[step].add(address)

    def fail(self, step: Step, reason: str) -> None:
        """The step could not be taken, or not to its end."""
        self.failed[step] = reason

    def finish(self, step: Step) -> None:
        """The step went through all its addresses."""
        self.finished.add(step)


def coverage(plan: Plan, tally: Tally) -> tuple[Coverage, ...]:
    """One row per step that speaks for a network; turns with single hosts are seen in their evidence instead."""
    return tuple(_row(step, tally) for step in plan.steps if not step.per_host)


def _row(step: Step, tally: Tally) -> Coverage:
    reason = step.not_possible or tally.failed.get(step)
    answered = len(tally.answered[step])
    many = step.mode not in ("multicast", "broadcast")
    asked = 0 if _state(step, tally) == "not-possible" else step.addresses
    return Coverage(
        interface=step.interface,
        network=step.network,
        channel=step.channel,
        state=_state(step, tally),
        asked=asked,
        answered=answered,
        silent=max(asked - answered, 0) if many else 0,
        reason=reason,
    )


def _state(step: Step, tally: Tally) -> Literal["asked", "partial", "not-possible"]:
    if step.not_possible or (step in tally.failed and not tally.answered[step]):
        return "not-possible"
    return "asked" if step in tally.finished else "partial"


def unasked(rows: Iterable[Coverage]) -> tuple[str, ...]:
    """Networks that no channel could ask, or not to the end: what makes a scan partial."""
    rows = tuple(r for r in rows if not r.channel.endswith(("multicast", "broadcast")))
    networks = dict.fromkeys(r.network for r in rows)
    return tuple(n for n in networks if not any(r.state == "asked" for r in rows if r.network == n))
