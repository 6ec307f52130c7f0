"""How each step of the plan is carried out: which transport asks its addresses, and what it gives back."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Network, ip_network
from typing import Literal

from camscan.discover.addresses import Addresses
from camscan.discover.engines import INSTEAD, Engine, Engines
from camscan.discover.hosts import Hosts
from camscan.discover.interviews import Interviews
from camscan.discover.journal import Journal
from camscan.discover.plan import Plan, Step, allowed_requests
from camscan.discover.ports import PortSweep
from camscan.discover.steps import wire_of
from camscan.discover.tally import Tally
from camscan.discover.tasks import each
from camscan.errors import NotPossibleError
from camscan.probe import Protocol, Udp
from camscan.protocols import arp as arp_codec
from camscan.protocols import icmp as icmp_codec
from camscan.reply import Reply
from camscan.scope import Interface
from camscan.transport import ethernet, icmp, neighbours, nmap, udp
from camscan.transport.grace import Grace
from camscan.transport.link import link_to
from camscan.transport.mailing import UdpQuestion
from camscan.transport.packet_socket import NOT_PERMITTED
from camscan.transport.wire import Wire

LIMITED_BROADCAST = "255.255.255.255"
BATCH = 1024  # addresses that the journal takes for done together
NMAP_SECONDS = 1.0  # after a run of nmap: long enough for the ports it found to be kept
MAC_SECONDS = 2.0  # for ARP to tell who a host is that something else has shown; then connects do
NEAR_HOSTS = 64  # whose ports are tried at once where ARP has shown that they are there


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The channels of one scan. `idle` is set when hosts and ports have been
    looked for, and the turns are over."""

    plan: Plan
    protocols: Mapping[str, Protocol]
    journal: Journal
    hosts: Hosts
    interviews: Interviews
    addresses: Addresses
    idle: asyncio.Event
    unanswered: neighbours.Absent = field(default_factory=neighbours.Absent)

    @property
    def tally(self) -> Tally:
        """What is counted."""
        return self.journal.tally

    def replies(self, step: Step, wire: Wire) -> AsyncGenerator[Reply, None]:
        """Everything that answers this step; `wire` accounts for this step alone."""
        channel = self.protocols[step.protocol].channel
        if isinstance(channel, Udp):
            return udp.sweep(wire, self._question(step, channel))
        if step.mode == "echo":
            asked = self.addresses.as_heard(step, BATCH, self.plan.settings.wait)
            return icmp.sweep(wire, icmp_codec.encode_echo, asked, self._grace())
        return self._arp(step, wire) if step.mode == "sweep" else self._ports(step, wire)

    def _interface(self, step: Step) -> Interface | None:
        return next((i for i in self.plan.interfaces if i.name == step.interface), None)

    def _question(self, step: Step, channel: Udp) -> UdpQuestion:
        interface, settings = self._interface(step), self.plan.settings
        mode, destinations = self._destinations(step, channel)
        return UdpQuestion(
            protocol=step.protocol,
            requests=allowed_requests(self.protocols[step.protocol], settings),
            port=channel.port,
            destinations=destinations,
            mode=mode,
            interface=interface,
            source=_own_address(interface, step.network) if mode != "unicast" else None,
            repeats=settings.repeats,
            pause=settings.unicast_pause if mode == "unicast" else settings.pause,
            grace=self._grace(0.0 if mode == "unicast" else channel.spread),
        )

    def _grace(self, spread: float = 0.0) -> Grace:
        """How long to listen after the last question, where devices may put off their answers so long."""
        settings = self.plan.settings
        return Grace(least=spread + settings.least, most=spread + settings.wait, idle=self.idle)

    def _destinations(
        self, step: Step, channel: Udp
    ) -> tuple[Literal["multicast", "broadcast", "unicast"], AsyncGenerator[str, None]]:
        if step.mode == "multicast":
            by_six = ":" in step.network
            return "multicast", each([f"{channel.group6}%{step.interface}" if by_six else str(channel.group)])
        if step.mode == "broadcast":
            return "broadcast", each(self._broadcasts(step))
        settings, addresses = self.plan.settings, self.addresses
        some = addresses.if_heard if step.per_host else addresses.as_heard
        return "unicast", some(step, BATCH, settings.repeats * settings.unicast_pause + settings.wait)

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
        asked = self.addresses.heard_first(step, ethernet.CHUNK, ethernet.ARP_SECONDS)
        return ethernet.arp_sweep(wire, arp_codec.encode_who_has, interface, network, asked)

    async def _ports(self, step: Step, wire: Wire) -> AsyncGenerator[Reply, None]:
        page = self.journal.pages[step]
        sweep = PortSweep(
            wire=wire,
            request="syn" if step.engine == "syn" else "connect",
            turns=self.interviews.over,
            settle=page.settle,
            owed={address: ports for address, ports in page.ports.items() if address not in self.journal.turns},
        )
        async with aclosing(sweep.run(await self._engine(step, wire))) as replies:
            async for reply in replies:
                yield reply

    async def _engine(self, step: Step, wire: Wire) -> Engine:
        """Who looks for the open ports of this step. SYN frames that do not get there give way to connects."""
        engines = Engines(
            wire=wire,
            ports=tuple(map(int, step.requests)),
            seconds=self.plan.settings.connect_seconds,
            hosts_at_once=self._hosts_at_once(step),
            is_absent=partial(self._is_absent, step),
        )
        if step.engine == "nmap":
            await self.hosts.heard.closed(step.networks)
            return engines.nmap(self.addresses.in_order(step, nmap.CHUNK, NMAP_SECONDS))
        if step.engine == "syn" and (step.near or not self.journal.pages[step].done.count):
            try:
                return await self._syn(engines, step)
            except NotPossibleError as error:
                self.tally.remark(step, f"{INSTEAD}: {error}")
        return engines.connect(self.addresses.as_heard(step, 1, None))

    def _hosts_at_once(self, step: Step) -> int:
        """Where ARP shows who is there nobody is silent, and few at a time leave room for the other channels."""
        settings = self.plan.settings
        few = step.near and settings.raw and step.engine != "syn"
        return min(settings.hosts_at_once, NEAR_HOSTS) if few else settings.hosts_at_once

    async def _syn(self, engines: Engines, step: Step) -> Engine:
        """Through a router SYN frames go to all of the step, on the wire to each host as soon as it has been found."""
        interface = self._interface(step)
        networks = [network for network in map(ip_network, step.networks) if isinstance(network, IPv4Network)]
        if interface is None or not networks:
            raise NotPossibleError("no such interface")
        if not self.plan.settings.raw:
            raise NotPossibleError(NOT_PERMITTED)
        link = await link_to(networks[0], interface)
        if step.near:
            asked = self.addresses.as_heard(step, 1, None)
            return engines.knock(link, asked, partial(self._mac_of, step), partial(self.tally.remark, step))
        return engines.syn(link, networks, lambda share: self._advance(step, share), self.journal.pages[step])

    def _is_absent(self, step: Step, address: str) -> bool:
        """Whether a host on this machine's own wire lacks an answer to ARP, where the kernel alone can ask."""
        absent = step.near and self.unanswered.holds(address)
        if absent:
            self.tally.give_up(step)
        return absent

    async def _mac_of(self, step: Step, address: str) -> bytes | None:
        """As ARP has told it; where something else has shown the host first, ARP asks for it next."""
        under_way = self.hosts.heard.is_open(step.networks)
        return await self.hosts.macs.told(address, MAC_SECONDS if under_way else 0.0)

    def _advance(self, step: Step, share: float) -> None:
        """So much of a step that is not gone through address by address is done."""
        self.tally.draw_share(step, self.plan.scope, share)
        self.addresses.advanced(step, int(step.addresses * min(share, 1.0)))


def _own_address(interface: Interface | None, network: str) -> str | None:
    """The address this machine has on that network by that interface."""
    own = interface.ipv4 if interface else ()
    return next((str(a.ip) for a in own if str(a.network) == network), None)
