"""Where a sweep of SYN probes stands, so that another run can go on from there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The order of the sweep (`start`, over a space of `size` probes), how many `passes` over it are complete, and
    which stretches of the next one are `left`, ascending. `sent` and `answered` count canaries, `opened` open ports."""

    start: int
    size: int
    passes: int
    left: tuple[tuple[int, int], ...]
    sent: int = 0
    answered: int = 0
    opened: int = 0

    @property
    def gone(self) -> float:
        """How many passes have been sent, on the careful side."""
        first = self.left[0][0] if self.left else self.size
        return self.passes + first / max(self.size, 1)
