"""Everything camscan can send: every request of every protocol, as a table and as data."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from camscan.probe import Announced, ArpSweep, Channel, IcmpEcho, OverHttp, Protocol, Recorded, Request, Tcp, Udp
from camscan.report.printable import printable
from camscan.report.terminal import Cell, Grid, Line, cell, line, to_text

_COLUMNS = ("Protocol", "Request", "To", "Payload", "Purpose")


def as_request_rows(protocols: Iterable[Protocol]) -> list[dict[str, Any]]:
    """One object per request, with its payload as it stands before host and message id are filled in."""
    protocols = list(protocols)
    swept = sorted({port for p in protocols if isinstance(p.channel, Tcp) for port in ports(p.channel)})
    return [_row(protocol, request, swept) for protocol, request in _all(protocols)]


def as_request_table(protocols: Iterable[Protocol], *, terminal: bool = False, width: int = 80) -> str:
    """One line per request and a count below."""
    listed = as_request_rows(protocols)
    rows = [_cells(row) for row in listed]
    table = Grid(columns=_COLUMNS, rows=rows, right=frozenset(["Payload"]), spare=("Payload",))
    return to_text((table, Line(""), line(_summary(listed))), terminal=terminal, width=width)


def _cells(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    style = "" if row["purpose"] == "question" else "yellow"
    texts = (row["protocol"], row["request"], row["to"], str(row["bytes"]), row["purpose"])
    return tuple(cell(text, style) for text in texts)


def _summary(rows: list[dict[str, Any]]) -> str:
    questions = sum(1 for row in rows if row["purpose"] == "question")
    return f"{len(rows)} requests, {questions} of them questions that carry no login. Nothing else is ever sent."


def _all(protocols: Iterable[Protocol]) -> Iterator[tuple[Protocol, Request]]:
    for protocol in sorted(protocols, key=lambda p: p.name):
        for request in protocol.requests:
            yield protocol, request


def _row(protocol: Protocol, request: Request, swept: list[int]) -> dict[str, Any]:
    """`swept` is every port that some protocol names: whether it is open is what a mere connection asks."""
    mere = isinstance(protocol.channel, Tcp) and not protocol.identifies
    return {
        "protocol": protocol.name,
        "title": protocol.title,
        "request": request.name,
        "transport": transport(protocol.channel),
        "ports": swept if mere else ports(protocol.channel),
        "to": f"tcp {len(swept)} ports, all named here" if mere else destination(protocol.channel),
        "purpose": request.purpose,
        "path": request.path or None,
        "bytes": len(request.payload),
        **_payload(request.payload),
    }


def _payload(payload: bytes) -> Mapping[str, str]:
    text = payload.decode("ascii", "replace")
    plain = all(c.isprintable() or c in "\r\n\t" for c in text) and "\ufffd" not in text
    return {"encoding": "text", "payload": text} if plain else {"encoding": "hex", "payload": payload.hex()}


def transport(channel: Channel) -> str:
    """What carries the requests of a channel."""
    if isinstance(channel, Udp):
        return "udp"
    if isinstance(channel, Tcp | OverHttp | Announced):
        return "tcp"
    names: dict[type, str] = {ArpSweep: "ethernet", IcmpEcho: "icmp", Recorded: "none"}
    return names[type(channel)]


def ports(channel: Channel) -> list[int]:
    """The ports a channel goes to; empty where it follows what was found open, or has none."""
    if isinstance(channel, Udp):
        return [channel.port]
    return sorted({*channel.ports, *channel.tls_ports}) if isinstance(channel, Tcp) else []


def destination(channel: Channel) -> str:
    """Transport and port for a person: `udp 37020 multicast broadcast unicast`, `tcp 80 443`."""
    if isinstance(channel, Udp):
        alone = "unicast to hosts found" if channel.known_only else "unicast"
        ways = (("multicast", channel.group), ("broadcast", channel.broadcast), (alone, channel.unicast))
        return " ".join((f"udp {channel.port}", *(name for name, used in ways if used)))
    if isinstance(channel, OverHttp):
        return "tcp ports that speak HTTP"
    if isinstance(channel, Announced):
        return "tcp port that a reply named"
    if isinstance(channel, Recorded):
        return "nobody, read from recordings"
    return printable(" ".join((transport(channel), *map(str, ports(channel)))))
