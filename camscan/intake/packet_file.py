"""Packet captures, pcap and pcapng, as packets. The one file that imports scapy (lazily), which reads the files and
takes the frames apart; no socket is opened by it.

A frame that cannot be used costs itself only. A capture that ends within a packet, as one does whose writer was killed,
counts up to there. Link layers: Ethernet with or without VLAN tags, Linux cooked captures (both versions), bare IP.
"""

import logging
from collections.abc import Iterator
from typing import Any, BinaryIO

from camscan.errors import UsageError
from camscan.intake.fragments import Fragments
from camscan.intake.packets import ArpAnswer, Datagram, LeftOut, Packet, Segment
from camscan.intake.plain_frame import ETHERNET, read_plain

BLOCK_LIMIT = 16 << 20  # bytes read in one piece; a packet has at most 256 kB, and a length field could say 4 GB
LINK_BITS = 0xFFFF  # of a link layer's number in pcap; the others say how long the checksum after a frame is
LAYERS_LIMIT = 16  # before the IP header; a provider's wire has three VLAN tags at most

ENDS_EARLY = LeftOut(reason="the file ends within a packet")
UNREADABLE = LeftOut(reason="all that follows a block that cannot be read")
CUT = LeftOut(reason="cut short when captured")
FRAGMENT = LeftOut(reason="in fragments that are not all there")
STRANGE = LeftOut(reason="of a link layer that is not read, or malformed")
MALFORMED = LeftOut(reason="malformed")

_IS_AT = 2
_SYN, _ACK, _FIN, _RST = 0x02, 0x10, 0x01, 0x04
_UDP_HEADER, _TCP_HEADER, _ARP_LENGTH = 8, 20, 28
_UDP, _TCP = 17, 6


def read_packets(name: str, stream: BinaryIO) -> Iterator[Packet | LeftOut]:
    """The packets of an open capture, as they are read. Raises `UsageError` where it has no whole header."""
    from scapy.error import Scapy_Exception
    from scapy.utils import RawPcapReader

    logging.getLogger("scapy").setLevel(logging.CRITICAL)  # it would write of every bad frame to stderr
    source = _Bounded(stream)
    try:
        records = RawPcapReader(source)
    except Scapy_Exception:
        raise UsageError(f"{name}: a packet capture without a whole header") from None
    dissector = _Dissector()
    while (record := _next(records, source)) is not None:
        data, link, time = _frame(records, *record)
        plain = read_plain(data, time) if link == ETHERNET else None
        yield from [plain] if plain else dissector.read(data, link, time)
    yield from dissector.end()
    if source.short:
        yield ENDS_EARLY
    elif source.read(1):
        yield UNREADABLE


def _next(records: Any, source: "_Bounded") -> Any:
    """The next frame as scapy reads it, None at the end. What scapy makes of hostile blocks is no closed set of
    errors."""
    try:
        return next(records, None)
    except Exception:
        source.short = True
        return None


def _frame(records: Any, data: bytes, about: Any) -> tuple[bytes, int, float]:
    """The bytes, the number of their link layer, and seconds since the epoch, 0 where the file does not tell."""
    if hasattr(about, "sec"):
        return data, records.linktype & LINK_BITS, about.sec + about.usec / (1e9 if records.nano else 1e6)
    ticks = (about.tshigh << 32) + about.tslow if about.tshigh is not None else 0
    return data, about.linktype, ticks / about.tsresol


