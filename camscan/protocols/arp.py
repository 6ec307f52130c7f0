"""ARP: which MAC answers for an address of a directly connected network.

A reply is read from an ARP packet, from a whole Ethernet frame, or from a line of the kernel's neighbour table. The
MAC proves who had the interface made, no more. Public source: RFC 826; RFC 5227 for a question without an
address of one's own; proc(5) for the neighbour table.
"""

import re
import struct

from camscan.errors import DecodeError
from camscan.probe import ArpSweep, Protocol, Request
from camscan.reply import Fields

WHO_HAS = Request(name="who-has", payload=bytes.fromhex("0001080006040001"))
"""The fixed head of the packet; `encode_who_has` puts in the sender and the address asked for."""

_PACKET = struct.Struct("!HHBBH6s4s6s4s")
_ETHERNET_IPV4 = (1, 0x0800, 6, 4)
_ETHERTYPE = b"\x08\x06"
_VLAN = b"\x81\x00"
_NEIGHBOUR = re.compile(
    rb"\s*(\d{1,3}(?:\.\d{1,3}){3})\s+0x1\s+0x([0-9a-fA-F]{1,4})\s+((?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2})\b"
)
_COMPLETE = 0x2  # ATF_COM of <net/if_arp.h>: the kernel has an answer, not only the question


def encode_who_has(mac: bytes, own: bytes, asked: bytes) -> bytes:
    """The packet that asks who has the address `asked`, from `mac` and `own` (0.0.0.0: a probe, RFC 5227); 28 bytes."""
    return WHO_HAS.payload + mac + own + bytes(6) + asked


def decode(data: bytes) -> Fields:
    """A packet, a frame or a line of /proc/net/arp → mac (lower case, colons) and address of the sender."""
    line = _NEIGHBOUR.match(data[:256])
    if line:
        return _neighbour(line)
    packet = _packet(data)
    if len(packet) < _PACKET.size:
        raise DecodeError(f"{len(data)} bytes are no ARP packet")
    *kind, operation, mac, address, _, _ = _PACKET.unpack_from(packet)
    if tuple(kind) != _ETHERNET_IPV4 or operation not in (1, 2):
        raise DecodeError("not ARP for IPv4 over Ethernet")
    return _fields(mac, bytes(address))


def _packet(data: bytes) -> bytes:
    """The ARP packet of an Ethernet frame, tagged or not; data that is no frame stays as it is."""
    kind, offset = data[12:14], 14
    if kind == _VLAN:
        kind, offset = data[16:18], 18
    return data[offset:] if kind == _ETHERTYPE else data


def _neighbour(line: re.Match[bytes]) -> Fields:
    octets = [int(part) for part in line[1].split(b".")]
    if not int(line[2], 16) & _COMPLETE or max(octets) > 255:
        raise DecodeError("an incomplete entry of the neighbour table")
    return _fields(bytes.fromhex(line[3].decode("ascii").replace(":", "")), bytes(octets))


def _fields(mac: bytes, address: bytes) -> Fields:
    if mac[0] & 1 or not any(mac):
        raise DecodeError(f"{mac.hex(':')} is the MAC of no interface")
    return {"mac": (mac.hex(":"),), "address": (".".join(str(octet) for octet in address),)}


PROTOCOL = Protocol(
    name="arp",
    title="ARP",
    channel=ArpSweep(),
    requests=(WHO_HAS,),
    decode=decode,
)
