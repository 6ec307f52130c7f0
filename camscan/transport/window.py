"""Stretches of a sweep, and what their canaries say: the evidence on which the pace is judged. Pure arithmetic."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

DEVIATIONS = 2.0  # by how many standard deviations a loss must be over what is usual: one verdict in fifty by chance


@dataclass(slots=True)
class Window:
    """Probes from `begin` to `end`, asked for at `pace` a second and sent at `rate`, which a busy machine makes less;
    `sent` and `answered` count the canaries among them."""

    begin: int
    end: int
    pace: float
    rate: float = math.inf
    sent: int = 0
    answered: int = 0

    def __post_init__(self) -> None:
        self.rate = min(self.rate, self.pace)

    @property
    def is_complete(self) -> bool:
        """Whether every canary has answered."""
        return self.answered == self.sent


@dataclass(frozen=True, slots=True)
class Verdict:
    """Windows whose probes must be sent again, and those that are done."""

    again: tuple[Window, ...] = ()
    done: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Windows of about the same pace as one. `rate` is that of all of them, `fastest` that of one."""

    pace: float
    rate: float
    fastest: float
    probes: int
    sent: int
    answered: int

    @property
    def seconds(self) -> float:
        """How long they took to send."""
        return self.probes / self.rate

    @property
    def loss(self) -> float:
        """The share of canaries without an answer; 0 without canaries."""
        return 1 - self.answered / self.sent if self.sent else 0.0

    @property
    def doubt(self) -> float:
        """How far from the truth that may be."""
        return DEVIATIONS * math.sqrt(self.loss * (1 - self.loss) / self.sent) if self.sent else 1.0


def together(windows: Sequence[Window]) -> Evidence:
    """What they say, at least one of them."""
    probes = sum(window.end - window.begin for window in windows)
    seconds = sum((window.end - window.begin) / window.rate for window in windows)
    return Evidence(
        pace=min(window.pace for window in windows),
        rate=probes / seconds,
        fastest=max(window.rate for window in windows),
        probes=probes,
        sent=sum(window.sent for window in windows),
        answered=sum(window.answered for window in windows),
    )
