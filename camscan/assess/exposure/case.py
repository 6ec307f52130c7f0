"""What an exposure rule may look at: one device, what it said, and what it stands beside.

A rule answers `Exposed` with its evidence, `Unsaid` with the reason where the question could not be settled, or nothing
where the device was looked at and does not lay this open.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from camscan.model import Device, Observation

SHOWN = 4  # pieces of evidence for one finding; a recorder may show the same on thirty ports
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


Answer = Exposed | Unsaid | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a device is assessed beside. `asked_ports` are the TCP ports that were tried at every host; None where that
    is not known, as in a recording. `forwarded` are sentences on what gateways forward, by the address inside; None
    where no gateway told."""

    asked_ports: frozenset[int] | None = None
    forwarded: Mapping[str, tuple[str, ...]] | None = None


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
        return (o for name in protocols for o in self.by_protocol.get(name, ()))

    def is_encrypted(self, observation: Observation) -> bool:
        """Whether this came over TLS."""
        return (observation.reply.address, observation.reply.port) in self.encrypted

    @property
    def is_recorded(self) -> bool:
        """Whether nobody knows what else was asked: silence then says nothing."""
        return self.around.asked_ports is None

    def unheard(self, what: str) -> Unsaid | None:
        """What is to be said where there is nothing of `what`: in a scan that it is not there."""
        return Unsaid(reason=f"nothing of {what} is recorded") if self.is_recorded else None


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
        encrypted=frozenset((o.reply.address, o.reply.port) for o in said.get("tls", ())),
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
    """Of each protocol and address the last that was said, where that is known; all of what has no time."""
    last: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for observation in observations:
        kept = last[observation.reply.protocol, observation.reply.address]
        if not kept or None in (observation.reply.time, kept[0].reply.time):
            kept.append(observation)
        elif (observation.reply.time or 0.0) >= (kept[0].reply.time or 0.0):
            kept[:] = [observation]
    return [observation for kept in last.values() for observation in kept]


def exposed(evidence: Sequence[str], sure: float) -> Exposed | None:
    """`Exposed` by this evidence, each piece once and the first few of many; None where there is none."""
    pieces = tuple(dict.fromkeys(piece[:PIECE_LIMIT] for piece in evidence))
    if not pieces:
        return None
    more = (f"and {len(pieces) - SHOWN} more",) if len(pieces) > SHOWN else ()
    return Exposed(evidence=(*pieces[:SHOWN], *more), sure=sure)
