"""What comes back of SYN probes: the kernel lets through SYN-ACK and RST to this sweep's port, cookies prove the rest.

The filter is classic BPF (socket(7), SO_ATTACH_FILTER; the instructions of linux/filter.h): unfragmented IPv4, TCP, to
this address and port, with ACK set. A flood of anything else costs the kernel, not Python.
"""

import ctypes
import socket
import struct
from contextlib import suppress
from typing import NamedTuple

from camscan.transport.packet_socket import open_frames
from camscan.transport.segments import ACK, SYN, Sender

SNAP = 64  # bytes of a frame that are kept: all headers
RECEIVE_BUFFER = 8 << 20  # bytes: the answers of 10,000 devices at once

_SO_ATTACH_FILTER = 26
_SO_RCVBUFFORCE = 33
_ETHERTYPE_ANY = 3

_TCP = struct.Struct(">HHII")  # from port, to port, sequence, acknowledged
_LOAD_HALF, _LOAD_WORD, _LOAD_BYTE, _LOAD_IP_LENGTH = 0x28, 0x20, 0x30, 0xB1
_LOAD_HALF_AFTER_IP, _LOAD_BYTE_AFTER_IP = 0x48, 0x50
_EQUAL, _ANY_BIT, _RETURN = 0x15, 0x45, 0x06


class Answer(NamedTuple):
    """One segment: from whom, what it acknowledges, and whether it opens (SYN-ACK) or refuses (RST)."""

    mac: bytes
    address: int
    port: int
    acknowledged: int
    opens: bool


def listen(interface: str, sender: Sender) -> socket.socket:
    """A socket on which only answers to this sender arrive. Raises `NotPossibleError` without the privilege."""

    def prepare(sock: socket.socket) -> None:
        _attach(sock, _program(sender))
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)

    return open_frames(interface, _ETHERTYPE_ANY, prepare)


def parse(frame: bytes) -> Answer | None:
    """The segment in a frame that passed the filter; None where it is cut short."""
    if len(frame) < 54 or frame[14] >> 4 != 4:
        return None
    tcp = 14 + (frame[14] & 15) * 4
    if len(frame) < tcp + 14:
        return None
    port, _, _, acknowledged = _TCP.unpack_from(frame, tcp)
    return Answer(frame[6:12], int.from_bytes(frame[26:30], "big"), port, acknowledged, bool(frame[tcp + 13] & SYN))


def _program(sender: Sender) -> list[tuple[int, int, int, int]]:
    """(code, skip if true, skip if false, operand); the last two instructions are keep and drop."""
    address = int.from_bytes(socket.inet_aton(sender.address), "big")
    return [
        (_LOAD_HALF, 0, 0, 12),
        (_EQUAL, 0, 12, 0x0800),
        (_LOAD_BYTE, 0, 0, 23),
        (_EQUAL, 0, 10, socket.IPPROTO_TCP),
        (_LOAD_HALF, 0, 0, 20),
        (_ANY_BIT, 8, 0, 0x3FFF),  # a fragment
        (_LOAD_WORD, 0, 0, 30),
        (_EQUAL, 0, 6, address),
        (_LOAD_IP_LENGTH, 0, 0, 14),
        (_LOAD_HALF_AFTER_IP, 0, 0, 16),
        (_EQUAL, 0, 3, sender.port),
        (_LOAD_BYTE_AFTER_IP, 0, 0, 27),
        (_ANY_BIT, 0, 1, ACK),
        (_RETURN, 0, 0, SNAP),
        (_RETURN, 0, 0, 0),
    ]


def _attach(sock: socket.socket, program: list[tuple[int, int, int, int]]) -> None:
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HL", len(program), ctypes.addressof(code)))
