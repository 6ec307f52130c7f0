"""TLS as devices speak it: strictly first, and where that fails the way cameras of 2012 still need.

Nothing is trusted because of it: certificates of devices are self-signed, expired or shared by a whole product line, so
they are read as evidence and never verified. That an endpoint needs the legacy mode is evidence too. The second
connection goes on with the session of the first, as a browser's does: that spares a weak camera the one operation that
takes it seconds. Follows the Python documentation of `ssl`, RFC 5077 and RFC 8446 (2.2), and openssl-ciphers(1)
(`@SECLEVEL=0` allows short keys and SHA-1).
"""

import asyncio
import ssl
from dataclasses import dataclass
from functools import cache

from camscan.probe import Endpoint
from camscan.transport.stream import Stream, open_stream
from camscan.transport.wire import Wire

STRICT = "strict"
LEGACY = "legacy"
HANDSHAKE_SECONDS = 8.0  # a weak camera takes 2 to 4 s for one RSA operation while it streams
MODES_LIMIT = 65536  # endpoints whose mode is remembered
SESSIONS_LIMIT = 256  # endpoints, the latest, whose session is kept, of some kB: more than are talked to at a time

_LEGACY_SERVER_CONNECT = 0x4  # SSL_OP_LEGACY_SERVER_CONNECT, in the ssl module only since Python 3.12


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """How an endpoint shook hands: the mode it needed, what was agreed, and its certificate (DER, empty if none)."""

    mode: str
    version: str
    cipher: str
    der: bytes


def handshake_of(stream: Stream) -> Handshake | None:
    """How the two ends of this connection shook hands; None without TLS."""
    if stream.tls is None or stream.mode is None:
        return None
    cipher = stream.tls.cipher()
    return Handshake(
        mode=stream.mode,
        version=stream.tls.version() or "",
        cipher=cipher[0] if cipher else "",
        der=stream.tls.getpeercert(binary_form=True) or b"",
    )


async def open_tls(wire: Wire, endpoint: Endpoint, protocol: str, seconds: float) -> Stream:
    """A connection under the first kind of TLS that works, the one that worked before alone; with the session of an
    earlier connection, and anew where the device stumbles over that: it is then offered none again.

    `seconds` is for connecting; the handshake has its own. Raises `OutOfScopeError`, or `OSError` as `outcome_of`
    reads it. The caller holds the host.
    """
    place = endpoint.address, endpoint.port
    known = wire.tls_modes.get(place)
    session = wire.tls_sessions.get(place) if known else None  # one belongs to its mode
    if known and session is None:
        return await _open_mode(wire, endpoint, protocol, seconds, known)
    try:
        return await _open_mode(wire, endpoint, protocol, seconds, known or STRICT, session)
    except (ssl.SSLError, ConnectionResetError, BrokenPipeError):
        if session is not None:
            _remember(wire, endpoint, None)
        return await _open_mode(wire, endpoint, protocol, seconds, known or LEGACY)


def keep_session(wire: Wire, endpoint: Endpoint, stream: Stream, *, answered: bool) -> None:
    """A connection has been closed: what the next ones to this endpoint may go on with, unless it has done so too. One
    that has, and brought no answer, may have done so in vain: the next ones begin anew."""
    if stream.tls is None:
        return
    if not stream.tls.session_reused:
        stumbles = wire.tls_sessions.get((endpoint.address, endpoint.port), stream.tls.session) is None
        _remember(wire, endpoint, None if stumbles else stream.tls.session)
    elif not answered:
        _remember(wire, endpoint, None)


def _remember(wire: Wire, endpoint: Endpoint, session: ssl.SSLSession | None) -> None:
    wire.tls_sessions[endpoint.address, endpoint.port] = session
    if len(wire.tls_sessions) > SESSIONS_LIMIT:
        del wire.tls_sessions[next(iter(wire.tls_sessions))]


async def _open_mode(
    wire: Wire, endpoint: Endpoint, protocol: str, seconds: float, mode: str, session: ssl.SSLSession | None = None
) -> Stream:
    """Raises `ssl.SSLError` too where a session is offered and nothing is said to it: without one, the device spoke."""
    stream = await open_stream(wire, endpoint, protocol, seconds)
    try:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            await stream.start_tls(_context(mode), mode, session)
    except TimeoutError as error:
        stream.close()
        if session is None:
            raise
        raise ssl.SSLError("no answer to a session") from error
    except BaseException:
        stream.close()
        raise
    if len(wire.tls_modes) < MODES_LIMIT:
        wire.tls_modes[endpoint.address, endpoint.port] = mode
    return stream


@cache
def _context(mode: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    if mode == STRICT:
        context.minimum_version = ssl.TLSVersion.TLSv1_2
    else:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.options |= _LEGACY_SERVER_CONNECT
    return context
