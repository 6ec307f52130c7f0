"""Whether probes are lost on the way, and whether that is because they come too fast.

Devices that have answered are asked again now and then: what share of these canaries stays without an answer is the
loss. A congested path delivers as many a second as it can, so just below that it loses nothing: the pace is lowered to
it, and the lost stretch asked again. A path that goes on losing at any pace is not congested: the old pace is taken up,
and more passes are the remedy. Pure arithmetic; the sweep sends and measures.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

ENOUGH = 24  # canaries on which a loss is judged
TOLERATED = 0.03  # loss, over what the path loses at any pace, that still lets a sweep go on as fast as before
DEVIATIONS = 2.0  # by how many standard deviations a loss must be over that: one window in fifty by chance
MARGIN = 0.9  # of what comes through a second: the pace that a congested path bears
CUTS = 3  # in a row, without the loss going away: then the pace was not the reason
GOOD = 16  # windows without loss in a row after which a faster pace is tried again
RAISE = 1.1
SLOWEST = 100.0  # probes a second: whoever loses packets at that pace does not lose them to speed
GENTLE = 2000.0  # probes a second that no path worth scanning loses for their number
MISSES = 1.0  # expected misses with which a sweep is content
CANARY_EVERY = 64  # probes: 1.5 % more packets
PROVEN = 100  # canaries on which one pass may rest
PASSES_LIMIT = 4


@dataclass(slots=True)
class Window:
    """A stretch of a sweep: probes from `begin` to `end` sent at `rate` a second, with the canaries sent meanwhile."""

    begin: int
    end: int
    rate: float
    sent: int = 0
    answered: int = 0

    @property
    def loss(self) -> float | None:
        """The share of canaries without an answer; None where there were too few to tell."""
        return 1 - self.answered / self.sent if self.sent >= ENOUGH else None

    @property
    def delivered(self) -> float:
        """Probes a second that came through."""
        return self.rate * self.answered / self.sent if self.sent else self.rate


@dataclass(frozen=True, slots=True)
class Verdict:
    """Windows whose probes must be sent again, and those that are done."""

    again: tuple[Window, ...] = ()
    done: tuple[Window, ...] = ()


@dataclass(slots=True)
class Congestion:
    """What the windows of a sweep teach. `rate` is how fast to send now, never above `ceiling`; `steady` is what the
    path loses at any pace; `sent` and `answered` count the canaries of windows that need not be sent again."""

    ceiling: float
    rate: float = math.inf
    steady: float = 0.0
    sent: int = 0
    answered: int = 0
    _cuts: int = 0
    _good: int = 0
    _pool: list[Window] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rate = min(self.rate, self.ceiling)

    def judge(self, window: Window) -> Verdict:
        """Learn from a window whose answers are in.

        Windows with few canaries are judged together, as soon as those of the same pace have enough; at a gentle pace
        they need no verdict.
        """
        if window.loss is None and window.rate <= GENTLE and not self._pool:
            self._accept(window)
            return Verdict(done=(window,))
        earlier = self.rest() if self._pool and not _alike(self._pool[0].rate, window.rate) else Verdict()
        self._pool.append(window)
        together = _together(self._pool)
        if together.loss is None:
            return earlier
        windows, self._pool = tuple(self._pool), []
        lost = self._must_again(together)
        return Verdict(again=earlier.again + (windows if lost else ()), done=earlier.done + (() if lost else windows))

    def rest(self) -> Verdict:
        """What becomes of windows that had too few canaries: those that were faster than now are sent again."""
        windows, self._pool = self._pool, []
        done = tuple(window for window in windows if window.rate <= self.rate * RAISE)
        for window in done:
            self._accept(window)
        return Verdict(again=tuple(window for window in windows if window not in done), done=done)

    def _must_again(self, window: Window) -> bool:
        if not self._is_lossy(window):
            self._accept(window)
            return False
        if window.rate > self.rate * RAISE:
            return True  # sent before the pace was lowered: nothing new
        self._good = 0
        if self._cuts < CUTS and self.rate > SLOWEST:
            self._cuts += 1
            self.rate = max(SLOWEST, MARGIN * min(window.delivered, self.rate))
            return True
        self._blame_path(window)
        return False

    def _is_lossy(self, window: Window) -> bool:
        if window.loss is None:
            return False
        doubt = DEVIATIONS * math.sqrt(window.loss * (1 - window.loss) / window.sent)
        return window.loss - doubt > self.steady + TOLERATED

    def _accept(self, window: Window) -> None:
        """All is well at this pace; after a while a faster one is tried."""
        self.sent += window.sent
        self.answered += window.answered
        if window.loss is None:
            return
        self._cuts, self._good = 0, self._good + 1
        if self._good >= GOOD:
            self.rate, self._good = min(self.ceiling, self.rate * RAISE), 0

    def _blame_path(self, window: Window) -> None:
        """Slowing down did not help: take the old pace, and this loss as the path's own."""
        self.rate, self.steady, self._cuts = self.ceiling, window.loss or 0.0, 0
        self._accept(window)

    @property
    def loss(self) -> float:
        """Share of probes that find no answer where there is one, on the careful side: few canaries, high estimate."""
        return (self.sent - self.answered + 1) / (self.sent + 2)

    def passes(self, found: int) -> int:
        """How often everything is to be asked so that hardly one of as many open ports as were found is missed."""
        misses, passes = max(found, 1) * self.loss, 1
        if self.sent < PROVEN:
            misses, passes = misses * self.loss, 2
        while misses > MISSES and passes < PASSES_LIMIT:
            misses, passes = misses * self.loss, passes + 1
        return passes


def _alike(one: float, other: float) -> bool:
    """Whether two paces are about the same."""
    return max(one, other) <= RAISE * RAISE * min(one, other)


def _together(windows: Sequence[Window]) -> Window:
    """Windows of the same pace as one."""
    return Window(
        begin=windows[0].begin,
        end=windows[-1].end,
        rate=min(window.rate for window in windows),
        sent=sum(window.sent for window in windows),
        answered=sum(window.answered for window in windows),
    )
