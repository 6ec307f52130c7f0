"""Counts what each step asked and who answered, and turns it into the coverage of the report: a row per network.

An address was asked if one packet for it left; one that stayed here, all of it, was not, and why stands in the row.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Literal

from camscan.discover.blocks import Block, blocks_of
from camscan.discover.plan import Plan, Step
from camscan.model import Coverage
from camscan.scope import Scope
from camscan.transport.unsent import Unsent

REASONS_SHOWN = 3  # per row
NOBODY_THERE = "ARP showed nobody there"
NOBODY_HEARD = "nothing was heard of anybody there"

State = Literal["asked", "partial", "not-possible"]


@dataclass(slots=True)
class Tally:
    """What every step asked and heard while the scan runs, and why a step or an address could not be asked.

    `drawn` and `absent` count addresses of each network of a step: taken up, and not asked because ARP showed that
    nobody is there. `given_up` counts those of a step that were asked a little before that was known. `dropped` counts
    replies of excluded senders, `lost` those that were too many: who sent them is not known, so that silence proves
    nothing there. `unlinked` are the interfaces that did not keep their link, with the reason.
    """

    drawn: dict[tuple[Step, str], int] = field(default_factory=Counter)
    absent: dict[tuple[Step, str], int] = field(default_factory=Counter)
    given_up: dict[Step, int] = field(default_factory=Counter)
    answered: dict[Step, set[str]] = field(default_factory=lambda: defaultdict(set))
    unsent: dict[Step, Unsent] = field(default_factory=lambda: defaultdict(Unsent))
    dropped: dict[Step, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lost: dict[Step, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    remarks: dict[Step, list[str]] = field(default_factory=lambda: defaultdict(list))
    failed: dict[Step, str] = field(default_factory=dict)
    unlinked: dict[str, str] = field(default_factory=dict)
    _sizes: dict[Step, dict[str, int]] = field(default_factory=dict)
    begun: set[Step] = field(default_factory=set)
    finished: set[Step] = field(default_factory=set)

    def begin(self, step: Step) -> None:
        """The step starts: `unsent`, `dropped` and `lost` are where its transport counts."""
        self.begun.add(step)

    def draw(self, step: Step, network: str) -> None:
        """One more address of the network was taken up."""
        self.drawn[step, network] += 1

    def draw_share(self, step: Step, scope: Scope, share: float) -> None:
        """So much of a step that is not gone through address by address has been taken up by now, if not more."""
        if step not in self._sizes:
            self._sizes[step] = {n: scope.count_in(ip_network(n)) for n in step.networks}
        for network, size in self._sizes[step].items():
            self.drawn[step, network] = max(self.drawn.get((step, network), 0), int(size * min(share, 1.0)))

    def remark(self, step: Step, text: str) -> None:
        """Something that the reader of the step's coverage must know."""
        self.remarks[step].append(text)

    def cut_short(self, steps: Iterable[Step], reason: str) -> None:
        """Of the steps those that have not come to an end never will, for this reason."""
        for step in steps:
            if not step.not_possible and step not in self.finished and step not in self.failed:
                self.remark(step, reason)

    def leave_out(self, step: Step, network: str, count: int) -> None:
        """So many addresses of the network were not asked because nobody is there."""
        self.absent[step, network] += count

    def give_up(self, step: Step) -> None:
        """One more address of the step is not asked to the end, because nobody is there."""
        self.given_up[step] += 1

    def answer(self, step: Step, address: str) -> None:
        """An address answered this step."""
        self.answered[step].add(address)

    def fail(self, step: Step, reason: str) -> None:
        """The step could not be taken, or not to its end."""
        self.failed[step] = reason

    def finish(self, step: Step) -> None:
        """The step went through all its addresses."""
        self.finished.add(step)

    def row(self, step: Step, block: Block, *, first: bool = True) -> Coverage:
        """What is known of one step in one block of its networks; the `first` tells also what concerns them all."""
        lack = self._lack(step, block)
        drawn = self._drawn(step, block)
        asked = 0 if step.not_possible else max(drawn - lack.missed.total(), 0)
        answered = sum(1 for a in self.answered[step] if _is_segment(step) or block.holds(a))
        return Coverage(
            interface=step.interface,
            network=block.label,
            channel=step.channel,
            state=self._state(step, drawn, asked or answered, lack),
            asked=asked,
            answered=answered,
            silent=0 if _is_segment(step) else max(asked - answered, 0),
            reason="; ".join(self._reasons(step, block, lack, first)) or None,
            ports=tuple(map(int, step.requests)) if step.mode == "ports" else (),
            only_known=step.per_host,
        )

    def _drawn(self, step: Step, block: Block) -> int:
        if _is_segment(step):
            return int(step in self.begun)
        return sum(self.drawn.get((step, n), 0) for n in block.networks)

    def _state(self, step: Step, drawn: int, reached: int, lack: "_Lack") -> State:
        ended = step in self.finished or step in self.failed
        if step.not_possible or (not reached and ended and (drawn or step in self.failed)):
            return "not-possible"
        complete = step in self.finished and not lack.packets and step.interface not in self.unlinked
        return "asked" if complete and not self._unheard(step) else "partial"

    def _unheard(self, step: Step) -> dict[str, int]:
        """How many replies were lost, nobody knows whose: the step's own, and answers to ARP if it went by these."""
        sweeps = [s for s in self.lost if s.mode == "sweep" and s.networks == step.networks and s is not step]
        blind = sweeps if any(self.absent.get((step, n)) for n in step.networks) and not step.per_host else []
        return {s.channel: count for s in (step, *blind) if (count := self.lost[s].total())}

    def _lack(self, step: Step, block: Block) -> "_Lack":
        unsent, lack = self.unsent[step], _Lack()
        addresses = [a for a in unsent.addresses if _is_segment(step) or block.holds(a)]
        lack.packets = sum(unsent.packets_for(a) for a in addresses)
        lack.reason = unsent.reason(addresses[-1]) if addresses else ""
        if _is_segment(step):
            lack.missed.update([unsent.reason(a) for a in addresses[:1] if lack.packets >= step.packets])
        else:
            whole = _whole(step)
            lack.missed.update(unsent.reason(a) for a in addresses if unsent.packets_for(a) >= whole)
        return lack

    def _reasons(self, step: Step, block: Block, lack: "_Lack", first: bool) -> Iterator[str]:
        """Why not everything was asked, for people."""
        failed = None if lack.missed else self.failed.get(step)
        yield from (text for text in (step.not_possible, failed) if text)
        yield from (f"{n:,} could not be asked: {reason}" for reason, n in lack.missed.most_common(REASONS_SHOWN))
        if lack.packets and not lack.missed:
            yield f"{lack.packets:,} packet{'' if lack.packets == 1 else 's'} could not be sent: {lack.reason}"
        absent = sum(self.absent.get((step, n), 0) for n in block.networks)
        if absent:
            yield f"{absent:,} not asked: {NOBODY_HEARD if step.per_host else NOBODY_THERE}"
        if first and self.given_up.get(step):
            yield f"{self.given_up[step]:,} not asked to the end: {NOBODY_THERE}"
        if step.interface in self.unlinked:
            yield self.unlinked[step.interface]
        yield from self.remarks[step] if first else ()
        for channel, lost in self._unheard(step).items():
            yield f"{_replies(lost)} lost{'' if channel == step.channel else f' by {channel}'}: too many"
        dropped = self.dropped[step].total()
        if dropped and first:
            yield f"{_replies(dropped)} dropped: sender excluded"


