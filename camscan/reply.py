"""What came back from one probe, and how it ended.

Apart from the other nouns (`model.py`), because whoever sends and hears needs no more.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Fields = Mapping[str, tuple[str, ...]]
"""What a codec reads from one reply: camscan's field name → every value seen, in order, never empty."""

Transport = Literal["udp", "tcp", "icmp", "ethernet"]


class Outcome(StrEnum):
    """How one probe ended."""

    REPLIED = "replied"
    SILENT = "silent"
    REFUSED = "refused"
    MALFORMED = "malformed"
    BUG = "bug"


Outcomes = MutableMapping[int, Outcome]
"""What became of each port of a host, as it becomes known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The bytes that came back from one probe, with where and how.

    `address` is the sender in text form. `request` is the name of the question as `camscan requests` lists it, or the
    free text of a recording. `channel` is how it was asked: multicast, broadcast, unicast, recorded, or imported (from
    another scanner's file). `time` is in seconds since the epoch. `sensor` is the interface that heard it. `foreign`
    marks an answer from an address outside the networks of that interface. `routed` says whether a router stands
    between, None where that is not known.
    """

    address: str
    protocol: str
    transport: Transport
    port: int | None
    request: str
    data: bytes
    channel: str = "recorded"
    time: float | None = None
    sensor: str | None = None
    foreign: bool = False
    routed: bool | None = None
