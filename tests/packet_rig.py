"""Packet captures made by scapy: frames, whole TCP connections, and files of them."""

from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from scapy.config import conf
from scapy.layers.inet import IP, TCP, UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.utils import PcapNgWriter, PcapWriter

from camscan.intake.captured import read_captured
from camscan.intake.packet_file import read_packets
from camscan.intake.packets import LeftOut
from camscan.reply import Reply

CLIENT, DEVICE = "10.0.0.9", "10.0.0.64"
SWEPT = frozenset({80, 554, 8000})
_ports = count(40_000)
conf.neighbor.resolvers.clear()  # scapy would ask the wire for a MAC address that a frame lacks

SADP = (
    b"<ProbeMatch><Uuid>0</Uuid><Types>inquiry</Types><DeviceType>138</DeviceType>"
    b"<DeviceDescription>DS-2CD2042WD-I</DeviceDescription><DeviceSN>DS-2CD2042WD-I20160101AAWR123456789</DeviceSN>"
    b"<MAC>44-19-b6-01-02-03</MAC><IPv4Address>10.0.0.64</IPv4Address>"
    b"<SoftwareVersion>V5.4.5build 170124</SoftwareVersion></ProbeMatch>"
)
INQUIRY = b"<Probe><Uuid>1</Uuid><Types>inquiry</Types></Probe>"
DEVICE_INFO = (
    b'<DeviceInfo xmlns="http://www.hikvision.com/ver20/XMLSchema"><model>DS-2CD2042WD-I</model>'
    b"<serialNumber>DS-2CD2042WD-I20160101AAWR123456789</serialNumber></DeviceInfo>"
)
GREETING = bytes.fromhex("00000010 0000001e 0000001e 00000000")


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: {DEVICE}\r\n\r\n".encode()


def page(body: bytes, kind: str = "text/html") -> bytes:
    return f"HTTP/1.1 200 OK\r\nServer: App-webs/\r\nContent-Type: {kind}\r\n".encode() + (
        f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    )


def udp(data: bytes, source: tuple[str, int], target: tuple[str, int]) -> Any:
    internet = IPv6 if ":" in source[0] else IP
    return internet(src=source[0], dst=target[0]) / UDP(sport=source[1], dport=target[1]) / data


def connection(
    port: int,
    *turns: tuple[bytes, bytes],
    size: int = 1000,
    first: int = 1000,
    closed: bool = True,
    begun: bool = True,
    internet: Any = None,
) -> list[Any]:
    """The packets of one connection: what the client says and what the server answers, in segments of `size`."""
    there, back = IP(src=CLIENT, dst=DEVICE), IP(src=DEVICE, dst=CLIENT)
    if internet:
        there, back = internet
    own, numbers = next(_ports), {True: 5000, False: first}
    packets: list[Any] = []

    def say(client: bool, data: bytes, flags: str) -> None:
        ends = {"sport": own, "dport": port} if client else {"sport": port, "dport": own}
        acknowledged = 0 if flags == "S" else numbers[not client]
        segment = TCP(flags=flags, seq=numbers[client], ack=acknowledged, **ends)
        packets.append((there if client else back) / segment / data)
        numbers[client] = (numbers[client] + len(data) + ("S" in flags or "F" in flags)) % (1 << 32)

    say(True, b"", "S")
    say(False, b"", "SA")
    say(True, b"", "A")
    for asked, answered in turns:
        if asked:
            say(True, asked, "PA")
        for at in range(0, len(answered), size):
            say(False, answered[at : at + size], "PA")
        say(True, b"", "A")
    if closed:
        say(True, b"", "FA")
        say(False, b"", "FA")
        say(True, b"", "A")
    return packets if begun else packets[3:]


def ether(kind: int | None = None) -> Any:
    """The head of a frame, between made-up addresses."""
    return Ether(src="02:00:00:00:00:02", dst="02:00:00:00:00:01", **({"type": kind} if kind else {}))


def framed(packets: Iterable[Any]) -> list[Any]:
    return [ether() / packet for packet in packets]


def write(path: Path, frames: Sequence[Any], *, ng: bool = False, **options: Any) -> Path:
    """A capture file of whole frames."""
    with PcapNgWriter(str(path)) if ng else PcapWriter(str(path), **options) as writer:
        for number, frame in enumerate(frames):
            frame.time = 1_700_000_000 + number / 1000
            writer.write(frame)
    return path


def read_file(path: Path) -> tuple[list[Reply], list[str]]:
    """The replies of a capture, and the reasons for what was left out."""
    with path.open("rb") as stream:
        entries = list(read_captured(read_packets(path.name, stream), SWEPT))
    replies = [entry for entry in entries if isinstance(entry, Reply)]
    return replies, [entry.reason for entry in entries if isinstance(entry, LeftOut)]


def said(replies: Iterable[Reply]) -> list[tuple[str, int | None, str]]:
    return [(r.protocol, r.port, r.request) for r in replies if r.protocol != "tcp"]
