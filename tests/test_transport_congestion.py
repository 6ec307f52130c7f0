"""What loss teaches: a congested path makes a sweep slower, a lossy one makes it pass more often."""

import random

import pytest

from camscan.transport.canaries import AGAIN_SECONDS, DEVICES_LIMIT, TIMES, Canaries
from camscan.transport.congestion import ENOUGH, PASSES_LIMIT, SLOWEST, Congestion, Verdict, Window


def _window(rate: float, loss: float, sent: int = 200) -> Window:
    return Window(0, 8192, rate, sent=sent, answered=round(sent * (1 - loss)))


class Path:
    """A way that lets so many packets a second through, and loses a share of those."""

    def __init__(self, capacity: float, loss: float) -> None:
        self.capacity, self.loss, self.chance = capacity, loss, random.Random(7)

    def carry(self, rate: float) -> Window:
        through = min(1.0, self.capacity / rate) * (1 - self.loss)
        return Window(0, 8192, rate, sent=128, answered=sum(self.chance.random() < through for _ in range(128)))


def _sweep(path: Path, windows: int = 100) -> tuple[Congestion, int]:
    congestion, again = Congestion(100_000), 0
    for _ in range(windows):
        again += len(congestion.judge(path.carry(congestion.rate)).again)
    return congestion, again


def test_a_path_that_carries_everything_is_not_slowed_down() -> None:
    congestion, again = _sweep(Path(1e9, 0))
    assert (congestion.rate, again) == (100_000, 0)
    assert congestion.passes(1500) == 1


def test_a_policed_path_is_noticed_and_its_pace_found() -> None:
    congestion, again = _sweep(Path(20_000, 0))
    assert 12_000 < congestion.rate < 24_000
    assert 1 <= again < 20
    assert congestion.loss < 0.05


@pytest.mark.parametrize(("loss", "passes"), [(0.04, (3, 4)), (0.1, (3, 4, 5))])
def test_a_lossy_path_is_not_taken_for_a_congested_one(loss: float, passes: tuple[int, ...]) -> None:
    congestion, _ = _sweep(Path(1e9, loss))
    assert congestion.rate > 50_000
    assert congestion.passes(1500) in passes


def test_what_was_sent_before_the_pace_was_lowered_is_sent_again_and_teaches_nothing_more() -> None:
    congestion = Congestion(100_000)
    assert congestion.judge(_window(100_000, 0.8)).again
    lowered = congestion.rate
    assert lowered < 20_000
    assert congestion.judge(_window(100_000, 0.8)).again
    assert congestion.rate == lowered
    assert congestion.judge(_window(lowered, 0.0)).done


def test_the_pace_is_raised_again_but_never_above_the_wish() -> None:
    congestion = Congestion(1000)
    congestion.judge(_window(1000, 0.5))
    lowered = congestion.rate
    for _ in range(400):
        congestion.judge(_window(congestion.rate, 0.0))
    assert lowered < congestion.rate == 1000


def test_few_canaries_prove_nothing_and_nobody_slows_down_below_the_least() -> None:
    congestion = Congestion(100_000)
    assert congestion.judge(Window(0, 10, 100_000, sent=ENOUGH - 1, answered=0)) == Verdict()
    assert congestion.rate == 100_000
    slow = Congestion(SLOWEST)
    assert not slow.judge(_window(SLOWEST, 0.9)).again
    assert slow.rate == SLOWEST


def test_windows_with_few_canaries_are_judged_together() -> None:
    congestion = Congestion(100_000)
    few = [Window(n, n + 1, 100_000, sent=10, answered=2) for n in range(3)]
    assert [congestion.judge(window) for window in few[:2]] == [Verdict(), Verdict()]
    assert congestion.judge(few[2]) == Verdict(again=tuple(few))
    assert congestion.rate < 25_000


def test_what_was_too_fast_and_never_judged_is_sent_again_at_the_pace_found() -> None:
    congestion = Congestion(100_000)
    early = Window(0, 1, 100_000, sent=3, answered=1)
    congestion.judge(early)
    congestion.judge(_window(99_000, 0.8))
    slow = Window(5, 6, congestion.rate, sent=2, answered=2)
    fast = Window(7, 8, 100_000, sent=2, answered=0)
    assert congestion.judge(slow) == Verdict()
    assert congestion.judge(fast) == Verdict(done=(slow,))
    assert congestion.rest() == Verdict(again=(fast,))
    assert congestion.rest() == Verdict()


def test_without_proof_there_are_two_passes_and_never_more_than_the_limit() -> None:
    assert Congestion(1000).passes(0) == 2
    lossy = Congestion(1000)
    for _ in range(10):
        lossy.judge(_window(lossy.rate, 0.7))
    assert lossy.passes(100_000) == PASSES_LIMIT


def test_a_canary_is_asked_in_turn_and_seldom() -> None:
    canaries, window = Canaries(), Window(0, 1, 1.0)
    canaries.add(1, 80)
    canaries.add(2, 80)
    canaries.add(1, 554)  # a second port of the same device
    assert list(canaries.take(window, 5, 0.0)) == [(1, 80), (2, 80)]
    assert list(canaries.take(window, 5, AGAIN_SECONDS / 2)) == []
    for turn in range(1, 100):
        list(canaries.take(window, 5, turn * AGAIN_SECONDS))
    assert window.sent == 2 * TIMES


def test_an_answer_counts_for_its_window_once_and_in_time() -> None:
    canaries, window = Canaries(), Window(0, 1, 1.0)
    canaries.add(1, 80)
    list(canaries.take(window, 1, 0.0))
    canaries.note(1, 81, 0.1)
    canaries.note(9, 80, 0.1)
    assert window.answered == 0
    canaries.note(1, 80, 0.2)
    canaries.note(1, 80, 0.3)
    assert (window.answered, canaries.slowest) == (1, 0.2)
    list(canaries.take(window, 1, 5.0))
    canaries.note(1, 80, 5.0 + AGAIN_SECONDS * 1.5)
    assert window.answered == 1


def test_no_more_devices_are_kept_than_needed() -> None:
    canaries, window = Canaries(), Window(0, 1, 1.0)
    for address in range(DEVICES_LIMIT + 10):
        canaries.add(address, 80)
    assert sum(1 for _ in canaries.take(window, DEVICES_LIMIT + 10, 0.0)) == DEVICES_LIMIT
