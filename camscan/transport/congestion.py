"""Whether probes are lost on the way, and whether that is because they come too fast.

Devices that have answered are asked again now and then: what share of these canaries stays without an answer is the
loss. A sweep begins at a pace that a path surely bears and takes a faster one on each verdict without loss. Where a
verdict speaks of loss, it goes on much slower for a while, to tell the two reasons apart: what is lost less often then
was too fast, and the pace is set to what comes through; what is lost as often is lost at any pace, and more passes are
the remedy. Rule: what was sent faster than the path has been seen to bear, and without a verdict, is sent again.

Pure arithmetic; the sweep sends and measures.
"""

import math
from dataclasses import dataclass, field

from camscan.transport.window import Evidence, Verdict, Window, together

GENTLE = 2000.0  # probes a second that no path worth scanning loses for their number
PATIENT_SECONDS = 30.0  # a pass over a network where nobody answers may take that long for gentleness' sake
STAKE = 0.25  # of all probes may be sent for nothing where there are too few canaries to judge a faster pace
ENOUGH = 24  # canaries on which a plain verdict rests: none lost, or clearly too many
PROVEN = 100  # canaries on which any verdict rests, and one pass
POOL_SECONDS = 3.0  # of sending on which a verdict rests at most: few devices allow of none
TOLERATED = 0.03  # loss, over what the path loses at any pace, that still lets a sweep go on as fast as before
SURE = 1.5  # times the doubt: what varies by itself is over the usual now and then
MARGIN = 0.9  # of what comes through a second: the pace that a congested path bears
CLIMB = 4.0  # times faster after a verdict, until the first loss
GOOD = 8  # verdicts without loss in a row after which a faster pace is tried again
RAISE = 1.1
PLUNGE = 16.0  # times slower at once is the most that one verdict does: a wire may have been out for a moment
SLOWEST = 100.0  # probes a second: whoever loses packets at that pace does not lose them to speed
MISSES = 0.5  # expected misses with which a sweep is content
CANARY_EVERY = 64  # probes: 1.5 % more packets
PASSES_LIMIT = 4
ASKED_LIMIT = PASSES_LIMIT + 1  # times as many probes as there are: what was too fast is sent again as well


