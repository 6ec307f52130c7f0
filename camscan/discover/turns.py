"""Turns with one host: which dialogues fit which open port, in which order, and how their replies are recorded.

One connection at a time; a protocol carried by HTTP is asked on each endpoint that has spoken HTTP until it has
answered once; a login challenge goes to a device once, to the endpoint that serves its pages. Port 8000 is only
listened to.
"""

import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from camscan.discover.announced import Hint, may_be_asked
from camscan.discover.held import held
from camscan.discover.login import Fate, Login, unwatched
from camscan.discover.plan import Settings, allowed_requests
from camscan.discover.web import Web
from camscan.errors import DecodeError, NotPossibleError
from camscan.model import Outcome, Reply
from camscan.probe import Announced, Dialogue, Endpoint, OverHttp, Protocol, Tcp
from camscan.protocols import http_message, upnp
from camscan.protocols import tls as tls_codec
from camscan.protocols.reading import read
from camscan.transport import soap, tcp, tls
from camscan.transport.tcp import Exchange
from camscan.transport.wire import Wire

CARRIER = "http"
CHALLENGE = "login challenge, no credential"


@dataclass(slots=True, kw_only=True)
class Interview:
    """The turns with one host.

    `settled` are the protocols that need not be asked again of it; `login` is the owner's, if there is one; `problems`
    is what the coverage must tell; `replies` counts what came back. `once` is awaited, with the name of a protocol,
    before what a device must get only once is sent; `learn` is told what became of the credential. `is_over`: nothing
    is left to ask, announced or not.
    """

    wire: Wire
    protocols: Mapping[str, Protocol]
    settings: Settings
    address: str
    once: Callable[[str], Awaitable[None]] = unwatched
    learn: Callable[[Fate], None] = lambda fate: None
    settled: set[str] = field(default_factory=set)
    asked: set[Hint] = field(default_factory=set)
    webs: list[Web] = field(default_factory=list)
    login: Login = field(init=False)
    problems: list[str] = field(default_factory=list)
    replies: int = 0
    is_over: bool = False

    def __post_init__(self) -> None:
        self.login = Login(self.settings.credential, once=self.once)

    async def hear(self, hints: Iterable[Hint], note: Callable[[Reply], object]) -> None:
        """Ask these endpoints, each once in a scan, and pass on everything they say. What cuts this short (the host has
        had its share, this machine cannot go on) is a problem of this interview."""
        try:
            async with aclosing(self._ask(hints)) as replies:
                async for reply in replies:
                    self.replies += 1
                    note(reply)
        except NotPossibleError as error:
            self.problems.append(str(error))

    async def _ask(self, hints: Iterable[Hint]) -> AsyncGenerator[Reply, None]:
        for hint in hints:
            if self.would_ask(hint):
                self.asked.add(hint)
                async with aclosing(self._ask_one(hint)) as replies:
                    async for reply in replies:
                        yield reply
        async with aclosing(self._challenges()) as replies:
            async for reply in replies:
                yield reply

    async def _ask_one(self, hint: Hint) -> AsyncGenerator[Reply, None]:
        endpoint = Endpoint(address=self.address, port=hint.port, tls=hint.tls, token=secrets.token_hex(8))
        web = Web(endpoint=endpoint)
        if hint.tls:
            async with aclosing(self._certificate(endpoint)) as replies:
                async for reply in replies:
                    yield reply
        for name, dialogue in self._dialogues(hint, endpoint):
            async with aclosing(self._converse(name, dialogue, web)) as replies:
                async for reply in replies:
                    yield reply
        if web.speaks and hint.protocol == CARRIER:
            self.webs.append(web)
            async with aclosing(self._carried(web)) as replies:
                async for reply in replies:
                    yield reply

    def _dialogues(self, hint: Hint, endpoint: Endpoint) -> Iterator[tuple[str, Dialogue]]:
        if hint.path:
            yield hint.protocol, upnp.describe(hint.path)
            return
        protocol = self.protocols[hint.protocol]
        if protocol.dialogue and self._may_ask(protocol):
            yield protocol.name, protocol.dialogue(endpoint)

    def would_ask(self, hint: Hint) -> bool:
        """Whether there is anything to ask there: not asked before, not refused by the settings, and harmless. A port
        that a protocol names for itself is; an announced one must be."""
        protocol = self.protocols[hint.protocol]
        own = isinstance(protocol.channel, Tcp) and hint.port in protocol.channel.ports
        new = hint not in self.asked and protocol.name not in self.settled
        return new and bool(allowed_requests(protocol, self.settings)) and (own or may_be_asked(hint))

    def _may_ask(self, protocol: Protocol) -> bool:
        """A challenge goes to a device once; what the settings refuse goes to none."""
        if not allowed_requests(protocol, self.settings) or protocol.name in self.settled:
            return False
        if _challenges(protocol):
            self.settled.add(protocol.name)
        return True

    async def _carried(self, web: Web) -> AsyncGenerator[Reply, None]:
        """The questions that travel over HTTP, on an endpoint that has just spoken it; then the owner's credential."""
        for name, dialogue in self._over_http(web, challenging=False):
            async with aclosing(self._converse(name, dialogue, web)) as replies:
                async for reply in replies:
                    if reply.protocol == name:
                        self.settled.add(name)
                    if reply.protocol == "onvif":
                        self.login.note(read(self.protocols["onvif"], reply.data).fields)
                    yield reply
        async with aclosing(self._with_credential(web)) as replies:
            async for reply in replies:
                yield reply

    async def _challenges(self) -> AsyncGenerator[Reply, None]:
        """The challenges that travel over HTTP, on the endpoint that serves the device's own pages."""
        for web in sorted(self.webs, key=lambda w: w.redirects)[:1]:
            for name, dialogue in self._over_http(web, challenging=True):
                async with aclosing(self._converse(name, dialogue, web)) as replies:
                    async for reply in replies:
                        yield reply

    def _over_http(self, web: Web, *, challenging: bool) -> Iterator[tuple[str, Dialogue]]:
        for protocol in self.protocols.values():
            carried = isinstance(protocol.channel, OverHttp) and _challenges(protocol) is challenging
            if carried and protocol.dialogue and self._may_ask(protocol):
                yield protocol.name, protocol.dialogue(web.endpoint)

    async def _with_credential(self, web: Web) -> AsyncGenerator[Reply, None]:
        before = self.login.fate
        body = _body(await self.login.ask(self.wire, web.endpoint))
        taken = bool(body) and self.login.judge(read(self.protocols["onvif"], body).fields)
        if self.login.fate and self.login.fate != before:
            self.learn(self.login.fate)
        if taken:
            yield self._reply("onvif", web.endpoint, soap.REQUEST, body)

    async def _certificate(self, endpoint: Endpoint) -> AsyncGenerator[Reply, None]:
        seen = await tls.handshake(self.wire, endpoint)
        if seen is not None:
            data = tls_codec.encode_record(seen.mode, seen.version, seen.cipher, seen.der)
            yield self._reply("tls", endpoint, f"handshake {seen.mode}", data)

    async def _converse(self, name: str, dialogue: Dialogue, web: Web) -> AsyncGenerator[Reply, None]:
        if _challenges(self.protocols[name]):
            await self.once(name)
        allowed = held(dialogue, allowed_requests(self.protocols[name], self.settings))
        async with aclosing(tcp.converse(self.wire, web.endpoint, allowed, name)) as exchanges:
            async for exchange in exchanges:
                if exchange.outcome is Outcome.BUG:
                    self.problems.append(f"a mistake in camscan's {name} dialogue: {exchange.problem}")
                if name == CARRIER:
                    web.note(exchange)
                for protocol, data in self._readings(name, exchange, web):
                    yield self._reply(protocol, web.endpoint, exchange.request.name, data)

    def _readings(self, name: str, exchange: Exchange, web: Web) -> Iterator[tuple[str, bytes]]:
        """The protocols under which an exchange is recorded: as it came, and its body where that reads as the protocol
        that was asked for and says more than the endpoint says to any path."""
        if not exchange.data:
            return
        protocol = self.protocols[exchange.request.protocol or name]
        if not isinstance(protocol.channel, OverHttp | Announced):
            yield protocol.name, exchange.data
            return
        yield CARRIER, exchange.data
        body = _body(exchange.data)
        if body and web.is_evidence(exchange.request.path, body) and read(protocol, body).problem is None:
            yield protocol.name, body

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


def _challenges(protocol: Protocol) -> bool:
    return any(r.purpose == CHALLENGE for r in protocol.requests)


def _body(data: bytes | None) -> bytes:
    """The body of a response; empty where there is none or it is no response."""
    try:
        return http_message.parse(data).body if data else b""
    except DecodeError:
        return b""


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
