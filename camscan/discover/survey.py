"""All channels at once: multicast, broadcast, unicast, ARP, echo and ports run together; turns follow as hosts appear.

Every channel is a step of the plan. A channel that this machine cannot use is noted in the coverage and the others go
on; a host that misbehaves costs itself only.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial
from ipaddress import ip_address, ip_network

from camscan.discover.addresses import Addresses
from camscan.discover.channels import Channels
from camscan.discover.hosts import Hosts
from camscan.discover.interviews import Interviews
from camscan.discover.journal import Journal
from camscan.discover.plan import Plan, Step
from camscan.discover.roll import EVERYBODY
from camscan.discover.routed import Routed
from camscan.discover.tally import Tally, coverage
from camscan.discover.tasks import each, serve
from camscan.discover.turns import Interview
from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.model import Coverage
from camscan.probe import Protocol
from camscan.reply import Reply
from camscan.scope import Containment, Scope
from camscan.transport import neighbours
from camscan.transport.carrier import Carriers
from camscan.transport.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a scan is: the stage, addresses done of total, and devices heard so far."""

    stage: str
    done: int
    total: int
    devices: int


@dataclass(slots=True, kw_only=True)
class Survey:
    """One run over a plan, from where its journal stands. `keep` gets every reply; `tally` holds what is known so far,
    also when it is cut short."""

    journal: Journal
    wire: Wire
    protocols: Mapping[str, Protocol]
    keep: Callable[[Reply], None]
    listen: Callable[[Progress], None]
    hosts: Hosts = field(init=False)
    _interviews: Interviews = field(init=False)
    _channels: Channels = field(init=False)
    _idle: asyncio.Event = field(default_factory=asyncio.Event)
    _own: frozenset[str] = frozenset()
    _began: float = 0.0
    _taken: Counter[Step] = field(default_factory=Counter)
    _near: Wire = field(init=False)
    _heard_by_all: Wire = field(init=False)
    _near_networks: Containment = field(init=False)
    _routed: Routed = field(init=False)

    def __post_init__(self) -> None:
        self.hosts = Hosts(scope=self.plan.scope, protocols=self.protocols)
        self._interviews = Interviews(hosts=self.hosts, begin=self._begin, tell=self.journal.tell)
        self._channels = Channels(
            plan=self.plan,
            protocols=self.protocols,
            journal=self.journal,
            hosts=self.hosts,
            interviews=self._interviews,
            addresses=Addresses(journal=self.journal, roll=self.hosts.heard, advanced=self._progress),
            idle=self._idle,
        )
        rate, arp_rate = self.plan.near_rate, self.plan.settings.arp_rate
        self._near = self.wire.at(rate) if rate else self.wire
        self._heard_by_all = self._near.within(arp_rate) if arp_rate else self._near
        self._near_networks = Containment(ip_network(n) for s in self.plan.steps if s.near for n in s.networks)
        self._routed = Routed(self.plan)
        self._own = frozenset(str(a.ip) for i in self.plan.interfaces for a in i.addresses)
        for reply in self.journal.replies:
            self.hosts.note(reply, fresh=False)
        for address in self.journal.turns:
            self._interviews.of(address)

    @property
    def plan(self) -> Plan:
        """What is to be asked."""
        return self.journal.plan

    @property
    def tally(self) -> Tally:
        """What is counted."""
        return self.journal.tally

    async def run(self) -> None:
        """Take every step of the plan, then ask the hosts that announced more than the ports already tried."""
        steps = [s for s in self.plan.taken if s.not_possible is None]
        carriers = Carriers({s.interface for s in steps if s.interface})
        try:
            await self._take_all(steps)
            heard = each([*self.hosts.heard])
            await serve(heard, self._interviews.over_announced, self.plan.settings.hosts_at_once)
            self._read_neighbours()
        finally:
            self.journal.unlink(carriers.lost())

    async def _take_all(self, steps: Sequence[Step]) -> None:
        """Take these steps together; the network is idle when nobody is looked for any more, and whom nothing has shown
        by the end of the others is not known."""
        self._began = _now()
        for step in (s for s in steps if s.mode == "sweep" and s not in self.tally.finished):
            self.hosts.heard.open(step.networks)
        self.hosts.heard.open(EVERYBODY)
        async with asyncio.TaskGroup() as group:
            first = sorted(steps, key=lambda step: step.mode not in ("sweep", "ports"))
            tasks = {step: group.create_task(self._take(step)) for step in first}
            asked = [task for step, task in tasks.items() if step.mode in ("sweep", "ports")]
            if asked:
                await asyncio.gather(*asked)
                self._idle.set()
            await asyncio.gather(*(task for step, task in tasks.items() if not step.per_host))
            self.hosts.heard.close(EVERYBODY)

    def coverage(self) -> tuple[Coverage, ...]:
        """What every channel did until now, and how the owner's credential fared."""
        return (*coverage(self.plan, self.tally), *self._interviews.rows())

    async def _take(self, step: Step) -> None:
        """One step to its end, unless an earlier run has taken it. What stops it is the step's own affair."""
        try:
            if step not in self.tally.finished:
                await self._ask(step)
                await self._outlast_groups(step)
        except (NotPossibleError, OutOfScopeError, OSError) as error:
            self.tally.fail(step, str(error))
        if step.mode == "sweep":  # not where the scan was cut short: then nobody new is to be asked
            self.hosts.heard.close(step.networks)

    async def _ask(self, step: Step) -> None:
        tally = self.tally
        wire = replace(self._way(step), unsent=tally.unsent[step], dropped=tally.dropped[step], lost=tally.lost[step])
        tally.begin(step)
        page = self.journal.pages[step]
        async with aclosing(self._channels.replies(step, wire)) as replies:
            async for reply in replies:
                if self._note(reply):
                    page.answer(reply.address)
        page.finish()

    async def _outlast_groups(self, step: Step) -> None:
        """Before it is settled who is on a wire: a host that ARP has missed may answer the second question to all."""
        groups = (s for s in self.plan.steps if s.interface == step.interface and s.mode in ("multicast", "broadcast"))
        if step.mode == "sweep" and any(groups):
            settings = self.plan.settings
            await asyncio.sleep(max(0.0, self._began + settings.pause + settings.least - _now()))

    def _way(self, step: Step) -> Wire:
        """The way out at the pace of this step."""
        if step.mode == "sweep":
            return self._heard_by_all
        return self._near if step.near else self.wire

    def _note(self, reply: Reply) -> bool:
        """Keep what is an answer. Our own and other people's questions, heard in a group, are none."""
        if reply.transport == "udp" and reply.address.split("%")[0] in self._own:
            return False
        if not self.hosts.note(reply):
            return False
        self.keep(replace(reply, routed=self._routed.tells(reply)))
        return True

    def _read_neighbours(self) -> None:
        """Where raw frames are not possible: whom the kernel has met while the other channels asked."""
        for step in (s for s in self.tally.failed if s.mode == "sweep"):
            for reply in neighbours.read_neighbours(self.wire):
                if self._note(reply):
                    self.journal.pages[step].answer(reply.address)

    def _begin(self, address: str) -> Interview:
        near = self._near_networks.holds(ip_address(address.split("%")[0]))
        wire = self._near if near else self.wire
        interview = Interview(
            wire=wire,
            protocols=self.protocols,
            settings=self.plan.settings,
            address=address,
            note=self._note,
            once=partial(self.journal.once, address),
            learn=partial(self.journal.learn, address),
        )
        self.journal.recall(interview)
        return interview

    def _progress(self, step: Step, taken: int) -> None:
        if step.mode == "ports":
            self._taken[step] = max(taken, self._taken[step])
            total = sum(s.addresses for s in self.plan.steps if s.mode == "ports" and s.not_possible is None)
            done = self._taken.total()
            self.listen(Progress(stage="ports", done=done, total=total, devices=len(self.hosts.identified)))


def _now() -> float:
    return asyncio.get_running_loop().time()


def scope_text(scope: Scope) -> tuple[str, ...]:
    """The scope as text, exclusions marked."""
    segments = (f"{n} ({i.name}, multicast)" for i, n in scope.segments)
    return (*map(str, scope.swept), *segments, *(f"not {n}" for n in scope.excluded))
