"""One TCP connection, plain or under TLS, on a raw socket: what leaves and when it ends is known exactly.

asyncio's own streams flush before they close and hide the bytes of TLS; here a close is at once, whatever the peer does
(unread data makes the kernel answer with a reset, so nothing stays half open), and the ledger sees every byte. TLS runs
over memory buffers (ssl.MemoryBIO, see "Memory BIO Support" in the Python documentation).
"""

import asyncio
import errno
import os
import socket
import ssl
import sys
from collections.abc import Callable
from typing import Any, TypeVar

from camscan.errors import NotPossibleError
from camscan.probe import Endpoint
from camscan.reply import Outcome
from camscan.transport.address import socket_address
from camscan.transport.ledger import CONNECT
from camscan.transport.wire import Wire

CHUNK = 65536  # bytes read at once
_INFO_LENGTH = 104  # bytes of `struct tcp_info`: up to how often anything was sent again

_SAID_BY_HOSTS = {0, errno.ECONNREFUSED, errno.ECONNRESET, errno.ETIMEDOUT}
_UNANSWERED = {errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.EPIPE, errno.ECONNABORTED}

T = TypeVar("T")


class Stream:
    """An open connection. `mode` names the kind of TLS, None without. Times out only where its caller says so."""

    def __init__(self, wire: Wire, endpoint: Endpoint, protocol: str, sock: socket.socket) -> None:
        self._wire = wire
        self._endpoint = endpoint
        self._protocol = protocol
        self._socket = sock
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self.tls: ssl.SSLObject | None = None
        self.mode: str | None = None

    async def start_tls(self, context: ssl.SSLContext, mode: str, session: ssl.SSLSession | None = None) -> None:
        """Shakes hands, or goes on with a session of this context where the peer still knows it. Raises `ssl.SSLError`
        or another `OSError` if that fails; the stream is then of no use."""
        tls = context.wrap_bio(self._incoming, self._outgoing, session=session)
        await self._pump(tls.do_handshake, f"handshake {mode}")
        self.tls, self.mode = tls, mode

    async def send(self, data: bytes, request: str) -> None:
        """Sends all of it, under the name that the ledger is to show. The caller keeps the pace."""
        tls = self.tls
        if tls is None:
            await self._write(data, request)
        else:
            await self._pump(lambda: tls.write(data), request)

    async def receive(self) -> bytes:
        """The next bytes; empty when the peer has closed."""
        tls = self.tls
        if tls is None:
            return await self._read()
        try:
            return await self._pump(lambda: tls.read(CHUNK), "tls")
        except ssl.SSLError:
            return b""

    def is_idle(self) -> bool:
        """Whether it can take another question: still open, and no byte of an old answer waits."""
        if self._incoming.pending or (self.tls and self.tls.pending()):
            return False
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    async def stirs(self, seconds: float) -> bool:
        """Whether something waits to be received, or comes within so many seconds. Takes nothing away."""
        loop, arrival, number = asyncio.get_running_loop(), asyncio.Event(), self._socket.fileno()
        if not self.is_idle():
            return True
        loop.add_reader(number, arrival.set)
        try:
            async with asyncio.timeout(seconds):
                return await arrival.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(number)

    def close(self) -> None:
        """At once."""
        self._socket.close()

    async def _pump(self, step: Callable[[], T], request: str) -> T:
        """Repeats a step of TLS until it has the bytes it wants, sending what it has to say."""
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                await self._write(self._outgoing.read(), request)
                self._feed(await self._read())
            else:
                await self._write(self._outgoing.read(), request)
                return result

    def _feed(self, data: bytes) -> None:
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    async def _write(self, data: bytes, request: str) -> None:
        if data:
            record(self._wire, self._endpoint, self._protocol, request, len(data))
            with self._wire.patience.waiting(self._endpoint.address):
                await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def _read(self) -> bytes:
        # sock_recv does not yield while bytes are waiting: without this an endless sender would stop every clock
        await asyncio.sleep(0)
        with self._wire.patience.waiting(self._endpoint.address):
            return await asyncio.get_running_loop().sock_recv(self._socket, CHUNK)


