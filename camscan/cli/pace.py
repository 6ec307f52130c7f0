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
    """Packets and connections a second: of all channels, for each 256 addresses on this machine's own wires (None: no
    other rate there), and of ARP there (None: no rate of its own)."""

    rate: float
    near_rate: float | None = None
    arp_rate: float | None = None


SPEEDS = {
    PaceName.GENTLE: Speed(rate=200),
    # a firewall that tracks 65,536 connections for 120 seconds each bears 546 new ones a second
    # every device of the wire hears every question of ARP: 1,000 a second are half a megabit
    PaceName.NORMAL: Speed(rate=500, near_rate=2000, arp_rate=1000),
    PaceName.FAST: Speed(rate=10_000),
}


def speed_of(name: PaceName, rate: int | None) -> Speed:
    """What the user asked for: a rate of their own goes before the profile, and holds everywhere."""
    return SPEEDS[name] if rate is None else Speed(rate=rate)
