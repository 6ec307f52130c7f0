"""TCP: is a port open, and the turns of a dialogue over it.

Rule: one connection at a time to a host, everything bounded in bytes and seconds, nothing followed. A device that
answers slowly is given time before it is asked again; a dialogue that fails costs itself, never the scan.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass

from camscan.probe import Dialogue, Endpoint, Request
from camscan.reply import Outcome
from camscan.transport.budget import Budget
from camscan.transport.stream import open_stream, outcome_of
from camscan.transport.tls import Handshake
from camscan.transport.turn import BugError, Line
from camscan.transport.wire import Wire

NO_REQUEST = Request(name="none", payload=b"", seconds=0.0)
"""Stands for the request in the exchange of a dialogue that failed before it asked anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One turn: what was asked, what came back, and how hands were shaken before it (None without TLS).

    `data` is there exactly when `outcome` is REPLIED. `problem` says what failed inside camscan when it is BUG.
    """

    request: Request
    data: bytes | None
    outcome: Outcome
    tls: Handshake | None = None
    problem: str | None = None


async def connect(wire: Wire, address: str, port: int, seconds: float) -> Outcome:
    """REPLIED (open), REFUSED or SILENT; hangs up at once. Holds the host while it asks.

    Raises `OutOfScopeError`, and `NotPossibleError` where this machine could not ask.
    """
    wire.check(address)
    async with wire.pace.attempt(address):
        try:
            stream = await open_stream(wire, Endpoint(address=address, port=port), "tcp", seconds)
        except OSError as error:
            return outcome_of(error)
        stream.close()
        return Outcome.REPLIED


async def converse(wire: Wire, endpoint: Endpoint, dialogue: Dialogue, protocol: str) -> AsyncGenerator[Exchange, None]:
    """Drives the dialogue over connections to one endpoint, turn by turn; stops when it ends, fails or costs too much.

    Holds the host from the first turn to the last: read it to the end, or close it (`contextlib.aclosing`). Raises
    `OutOfScopeError` before anything is sent, and `NotPossibleError` where this machine could not ask or the host has
    had its share.
    """
    wire.check(endpoint.address)
    wire.afford(endpoint.address)
    line = Line(wire, endpoint, protocol)
    try:
        async with wire.pace.host(endpoint.address), aclosing(_turns(wire, line, dialogue)) as exchanges:
            async for exchange in exchanges:
                yield exchange
    finally:
        line.close()
        with suppress(Exception):
            dialogue.close()


async def _turns(wire: Wire, line: Line, dialogue: Dialogue) -> AsyncGenerator[Exchange, None]:
    clock = asyncio.get_running_loop().time
    budget = Budget(clock, wire.patience.left(line.address))
    request, data = NO_REQUEST, None
    try:
        while (following := _advance(dialogue, data)) and not budget.is_spent:
            request = following
            if budget.rest:
                with wire.patience.waiting(line.address):
                    await asyncio.sleep(budget.rest)
            started = clock()
            outcome, data = await line.ask(request, budget.seconds)
            budget.spend(len(data or b""), clock() - started)
            yield Exchange(request=request, data=data, outcome=outcome, tls=line.tls)
    except BugError as bug:
        yield Exchange(request=request, data=None, outcome=Outcome.BUG, tls=line.tls, problem=str(bug))


def _advance(dialogue: Dialogue, data: bytes | None) -> Request | None:
    """The next request, None at the end. A generator that has not begun takes its first None as the start."""
    try:
        return dialogue.send(data)
    except StopIteration:
        return None
    except Exception as error:
        raise BugError(error) from error