class _Bounded:
    """A stream of which nobody reads too much in one piece; `short`: it ended where more was announced."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.short = False

    def read(self, size: int) -> bytes:
        """As a file does."""
        if size > BLOCK_LIMIT:
            self.short = True
            return b""
        data = self._stream.read(size)
        at_end = not data and size in _RECORD_BEGINS
        self.short = self.short or (len(data) < size and not at_end)
        return data


_RECORD_BEGINS = (4, 16)  # bytes: the type of a pcapng block, the header of a pcap record; a file may end before one


class _Dissector:
    """Takes frames apart, once the layers are loaded."""

    def __init__(self) -> None:
        from scapy.config import conf
        from scapy.layers.inet import IP, TCP, UDP
        from scapy.layers.inet6 import IPv6, IPv6ExtHdrFragment
        from scapy.layers.l2 import ARP
        from scapy.packet import Raw

        self._raw = Raw
        self._arp, self._ip, self._ip6, self._fragment = ARP, IP, IPv6, IPv6ExtHdrFragment
        self._links = conf.l2types.num2layer
        self._carriers = {_UDP: UDP, _TCP: TCP}
        self._fragments = Fragments()

    def read(self, data: bytes, link: int, time: float) -> Iterator[Packet | LeftOut]:
        """The packet in a frame, and what is wrong with it; nothing where it is of no interest."""
        layer = self._made(self._links.get(link, self._raw), data)
        if isinstance(layer, self._raw):
            yield STRANGE
        for _ in range(LAYERS_LIMIT):
            if not layer or isinstance(layer, (self._arp, self._ip, self._ip6)):
                break
            layer = layer.payload
        if isinstance(layer, self._arp):
            yield from _arp_answer(layer, time)
        elif isinstance(layer, self._ip):
            yield from self._inside(layer, layer.len - layer.ihl * 4, time)
        elif isinstance(layer, self._ip6):
            yield from self._inside(layer, layer.plen, time)

    def _made(self, kind: Any, data: bytes) -> Any:
        """The bytes as a layer of this kind; as raw bytes where scapy stumbles over them, which it does by itself only
        within a frame, and where there are none, of which it would make a layer without values."""
        try:
            return kind(data) if data else self._raw()
        except Exception:
            return self._raw(data)

    def end(self) -> Iterator[LeftOut]:
        """What was still missing when the capture ended."""
        self._fragments.end()
        yield from (FRAGMENT for _ in range(self._fragments.lost))

    def _inside(self, ip: Any, announced: int, time: float) -> Iterator[Packet | LeftOut]:
        """What an IP packet carries; `announced` is how many bytes ought to follow its header."""
        is_cut = len(ip.payload.original) < announced
        number, carried = self._carried(ip) if isinstance(ip, self._ip) else self._carried6(ip)
        if number not in self._carriers or carried is None:
            return
        if is_cut:
            yield CUT
        if not isinstance(carried, self._carriers[number]):
            yield from () if is_cut else (MALFORMED,)
        elif number == _TCP:
            yield _segment(ip, carried, time)
        elif not is_cut:
            yield _datagram(ip, carried, time)

    def _carried(self, ip: Any) -> tuple[int, Any]:
        """The number of the protocol and its layer, None until all fragments are there."""
        if not (ip.frag or ip.flags.MF):
            return ip.proto, ip.payload
        return ip.proto, self._joined(ip, ip, ip.proto, ip.frag * 8, not ip.flags.MF)

    def _carried6(self, ip: Any) -> tuple[int, Any]:
        """The same behind the extension headers of IPv6."""
        header = ip
        for _ in range(LAYERS_LIMIT):
            number = getattr(header, "nh", None)
            if isinstance(header, self._fragment):
                return header.nh, self._joined(ip, header, header.nh, header.offset * 8, not header.m)
            if number is None or number in self._carriers:
                return number or 0, header.payload
            header = header.payload
        return 0, None

    def _joined(self, ip: Any, header: Any, number: int, offset: int, is_last: bool) -> Any:
        key = (ip.src, ip.dst, header.id, number)
        whole = self._fragments.take(key, offset, header.payload.original, is_last=is_last)
        carrier = self._carriers.get(number)
        return self._made(carrier, whole) if carrier and whole is not None else None


def _arp_answer(arp: Any, time: float) -> Iterator[Packet | LeftOut]:
    if (arp.hwtype, arp.ptype, arp.hwlen, arp.plen, arp.op) == (1, 0x0800, 6, 4, _IS_AT):
        if len(arp.original) < _ARP_LENGTH:
            yield CUT
        else:
            yield ArpAnswer(time=time, address=arp.psrc, data=arp.original[:_ARP_LENGTH])


def _datagram(ip: Any, udp: Any, time: float) -> Packet | LeftOut:
    if len(udp.original) < udp.len:
        return CUT
    if udp.len < _UDP_HEADER:
        return MALFORMED
    return Datagram(
        time=time,
        source=(ip.src, udp.sport),
        target=(ip.dst, udp.dport),
        data=udp.original[_UDP_HEADER : udp.len],
    )


def _segment(ip: Any, tcp: Any, time: float) -> Packet | LeftOut:
    header, flags = tcp.dataofs * 4, int(tcp.flags)
    if header < _TCP_HEADER:
        return MALFORMED
    return Segment(
        time=time,
        source=(ip.src, tcp.sport),
        target=(ip.dst, tcp.dport),
        sequence=tcp.seq,
        acknowledged=tcp.ack,
        data=tcp.original[header:],
        opens=bool(flags & _SYN),
        accepts=bool(flags & _ACK),
        ends=bool(flags & _FIN),
        breaks=bool(flags & _RST),
    )