async def open_stream(wire: Wire, endpoint: Endpoint, protocol: str, seconds: float) -> Stream:
    """Connects within `seconds`, after a rest where the host is under load. Raises `OutOfScopeError`,
    `NotPossibleError` for a host whose budget is spent, or `OSError` as `outcome_of` reads it."""
    wire.check(endpoint.address)
    family, target = socket_address(endpoint.address, endpoint.port, socket.SOCK_STREAM)
    await _give_rest(wire, endpoint.address)
    await wire.pace.take()
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # or what follows a handshake waits 40 ms for an ACK
        record(wire, endpoint, protocol, CONNECT, 0)
        with wire.patience.waiting(endpoint.address) as waited:
            await _connect(sock, target, seconds)
        wire.load.accepted(endpoint.address, _accepted_in(sock, waited()))
    except BaseException:
        sock.close()
        raise
    return Stream(wire, endpoint, protocol, sock)


async def _give_rest(wire: Wire, address: str) -> None:
    """Leaves a host in peace that is under load."""
    rest = wire.load.rest(address)
    if rest:
        with wire.patience.waiting(address):
            await asyncio.sleep(rest)


async def _connect(sock: socket.socket, target: Any, seconds: float) -> None:
    """What this machine refuses, it refuses at once. What fails later a host has said, or a router: and whatever that
    says (network unreachable, prohibited, no such protocol) is of the host, not of this machine. Raises `OSError`."""
    code = sock.connect_ex(target)
    if code == errno.EINPROGRESS:
        await _writable(sock, seconds)
        code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        code = code if code in _SAID_BY_HOSTS else errno.EHOSTUNREACH
    if code:
        raise OSError(code, os.strerror(code))


def _accepted_in(sock: socket.socket, waited: float) -> float:
    """Seconds until the host accepted, by the kernel's clock: ours also counts how busy this machine is. What had to be
    asked for again took as long as we have waited. Follows `struct tcp_info` of linux/tcp.h."""
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_LENGTH)
        microseconds, repeats = int.from_bytes(info[68:72], sys.byteorder), int.from_bytes(info[100:104], sys.byteorder)
    except OSError:
        return waited
    return waited if repeats or not microseconds else microseconds / 1e6


async def _writable(sock: socket.socket, seconds: float) -> None:
    """Waits for it. Raises `TimeoutError`. Every port that is tried comes by here, so it is done the cheapest way."""
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    number = sock.fileno()  # by which a selector finds it without describing the socket, which takes two system calls
    loop.add_writer(number, _settle, ready, True)
    clock = loop.call_later(seconds, _settle, ready, False)
    try:
        if not await ready:
            raise TimeoutError
    finally:
        clock.cancel()
        loop.remove_writer(number)


def _settle(future: asyncio.Future[bool], outcome: bool) -> None:
    if not future.done():
        future.set_result(outcome)


def record(wire: Wire, endpoint: Endpoint, protocol: str, request: str, size: int) -> None:
    """One line of the ledger about this endpoint, before what it tells of leaves; raises as `Wire.afford` does."""
    wire.afford(endpoint.address)
    wire.ledger.record(
        address=endpoint.address,
        port=endpoint.port,
        transport="tcp",
        protocol=protocol,
        request=request,
        size=size,
    )


def outcome_of(error: OSError) -> Outcome:
    """What a failed connection says of the device.

    Raises `NotPossibleError` where it says something of this machine instead (no route, no permission, too many open
    files): an address that could not be asked is not silent.
    """
    if isinstance(error, ssl.SSLError):
        return Outcome.MALFORMED
    if isinstance(error, (ConnectionRefusedError, ConnectionResetError)):
        return Outcome.REFUSED
    if isinstance(error, TimeoutError) or error.errno in _UNANSWERED:
        return Outcome.SILENT
    raise NotPossibleError(f"cannot connect from here: {error.strerror or error}") from None
