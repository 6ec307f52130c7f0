"""What `--pace` and `--rate` mean in packets a second."""

from dataclasses import dataclass
from enum import StrEnum


class PaceName(StrEnum):
    """What `--pace` takes."""

    GENTLE = "gentle"
    NORMAL = "normal"
    FAST = "fast"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """Packets and connections a second: of all channels, and for each 256 addresses on this machine's own wires
    (None: no other rate there)."""

    rate: float
    near_rate: float | None = None


SPEEDS = {
    PaceName.GENTLE: Speed(rate=200),
    # a firewall that tracks 65,536 connections for 120 seconds each bears 546 new ones a second
    PaceName.NORMAL: Speed(rate=500, near_rate=2000),
    PaceName.FAST: Speed(rate=10_000),
}


def speed_of(name: PaceName, rate: int | None) -> Speed:
    """What the user asked for: a rate of their own goes before the profile, and holds everywhere."""
    return SPEEDS[name] if rate is None else Speed(rate=rate)
