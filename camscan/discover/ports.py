"""Which ports are open, host by host, and the turns that follow as soon as the ports of a host are known.

One connection attempt at a time to a host, many hosts at once. nmap may look for the ports; the turns stay ours.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass

from camscan.discover.hosts import serve
from camscan.discover.plan import Settings
from camscan.errors import NotPossibleError
from camscan.model import Outcome, Reply
from camscan.transport import nmap, tcp
from camscan.transport.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSweep:
    """The ports to try, and what to do with a host once they are known. What could not be asked is `wire.unsent`."""

    wire: Wire
    settings: Settings
    ports: tuple[int, ...]
    turns: Callable[[str, list[int]], Awaitable[None]]

    async def run(self, addresses: Iterator[str]) -> AsyncGenerator[Reply, None]:
        """An observation of every open port, as it is found. Ends when the turns with the last host have."""
        heard: asyncio.Queue[Reply | None] = asyncio.Queue()
        task = asyncio.create_task(self._probe(addresses, heard))
        task.add_done_callback(lambda _: heard.put_nowait(None))
        try:
            while (reply := await heard.get()) is not None:
                yield reply
            await task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(task, return_exceptions=True)

    async def _probe(self, addresses: Iterator[str], heard: asyncio.Queue[Reply | None]) -> None:
        if self.settings.engine == "nmap":
            await self._with_nmap(addresses, heard)
            return

        async def host(address: str) -> None:
            await self.turns(address, await self._connect(address, heard))

        await serve(addresses, host, self.settings.hosts_at_once)

    async def _connect(self, address: str, heard: asyncio.Queue[Reply | None]) -> list[int]:
        """The open ports of one host. Where this machine cannot ask, the host is left, its other ports unasked."""
        found: list[int] = []
        for number, port in enumerate(self.ports):
            try:
                outcome = await tcp.connect(self.wire, address, port, self.settings.connect_seconds)
            except NotPossibleError as error:
                self.wire.unsent.add(address, str(error), len(self.ports) - number)
                break
            if outcome is Outcome.REPLIED:
                heard.put_nowait(self._open_port(address, port))
                found.append(port)
        return found

    async def _with_nmap(self, addresses: Iterator[str], heard: asyncio.Queue[Reply | None]) -> None:
        """nmap goes on to the next hosts while the turns with those it has found run, and they end also if it fails."""
        failure: NotPossibleError | None = None
        async with asyncio.TaskGroup() as group:
            try:
                async with aclosing(nmap.open_ports(self.wire, addresses, self.ports)) as hosts:
                    async for address, ports in hosts:
                        for port in ports:
                            heard.put_nowait(self._open_port(address, port))
                        group.create_task(self._turns_with(address, ports))
            except NotPossibleError as error:
                failure = error
        if failure:
            raise failure

    async def _turns_with(self, address: str, ports: list[int]) -> None:
        await self.turns(address, ports)

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
