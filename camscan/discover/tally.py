"""Counts what each step asked and who answered, and turns it into the coverage of the report."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Literal

from camscan.discover.plan import Plan, Step
from camscan.model import Coverage
from camscan.scope import Containment

FEW = 4  # single addresses that get a row each; more are counted together

State = Literal["asked", "partial", "not-possible"]


@dataclass(slots=True)
class Tally:
    """What every step asked and heard while the scan runs, and why a step or an address could not be asked."""

    asked: dict[tuple[Step, str], int] = field(default_factory=Counter)
    answered: dict[Step, set[str]] = field(default_factory=lambda: defaultdict(set))
    failed: dict[Step, str] = field(default_factory=dict)
    troubles: dict[Step, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    absent: dict[Step, int] = field(default_factory=Counter)
    finished: set[Step] = field(default_factory=set)
    unsent: dict[Step, int] = field(default_factory=Counter)
    remarks: dict[Step, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def draw(self, step: Step, network: str) -> None:
        """One more address of the network was taken up."""
        self.asked[step, network] += 1

    def answer(self, step: Step, address: str) -> None:
        """An address answered this step."""
        self.answered[step].add(address)

    def trouble(self, step: Step, reason: str) -> None:
        """One address could not be asked; the step goes on."""
        self.troubles[step][reason] += 1

    def leave_out(self, step: Step) -> None:
        """One address was not asked because nobody is there."""
        self.absent[step] += 1

    def remark(self, step: Step, count: int, what: str) -> None:
        """Something that happened so many times, and that the reader of the step's coverage must know."""
        if count:
            self.remarks[step][what] += count

    def fail(self, step: Step, reason: str) -> None:
        """The step could not be taken, or not to its end."""
        self.failed[step] = reason

    def finish(self, step: Step) -> None:
        """The step went through all its addresses."""
        self.finished.add(step)

    def state(self, step: Step) -> State:
        """Asked to the end, in part, or not possible here."""
        if step.not_possible or (step in self.failed and not self.answered[step]):
            return "not-possible"
        if step not in self.finished or self.unsent[step]:
            return "partial"
        everyone = step.addresses <= sum(self.troubles[step].values())
        if everyone and not self.answered[step]:
            return "not-possible"
        return "partial" if self.troubles[step] else "asked"

    def reason(self, step: Step) -> str | None:
        """Why not everything of the step was asked, for people."""
        said = [text for text in (step.not_possible, self.failed.get(step)) if text]
        said += [f"{count} could not be asked: {reason}" for reason, count in self.troubles[step].most_common(3)]
        if self.absent[step]:
            said.append(f"{self.absent[step]} not asked: ARP showed nobody there")
        said += [f"{count} {what}" for what, count in self.remarks[step].most_common()]
        return "; ".join(said) or None


def coverage(plan: Plan, tally: Tally) -> tuple[Coverage, ...]:
    """A row per step and network; turns with single hosts are seen in their evidence instead."""
    return tuple(row for step in plan.steps if not step.per_host for row in _rows(step, tally))


def _rows(step: Step, tally: Tally) -> Iterator[Coverage]:
    if step.mode in ("multicast", "broadcast"):
        yield _row(step, tally, step.network, step.networks, len(tally.answered[step]))
        return
    for label, networks in _grouped(step.networks):
        inside = Containment(map(ip_network, networks))
        answered = sum(1 for a in tally.answered[step] if inside.holds(ip_address(a.split("%")[0])))
        yield _row(step, tally, label, networks, answered)


def _grouped(networks: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each network by itself, but many single addresses together."""
    single = tuple(n for n in networks if ip_network(n).num_addresses == 1)
    if len(single) <= FEW:
        yield from ((n, (n,)) for n in networks)
        return
    yield from ((n, (n,)) for n in networks if n not in set(single))
    yield f"{len(single)} addresses from {single[0].split('/')[0]} to {single[-1].split('/')[0]}", single


def _row(step: Step, tally: Tally, label: str, networks: tuple[str, ...], answered: int) -> Coverage:
    state = tally.state(step)
    segment = step.mode in ("multicast", "broadcast")
    asked = 1 if segment else sum(tally.asked.get((step, n), 0) for n in networks)
    if len(networks) == len(step.networks):  # troubles are known of the step, not of each of its networks
        asked = max(asked - sum(tally.troubles[step].values()), 0)
    asked = 0 if state == "not-possible" else asked
    return Coverage(
        interface=step.interface,
        network=label,
        channel=step.channel,
        state=state,
        asked=asked,
        answered=answered,
        silent=0 if segment else max(asked - answered, 0),
        reason=tally.reason(step),
    )


def unasked(plan: Plan, tally: Tally) -> tuple[str, ...]:
    """Parts of the scope that no channel could ask to the end: what makes a scan partial."""
    sweeps = [s for s in plan.steps if not s.per_host and s.mode not in ("multicast", "broadcast")]
    parts = dict.fromkeys(s.networks for s in sweeps)
    done = {s.networks for s in sweeps if tally.state(s) == "asked"}
    return tuple(" ".join(networks) for networks in parts if networks not in done)
