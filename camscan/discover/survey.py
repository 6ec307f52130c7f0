"""All channels at once: multicast, broadcast, unicast, ARP, echo and ports run together; turns follow as hosts appear.

Every channel is a step of the plan. A channel that this machine cannot use is noted in the coverage and the others go
on; a host that misbehaves costs itself only.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, ip_network
from typing import Literal

from camscan.discover.announced import Hint
from camscan.discover.hosts import Hosts, serve
from camscan.discover.plan import Plan, Step, allowed_requests, on_link, swept_ports
from camscan.discover.tally import Tally
from camscan.discover.turns import Interview, hints_for
from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.model import Outcome, Reply
from camscan.probe import ArpSweep, IcmpEcho, Protocol, Udp
from camscan.protocols import icmp as icmp_codec
from camscan.scope import Interface, Scope
from camscan.transport import ethernet, icmp, neighbours, nmap, tcp, udp
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
    """One run over a plan. `replies` and `tally` hold what is known so far, also when the run is cut short."""

    plan: Plan
    wire: Wire
    protocols: Mapping[str, Protocol]
    keep: Callable[[Reply], None]
    listen: Callable[[Progress], None]
    tally: Tally = field(default_factory=Tally)
    hosts: Hosts = field(init=False)
    _interviews: dict[str, Interview] = field(default_factory=dict)
    _swept: dict[str, asyncio.Event] = field(default_factory=dict)
    _own: frozenset[str] = frozenset()
    _probed: int = 0

    def __post_init__(self) -> None:
        self.hosts = Hosts(scope=self.plan.scope, protocols=self.protocols)
        self._own = frozenset(str(a.ip) for i in self.plan.interfaces for a in i.addresses)

    async def run(self) -> None:
        """Take every step of the plan, then ask the hosts that announced more than the ports already tried."""
        steps = [s for s in self.plan.steps if not s.per_host and s.not_possible is None]
        self._swept = {s.network: asyncio.Event() for s in steps if self._channel_is(s, ArpSweep)}
        async with asyncio.TaskGroup() as group:
            for step in steps:
                group.create_task(self._take(step))
        await serve(iter([*self.hosts.heard]), self._ask_announced, self.plan.settings.hosts_at_once)

    def _channel_is(self, step: Step, kind: type) -> bool:
        return isinstance(self.protocols[step.protocol].channel, kind)

    async def _take(self, step: Step) -> None:
        """One step to its end. What stops it is the step's own affair."""
        try:
            async for reply in self._replies(step):
                if reply.transport == "udp" and reply.address in self._own:
                    continue  # our own questions, heard where we listen for answers to a group
                self.tally.answer(step, reply.address)
                self._note(reply)
            self.tally.finish(step)
        except (NotPossibleError, OutOfScopeError, OSError) as error:
            self.tally.fail(step, str(error))
        finally:
            if self._channel_is(step, ArpSweep):
                self._swept[step.network].set()

    def _note(self, reply: Reply) -> None:
        self.hosts.note(reply)
        self.keep(reply)

    def _replies(self, step: Step) -> AsyncIterator[Reply]:
        channel = self.protocols[step.protocol].channel
        if isinstance(channel, Udp):
            return udp.sweep(self.wire, self._question(step, channel))
        if isinstance(channel, IcmpEcho):
            return icmp.sweep(self.wire, icmp_codec.encode_echo, self._addresses(step), ECHO_SECONDS)
        if isinstance(channel, ArpSweep):
            return self._arp(step)
        return self._ports(step)

    def _addresses(self, step: Step) -> Iterator[str]:
        return replace(self.plan.scope, swept=(ip_network(step.network),)).addresses()

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
            return "broadcast", iter([str(ip_network(step.network).broadcast_address), LIMITED_BROADCAST])
        return "unicast", self._addresses(step)

    async def _arp(self, step: Step) -> AsyncIterator[Reply]:
        """Who-has for each address; without raw sockets what the kernel's neighbour table knows, when all is done."""
        network = ip_network(step.network)
        interface = on_link(network, self.plan.interfaces)
        if interface is None or not isinstance(network, IPv4Network):
            raise NotPossibleError("not a directly connected network")
        try:
            async for reply in ethernet.arp_sweep(self.wire, interface, network, self._addresses(step), ARP_SECONDS):
                yield reply
        except NotPossibleError:
            for reply in neighbours.read_neighbours(self.wire):
                self._note(reply)
            raise

    async def _ports(self, step: Step) -> AsyncIterator[Reply]:
        """Ports of every address; on a swept segment only of those that are there. Open ports lead to turns."""
        heard: asyncio.Queue[Reply | None] = asyncio.Queue()

        async def work() -> None:
            try:
                await self._probe_hosts(step, heard)
            finally:
                heard.put_nowait(None)

        task = asyncio.create_task(work())
        try:
            while (reply := await heard.get()) is not None:
                yield reply
            await task
        finally:
            task.cancel()

    async def _probe_hosts(self, step: Step, heard: asyncio.Queue[Reply | None]) -> None:
        ports = swept_ports(self.protocols)

        async def host(address: str) -> None:
            found = [port for port in ports if await self._is_open(address, port, heard)]
            self._progress(step)
            await self._interview(address, [h for p in found for h in hints_for(p, self.protocols)])

        if self.plan.settings.engine == "nmap":
            await self._probe_with_nmap(step, ports, heard)
        else:
            await serve(self._candidates(step), host, self.plan.settings.hosts_at_once)

    async def _probe_with_nmap(self, step: Step, ports: tuple[int, ...], heard: asyncio.Queue[Reply | None]) -> None:
        addresses = [address async for address in self._candidates(step)]
        found: dict[str, list[int]] = {}
        async for address, port in nmap.open_ports(self.wire, addresses, ports):
            heard.put_nowait(self._open_port(address, port))
            found.setdefault(address, []).append(port)

        async def host(address: str) -> None:
            await self._interview(address, [h for p in found[address] for h in hints_for(p, self.protocols)])

        await serve(iter(found), host, self.plan.settings.hosts_at_once)

    async def _candidates(self, step: Step) -> AsyncIterator[str]:
        """The addresses to try: all of them, or those that ARP proved to be there."""
        swept = self._swept.get(step.network)
        if swept is not None:
            await swept.wait()
        arp = next(
            (s for s in self.tally.finished if s.network == step.network and self._channel_is(s, ArpSweep)),
            None,
        )
        present = self.tally.answered[arp] if arp else None
        for address in self._addresses(step):
            if present is None or address in present or address in self.hosts.heard:
                yield address

    async def _is_open(self, address: str, port: int, heard: asyncio.Queue[Reply | None]) -> bool:
        outcome = await tcp.connect(self.wire, address, port, self.plan.settings.connect_seconds)
        if outcome is Outcome.REPLIED:
            heard.put_nowait(self._open_port(address, port))
        return outcome is Outcome.REPLIED

    def _open_port(self, address: str, port: int) -> Reply:
        return Reply(
            address=address,
            protocol="tcp",
            transport="tcp",
            port=port,
            request="connect",
            data=b"",
            channel="tcp",
            time=self.wire.clock(),
        )

    async def _interview(self, address: str, hints: list[Hint]) -> None:
        interview = self._interviews.get(address)
        if interview is None:
            interview = self._interviews[address] = Interview(
                wire=self.wire, protocols=self.protocols, settings=self.plan.settings, address=address
            )
        async for reply in interview.ask(hints):
            self._note(reply)

    async def _ask_announced(self, address: str) -> None:
        await self._interview(address, self.hosts.hints.get(address, []))

    def _progress(self, step: Step) -> None:
        self._probed += 1
        self.listen(
            Progress(
                stage="ports",
                done=self._probed,
                total=sum(s.addresses for s in self.plan.steps if s.protocol == "tcp"),
                devices=len(self.hosts.identified),
            )
        )


def _own_address(interface: Interface | None, network: str) -> str | None:
    """The address this machine has on that network by that interface."""
    own = interface.ipv4 if interface else ()
    return next((str(a.ip) for a in own if str(a.network) == network), None)


def scope_text(scope: Scope) -> tuple[str, ...]:
    """The scope as text, exclusions marked."""
    return (
        *map(str, scope.swept),
        *(f"{n} ({i.name}, multicast)" for i, n in scope.segments),
        *(f"not {n}" for n in scope.excluded),
    )
