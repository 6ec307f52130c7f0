"""A host whose ports are asked one after the other, and the frames that leave together to many such hosts."""

import asyncio
from collections import deque
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from camscan.reply import Outcomes
from camscan.transport.bulk import Batch
from camscan.transport.pace import BURST
from camscan.transport.segments import SYN_LENGTH


@dataclass(slots=True, eq=False)
class Knocked:
    """One host, the port it is asked for now, and what is left to ask."""

    address: str
    mac: bytes
    ports: deque[int]
    outcomes: Outcomes
    done: asyncio.Future[None]
    place: int
    number: int = field(init=False)
    tries: int = 0
    began: float = 0.0  # when this port was asked first,
    asked: float = 0.0  # and last; 0.0 before

    def __post_init__(self) -> None:
        self.number = int(IPv4Address(self.address))


class KnockFrames(Batch):
    """Frames that leave together, each to another host, and whom they are for."""

    def __init__(self) -> None:
        super().__init__(BURST, SYN_LENGTH)
        self.hosts: list[Knocked] = []
