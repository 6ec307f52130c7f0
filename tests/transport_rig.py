"""A wire into the loopback network and misbehaving servers on it, for the tests of the transport."""

import asyncio
import io
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_network

from camscan.scope import Interface, Scope
from camscan.transport.ledger import Ledger
from camscan.transport.pace import Pace
from camscan.transport.wire import Wire

HOME = "127.0.0.1"
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Rig:
    """A wire with everything it wrote to its ledger."""

    def __init__(
        self,
        *swept: str,
        excluded: tuple[str, ...] = (),
        segments: tuple[tuple[Interface, str], ...] = (),
        rate: float = 10_000,
        **pace: int,
    ) -> None:
        self.log = io.StringIO()
        numbers = iter(range(1, 1 << 30))
        scope = Scope(
            swept=tuple(map(ip_network, swept or ("127.0.0.0/8",))),
            excluded=tuple(map(ip_network, excluded)),
            segments=tuple((interface, ip_network(network)) for interface, network in segments),
        )
        self.wire = Wire(
            scope=scope,
            pace=Pace(rate, **pace),
            ledger=Ledger(self.log, lambda: 1.0),
            clock=lambda: 1000.0,
            message_id=lambda: f"id-{next(numbers)}-",
        )

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    @property
    def asked(self) -> list[tuple[object, object]]:
        return [(line["address"], line["request"]) for line in self.lines]


@asynccontextmanager
async def serving(handler: Handler, context: ssl.SSLContext | None = None, host: str = HOME) -> AsyncIterator[int]:
    """The port of a server on the loopback network that treats each connection with `handler`."""
    tasks: set[asyncio.Task[None]] = set()

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await handler(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(guarded, host, 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def closed_port() -> int:
    """A port of the loopback network on which nobody listens."""
    with socket.socket() as sock:
        sock.bind((HOME, 0))
        return int(sock.getsockname()[1])
