"""ICMP echo: is anybody there. Never evidence of what it is.

The data of the question is camscan's own, not that of an operating system, so that it can be told apart in a capture.
Public source: RFC 792 (echo), RFC 1071 (checksum).
"""

import re
import struct

from camscan.errors import DecodeError
from camscan.probe import IcmpEcho, Protocol, Request
from camscan.reply import Fields

ECHO_DATA = b"camscan echo"

_ECHO_REPLY, _ECHO_REQUEST = 0, 8
_HEADER = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence
_ICMP = 1  # IP protocol number


def encode_echo(identifier: int, sequence: int) -> bytes:
    """An echo request. Both numbers are taken modulo 65536; a ping socket puts in its own identifier."""
    head = _HEADER.pack(_ECHO_REQUEST, 0, 0, identifier & 0xFFFF, sequence & 0xFFFF)
    whole = _HEADER.pack(_ECHO_REQUEST, 0, checksum(head + ECHO_DATA), identifier & 0xFFFF, sequence & 0xFFFF)
    return whole + ECHO_DATA


def checksum(data: bytes) -> int:
    """The Internet checksum: 0 over a message that carries its right checksum."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def decode(data: bytes) -> Fields:
    """An echo reply, with or without the IPv4 header that a raw socket delivers → identifier, sequence."""
    message = _without_ipv4(data)
    if len(message) < _HEADER.size:
        raise DecodeError(f"{len(message)} bytes are no ICMP message")
    kind, code, _, identifier, sequence = _HEADER.unpack_from(message)
    if (kind, code) != (_ECHO_REPLY, 0):
        raise DecodeError(f"ICMP type {kind} code {code}, not an echo reply")
    return {"identifier": (str(identifier),), "sequence": (str(sequence),)}


def _without_ipv4(data: bytes) -> bytes:
    """What follows an IPv4 header; an ICMP message itself never begins with 0x45 to 0x4f."""
    if not data or data[0] >> 4 != 4:
        return data
    if len(data) < 20 or data[9] != _ICMP:
        raise DecodeError("an IPv4 packet without ICMP")
    return data[(data[0] & 0x0F) * 4 :]


PROTOCOL = Protocol(
    name="icmp",
    title="ICMP echo",
    channel=IcmpEcho(),
    requests=(Request(name="echo", payload=ECHO_DATA),),
    decode=decode,
    volatile=(re.compile(rb"\A.*\Z", re.DOTALL),),
    identifies=False,
)
