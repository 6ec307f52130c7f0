"""SYN frames in bulk: one template, written once, and per frame the address, the port, the cookie and two checksums.

Stateless: the sequence number is a keyed hash of address and port, so an answer proves by its acknowledgement which
probe it answers, and nothing is remembered of what was sent. Follows RFC 9293 (TCP), RFC 791 and RFC 1071 (checksum by
parts), and the 32-bit finaliser of MurmurHash3 (public domain) as the hash.
"""

import secrets
import socket
import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from camscan.transport.bulk import ROW, Batch
from camscan.transport.space import Words

SYN_LENGTH = 58  # Ethernet 14, IPv4 20, TCP 20, and the option that says how large a segment may be
RST_LENGTH = 54
WINDOW = 1024  # says: send little. Nothing will be sent at all

SYN, RST, ACK = 0x02, 0x04, 0x10

_FIELDS = np.dtype(
    {
        "names": ["to", "ip_sum", "destination", "port", "sequence", "tcp_sum"],
        "formats": ["(6,)u1", ">u2", ">u4", ">u2", ">u4", ">u2"],
        "offsets": [0, 24, 30, 36, 38, 50],
        "itemsize": ROW,
    }
)
_MASK = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who asks: MAC and IPv4 address of the interface, and the TCP port that no other program uses meanwhile."""

    mac: bytes
    address: str
    port: int


class Cookie:
    """A keyed 32-bit hash of (address, port). Two cookies differ by their keys."""

    def __init__(self, key: int | None = None) -> None:
        key = secrets.randbits(64) if key is None else key
        self._low, self._high = key & _MASK, key >> 32

    def of(self, address: int, port: int) -> int:
        """For one probe."""
        mixed = (address ^ self._low) * 0x85EBCA6B & _MASK
        mixed ^= mixed >> 13
        mixed = mixed + ((port * 0x9E3779B1 & _MASK) ^ self._high) & _MASK
        mixed ^= mixed >> 16
        mixed = mixed * 0xC2B2AE35 & _MASK
        return mixed ^ mixed >> 16

    def of_all(self, addresses: Words, ports: Words) -> Words:
        """The same for many."""
        mixed = (addresses ^ np.uint32(self._low)) * np.uint32(0x85EBCA6B)
        mixed ^= mixed >> np.uint32(13)
        mixed += (ports * np.uint32(0x9E3779B1)) ^ np.uint32(self._high)
        mixed ^= mixed >> np.uint32(16)
        mixed *= np.uint32(0xC2B2AE35)
        return mixed ^ mixed >> np.uint32(16)


class SynFrames(Batch):
    """A batch of `size` frames from one sender, rewritten again and again."""

    def __init__(self, sender: Sender, size: int) -> None:
        super().__init__(size, SYN_LENGTH)
        ip, tcp = _ip_header(sender.address, SYN_LENGTH - 14), _tcp_header(sender.port, SYN) + b"\x02\x04\x05\xb4"
        frame = b"\xff" * 6 + sender.mac + b"\x08\x00" + ip + tcp
        for number in range(size):
            self.put(number, frame)
        self._rows = np.frombuffer(self.buffer, _FIELDS)
        self._ip_sum = np.uint32(_sum(ip))
        self._tcp_sum = np.uint32(_sum(tcp) + _sum(socket.inet_aton(sender.address)) + socket.IPPROTO_TCP + len(tcp))

    def write(self, addresses: Words, ports: Words, sequence: Words, macs: NDArray[np.uint8]) -> None:
        """The first frames of the batch. `macs` is whom each goes to on the wire: six bytes, or six for each."""
        rows = self._rows[: len(addresses)]
        halves = (addresses >> np.uint32(16)) + (addresses & np.uint32(0xFFFF))
        rows["to"], rows["destination"], rows["port"], rows["sequence"] = macs, addresses, ports, sequence
        rows["ip_sum"] = _folded(halves + self._ip_sum)
        words = (sequence >> np.uint32(16)) + (sequence & np.uint32(0xFFFF))
        rows["tcp_sum"] = _folded(halves + ports + words + self._tcp_sum)


def reset_frame(sender: Sender, to: bytes, address: int, port: int, sequence: int) -> bytes:
    """A RST that closes what a SYN-ACK half opened. `sequence` is what the device acknowledged."""
    target = address.to_bytes(4, "big")
    ip = _checked(_ip_header(sender.address, RST_LENGTH - 14)[:16] + target, 10, 0)
    tcp = bytearray(_tcp_header(sender.port, RST))
    struct.pack_into(">HI", tcp, 2, port, sequence)
    tcp[12] = 5 << 4
    pseudo = _sum(socket.inet_aton(sender.address)) + _sum(target) + socket.IPPROTO_TCP + len(tcp)
    return to + sender.mac + b"\x08\x00" + ip + _checked(bytes(tcp), 16, pseudo)


def _ip_header(source: str, length: int) -> bytes:
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, length, 0, 0, 64, socket.IPPROTO_TCP, 0, socket.inet_aton(source), b"")


def _tcp_header(port: int, flags: int) -> bytes:
    return struct.pack(">HHIIBBHHH", port, 0, 0, 0, 6 << 4, flags, WINDOW, 0, 0)


def _sum(data: bytes) -> int:
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 2}H", data)
    return _carried(sum(words))


def _carried(total: int) -> int:
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def _checked(header: bytes, at: int, pseudo: int) -> bytes:
    return header[:at] + struct.pack(">H", ~_carried(_sum(header) + pseudo) & 0xFFFF) + header[at + 2 :]


def _folded(total: Words) -> Words:
    for _ in range(2):
        total = (total & np.uint32(0xFFFF)) + (total >> np.uint32(16))
    return ~total & np.uint32(0xFFFF)
