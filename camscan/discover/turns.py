"""Turns with one host: which dialogues fit which open port, and in which order they are held.

One connection at a time; a protocol carried by HTTP is asked on each endpoint that has spoken HTTP until it has
answered once; a login challenge goes to a device once, to the endpoint that serves its pages. Port 8000 is only
listened to.
"""

import secrets
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from camscan.discover.announced import may_be_asked
from camscan.discover.held import held
from camscan.discover.hint import Hint
from camscan.discover.login import Fate, Login, unwatched
from camscan.discover.plan import Settings, allowed_requests
from camscan.discover.recorded import CARRIER, readings
from camscan.discover.web import Web
from camscan.errors import NotPossibleError
from camscan.probe import Dialogue, Endpoint, OverHttp, Protocol, Tcp
from camscan.protocols import tls, upnp
from camscan.protocols.http_message import body_of
from camscan.protocols.reading import read
from camscan.reply import Outcome, Reply
from camscan.transport import soap, tcp
from camscan.transport.tcp import Exchange
from camscan.transport.wire import Wire

CHALLENGE = "login challenge, no credential"


@dataclass(slots=True, kw_only=True)
class Interview:
    """The turns with one host. `note` gets everything it says.

    `settled` are the protocols that need not be asked again of it; `login` is the owner's, if there is one; `problems`
    is what the coverage must tell; `replies` counts what came back. `once` is awaited, with the name of a protocol,
    before what a device must get only once is sent; `learn` is told what became of the credential. `is_over`: nothing
    is left to ask, announced or not.
    """

    wire: Wire
    protocols: Mapping[str, Protocol]
    settings: Settings
    address: str
    note: Callable[[Reply], object] = lambda reply: None
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

    async def hear(self, hints: Iterable[Hint]) -> None:
        """Ask these endpoints, each once in a scan. What cuts this short (the host has had its share, this machine
        cannot go on) is a problem of this interview."""
        try:
            for hint in hints:
                if self.would_ask(hint):
                    self.asked.add(hint)
                    await self._ask(hint)
            await self._challenge()
        except NotPossibleError as error:
            self.problems.append(str(error))

    def would_ask(self, hint: Hint) -> bool:
        """Whether there is anything to ask there: not asked before, not refused by the settings, and harmless. A port
        that a protocol names for itself is; an announced one must be."""
        protocol = self.protocols[hint.protocol]
        own = isinstance(protocol.channel, Tcp) and hint.port in protocol.channel.ports
        new = hint not in self.asked and protocol.name not in self.settled
        return new and bool(allowed_requests(protocol, self.settings)) and (own or may_be_asked(hint))

    async def _ask(self, hint: Hint) -> None:
        endpoint = Endpoint(address=self.address, port=hint.port, tls=hint.tls, token=secrets.token_hex(8))
        web = Web(endpoint=endpoint)
        for name, dialogue in self._dialogues(hint, endpoint):
            await self._converse(name, dialogue, web)
        if web.speaks and hint.protocol == CARRIER:
            self.webs.append(web)
            await self._ask_over(web)

    def _dialogues(self, hint: Hint, endpoint: Endpoint) -> Iterator[tuple[str, Dialogue]]:
        if hint.path:
            yield hint.protocol, upnp.describe(endpoint, hint.path)
            return
        protocol = self.protocols[hint.protocol]
        if protocol.dialogue and self._may_ask(protocol):
            yield protocol.name, protocol.dialogue(endpoint)

    def _may_ask(self, protocol: Protocol) -> bool:
        """A challenge goes to a device once; what the settings refuse goes to none."""
        if not allowed_requests(protocol, self.settings) or protocol.name in self.settled:
            return False
        if _challenges(protocol):
            self.settled.add(protocol.name)
        return True

    async def _ask_over(self, web: Web) -> None:
        """The questions that travel over HTTP, on an endpoint that has just spoken it; then the owner's credential."""
        for name, dialogue in self._over_http(web, challenging=False):
            if name in await self._converse(name, dialogue, web):
                self.settled.add(name)
        await self._log_in(web)

    async def _challenge(self) -> None:
        """The challenges that travel over HTTP, on the endpoint that serves the device's own pages."""
        for web in sorted(self.webs, key=lambda w: w.redirects)[:1]:
            for name, dialogue in self._over_http(web, challenging=True):
                await self._converse(name, dialogue, web)

    def _over_http(self, web: Web, *, challenging: bool) -> Iterator[tuple[str, Dialogue]]:
        for protocol in self.protocols.values():
            carried = isinstance(protocol.channel, OverHttp) and _challenges(protocol) is challenging
            if carried and protocol.dialogue and self._may_ask(protocol):
                yield protocol.name, protocol.dialogue(web.endpoint)

    async def _log_in(self, web: Web) -> None:
        before = self.login.fate
        body = body_of(await self.login.ask(self.wire, web.endpoint))
        taken = bool(body) and self.login.judge(read(self.protocols["onvif"], body).fields)
        if self.login.fate and self.login.fate != before:
            self.learn(self.login.fate)
        if taken:
            self._say("onvif", web.endpoint, soap.REQUEST, body)

    async def _converse(self, name: str, dialogue: Dialogue, web: Web) -> set[str]:
        """Holds one dialogue to its end; the protocols of which it has brought replies."""
        if _challenges(self.protocols[name]):
            await self.once(name)
        brought: set[str] = set()
        allowed = held(dialogue, allowed_requests(self.protocols[name], self.settings))
        async with aclosing(tcp.converse(self.wire, web.endpoint, allowed, name)) as exchanges:
            async for exchange in exchanges:
                brought |= self._take(name, exchange, web)
        return brought

    def _take(self, name: str, exchange: Exchange, web: Web) -> set[str]:
        """What one exchange tells of the endpoint and the device; the protocols that it is a reply of."""
        if exchange.outcome is Outcome.BUG:
            self.problems.append(f"a mistake in camscan's {name} dialogue: {exchange.problem}")
        self._take_handshake(exchange, web)
        if name == CARRIER:
            web.note(exchange)
        replies = dict(readings(name, exchange, web, self.protocols))
        for protocol, data in replies.items():
            self._say(protocol, web.endpoint, exchange.request.name, data)
        if name in replies and name == "onvif":
            self.login.note(read(self.protocols[name], replies[name]).fields)
        return set(replies)

    def _take_handshake(self, exchange: Exchange, web: Web) -> None:
        """The first handshake with an endpoint shows its certificate; the others would show it again."""
        seen = exchange.tls
        if seen is not None and web.handshake is None:
            web.handshake = seen
            data = tls.encode_record(seen.mode, seen.version, seen.cipher, seen.der)
            self._say("tls", web.endpoint, f"handshake {seen.mode}", data)

    def _say(self, protocol: str, endpoint: Endpoint, request: str, data: bytes) -> None:
        self.replies += 1
        self.note(
            Reply(
                address=self.address,
                protocol=protocol,
                transport="tcp",
                port=endpoint.port,
                request=request,
                data=data,
                channel="tcp",
                time=self.wire.clock(),
            )
        )


def _challenges(protocol: Protocol) -> bool:
    return any(r.purpose == CHALLENGE for r in protocol.requests)