@dataclass(slots=True)
class Congestion:
    """What the windows of a sweep teach.

    `rate` is how fast to send now, never above `ceiling`; `borne` is the fastest pace that lost nothing, or was
    presumed so at the beginning; `stake` is how many probes may be sent faster than that for want of a verdict;
    `steady` is what the path loses at any pace; `sent` and `answered` count the canaries of windows that need not be
    sent again.
    """

    ceiling: float
    borne: float = GENTLE
    stake: float = math.inf
    rate: float = 0.0
    steady: float = 0.0
    sent: int = 0
    answered: int = 0
    _found: float = 0.0  # what a congested path was seen to bear
    _top: float = math.inf  # what it does not
    _climbing: bool = True
    _good: int = 0
    _suspect: Evidence | None = None
    _slow_sent: int = 0  # canaries at a pace that was much slower than what came through
    _slow_answered: int = 0
    _pool: list[Window] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rate = self.borne = min(self.borne, self.ceiling)

    @classmethod
    def begin(cls, probes: int, ceiling: float, sent: int = 0, answered: int = 0) -> "Congestion":
        """A sweep of so many probes, at most `ceiling` a second; the canaries may be those of an earlier run."""
        gentle = max(GENTLE, probes / PATIENT_SECONDS)
        return cls(ceiling, gentle, probes * STAKE, sent=sent, answered=answered)

    def judge(self, window: Window) -> Verdict:
        """Learn from a window whose answers are in. Windows of the same pace are judged together, as soon as they have
        canaries enough."""
        earlier = self._unjudged() if self._pool and not _alike(self._pool[0].pace, window.pace) else Verdict()
        self._pool.append(window)
        evidence = together(self._pool)
        if self._is_enough(evidence):
            windows, self._pool = tuple(self._pool), []
            lost = self._must_again(evidence)
            return _both(earlier, Verdict(again=windows) if lost else Verdict(done=windows))
        return _both(earlier, self.rest()) if self._is_vain(evidence) else earlier

    def _is_vain(self, evidence: Evidence) -> bool:
        """Whether a verdict is not worth waiting for any longer."""
        staked = evidence.probes if evidence.fastest > self.borne * RAISE else 0
        return evidence.seconds > POOL_SECONDS or staked > self.stake

    def rest(self) -> Verdict:
        """What becomes of windows on which there will be no verdict: those that were faster than the path has been seen
        to bear are sent again, no faster than that, and so is everything after them."""
        verdict = self._unjudged()
        if verdict.again and self.rate > self.borne:
            self.rate = self._top = self.borne
        return verdict

    def _unjudged(self) -> Verdict:
        windows, self._pool = self._pool, []
        done = tuple(window for window in windows if window.rate <= self.borne * RAISE)
        for window in done:
            self._count(window)
        return Verdict(again=tuple(window for window in windows if window not in done), done=done)

    def _is_enough(self, evidence: Evidence) -> bool:
        if evidence.sent < ENOUGH:
            return False
        if evidence.sent >= PROVEN or evidence.loss <= self.steady or evidence.seconds > POOL_SECONDS:
            return True
        return self._suspect is None and self._is_lossy(evidence)

    def _is_lossy(self, evidence: Evidence) -> bool:
        return _is_over(evidence, self.steady)

    def _must_again(self, evidence: Evidence) -> bool:
        is_lossy = self._is_lossy(evidence)
        if evidence.pace > self.rate * RAISE:  # sent before the pace was lowered: teaches nothing new
            if not is_lossy:
                self._count(evidence)
            return is_lossy
        if self._suspect and self._tells(evidence, self._suspect):
            self._conclude(evidence, self._suspect)
            return False
        if is_lossy and self.rate > SLOWEST:
            self._slow_down(evidence)
            return True
        self._accept(evidence)
        return False

    def _tells(self, evidence: Evidence, suspect: Evidence) -> bool:
        """Whether a much slower pace has shown what the path loses at any pace. It has not if more is lost than before,
        or still much and yet less: then it was not slow enough."""
        if self.rate <= SLOWEST:
            return True
        if evidence.loss - evidence.doubt > suspect.loss:
            return False
        return not (self._is_lossy(evidence) and _is_over(suspect, evidence.loss))

    def _conclude(self, evidence: Evidence, suspect: Evidence) -> None:
        self._slow_sent += evidence.sent
        self._slow_answered += evidence.answered
        self.steady = 1 - self._slow_answered / self._slow_sent
        self._suspect = None
        if self._is_lossy(suspect):  # the pace was the reason
            bearable = MARGIN * min(self._delivered(suspect), suspect.pace)
            self._climbing, self._top = False, MARGIN * suspect.rate
            self.rate = self._found = max(self.rate, bearable)
        else:
            self._climbing, self._top = True, math.inf
            self.rate = suspect.pace
        self.borne = max(self.borne, evidence.fastest)
        self._count(evidence)

    def _slow_down(self, suspect: Evidence) -> None:
        """Far below what came through, so that the next verdict tells the reasons apart."""
        self._suspect, self._good = suspect, 0
        self.rate = max(SLOWEST, self.rate / PLUNGE, min(self.rate, self._delivered(suspect)) / 2)
        if suspect.rate <= self.borne * RAISE:
            self.borne = min(self.borne, self.rate)

    def _delivered(self, evidence: Evidence) -> float:
        """Probes a second that came through, on the careful side, but for what the path loses at any pace."""
        share = max(0.0, 1 - evidence.loss - evidence.doubt / 2) / (1 - self.steady)
        return evidence.rate * min(1.0, share)

    def _accept(self, evidence: Evidence) -> None:
        """All is well at this pace. A faster one is tried: at once in the beginning, later after a while."""
        self._count(evidence)
        self.borne = max(self.borne, evidence.fastest)
        if evidence.pace < self.rate:
            return
        if self._climbing:
            self.rate = min(self.ceiling, self.rate * CLIMB, max(self.rate, self._top))
        elif self._is_usual(evidence):
            self._good += 1
            if self._good >= GOOD:
                top = math.inf if self.steady else self._top  # chance may have spoken for it where packets get lost
                self.rate, self._good = min(self.ceiling, max(self.rate, min(self.rate * RAISE, top))), 0
        else:  # a little too fast: never again
            self.rate = self._top = max(self._found, self.rate / RAISE)
            self._good = 0

    def _is_usual(self, evidence: Evidence) -> bool:
        """Whether no more is lost than at any pace."""
        return evidence.loss <= self.steady + math.sqrt(self.steady * (1 - self.steady) / evidence.sent)

    def _count(self, counted: Window | Evidence) -> None:
        self.sent += counted.sent
        self.answered += counted.answered

    @property
    def loss(self) -> float:
        """Share of probes that find no answer where there is one, on the careful side: few canaries, high estimate."""
        return (self.sent - self.answered + 1) / (self.sent + 2)

    def passes(self, found: int) -> int:
        """How often everything is to be asked so that hardly one of as many open ports as were found is missed."""
        misses, passes = max(found, 1) * self.loss, 1
        if self.sent < PROVEN or self._found:  # little is known, or the pace was too fast for a while
            misses, passes = misses * self.loss, 2
        while misses > MISSES and passes < PASSES_LIMIT:
            misses, passes = misses * self.loss, passes + 1
        return passes


def _alike(one: float, other: float) -> bool:
    """Whether two paces are about the same."""
    return max(one, other) <= RAISE * RAISE * min(one, other)


def _is_over(evidence: Evidence, usual: float) -> bool:
    """Whether so much is lost, beyond doubt, that the usual loss does not explain it."""
    return evidence.loss - (SURE if usual else 1.0) * evidence.doubt > usual + TOLERATED


def _both(first: Verdict, second: Verdict) -> Verdict:
    return Verdict(again=first.again + second.again, done=first.done + second.done)
