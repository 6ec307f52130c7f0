"""The page of one step in the journal: what it has done, kept while it is done and read back when a scan goes on.

Rule: what stands there as done need not be asked again. An address that is asked alone is done when it is said so
(`settle`); of addresses that are asked many at a time, a whole batch is, once the time for its answers is over too.
Memory is for what is under way and for who answered, never for the scope.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from camscan.discover.done import Done
from camscan.discover.order import Place, Run
from camscan.discover.plan import Step
from camscan.discover.tally import Tally
from camscan.scope import Scope
from camscan.transport.standing import Standing

STANDING_SECONDS = 1.0  # between two lines on where a sweep of SYN probes stands: what a kill costs at most

Row = Mapping[str, Any]
"""One line of the journal, parsed."""


@dataclass(slots=True)
class _Batch:
    """Positions in ranges (begin, end): addresses to ask, and by number of the network how many were drawn and how many
    left out."""

    ranges: list[tuple[int, int]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    drawn: Counter[int] = field(default_factory=Counter)
    absent: Counter[int] = field(default_factory=Counter)

    def add(self, begin: int, end: int) -> None:
        """More positions, in whatever order."""
        if self.ranges and self.ranges[-1][1] == begin:
            self.ranges[-1] = (self.ranges[-1][0], end)
        else:
            self.ranges.append((begin, end))


@dataclass(slots=True, kw_only=True)
class Page:
    """What earlier runs have done of `step`: the addresses that are `done`, the `ports` of the hosts that have been
    found, the hosts `met` of which one port is known, and where its SYN probes stand. What this run does goes to
    `write` and `tally`. `clock` is monotonic seconds."""

    step: Step
    scope: Scope
    tally: Tally
    write: Callable[[dict[str, object]], None]
    clock: Callable[[], float] = time.monotonic
    done: Done = field(default_factory=Done)
    ports: dict[str, list[int]] = field(default_factory=dict)
    met: dict[str, int] = field(default_factory=dict)
    standing: Standing | None = None
    _size: int = 0
    _wait: float | None = None
    _batch: _Batch | None = None
    _asked: dict[str, _Batch] = field(default_factory=dict)
    _waiting: deque[tuple[float, _Batch]] = field(default_factory=deque)
    _stood: float = float("-inf")
    _passes: int = 0

    def begin(self, size: int, wait: float | None) -> None:
        """Addresses are about to be drawn, `size` at a time (0: all at once), and `wait` seconds after the last of a
        batch was asked nothing more is expected of it (None: each address is told by `settle`)."""
        self._size, self._wait = size, wait
        self._batch = _Batch()

    def leave_out(self, run: Run) -> None:
        """Addresses are not asked because nobody is there."""
        batch = self._open_batch()
        batch.add(run.begin, run.end)
        batch.absent[run.network] += run.end - run.begin

    def draw(self, place: Place) -> None:
        """An address is about to be asked; those drawn before have been, or `settle` tells."""
        batch = self._open_batch()
        batch.add(place.position, place.position + 1)
        batch.drawn[place.network] += 1
        batch.addresses.append(place.address)
        if self._wait is None:
            self._asked[place.address] = batch
            self._batch = _Batch()

    def _open_batch(self) -> _Batch:
        """The batch to fill. What was full before has been asked by now."""
        batch = self._batch or _Batch()
        if self._wait is not None and self._size and len(batch.addresses) == self._size:
            self._waiting.append((self.clock() + self._wait, batch))
            batch = _Batch()
        self._batch = batch
        while self._waiting and self._waiting[0][0] <= self.clock():
            self._write_batch(self._waiting.popleft()[1])
        return batch

    def settle(self, address: str, ports: list[int], packets: int) -> None:
        """All ports of an address have been tried, these are open; it has cost so many packets."""
        if ports:
            self._note("ports", address=address, ports=ports, packets=packets)
        if address in self._asked:
            self._write_batch(self._asked.pop(address))

    def meet(self, address: str, port: int) -> None:
        """A host has been found by this open port; the others are about to be tried."""
        self._note("met", address=address, port=port)

    def stand(self, standing: Standing) -> None:
        """Where the SYN probes stand."""
        if self.clock() - self._stood >= STANDING_SECONDS or standing.passes != self._passes:
            self._stood, self._passes = self.clock(), standing.passes
            self._note("standing", **asdict(standing))

    def answer(self, address: str) -> None:
        """An address answered this step."""
        if address not in self.tally.answered[self.step]:
            self.tally.answer(self.step, address)
            self._note("answered", address=address)

    def finish(self) -> None:
        """The step went through all its addresses, and the time for answers is over."""
        for batch in (*(batch for _, batch in self._waiting), *filter(None, [self._batch])):
            self._write_batch(batch)
        unsent = self._unsent([] if self._batch else self.tally.unsent[self.step].addresses)
        self._note("finished", unsent=unsent, **self._unkept, remarks=self.tally.remarks[self.step])
        self.tally.finish(self.step)

    def _write_batch(self, batch: _Batch) -> None:
        counts = {"drawn": dict(batch.drawn), "absent": dict(batch.absent)}
        unsent = self._unsent(batch.addresses)
        self._note("done", ranges=batch.ranges, **counts, unsent=unsent, **self._unkept)

    def _unsent(self, addresses: Iterable[str]) -> list[tuple[str, str, int]]:
        unsent = self.tally.unsent[self.step]
        missed = ((a, unsent.packets_for(a)) for a in addresses)
        return [(a, unsent.reason(a), packets) for a, packets in missed if packets]

    @property
    def _unkept(self) -> dict[str, int]:
        return {"dropped": self.tally.dropped[self.step].total(), "lost": self.tally.lost[self.step].total()}

    def _note(self, event: str, **values: object) -> None:
        self.write({"event": event, **{name: value for name, value in values.items() if value not in (0, [], {})}})

    def take(self, row: Row) -> None:
        """Read back one line of this step."""
        step, tally = self.step, self.tally
        match row["event"]:
            case "done" | "finished" as event:
                self._take_counts(row)
                if event == "finished":
                    tally.begun.add(step)
                    tally.remarks[step] += row.get("remarks", [])
                    tally.finish(step)
            case "answered":
                tally.answer(step, row["address"])
            case "ports":
                self.ports[row["address"]] = [int(port) for port in row["ports"]]
                self.met.pop(row["address"], None)
            case "met":
                self.met[row["address"]] = int(row["port"])
            case "standing":
                left = tuple((int(begin), int(end)) for begin, end in row["left"])
                numbers = {n: int(row.get(n, 0)) for n in ("start", "size", "passes", "sent", "answered", "opened")}
                self.standing = Standing(left=left, **numbers)
                if not step.near:  # on the wire its hosts are drawn one by one
                    tally.draw_share(step, self.scope, self.standing.gone)
            case event:
                raise ValueError(f"no event of a step: {event}")

    def _take_counts(self, row: Row) -> None:
        step, tally = self.step, self.tally
        for begin, end in row.get("ranges", []):
            self.done.add(int(begin), int(end))
        for number, count in row.get("drawn", {}).items():
            tally.drawn[step, step.networks[int(number)]] += int(count)
        for number, count in row.get("absent", {}).items():
            tally.absent[step, step.networks[int(number)]] += int(count)
        for address, reason, packets in row.get("unsent", []):
            tally.unsent[step].add(address, reason, int(packets))
        tally.dropped[step][step.protocol] = int(row.get("dropped", 0))
        tally.lost[step][step.protocol] = int(row.get("lost", 0))

    def left(self) -> Step:
        """The step with what is left of it. How wide ARP sweeps stays as it is: the pace on the wire depends on it."""
        gone = self.standing.gone / self.step.rounds if self.standing else self.done.count / max(self.step.addresses, 1)
        share = max(0.0, 1.0 - gone) if self.step not in self.tally.finished else 0.0
        counted = () if self.step.per_host else ("packets", "connections", "spare", "bytes")
        names = (*counted, *(["addresses"] if self.step.mode != "sweep" else []))
        return replace(self.step, **{name: round(getattr(self.step, name) * share) for name in names})