@dataclass(slots=True)
class _Lack:
    """What did not leave for a block: packets, and why, of each address that got none at all."""

    packets: int = 0
    reason: str = ""
    missed: Counter[str] = field(default_factory=Counter)


def _replies(count: int) -> str:
    return f"{count:,} {'reply' if count == 1 else 'replies'}"


def _whole(step: Step) -> int:
    """How much did not leave for an address that got nothing: all packets, or ports, however often each is tried."""
    if step.mode == "ports":
        return len(step.requests)
    return (step.packets + step.connections) // (1 if step.per_host else max(step.addresses, 1))


def _is_segment(step: Step) -> bool:
    return step.mode in ("multicast", "broadcast")


def coverage(plan: Plan, tally: Tally) -> tuple[Coverage, ...]:
    """A row per step and block; turns with single hosts are seen in their evidence instead."""
    return tuple(row for _, row in _rows(plan, tally))


def unasked(plan: Plan, tally: Tally) -> tuple[str, ...]:
    """Parts of the scope that no channel could ask to the end: what makes a scan partial. A channel that asks only whom
    others have found says nothing of the rest."""
    sweeps = [(step, row) for step, row in _rows(plan, tally) if not (_is_segment(step) or step.per_host)]
    parts = dict.fromkeys((step.networks, row.network) for step, row in sweeps)
    done = {(step.networks, row.network) for step, row in sweeps if row.state == "asked"}
    return tuple(label for networks, label in parts if (networks, label) not in done)


def _rows(plan: Plan, tally: Tally) -> Iterator[tuple[Step, Coverage]]:
    for step in plan.taken:
        for number, block in enumerate(_blocks(step)):
            yield step, tally.row(step, block, first=number == 0)


def _blocks(step: Step) -> tuple[Block, ...]:
    return (Block(step.network, step.networks),) if _is_segment(step) else blocks_of(step.networks)
