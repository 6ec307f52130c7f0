"""Turns with one host: which dialogues fit which open port, in which order, and how their replies are recorded.

One connection at a time; a login challenge at most once per device; a protocol carried by HTTP is asked on each HTTP
port until it has answered once. Port 8000 is only listened to.
"""

import secrets
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from camscan.discover.announced import Hint
from camscan.discover.plan import Settings, allowed_requests
from camscan.errors import DecodeError
from camscan.model import Outcome, Reply
from camscan.probe import TURN_SECONDS, Announced, Dialogue, Endpoint, OverHttp, Protocol, Tcp
from camscan.protocols import http_message, onvif, upnp
from camscan.protocols import tls as tls_codec
from camscan.transport import soap, tcp, tls
from camscan.transport.wire import Wire

CARRIER = "http"
LOGIN = "owner's credential"


@dataclass(slots=True, kw_only=True)
class Interview:
    """The turns with one host. `settled` are the protocols that need not be asked again of it; `clock` is
    the device's own, in seconds since the epoch, once it has told it."""

    wire: Wire
    protocols: Mapping[str, Protocol]
    settings: Settings
    address: str
    settled: set[str] = field(default_factory=set)
    asked: set[Hint] = field(default_factory=set)
    clock: float | None = None

    async def hear(self, hints: Iterable[Hint], note: Callable[[Reply], object]) -> None:
        """Ask these endpoints, and pass on everything they say."""
        async with aclosing(self.ask(hints)) as replies:
            async for reply in replies:
                note(reply)

    async def ask(self, hints: Iterable[Hint]) -> AsyncGenerator[Reply, None]:
        """Everything these endpoints of the host say. Each is asked once in a scan."""
        for hint in hints:
            if hint not in self.asked:
                self.asked.add(hint)
                async for reply in self._ask_one(hint):
                    yield reply

    async def _ask_one(self, hint: Hint) -> AsyncIterator[Reply]:
        endpoint = Endpoint(address=self.address, port=hint.port, tls=hint.tls, token=secrets.token_hex(8))
        if hint.tls:
            async for reply in self._certificate(endpoint):
                yield reply
        for name, dialogue in self._dialogues(hint, endpoint):
            spoke = False
            async for reply in self._converse(name, dialogue, endpoint):
                spoke = spoke or reply.protocol == CARRIER
                yield reply
            if name == CARRIER and spoke:
                async for reply in self._carried(endpoint):
                    yield reply
                async for reply in self._with_credential(endpoint):
                    yield reply

    def _dialogues(self, hint: Hint, endpoint: Endpoint) -> Iterator[tuple[str, Dialogue]]:
        if hint.path:
            yield hint.protocol, upnp.describe(hint.path)
            return
        protocol = self.protocols[hint.protocol]
        if protocol.dialogue and self._may_ask(protocol):
            yield protocol.name, protocol.dialogue(endpoint)

    def _may_ask(self, protocol: Protocol) -> bool:
        """A challenge goes to a device once; what the settings refuse goes to none."""
        allowed = allowed_requests(protocol, self.settings)
        if not allowed or protocol.name in self.settled:
            return False
        if any(r.purpose == "login challenge, no credential" for r in allowed):
            self.settled.add(protocol.name)
        return True

    async def _carried(self, endpoint: Endpoint) -> AsyncIterator[Reply]:
        """The protocols that travel over HTTP, on an endpoint that has just spoken it."""
        for protocol in self.protocols.values():
            if isinstance(protocol.channel, OverHttp) and protocol.dialogue and self._may_ask(protocol):
                async for reply in self._converse(protocol.name, protocol.dialogue(endpoint), endpoint):
                    if reply.protocol == protocol.name:
                        self.settled.add(protocol.name)
                        self._note_clock(reply)
                    yield reply

    async def _with_credential(self, endpoint: Endpoint) -> AsyncIterator[Reply]:
        """The owner's ONVIF credential, if there is one: once per device, where ONVIF has answered."""
        if self.settings.credential is None or self.clock is None or LOGIN in self.settled:
            return
        self.settled.add(LOGIN)
        user, password = self.settings.credential
        outcome, body = await soap.device_information(
            self.wire, endpoint, user, password, TURN_SECONDS, device_time=self.clock
        )
        if body and outcome is Outcome.REPLIED:
            yield self._reply("onvif", endpoint, soap.REQUEST, body)

    def _note_clock(self, reply: Reply) -> None:
        """The device's own clock, by which a digest for it must be dated."""
        if reply.protocol == "onvif":
            seconds = onvif.utc_seconds(self.protocols["onvif"].decode(reply.data))
            self.clock = seconds if seconds is not None else self.clock

    async def _certificate(self, endpoint: Endpoint) -> AsyncIterator[Reply]:
        seen = await tls.handshake(self.wire, endpoint)
        if seen is not None:
            data = tls_codec.encode_record(seen.mode, seen.version, seen.cipher, seen.der)
            yield self._reply("tls", endpoint, f"handshake {seen.mode}", data)

    async def _converse(self, name: str, dialogue: Dialogue, endpoint: Endpoint) -> AsyncIterator[Reply]:
        async with aclosing(tcp.converse(self.wire, endpoint, dialogue, name)) as exchanges:
            async for exchange in exchanges:
                if exchange.data:
                    carried = exchange.request.protocol or name
                    for protocol, data in _readings(carried, exchange.data, self.protocols):
                        yield self._reply(protocol, endpoint, exchange.request.name, data)

    def _reply(self, protocol: str, endpoint: Endpoint, request: str, data: bytes) -> Reply:
        return Reply(
            address=self.address,
            protocol=protocol,
            transport="tcp",
            port=endpoint.port,
            request=request,
            data=data,
            channel="tcp",
            time=self.wire.clock(),
        )


def _readings(name: str, data: bytes, protocols: Mapping[str, Protocol]) -> Iterator[tuple[str, bytes]]:
    """The protocols under which one exchange is recorded: as it came, and its body where that decodes as the protocol
    that was asked for."""
    if not isinstance(protocols[name].channel, OverHttp | Announced):
        yield name, data
        return
    yield CARRIER, data
    try:
        body = http_message.parse(data).body
        protocols[name].decode(body)
    except DecodeError:
        return
    yield name, body


def hints_for(ports: Iterable[int], protocols: Mapping[str, Protocol]) -> list[Hint]:
    """What to ask on open ports, from the ports the protocols name."""
    hints: list[Hint] = []
    for port in ports:
        for protocol in protocols.values():
            channel = protocol.channel
            if isinstance(channel, Tcp) and protocol.dialogue:
                hints += [Hint(protocol=protocol.name, port=port)] if port in channel.ports else []
                hints += [Hint(protocol=protocol.name, port=port, tls=True)] if port in channel.tls_ports else []
    return hints
