"""The servers of the lab: they compare a request with the patterns of the answers, and send what stands there.

They understand no protocol. All they know of a message is the empty line after its header and its Content-Length, which
is needed to see where a request ends. One event loop serves the whole site.
"""

import asyncio
import re
import secrets
import time
import uuid
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

from camscan.lab.answer import CLOCK, Answer, Values, fill
from camscan.lab.certificate import server_context
from camscan.lab.network import Heard, Journal
from camscan.lab.outlet import Outlet

_CHUNK = 64 * 1024
_REQUEST_LIMIT = 256 * 1024  # bytes of a request that are read; a scanner's are shorter by far
_ENDLESS_LIMIT = 64 * 1024 * 1024  # an endless body ends here: the lab must not fill a disk
_IDLE_SECONDS = 60.0  # as the Keep-Alive of both makers says

_CONTENT_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d{1,9})")


@asynccontextmanager
async def serving(outlets: Iterable[Outlet], journal: Journal) -> AsyncIterator[None]:
    """Answers on these sockets while the context lasts, and closes them after."""
    async with AsyncExitStack() as stack:
        for outlet in outlets:
            serve = _serving_udp if outlet.service.transport == "udp" else _serving_tcp
            await stack.enter_async_context(serve(outlet, journal))
        yield


@asynccontextmanager
async def _serving_udp(outlet: Outlet, journal: Journal) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    loop.add_reader(outlet.socket, _respond, outlet, journal)
    try:
        yield
    finally:
        loop.remove_reader(outlet.socket)
        outlet.socket.close()


def _respond(outlet: Outlet, journal: Journal) -> None:
    """Sends every answer that matches one datagram."""
    try:
        data, asker = outlet.socket.recvfrom(_CHUNK)
    except OSError:  # woken for a datagram that the kernel then threw away
        return
    journal.heard.append(_heard(outlet, asker[0], data))
    for answer in outlet.service.answers:
        found = answer.match.search(data)
        if found:
            reply = answer.render({**outlet.values, **_fresh()}, found)
            for place in _destinations(outlet, asker):
                with suppress(OSError):  # no route to the asker, or a full buffer: as on a device, the answer is lost
                    outlet.socket.sendto(reply, place)


def _destinations(outlet: Outlet, asker: tuple[str, int]) -> list[tuple[str, int]]:
    """Where an answer goes. Where no group was joined (loopback), always to the asker."""
    service = outlet.service
    groups = [(group, service.port) for group in service.groups if outlet.multicast]
    if service.to == "asker" or not groups:
        return [asker]
    return groups if service.to == "group" else [asker, *groups]


@asynccontextmanager
async def _serving_tcp(outlet: Outlet, journal: Journal) -> AsyncIterator[None]:
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(_connection(outlet, journal, reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    context = server_context(outlet.service.certificate) if outlet.service.certificate else None
    server = await asyncio.start_server(connected, sock=outlet.socket, ssl=context, limit=_REQUEST_LIMIT)
    try:
        yield
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _connection(
    outlet: Outlet, journal: Journal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """One connection from greeting to end. Whatever the other side does ends it and nothing else."""
    await asyncio.sleep(0)  # who has hung up by now is seen to have, before this one counts
    ends = suppress(OSError, EOFError, TimeoutError, asyncio.LimitOverrunError)
    with journal.connection(outlet.address, reader.at_eof), ends:
        try:
            await _converse(outlet, journal, reader, writer)
        finally:
            writer.close()


async def _converse(
    outlet: Outlet, journal: Journal, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    service = outlet.service
    asker = writer.get_extra_info("peername")[0]
    writer.write(fill(service.greeting, outlet.values))
    await writer.drain()
    while not service.hang_up:
        async with asyncio.timeout(_IDLE_SECONDS):
            request = await _request(outlet, reader)
        journal.heard.append(_heard(outlet, asker, request))
        answer, found = _first(service.answers, request)
        if answer is None or found is None:
            return
        await _send(answer, answer.render({**outlet.values, **_fresh()}, found), reader, writer)
        if answer.close:
            return


async def _request(outlet: Outlet, reader: asyncio.StreamReader) -> bytes:
    """One whole request. Raises `EOFError` at the end of the connection, the last piece having been heard."""
    if outlet.service.framing == "chunk":
        data = await reader.read(_CHUNK)
    else:
        data = await _message(reader)
    if not data:
        raise EOFError
    return data


async def _message(reader: asyncio.StreamReader) -> bytes:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = _CONTENT_LENGTH.search(head)
        return head + await reader.readexactly(min(int(length[1]), _REQUEST_LIMIT) if length else 0)
    except asyncio.IncompleteReadError as error:
        return error.partial


def _first(answers: Iterable[Answer], request: bytes) -> tuple[Answer | None, re.Match[bytes] | None]:
    for answer in answers:
        found = answer.match.search(request)
        if found:
            return answer, found
    return None, None


async def _send(answer: Answer, reply: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    step = 1 if answer.drip else len(reply) or 1
    sent = 0
    while sent < (_ENDLESS_LIMIT if answer.endless else len(reply)):
        start = sent % len(reply)
        writer.write(reply[start : start + step])
        await writer.drain()
        await _pause(answer.drip, reader)
        sent += step


async def _pause(seconds: float, reader: asyncio.StreamReader) -> None:
    """Lets the other devices speak, and waits where a reply drips: but not for a client that has gone."""
    if not seconds:
        await asyncio.sleep(0)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while await reader.read(_CHUNK):
                pass
            raise EOFError


def _heard(outlet: Outlet, asker: str, data: bytes) -> Heard:
    service = outlet.service
    return Heard(address=outlet.address, transport=service.transport, port=service.port, asker=asker, data=data)


def _fresh() -> Values:
    """The values that are new in every reply."""
    now = time.gmtime()
    return {
        "date": time.strftime("%a, %d %b %Y %H:%M:%S GMT", now).encode(),
        "long_date": time.strftime("%a, %b %d %Y %H:%M:%S GMT", now).encode(),
        "nonce": secrets.token_hex(16).encode(),
        "number": str(secrets.randbelow(2**31)).encode(),
        "fresh_uuid": str(uuid.uuid4()).encode(),
        **{name: str(part).encode() for name, part in zip(CLOCK, now, strict=False)},
    }
