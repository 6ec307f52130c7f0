"""One turn of a dialogue: a request over a fresh or a kept connection, and the bounded reading of what comes back."""

import asyncio

from camscan.probe import Endpoint, Request
from camscan.reply import Outcome
from camscan.transport.stream import Stream, open_stream, outcome_of
from camscan.transport.tls import Handshake, handshake_of, keep_session, open_tls
from camscan.transport.wire import Wire

READS_LIMIT = 4096  # pieces of one reply: the largest reply in pieces of 64 bytes; smaller ones are an attack
GROWTH = 8  # judging anew after an eighth more costs a hundred looks at the largest reply, however small its pieces
QUIET_SECONDS = 0.05  # the segments of one reply follow each other faster; after that a look costs nothing


class BugError(Exception):
    """Code of a dialogue raised: its generator, or a `complete` or a path of its requests. The text says what."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")


class Line:
    """At most one open connection to an endpoint, and turns over it. The caller holds the host."""

    def __init__(self, wire: Wire, endpoint: Endpoint, protocol: str) -> None:
        self._wire = wire
        self._endpoint = endpoint
        self._protocol = protocol
        self._stream: Stream | None = None
        self.address = endpoint.address
        self.tls: Handshake | None = None

    async def ask(self, request: Request, seconds: float) -> tuple[Outcome, bytes | None]:
        """One turn; connecting takes at most `seconds`, so do sending and reading, and no more than the request allows.

        The bytes are there exactly when it REPLIED. `tls` is how hands were shaken for it. Raises `BugError`.
        """
        seconds = min(seconds, request.seconds)
        try:
            data = await self._turn(request, seconds)
        except OSError as error:
            self._hang_up(answered=False)
            return outcome_of(error), None
        if data:
            return Outcome.REPLIED, data
        self._hang_up(answered=False)
        return Outcome.SILENT, None

    def close(self) -> None:
        """Hangs up, if a connection is open."""
        self._hang_up(answered=True)

    def _hang_up(self, *, answered: bool) -> None:
        if self._stream:
            self._stream.close()
            keep_session(self._wire, self._endpoint, self._stream, answered=answered)
            self._stream = None

    async def _turn(self, request: Request, seconds: float) -> bytes:
        payload = self._render(request)
        if self._stream and request.reuse and self._stream.is_idle():
            try:
                data = await self._exchange(self._stream, request, payload, seconds)
            except ConnectionError:
                data = b""
            if data or request.purpose != "question":
                return data
            # the device hung up while we asked: a plain question is put to it once more, a challenge or login never
        return await self._exchange(await self._fresh(seconds), request, payload, seconds)

    async def _exchange(self, stream: Stream, request: Request, payload: bytes, seconds: float) -> bytes:
        reply = _Reply(request)
        if payload:
            await self._wire.pace.take()  # before the clock starts: our own pace says nothing of the device
        try:
            async with asyncio.timeout(seconds):
                if payload:
                    await stream.send(payload, request.name)
                await reply.read(stream)
        except OSError:
            if not reply.data:
                raise
        if request.complete and not reply.is_whole:
            # the rest of this reply must not be taken for the answer to the next question
            self._hang_up(answered=bool(reply.data))
        return bytes(reply.data)

    def _render(self, request: Request) -> bytes:
        try:
            return request.render(self._endpoint.host, self._wire.message_id() if request.wants_id else "")
        except UnicodeEncodeError as error:
            raise BugError(error) from None

    async def _fresh(self, seconds: float) -> Stream:
        self.close()
        self.tls = None
        opener = open_tls if self._endpoint.tls else open_stream
        try:
            self._stream = await opener(self._wire, self._endpoint, self._protocol, seconds)
        except (ConnectionRefusedError, TimeoutError):
            self._wire.load.refused(self.address)
            raise
        self.tls = handshake_of(self._stream)
        return self._stream


class _Reply:
    """What has come so far."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._reads = 0
        self._judged = 0
        self.data = bytearray()
        self.is_whole = False

    async def read(self, stream: Stream) -> None:
        """Reads until whole, closed or too much."""
        while not self._has_ended() and (piece := await stream.receive()):
            self._add(piece)
            if await self._is_due(stream):
                self._judge()

    def _has_ended(self) -> bool:
        return self.is_whole or len(self.data) >= self._request.limit or self._reads >= READS_LIMIT

    def _add(self, piece: bytes) -> None:
        self._reads += 1
        self.data += piece
        del self.data[self._request.limit :]

    async def _is_due(self, stream: Stream) -> bool:
        """Whether to judge now: the reply has grown enough, or falls quiet (which this waits for).

        Judging reads the whole reply; after every small piece it would cost the square of its size.
        """
        if self._request.complete is None:
            return False
        grown = len(self.data) * GROWTH >= self._judged * (GROWTH + 1)
        return grown or not await stream.stirs(QUIET_SECONDS)

    def _judge(self) -> None:
        self._judged = len(self.data)
        if self._request.complete:
            try:
                self.is_whole = self._request.complete(bytes(self.data))
            except Exception as error:
                raise BugError(error) from error
