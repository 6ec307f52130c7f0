"""What an exposure rule may look at: one device, what it said, and what it stands beside.

A rule answers `Exposed` with its evidence, `Unsaid` with the reason where the question could not be settled, `CLEAR`
where the device was looked at and does not lay this open, or None where the question is not about such a device.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from camscan.model import Device, Observation

SHOWN = 4  # pieces of evidence for one finding; a recorder may show the same on thirty ports
BARE = "tcp"  # the protocol of a port that is open and of which no more is known
PIECE_LIMIT = 300  # characters of one piece; a device may name itself with a megabyte


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposed:
    """The device lays it open: what shows it, and how sure that is (0 to 1)."""

    evidence: tuple[str, ...]
    sure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """It cannot be said, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Clear:
    """It was looked at, and it is not there."""


CLEAR = Clear()
Answer = Exposed | Unsaid | Clear | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a device is assessed beside. `asked_ports` are the TCP ports that were tried at every host; None where that
    is not known, as in a recording. `forwarded` are sentences on what gateways forward, by the address inside; None
    where no gateway told. `told_all`: each of them told to the end."""

    asked_ports: frozenset[int] | None = None
    forwarded: Mapping[str, tuple[str, ...]] | None = None
    told_all: bool = True


ALONE = Surroundings()
"""Nothing is known but the device itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One device before the rules. `by_protocol` holds what it said, `encrypted` the ports that showed TLS."""

    device: Device
    around: Surroundings
    by_protocol: Mapping[str, tuple[Observation, ...]]
    encrypted: frozenset[tuple[str, int | None]]

    def said(self, *protocols: str) -> Iterator[Observation]:
        """What could be read of these protocols, in their order."""
        return chain.from_iterable(self.by_protocol.get(name, ()) for name in protocols)

    def heard(self, *protocols: str) -> bool:
        """Whether anything could be read of one of these protocols."""
        return any(name in self.by_protocol for name in protocols)

    def is_encrypted(self, observation: Observation) -> bool:
        """Whether this came over TLS."""
        return (observation.reply.address, observation.reply.port) in self.encrypted

    @property
    def is_recorded(self) -> bool:
        """Whether nobody knows what else was asked: silence then says nothing."""
        return self.around.asked_ports is None

    def unheard(self, what: str, ports: Collection[int] = ()) -> Unsaid | Clear:
        """What is to be said where there is nothing of `what`: in a scan that it is not there, unless one of its ports
        is open and said nothing."""
        if self.is_recorded:
            return Unsaid(reason=f"nothing of {what} is recorded")
        mute = [s.port for s in self.device.services if (s.transport, s.protocol) == ("tcp", BARE) and s.port in ports]
        return Unsaid(reason=f"port {mute[0]} is open, but nothing of {what} came of it") if mute else CLEAR


Rule = Callable[[Case], Answer]


def case_of(device: Device, around: Surroundings) -> Case:
    """The device, laid out for the rules."""
    said: dict[str, list[Observation]] = defaultdict(list)
    for observation in device.observations:
        if observation.problem is None:
            said[observation.reply.protocol].append(observation)
    return Case(
        device=device,
        around=around,
        by_protocol={name: tuple(observations) for name, observations in said.items()},
        encrypted=frozenset((o.reply.address, o.reply.port) for o in device.observations if o.reply.protocol == "tls"),
    )


def place(observation: Observation) -> str:
    """Where it was said: `10.0.0.5:80`, or the address alone where the port is not known."""
    reply = observation.reply
    if reply.port is None:
        return reply.address
    return f"[{reply.address}]:{reply.port}" if ":" in reply.address else f"{reply.address}:{reply.port}"


def value(observation: Observation, name: str) -> str | None:
    """The first value of a field."""
    values = observation.fields.get(name)
    return values[0] if values else None


def number(text: str | None, digits: int = 10) -> int | None:
    """A plain decimal number of no more than so many digits."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= digits else None


def latest(observations: Iterable[Observation]) -> list[Observation]:
    """Of each protocol and endpoint the last that was said, or all that was said last; and everything without a time,
    for it may be the last."""
    listed = list(observations)
    newest: dict[tuple[str, str, int | None], float] = {}
    for o in (o for o in listed if o.reply.time is not None):
        newest[_who(o)] = max(newest.get(_who(o), -math.inf), o.reply.time or 0.0)
    return [o for o in listed if o.reply.time is None or o.reply.time == newest[_who(o)]]


def _who(observation: Observation) -> tuple[str, str, int | None]:
    return observation.reply.protocol, observation.reply.address, observation.reply.port


def exposed(evidence: Sequence[str], sure: float) -> Exposed | None:
    """`Exposed` by this evidence, each piece once and the first few of many; None where there is none."""
    if not evidence:
        return None
    pieces = tuple(dict.fromkeys(piece[:PIECE_LIMIT] for piece in evidence))
    more = (f"and {len(pieces) - SHOWN} more",) if len(pieces) > SHOWN else ()
    return Exposed(evidence=(*pieces[:SHOWN], *more), sure=sure)
