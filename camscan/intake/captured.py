"""What devices said in a packet capture, as replies: the same protocols, under the same names, as a scan records them.

The rule: a client's words are no reply, nor is a question heard in a group. A datagram is an answer where it comes from
a protocol's port or goes to somebody who asked; one that only goes to the port must read as an answer. Of a TCP
connection it is what the server said (`spoken` tells the protocol).
"""

from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from ipaddress import IPv4Address, ip_address

from camscan.intake.carried import WebReplies
from camscan.intake.connections import Connections, Event, Opened, Turn
from camscan.intake.imported import read_time, whole_lines
from camscan.intake.packets import ArpAnswer, Datagram, End, LeftOut, Packet, Segment
from camscan.intake.recent import Recent
from camscan.intake.spoken import protocol_of
from camscan.probe import Request, Udp
from camscan.protocols import dvrip, http, rtsp, ssh, telnet
from camscan.protocols.reading import read
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply, Transport

ASKERS_LIMIT = 4096  # ends of those who asked last; a scanner asks from a few
REPLIES_KNOWN = 65536  # the latest different ones; devices that announce themselves say the same all day
REQUEST = "captured"

_EVERYBODY = IPv4Address("255.255.255.255")


def read_captured(packets: Iterable[Packet | LeftOut], swept: Collection[int]) -> Iterator[Reply | LeftOut]:
    """The replies in these packets, each content once in a while, and what was left out of the packets; `swept` are the
    ports whose being open is kept."""
    said: Recent[bytes, None] = Recent(REPLIES_KNOWN)
    for reply in _replies(packets, swept):
        if isinstance(reply, LeftOut) or (_has_sender(reply.address) and said.add(_digest(reply), None)):
            yield reply


def _replies(packets: Iterable[Packet | LeftOut], swept: Collection[int]) -> Iterator[Reply | LeftOut]:
    talk, connections, servers = _Talk(), Connections(), _Servers(swept)
    for packet in packets:
        if isinstance(packet, LeftOut):
            yield packet
        elif isinstance(packet, Segment):
            for event in connections.take(packet):
                yield from servers.replies(event)
        elif isinstance(packet, Datagram):
            yield from talk.replies(packet)
        else:
            yield _located(packet)
    for event in connections.end():
        yield from servers.replies(event)


def _digest(reply: Reply) -> bytes:
    head = f"{reply.address} {reply.protocol} {reply.port} {reply.request}\n"
    return sha256(head.encode() + reply.data).digest()


def _has_sender(address: str) -> bool:
    """Whether somebody can have this address."""
    parsed = ip_address(address)
    return not (parsed.is_unspecified or parsed.is_multicast or parsed == _EVERYBODY)


def _located(packet: ArpAnswer) -> Reply:
    return _reply((packet.address, None), "arp", "ethernet", packet.data, packet.time, REQUEST)


def _reply(
    end: tuple[str, int | None], protocol: str, transport: Transport, data: bytes, time: float, request: str
) -> Reply:
    return Reply(
        address=end[0],
        protocol=protocol,
        transport=transport,
        port=end[1],
        request=request,
        data=data,
        time=read_time(time),
    )


class _Talk:
    """The datagrams of a capture: who asked, and who answers."""

    def __init__(self) -> None:
        self._protocols = load_protocols()
        self._ports = {p.channel.port: p.name for p in self._protocols.values() if isinstance(p.channel, Udp)}
        self._askers: Recent[End, str] = Recent(ASKERS_LIMIT)

    def replies(self, datagram: Datagram) -> Iterator[Reply]:
        """The reply that a datagram is."""
        asked = self._askers.get(datagram.target)
        name = asked or self._ports.get(datagram.source[1]) or self._ports.get(datagram.target[1])
        if name is None:
            return
        reading = read(self._protocols[name], datagram.data)
        answers = bool(asked) or self._ports.get(datagram.source[1]) == name
        if reading.question or (reading.problem and not answers):
            self._askers.add(datagram.source, name)
            return
        port = next(port for port, other in self._ports.items() if other == name)
        yield _reply((datagram.source[0], port), name, "udp", datagram.data, datagram.time, REQUEST)


class _Servers:
    """The connections of a capture: what each server said."""

    def __init__(self, swept: Collection[int]) -> None:
        self._swept = swept
        self._web = WebReplies()

    def replies(self, event: Event) -> Iterator[Reply | LeftOut]:
        """The replies that an event is; one turn may hold several."""
        if isinstance(event, Opened):
            if event.server[1] in self._swept:
                yield _reply(event.server, "tcp", "tcp", b"", event.time, f"connect, {REQUEST}")
            return
        name = protocol_of(event.data, "", event.server[1])
        if name in (http.PROTOCOL.name, rtsp.PROTOCOL.name):
            for protocol, request, data in self._web.read(event):
                yield _reply(event.server, protocol, "tcp", data, event.time, f"{request}, {REQUEST}")
        elif name and (name == dvrip.PROTOCOL.name or _is_greeted(event.asked)):
            question = load_protocols()[name].requests[0]
            if data := _greeting(question, event):
                yield _reply(event.server, name, "tcp", data, event.time, f"{question.name}, {REQUEST}")


def _is_greeted(asked: bytes) -> bool:
    """Whether a client that has said this has not asked anything: it negotiates (Telnet), or greets too (SSH)."""
    return asked.startswith(b"SSH-") or not telnet.without_negotiation(asked).strip(b"\0\r\n ")


def _greeting(question: Request, turn: Turn) -> bytes:
    """As much as a scan reads of it, and only whole lines where it may be cut. SSH goes on with keys."""
    data = turn.data[: question.limit]
    if question is ssh.IDENTIFICATION:
        data = data[: data.find(b"\n", data.find(b"SSH-")) + 1]
    if question is dvrip.REALM_CHALLENGE:
        data = data[: dvrip.HEADER_SIZE + int.from_bytes(data[4:6], "little")]
    is_whole = turn.is_over or (question.complete is not None and question.complete(data))
    return data if is_whole else whole_lines(data)
