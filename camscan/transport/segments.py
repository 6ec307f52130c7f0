"""Frames that open and close TCP, byte by byte: a SYN, and the RST that answers a SYN-ACK.

Follows RFC 9293 (TCP), RFC 791 and RFC 1071 (the checksum).
"""

import socket
import struct
from dataclasses import dataclass

SYN_LENGTH = 58  # Ethernet 14, IPv4 20, TCP 20, and the option that says how large a segment may be
RST_LENGTH = 54
WINDOW = 1024  # says: send little. Nothing will be sent at all

SYN, RST, ACK = 0x02, 0x04, 0x10
_SEGMENT_SIZE = b"\x02\x04\x05\xb4"  # the option: 1,460 bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who asks: MAC and IPv4 address of the interface, and the TCP port that no other program uses meanwhile."""

    mac: bytes
    address: str
    port: int


def syn_frame(sender: Sender, to: bytes, address: int, port: int, sequence: int) -> bytes:
    """A SYN to that port, by way of that MAC address."""
    return _frame(sender, to, address, _tcp(sender, port, sequence, SYN, _SEGMENT_SIZE))


def reset_frame(sender: Sender, to: bytes, address: int, port: int, sequence: int) -> bytes:
    """A RST that closes what a SYN-ACK half opened. `sequence` is what the device acknowledged."""
    return _frame(sender, to, address, _tcp(sender, port, sequence, RST))


def _tcp(sender: Sender, port: int, sequence: int, flags: int, options: bytes = b"") -> bytes:
    words = (20 + len(options)) // 4
    return struct.pack(">HHIIBBHHH", sender.port, port, sequence, 0, words << 4, flags, WINDOW, 0, 0) + options


def _frame(sender: Sender, to: bytes, address: int, tcp: bytes) -> bytes:
    ends = socket.inet_aton(sender.address) + address.to_bytes(4, "big")
    ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp), 0, 0, 64, socket.IPPROTO_TCP, 0) + ends
    pseudo = checksum_of(ends) + socket.IPPROTO_TCP + len(tcp)
    return to + sender.mac + b"\x08\x00" + _checked(ip, 10, 0) + _checked(tcp, 16, pseudo)


def checksum_of(data: bytes) -> int:
    """The one's complement sum of its 16-bit words, not inverted yet."""
    words: tuple[int, ...] = struct.unpack(f">{len(data) // 2}H", data)
    return _carried(sum(words))


def _carried(total: int) -> int:
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def _checked(header: bytes, at: int, pseudo: int) -> bytes:
    return header[:at] + struct.pack(">H", ~_carried(checksum_of(header) + pseudo) & 0xFFFF) + header[at + 2 :]
