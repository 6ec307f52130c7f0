"""What can be asked, as plain data: requests, the ways they travel, and the protocol that ties them to a decoder.

Every byte camscan can send is a `Request`; every `Request` stands in some `Protocol.requests`, so the whole set can be
listed (`camscan requests`) and tested. Nothing here opens a socket.
"""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Literal

from camscan.reply import Fields

REPLY_LIMIT = 256 * 1024  # bytes; no identifying page is longer, and an endless body must end somewhere
TURN_SECONDS = 5.0  # a camera that has not answered by then is busy or gone

Purpose = Literal["question", "login challenge, no credential", "owner's credential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One question, as bytes. `{host}` and `{path}` in the payload are filled in by `render`; nothing else varies but
    `{id}`, a fresh message id where the protocol wants one, and `{index}`, the number of an entry in a list.

    `name` is unique within the protocol and is what logs and recordings show. `complete(data)` says whether the bytes
    so far are a whole reply (None: read until the peer closes, `limit` or `seconds`). An empty payload only listens.
    `reuse` asks on the connection of the turn before, while it is open. `times`: how often one dialogue may ask it.
    """

    name: str
    payload: bytes
    purpose: Purpose = "question"
    protocol: str | None = None  # whose decoder reads the reply; None: that of the protocol that asks
    path: str = ""
    index: int = 0
    complete: Callable[[bytes], bool] | None = None
    limit: int = REPLY_LIMIT
    seconds: float = TURN_SECONDS
    reuse: bool = False
    times: int = 1

    @property
    def wants_id(self) -> bool:
        """Whether a message id is to be filled in."""
        return b"{id}" in self.payload

    def render(self, host: str, message_id: str = "") -> bytes:
        """The bytes to send to `host` (an address, or address:port where the port is not the usual one)."""
        filled = self.payload.replace(b"{host}", host.encode("ascii")).replace(b"{path}", self.path.encode("ascii"))
        return filled.replace(b"{index}", str(self.index).encode("ascii")).replace(b"{id}", message_id.encode("ascii"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One TCP port of one address; `token` is a random path segment that no device knows."""

    address: str
    port: int
    tls: bool = False
    token: str = ""

    @property
    def host(self) -> str:
        """The Host header: the address, with the port where it is not the scheme's own, IPv6 in brackets."""
        name = f"[{self.address}]" if ":" in self.address else self.address
        return name if self.port == (443 if self.tls else 80) else f"{name}:{self.port}"


Dialogue = Generator[Request, bytes | None, None]
"""Turns over one endpoint: yields a `Request`, receives the reply's bytes, or None where none came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Udp:
    """One question, many answers. `group` None: no multicast; `group6`: the same by IPv6, on the link only; `unicast`:
    also asked of every address in scope, with `known_only` of those IPv4 hosts alone that something has shown to be
    there. `spread`: seconds over which devices may put off what they say to a group."""

    port: int
    group: str | None = None
    group6: str | None = None
    broadcast: bool = False
    unicast: bool = False
    known_only: bool = False
    spread: float = 0.0
    reply_size: int = 1500  # bytes expected back from one device, for the budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Tcp:
    """Turns over a connection to one of these ports, where it is open."""

    ports: tuple[int, ...]
    tls_ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OverHttp:
    """Turns over any endpoint that has been seen to speak HTTP."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One page over HTTP, where a reply of another protocol named it at its own sender."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpSweep:
    """Who-has for every address of a directly connected network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IcmpEcho:
    """Echo request to every address in scope."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """Never asked by a scan: only read from recordings."""


Channel = Udp | Tcp | OverHttp | Announced | ArpSweep | IcmpEcho | Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A named way to ask, and the decoder of what comes back. One module in `protocols/` defines one as `PROTOCOL`.

    `decode(data)` returns camscan's fields or raises `DecodeError`. `volatile` are the byte patterns that change from
    reply to reply (clock, nonce, session, message id); the content hash is taken with them masked. `identifies` is
    false where a reply is a reason to ask but never evidence (an open port, an echo).
    """

    name: str
    title: str
    channel: Channel
    requests: tuple[Request, ...]
    decode: Callable[[bytes], Fields]
    dialogue: Callable[[Endpoint], Dialogue] | None = None
    volatile: tuple[re.Pattern[bytes], ...] = field(default=())
    identifies: bool = True
