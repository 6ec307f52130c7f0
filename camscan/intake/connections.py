"""What servers said on the TCP connections of a packet capture, turn by turn: what the client said, and the answer.

The server is who accepted the connection, so a connection whose beginning was not captured is passed over. A turn ends
when the client speaks again or the connection ends; what is missing in the capture ends what is read of a connection.
Bounded: connections at once, and bytes of a turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from camscan.intake.one_way import OneWay
from camscan.intake.packets import End, Segment
from camscan.probe import REPLY_LIMIT

CONNECTIONS_LIMIT = 256  # at once, the latest to speak; a busy segment has a few dozen. 64 MB if all of them are full
ASKED_LIMIT = 4 * 1024  # bytes of a question: its first line is what counts

_NUMBERS = 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A server accepted a connection."""

    time: float
    server: End


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a server said, and what it had been `asked` before (b"": nothing, it greets). `is_over`: nothing is missing
    and no more would have come; else the capture has only a part."""

    time: float
    server: End
    asked: bytes
    data: bytes
    is_over: bool


Event = Opened | Turn


@dataclass(slots=True, kw_only=True)
class _Connection:
    """`first` is the number of the server's first byte, `end` the one after its last, once that is known. `said` is cut
    at `REPLY_LIMIT`."""

    server: End
    first: int
    from_server: OneWay
    from_client: OneWay
    begun: float
    asked: bytearray = field(default_factory=bytearray)
    said: bytearray = field(default_factory=bytearray)
    end: int | None = None

    def hear_client(self, segment: Segment) -> Iterator[Turn]:
        """The client's bytes; the turn before ends with them."""
        fresh = self.from_client.take(segment.sequence, segment.data)
        if segment.ends:
            self.from_client.close(segment.sequence + len(segment.data))
        if not fresh:
            return
        if segment.accepts and not self.from_server.has(segment.acknowledged):
            self.from_server.broken = True  # the client has heard what the capture has not
        if self.said:
            yield from self.finish(is_over=not self.from_server.broken)
            self.asked.clear()
        self.asked += fresh[: ASKED_LIMIT - len(self.asked)]

    def hear_server(self, segment: Segment) -> Iterator[Turn]:
        """The server's bytes, and its last word."""
        if segment.accepts and not self.from_client.has(segment.acknowledged):
            self.from_server.broken = True  # it may answer a question that the capture has not
        fresh = self.from_server.take(segment.sequence, segment.data)
        if fresh and not self.said:
            self.begun = segment.time
        self.said += fresh[: REPLY_LIMIT - len(self.said)]
        if segment.ends:
            self.end = (segment.sequence + len(segment.data)) % _NUMBERS
        if self.end is not None and self.from_server.has(self.end):
            yield from self.finish(is_over=True)

    def finish(self, *, is_over: bool) -> Iterator[Turn]:
        """The turn as far as it has come."""
        if self.said:
            yield Turn(
                time=self.begun,
                server=self.server,
                asked=bytes(self.asked),
                data=bytes(self.said),
                is_over=is_over,
            )
            self.said.clear()


class Connections:
    """The connections that are open at one time of a capture."""

    def __init__(self) -> None:
        self._open: dict[tuple[End, End], _Connection] = {}  # by client and server, the latest to speak last

    def take(self, segment: Segment) -> Iterator[Event]:
        """What a segment brings to an end."""
        if segment.opens:
            if segment.accepts:
                yield from self._accept(segment)
        elif connection := self._of(segment.source, segment.target):
            yield from connection.hear_client(segment)
        elif connection := self._of(segment.target, segment.source):
            yield from connection.hear_server(segment)
        if segment.breaks:
            yield from self._close(segment)

    def end(self) -> Iterator[Event]:
        """What was still going on when the capture ended."""
        for connection in self._open.values():
            yield from connection.finish(is_over=False)
        self._open.clear()

    def _of(self, client: End, server: End) -> _Connection | None:
        connection = self._open.pop((client, server), None)
        if connection:
            self._open[client, server] = connection
        return connection

    def _accept(self, segment: Segment) -> Iterator[Event]:
        client, server = segment.target, segment.source
        first = (segment.sequence + 1) % _NUMBERS
        earlier = self._open.pop((client, server), None)
        if earlier and earlier.first == first:
            self._open[client, server] = earlier  # the same, said again
            return
        if earlier:
            yield from earlier.finish(is_over=False)
        self._open[client, server] = _Connection(
            server=server,
            first=first,
            from_server=OneWay(first),
            from_client=OneWay(segment.acknowledged),
            begun=segment.time,
        )
        yield Opened(time=segment.time, server=server)
        if len(self._open) > CONNECTIONS_LIMIT:
            yield from self._open.pop(next(iter(self._open))).finish(is_over=False)

    def _close(self, segment: Segment) -> Iterator[Event]:
        """Either side has had enough: what has been said stands, though it may be cut."""
        for ends in ((segment.source, segment.target), (segment.target, segment.source)):
            if connection := self._open.pop(ends, None):
                yield from connection.finish(is_over=False)
