"""All channels at once: multicast, broadcast, unicast, ARP, echo and ports run together; turns follow as hosts appear.

Every channel is a step of the plan. A channel that this machine cannot use is noted in the coverage and the others go
on; a host that misbehaves costs itself only.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Literal

from camscan.discover.hosts import Hosts, serve
from camscan.discover.interviews import Interviews
from camscan.discover.plan import Plan, Step, allowed_requests, swept_ports, usable_protocols
from camscan.discover.ports import PortSweep
from camscan.discover.steps import wire_of
from camscan.discover.tally import Tally, coverage
from camscan.discover.turns import Interview
from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.model import Coverage, Reply
from camscan.probe import Protocol, Udp
from camscan.protocols import icmp as icmp_codec
from camscan.scope import Interface, Scope
from camscan.transport import ethernet, icmp, neighbours, udp
from camscan.transport.wire import Wire

LIMITED_BROADCAST = "255.255.255.255"
ECHO_SECONDS = 2.0  # after the last echo request; a device on a slow link answers well within
ARP_SECONDS = 1.0  # after the last who-has; a directly connected host answers in milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a scan is: the stage, addresses done of total, and devices heard so far."""

    stage: str
    done: int
    total: int
    devices: int


@dataclass(slots=True, kw_only=True)
class Survey:
    """One run over a plan. `keep` gets every reply; `tally` holds what is known so far, also when it is cut short."""

    plan: Plan
    wire: Wire
    protocols: Mapping[str, Protocol]
    keep: Callable[[Reply], None]
    listen: Callable[[Progress], None]
    tally: Tally = field(default_factory=Tally)
    hosts: Hosts = field(init=False)
    _interviews: Interviews = field(init=False)
    _swept: dict[tuple[str, ...], asyncio.Event] = field(default_factory=dict)
    _own: frozenset[str] = frozenset()
    _done: int = 0

    def __post_init__(self) -> None:
        self.hosts = Hosts(scope=self.plan.scope, protocols=self.protocols)
        self._interviews = Interviews(hosts=self.hosts, begin=self._begin, note=self._note)
        self._own = frozenset(str(a.ip) for i in self.plan.interfaces for a in i.addresses)

    async def run(self) -> None:
        """Take every step of the plan, then ask the hosts that announced more than the ports already tried."""
        steps = [s for s in self.plan.steps if not s.per_host and s.not_possible is None]
        self._swept = {s.networks: asyncio.Event() for s in steps if s.mode == "sweep"}
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(self._take(step))
        await serve(iter([*self.hosts.heard]), self._interviews.over_announced, self.plan.settings.hosts_at_once)
        self._read_neighbours()

    def coverage(self) -> tuple[Coverage, ...]:
        """What every channel did until now, and how the owner's credential fared."""
        return (*coverage(self.plan, self.tally), *self._interviews.rows())

    async def _take(self, step: Step) -> None:
        """One step to its end. What stops it is the step's own affair."""
        wire = self.wire.for_sweep()
        self.tally.begin(step, wire.unsent, wire.dropped)
        try:
            await self._wait_for_arp(step)
            async with aclosing(self._replies(step, wire)) as replies:
                async for reply in replies:
                    if self._note(reply):
                        self.tally.answer(step, reply.address)
            self.tally.finish(step)
        except (NotPossibleError, OutOfScopeError, OSError) as error:
            self.tally.fail(step, str(error))
        finally:
            if step.mode == "sweep":
                self._swept[step.networks].set()

    def _note(self, reply: Reply) -> bool:
        """Keep what is an answer. Our own and other people's questions, heard in a group, are none."""
        if reply.transport == "udp" and reply.address in self._own:
            return False
        if not self.hosts.note(reply):
            return False
        self.keep(reply)
        return True

    def _replies(self, step: Step, wire: Wire) -> AsyncGenerator[Reply, None]:
        channel = self.protocols[step.protocol].channel
        if isinstance(channel, Udp):
            return udp.sweep(wire, self._question(step, channel))
        if step.mode == "echo":
            return icmp.sweep(wire, icmp_codec.encode_echo, self._addresses(step), ECHO_SECONDS)
        return self._arp(step, wire) if step.mode == "sweep" else self._ports(step, wire)

    async def _wait_for_arp(self, step: Step) -> None:
        """Where ARP sweeps the same networks, the channels that ask each address wait for it (see `_addresses`)."""
        swept = self._swept.get(step.networks)
        if swept is not None and step.mode in ("unicast", "echo", "ports"):
            await swept.wait()

    def _addresses(self, step: Step) -> Iterator[str]:
        """The addresses of the step, counted as they are drawn; of a network that ARP has swept, those that are there.

        A directly connected address that does not answer ARP can receive nothing: the kernel would hold every packet
        to it for seconds and then drop it, and the table of neighbours would overflow.
        """
        arp = next((s for s in self.tally.finished if s.networks == step.networks and s.mode == "sweep"), None)
        for network in step.networks:
            for address in replace(self.plan.scope, swept=(ip_network(network),)).addresses():
                if arp and not (address in self.tally.answered[arp] or address in self.hosts.heard):
                    self.tally.leave_out(step, network)
                    self._progress(step)
                else:
                    self.tally.draw(step, network)
                    yield address

    def _interface(self, step: Step) -> Interface | None:
        return next((i for i in self.plan.interfaces if i.name == step.interface), None)

    def _question(self, step: Step, channel: Udp) -> udp.UdpQuestion:
        interface, settings = self._interface(step), self.plan.settings
        mode, destinations = self._destinations(step, channel)
        return udp.UdpQuestion(
            protocol=step.protocol,
            requests=allowed_requests(self.protocols[step.protocol], settings),
            port=channel.port,
            destinations=destinations,
            mode=mode,
            interface=interface,
            source=_own_address(interface, step.network) if mode != "unicast" else None,
            repeats=settings.repeats,
            pause=settings.pause,
            wait=settings.wait,
        )

    def _destinations(
        self, step: Step, channel: Udp
    ) -> tuple[Literal["multicast", "broadcast", "unicast"], Iterator[str]]:
        if step.mode == "multicast":
            return "multicast", iter([str(channel.group)])
        if step.mode == "broadcast":
            return "broadcast", self._broadcasts(step)
        return "unicast", self._addresses(step)

    def _broadcasts(self, step: Step) -> Iterator[str]:
        """The network's own address for all, and the one for all of the wire where that is in scope."""
        yield str(ip_network(step.network).broadcast_address)
        interface = self._interface(step)
        wires = {a.network for a in interface.ipv4} if interface else set()
        if interface and all(self.plan.scope.permits_broadcast(interface.name, n) for n in wires):
            yield LIMITED_BROADCAST

    def _arp(self, step: Step, wire: Wire) -> AsyncGenerator[Reply, None]:
        interface = self._interface(step)
        network = wire_of(ip_network(step.networks[0]), self.plan.interfaces)
        if interface is None or network is None:
            raise NotPossibleError("not a directly connected network")
        return ethernet.arp_sweep(wire, interface, network, self._addresses(step), ARP_SECONDS)

    def _read_neighbours(self) -> None:
        """Where raw frames are not possible: whom the kernel has met while the other channels asked."""
        for step in (s for s in self.tally.failed if s.mode == "sweep"):
            for reply in neighbours.read_neighbours(self.wire):
                if self._note(reply):
                    self.tally.answer(step, reply.address)

    def _ports(self, step: Step, wire: Wire) -> AsyncGenerator[Reply, None]:

        async def turns(address: str, ports: list[int]) -> None:
            self._progress(step)
            await self._interviews.over(address, ports)

        sweep = PortSweep(
            wire=wire,
            settings=self.plan.settings,
            ports=swept_ports(usable_protocols(self.protocols, self.plan.settings)),
            turns=turns,
        )
        return sweep.run(self._addresses(step))

    def _begin(self, address: str) -> Interview:
        return Interview(wire=self.wire, protocols=self.protocols, settings=self.plan.settings, address=address)

    def _progress(self, step: Step) -> None:
        if step.mode != "ports":
            return
        self._done += 1
        total = sum(s.addresses for s in self.plan.steps if s.mode == "ports" and s.not_possible is None)
        self.listen(Progress(stage="ports", done=self._done, total=total, devices=len(self.hosts.identified)))


def _own_address(interface: Interface | None, network: str) -> str | None:
    """The address this machine has on that network by that interface."""
    own = interface.ipv4 if interface else ()
    return next((str(a.ip) for a in own if str(a.network) == network), None)


def scope_text(scope: Scope) -> tuple[str, ...]:
    """The scope as text, exclusions marked."""
    segments = (f"{n} ({i.name}, multicast)" for i, n in scope.segments)
    return (*map(str, scope.swept), *segments, *(f"not {n}" for n in scope.excluded))
