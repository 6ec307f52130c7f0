"""A scripted service: one port of one device, the answers it gives, and how its requests are told apart.

A shape is the published form of a reply, kept once in `shapes/*.toml`; a device names the shapes it speaks and brings
the values. Shapes on the same port become one service whose answers are tried in the order the device names them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from camscan.errors import CannotRunError
from camscan.lab.answer import Answer, from_hex, parse_answer

_KEYS = {"id", "protocol", "transport", "port", "groups", "to", "framing", "greeting", "hang_up", "values", "answer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate to be made at start; names in RFC 4514 form. `version` is the only TLS version spoken."""

    subject: str
    issuer: str
    version: Literal["1.0", "1.2", "1.3"]
    key_bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One port. UDP sends every answer that matches, TCP the first.

    `framing` says what one TCP request is: a `message` has a header, an empty line and the body its Content-Length
    announces; a `chunk` is whatever arrives together. `to` says where a UDP answer goes: back to the asker, to the
    multicast group (as devices with a foreign address do), or both. `greeting` is sent on connect, before any
    request; `hang_up` closes right after it.
    """

    protocols: frozenset[str]
    transport: Literal["udp", "tcp"]
    port: int
    groups: tuple[str, ...] = ()
    to: Literal["asker", "group", "both"] = "asker"
    framing: Literal["message", "chunk"] = "message"
    greeting: bytes = b""
    hang_up: bool = False
    answers: tuple[Answer, ...] = ()
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A service to be spoken by many devices, with the values that a device may leave out."""

    service: Service
    values: Mapping[str, str] = field(default_factory=dict)


def parse_shape(table: Mapping[str, Any], where: str) -> Shape:
    """A shape, or a service of a single device, from its TOML table. Raises `CannotRunError`."""
    unknown = set(table) - _KEYS
    missing = {"protocol", "transport", "port"} - set(table)
    if unknown or missing:
        raise CannotRunError(f"{where}: unknown {sorted(unknown)}, missing {sorted(missing)}")
    chosen = {name: table[name] for name in ("to", "framing", "hang_up") if name in table}
    service = Service(
        protocols=frozenset({table["protocol"]}),
        transport=table["transport"],
        port=table["port"],
        groups=tuple(table.get("groups", ())),
        greeting=from_hex(table.get("greeting", "")),
        answers=tuple(parse_answer(answer, where) for answer in table.get("answer", ())),
        **chosen,
    )
    return Shape(service=service, values=table.get("values", {}))


def merge(services: Iterable[Service]) -> tuple[Service, ...]:
    """Services of the same transport and port as one, their answers one after the other."""
    merged: dict[tuple[str, int], Service] = {}
    for service in services:
        place = (service.transport, service.port)
        first = merged.get(place)
        merged[place] = _joined(first, service) if first else service
    return tuple(merged.values())


def _joined(first: Service, second: Service) -> Service:
    return replace(
        first,
        protocols=first.protocols | second.protocols,
        answers=(*first.answers, *second.answers),
        greeting=first.greeting or second.greeting,
    )
