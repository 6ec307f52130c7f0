"""Open ports, host by host, and the turns that follow as soon as the ports of a host are known.

Who looks for the ports is an engine (see `engines.py`); the turns are the same for all. What the engine cannot ask ends
it, and the turns with those it has found go on to their end.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from camscan.discover.engines import Engine
from camscan.discover.tasks import finishing
from camscan.reply import Reply
from camscan.transport.wire import Wire

_Heard = asyncio.Queue[Reply | tuple[str, list[int]] | None]
"""What passes from the engine to the scan: open ports, and after those of an address that it has been gone through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSweep:
    """What to do with a host once its open ports are known, and how to say so: `request` names how they were found.

    `settle` is told of (address, its open ports, packets it has cost) when all that was found has been passed on;
    `owed` are the hosts whose ports an earlier run has found, and whose turns are not done.
    """

    wire: Wire
    request: str
    turns: Callable[[str, list[int]], Awaitable[None]]
    settle: Callable[[str, list[int], int], None]
    owed: Mapping[str, list[int]]

    async def run(self, engine: Engine) -> AsyncGenerator[Reply, None]:
        """An observation of every open port, as it is found. Ends when the turns with the last host have."""
        heard: _Heard = asyncio.Queue()
        task = asyncio.create_task(self._probe(engine, heard))
        task.add_done_callback(lambda _: heard.put_nowait(None))
        try:
            while (item := await heard.get()) is not None:
                if isinstance(item, Reply):
                    yield item
                else:
                    self.settle(*item, self.wire.ledger.count(item[0]))
            await task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(task, return_exceptions=True)

    async def _probe(self, engine: Engine, heard: _Heard) -> None:
        async with finishing() as group:
            for owed in self.owed.items():
                group.create_task(self._turns_with(*owed))

            def report(address: str, ports: list[int]) -> None:
                for port in ports:
                    heard.put_nowait(self._open_port(address, port))
                heard.put_nowait((address, ports))
                if ports:
                    group.create_task(self._turns_with(address, ports))

            await engine(report)

    async def _turns_with(self, address: str, ports: list[int]) -> None:
        await self.turns(address, ports)

    def _open_port(self, address: str, port: int) -> Reply:
        return Reply(
            address=address,
            protocol="tcp",
            transport="tcp",
            port=port,
            request=self.request,
            data=b"",
            channel="tcp",
            time=self.wire.clock(),
        )
