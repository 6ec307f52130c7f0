"""Who looks for open ports: connects, nmap, or SYN frames. Each reports the hosts that have one, with their ports.

Beyond a router SYN frames find hosts in large and mostly empty networks; the other ports of a host they have found are
then tried by connects, so that the turns with it can begin while the sweep goes on. On this machine's own wire ARP
finds the hosts, and SYN frames go to each of these, one port after the other.
"""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv4Network

from camscan.discover.host_ports import SILENT_ENOUGH, Ask, open_ports
from camscan.discover.page import Page
from camscan.discover.tasks import finishing, serve
from camscan.errors import NotPossibleError
from camscan.reply import Outcome, Outcomes
from camscan.transport import nmap, tcp
from camscan.transport.knock import Knocks, knocking
from camscan.transport.link import Link
from camscan.transport.wire import Wire

INSTEAD = "connects instead of SYN frames"

Report = Callable[[str, list[int]], None]
"""Told of (address, its open ports); with no ports where an engine is through with an address for nothing."""

MacOf = Callable[[str], Awaitable[bytes | None]]
"""The MAC address that ARP has told of a host, perhaps after a while."""

Engine = Callable[[Report], Awaitable[None]]
"""Looks for open ports until it has been everywhere. Raises `NotPossibleError` where this machine cannot go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """The ports to try, and how: `seconds` for one connect, so many hosts at once. `is_absent` is asked of a host whose
    first ports are silent."""

    wire: Wire
    ports: tuple[int, ...]
    seconds: float
    hosts_at_once: int
    is_absent: Callable[[str], bool] = lambda address: False

    def nmap(self, addresses: Iterator[str]) -> Engine:
        """nmap tries them."""

        async def engine(report: Report) -> None:
            async with aclosing(nmap.open_ports(self.wire, addresses, self.ports)) as hosts:
                async for address, ports in hosts:
                    report(address, ports)

        return engine

    def connect(self, addresses: AsyncGenerator[str, None]) -> Engine:
        """One connect at a time to a host, many hosts at once."""

        async def engine(report: Report) -> None:
            async def host(address: str) -> None:
                report(address, await self._open_of(address, partial(self._connect, address)))

            await serve(addresses, host, self.hosts_at_once)

        return engine

    def knock(
        self, link: Link, addresses: AsyncGenerator[str, None], mac_of: MacOf, remark: Callable[[str], None]
    ) -> Engine:
        """SYN frames to hosts on this machine's own wire, one at a time to a host, many hosts at once; connects where
        ARP has told no MAC address, and where frames cannot be sent from here after all, which is remarked."""

        async def engine(report: Report) -> None:
            async with AsyncExitStack() as stack:
                knocks = await self._knocks(stack, link, remark)

                async def host(address: str) -> None:
                    mac = await mac_of(address) if knocks else None
                    ask = partial(knocks.ask, address, mac) if knocks and mac else partial(self._connect, address)
                    report(address, await self._open_of(address, ask))

                await serve(addresses, host, self.hosts_at_once)

        return engine

    async def _knocks(self, stack: AsyncExitStack, link: Link, remark: Callable[[str], None]) -> Knocks | None:
        try:
            return await stack.enter_async_context(knocking(self.wire, link, self.seconds))
        except NotPossibleError as error:
            remark(f"{INSTEAD}: {error}")
            return None

    def syn(self, link: Link, networks: Sequence[IPv4Network], advance: Callable[[float], None], page: Page) -> Engine:
        """SYN frames to everybody, and connects to those who answer, from where the page of the journal stands.
        `advance` is told what share has been asked."""

        async def engine(report: Report) -> None:
            from camscan.transport.syn import syn_sweep

            met = {int(IPv4Address(address)) for address in (*page.ports, *page.met)}
            sweep = syn_sweep(
                self.wire,
                link,
                networks,
                self.ports,
                settled=met,
                advance=advance,
                standing=page.standing,
                stand=page.stand,
            )
            async with finishing() as group:
                for address, port in page.met.items():
                    group.create_task(self._complete(address, port, report))
                async with aclosing(sweep) as opened:
                    async for found in opened:
                        if found.address not in met:
                            met.add(found.address)
                            address = str(IPv4Address(found.address))
                            page.meet(address, found.port)
                            group.create_task(self._complete(address, found.port, report))

        return engine

    async def _complete(self, address: str, port: int, report: Report) -> None:
        report(address, await self._open_of(address, partial(self._connect, address), known=(port,)))

    async def _open_of(self, address: str, ask: Ask, known: Iterable[int] = ()) -> list[int]:
        def leave(ports: int, reason: str) -> None:
            self.wire.unsent.add(address, reason, ports)

        return await open_ports(self.ports, known, ask, leave)

    async def _connect(self, address: str, ports: Sequence[int], outcomes: Outcomes) -> None:
        for port in ports:
            if (
                len(outcomes) == SILENT_ENOUGH
                and set(outcomes.values()) == {Outcome.SILENT}
                and self.is_absent(address)
            ):
                return
            outcomes[port] = await tcp.connect(self.wire, address, port, self.seconds)
