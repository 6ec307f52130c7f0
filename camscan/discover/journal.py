"""The journal of a scan: what it has done, line by line, so that another run can go on where this one is cut short.

JSON Lines. First a header; then every reply, as a recording has it, and between them events: `{"event": …}`. Steps are
named by their number in the plan, networks by their number in the step. What stands there is not asked again; what was
under way is, except for what a device must get only once (a login challenge, the owner's credential): that is written
before it is sent. Nothing is kept for an address that said nothing.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, get_args

from camscan.discover.hint import Hint
from camscan.discover.login import CREDENTIAL, Fate
from camscan.discover.page import Page, Row
from camscan.discover.plan import Plan, Step
from camscan.discover.same import described
from camscan.discover.tally import Tally
from camscan.discover.turns import Interview
from camscan.reply import Reply
from camscan.transport.patience import HOST_SECONDS

SCHEMA = "camscan.journal/1"


class Sink(Protocol):
    """Where the lines go. `secure` returns when all of them would outlast a power cut. Both may raise
    `CannotRunError`."""

    def write(self, text: str) -> object:
        """One line, with its end."""

    async def secure(self) -> None:
        """Waits for the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """How far the turns with a host have come."""

    asked: frozenset[Hint]
    settled: frozenset[str]
    problems: tuple[str, ...]
    replies: int
    is_over: bool


@dataclass(slots=True, kw_only=True)
class Journal:
    """One scan over `plan`. What earlier runs have done: the `replies`, the `tally`, a page for every step, the `turns`
    with each host, what it was `given` once, the `fates` of the credential, and what each host has cost (`packets`,
    `seconds`). What this run does goes to `sink`."""

    plan: Plan
    sink: Sink | None = None
    id: str | None = None
    started: float | None = None
    ended: float | None = None
    replies: list[Reply] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    pages: dict[Step, Page] = field(init=False)
    turns: dict[str, Turns] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    fates: dict[str, Fate] = field(default_factory=dict)
    packets: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.pages = {step: self._page(number, step) for number, step in enumerate(self.plan.steps)}

    def _page(self, number: int, step: Step) -> Page:
        def write(row: dict[str, object]) -> None:
            self._write({"event": row.pop("event"), "step": number, **row})

        return Page(step=step, scope=self.plan.scope, tally=self.tally, write=write)

    def begin(self, scan_id: str, now: float) -> None:
        """The first line of a new scan, or of one that goes on the next."""
        if self.id is not None:
            self._write({"event": "resumed", "time": now})
            return
        self.id, self.started = scan_id, now
        self._write({"schema": SCHEMA, "id": scan_id, "started": now, "plan": described(self.plan)})

    def end(self, now: float) -> None:
        """The scan has come to its end and its result is delivered."""
        self._write({"event": "complete", "time": now})

    async def once(self, address: str, what: str) -> None:
        """A device is about to get what it must not get twice: it stands on the disk when this returns."""
        self._write({"event": "once", "address": address, "what": what})
        if self.sink:
            await self.sink.secure()

    def learn(self, address: str, fate: Fate) -> None:
        """What became of the owner's credential at a device."""
        self._write({"event": "fate", "address": address, "fate": fate})

    def unlink(self, reasons: Mapping[str, str]) -> None:
        """Interfaces that did not keep their link, by name, with the reason."""
        self.tally.unlinked.update(reasons)
        if reasons:
            self._write({"event": "unlinked", "interfaces": dict(reasons)})

    def tell(self, interview: Interview) -> None:
        """The turns with a host have come to an end."""
        wire, address = interview.wire, interview.address
        self._write(
            {
                "event": "turns",
                "address": address,
                "asked": [[hint.protocol, hint.port, hint.tls, hint.path] for hint in interview.asked],
                "settled": sorted(interview.settled),
                "problems": interview.problems,
                "replies": interview.replies,
                "is_over": interview.is_over,
                "packets": wire.ledger.count(address),
                "seconds": round(HOST_SECONDS - wire.patience.left(address), 3),
            }
        )

    def recall(self, interview: Interview) -> None:
        """What earlier runs have asked this host."""
        interview.settled |= self.given.get(interview.address, set()) - {CREDENTIAL}
        interview.login.fate = self.fates.get(interview.address)
        turns = self.turns.get(interview.address)
        if turns:
            interview.asked |= turns.asked
            interview.settled |= turns.settled
            interview.problems += turns.problems
            interview.replies, interview.is_over = turns.replies, turns.is_over

    def left(self) -> Plan:
        """The plan without what is done."""
        pages = (p for step, p in self.pages.items() if step not in self.tally.finished or step.mode == "sweep")
        return replace(self.plan, steps=tuple(page.left() for page in pages))

    def hear(self, reply: Reply) -> None:
        """Read back one reply."""
        self.replies.append(reply)
        self.packets[reply.address] += bool(reply.data)

    def take(self, row: Row) -> None:
        """Read back one event. Raises `KeyError`, `IndexError`, `TypeError`, `ValueError` or `AttributeError` for what
        is none."""
        if "packets" in row:
            self.packets[row["address"]] = max(self.packets[row["address"]], int(row["packets"]))
        match row["event"]:
            case _ if "step" in row:
                self.pages[self.plan.steps[row["step"]]].take(row)
            case "complete":
                self.ended = float(row["time"])
            case "unlinked":
                self.tally.unlinked.update({str(name): str(why) for name, why in row["interfaces"].items()})
            case "resumed":
                pass
            case event:
                self._take_host(event, row["address"], row)

    def _take_host(self, event: str, address: str, row: Row) -> None:
        match event:
            case "once":
                self.given[address].add(row["what"])
                if row["what"] == CREDENTIAL:
                    self.fates[address] = "silent"
            case "fate":
                self.fates[address] = _fate(row["fate"])
            case "turns":
                self.turns[address] = _turns(row)
                self.seconds[address] = float(row["seconds"])
            case _:
                raise ValueError(f"no event: {event}")

    def _write(self, row: Mapping[str, object]) -> None:
        if self.sink:
            self.sink.write(json.dumps(row) + "\n")


def _fate(name: str) -> Fate:
    fates: tuple[Fate, ...] = get_args(Fate)
    return fates[fates.index(name)]


def _turns(row: Row) -> Turns:
    return Turns(
        asked=frozenset(Hint(protocol=str(p), port=int(n), tls=bool(t), path=str(h)) for p, n, t, h in row["asked"]),
        settled=frozenset(row["settled"]),
        problems=tuple(row["problems"]),
        replies=int(row["replies"]),
        is_over=bool(row["is_over"]),
    )
