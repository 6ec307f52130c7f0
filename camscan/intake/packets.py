"""What of a packet capture tells something of devices: datagrams, TCP segments, and ARP answers. Plain data."""

from dataclasses import dataclass

FIRST_BYTES = (
    b"\xa1\xb2\xc3\xd4",  # pcap, big endian, microseconds
    b"\xd4\xc3\xb2\xa1",
    b"\xa1\xb2\x3c\x4d",  # nanoseconds
    b"\x4d\x3c\xb2\xa1",
    b"\x0a\x0d\x0d\x0a",  # pcapng
)
"""How a packet capture begins (draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng)."""


def is_capture(beginning: bytes) -> bool:
    """Whether a file that begins so is a packet capture."""
    return beginning.startswith(FIRST_BYTES)


End = tuple[str, int]
"""An address and a port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Datagram:
    """A whole UDP datagram; `time` is seconds since the epoch, 0 where it is unknown."""

    time: float
    source: End
    target: End
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A TCP segment, or as much of it as was captured. `opens` is SYN, `accepts` ACK, `ends` FIN, `breaks` RST."""

    time: float
    source: End
    target: End
    sequence: int
    acknowledged: int
    data: bytes
    opens: bool = False
    accepts: bool = False
    ends: bool = False
    breaks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ArpAnswer:
    """The packet in which an address says where it is."""

    time: float
    address: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Something of a capture that is not used, and why; the same few reasons for all of them, so that they can be
    counted."""

    reason: str


Packet = Datagram | Segment | ArpAnswer
