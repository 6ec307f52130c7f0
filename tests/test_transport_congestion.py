"""What loss teaches: a congested path makes a sweep slower, a lossy one makes it pass more often."""

import random
from itertools import pairwise

import pytest

from camscan.transport.congestion import (
    ENOUGH,
    GENTLE,
    PASSES_LIMIT,
    PLUNGE,
    POOL_SECONDS,
    PROVEN,
    RAISE,
    SLOWEST,
    Congestion,
)
from camscan.transport.window import Verdict, Window

PROBES = 524_288
WISH = 100_000.0


def _window(rate: float, loss: float, sent: int = 200) -> Window:
    return Window(0, 2048, rate, sent=sent, answered=round(sent * (1 - loss)))


class Path:
    """A way that lets so many packets a second through, and loses a share of those; its `devices` are asked again at
    most once a second each."""

    def __init__(self, capacity: float, loss: float, devices: int = 2500, seed: int = 7) -> None:
        self.capacity, self.loss, self.devices, self.chance = capacity, loss, devices, random.Random(seed)
        self.lost = 0.0

    def carry(self, rate: float) -> Window:
        through = min(1.0, self.capacity / rate) * (1 - self.loss)
        length = max(64, min(8192, int(rate * 0.02)))
        due = min(length / 64, self.devices * length / rate)
        sent = int(due) + (self.chance.random() < due % 1)
        return Window(0, length, rate, sent=sent, answered=sum(self.chance.random() < through for _ in range(sent)))


class Tale:
    """A sweep of so many probes over a path, as far as its arithmetic goes. `again` and `done` count probes, `harmed`
    is the share of accepted ones that a path too narrow for them dropped."""

    def __init__(self, path: Path, probes: int = PROBES) -> None:
        self.congestion = Congestion.begin(probes, WISH)
        self.again, self.done, self.seconds = 0, 0, 0.0
        self._path, dropped = path, 0.0
        while self.done < probes:
            window = path.carry(self.congestion.rate)
            self.seconds += (window.end - window.begin) / window.rate
            verdict = self.congestion.judge(window)
            verdicts = (verdict, self.congestion.rest()) if self.done + window.end > probes else (verdict,)
            for verdict in verdicts:
                self.again += sum(window.end for window in verdict.again)
                self.done += sum(window.end for window in verdict.done)
                dropped += sum(window.end * max(0.0, 1 - path.capacity / window.rate) for window in verdict.done)
        self.harmed = dropped / self.done


def test_a_path_that_carries_everything_is_soon_used_to_the_full() -> None:
    tale = Tale(Path(1e9, 0))
    assert (tale.congestion.rate, tale.again) == (WISH, 0)
    assert tale.congestion.passes(1500) == 1
    assert tale.seconds < 1.2 * PROBES / WISH


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("devices", [2500, 300, 20, 3, 0])
@pytest.mark.parametrize("probes", [PROBES, 65_536, 8192, 2032])
def test_on_a_policed_path_hardly_one_device_is_missed_and_little_is_sent_for_nothing(
    probes: int, devices: int, seed: int
) -> None:
    tale = Tale(Path(20_000, 0, devices, seed), probes)
    assert devices * tale.harmed ** tale.congestion.passes(devices) < 0.5
    assert tale.again < probes / 2


def test_where_nobody_answers_a_sweep_stays_as_gentle_as_it_began_and_ends_in_time() -> None:
    tale = Tale(Path(1e9, 0, devices=0))
    assert tale.congestion.rate == Congestion.begin(PROBES, WISH).rate > GENTLE
    assert tale.seconds < 31
    assert Congestion.begin(1000, WISH).rate == GENTLE


def test_a_sweep_asked_for_less_than_is_gentle_begins_with_its_wish() -> None:
    assert Congestion(500).rate == 500
    assert Congestion(500).judge(Window(0, 64, 500)) == Verdict()


def test_a_policed_path_is_noticed_and_its_pace_found() -> None:
    congestion = Tale(Path(20_000, 0)).congestion
    assert 14_000 < congestion.rate < 24_000
    assert congestion.loss < 0.03


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("loss", [0.04, 0.1])
def test_a_lossy_path_is_not_taken_for_a_congested_one(loss: float, seed: int) -> None:
    tale = Tale(Path(1e9, loss, seed=seed), 2 * PROBES)
    assert tale.congestion.passes(1500) in (3, 4)
    assert tale.seconds < 1.6 * 2 * PROBES / WISH


def test_a_path_that_loses_as_much_at_a_much_slower_pace_gets_its_old_pace_back() -> None:
    congestion = Congestion(WISH, WISH)
    assert congestion.judge(_window(WISH, 0.15)).again
    assert congestion.rate < WISH / 2
    assert congestion.judge(_window(congestion.rate, 0.14)).done
    assert congestion.rate == WISH
    assert congestion.steady == pytest.approx(0.14)
    assert congestion.judge(_window(WISH, 0.15)).done


def test_a_path_that_loses_nothing_at_a_much_slower_pace_gets_what_it_let_through() -> None:
    congestion = Congestion(WISH, WISH)
    assert congestion.judge(_window(WISH, 0.5)).again
    assert congestion.rate < 25_000
    assert congestion.judge(_window(congestion.rate, 0.0)).done
    assert 35_000 < congestion.rate < 50_000


def test_a_path_that_loses_more_at_a_slower_pace_is_slowed_down_further() -> None:
    """As one with a deep bucket does: at first it lets a burst through."""
    congestion = Congestion(WISH, WISH)
    congestion.judge(_window(WISH, 0.2))
    first = congestion.rate
    assert congestion.judge(_window(first, 0.8)).again
    assert congestion.rate < first / 4


def test_what_was_sent_before_the_pace_was_lowered_is_sent_again_and_teaches_nothing_more() -> None:
    congestion = Congestion(WISH, WISH)
    assert congestion.judge(_window(WISH, 0.8)).again
    lowered = congestion.rate
    assert lowered < 20_000
    assert congestion.judge(_window(WISH, 0.8)).again
    assert congestion.rate == lowered
    assert congestion.judge(_window(lowered, 0.0)).done


def test_a_wire_that_was_out_for_a_moment_does_not_make_it_crawl() -> None:
    congestion = Congestion(WISH, WISH)
    congestion.judge(_window(WISH, 1.0))
    assert congestion.rate == WISH / PLUNGE


def test_after_loss_the_pace_is_raised_by_little_and_not_to_where_it_was_too_fast() -> None:
    congestion = Congestion(WISH, WISH)
    congestion.judge(_window(WISH, 0.5))
    paces = []
    for _ in range(400):
        paces.append(congestion.rate)
        congestion.judge(_window(congestion.rate, 0.0))
    steps = [after / before for before, after in pairwise(paces[2:])]
    assert max(steps) == pytest.approx(RAISE)
    assert 0.85 * WISH < congestion.rate < 0.95 * WISH


def test_nobody_slows_down_below_the_least() -> None:
    slow = Congestion(SLOWEST)
    assert not slow.judge(_window(SLOWEST, 0.9)).again
    assert slow.rate == SLOWEST


def test_windows_with_few_canaries_are_judged_together() -> None:
    congestion = Congestion(WISH, WISH)
    few = [Window(n, n + 1, WISH, sent=10, answered=2) for n in range(3)]
    assert [congestion.judge(window) for window in few[:2]] == [Verdict(), Verdict()]
    assert congestion.judge(few[2]) == Verdict(again=tuple(few))
    assert congestion.rate < 25_000


def test_a_small_loss_is_judged_on_more_canaries_than_none_or_a_great_one() -> None:
    congestion = Congestion(WISH, WISH)
    assert congestion.judge(_window(WISH, 0.0, ENOUGH)).done
    small = _window(WISH, 1 / ENOUGH, ENOUGH)
    assert congestion.judge(small) == Verdict()
    assert small in congestion.judge(_window(WISH, 0.0, PROVEN)).done


def test_what_was_too_fast_and_never_judged_is_sent_again_at_a_pace_that_was() -> None:
    congestion = Congestion(WISH)
    slow = Window(0, 40, GENTLE, sent=ENOUGH, answered=ENOUGH)
    assert congestion.judge(slow) == Verdict(done=(slow,))
    assert congestion.rate > 3 * GENTLE
    fast = Window(40, 80, congestion.rate, sent=2, answered=2)
    assert congestion.judge(fast) == Verdict()
    assert congestion.rest() == Verdict(again=(fast,))
    assert congestion.rate == GENTLE
    late = Window(40, 80, GENTLE)
    assert congestion.judge(late) == Verdict()
    assert congestion.rest() == Verdict(done=(late,))
    assert congestion.rest() == Verdict()


def test_too_few_canaries_for_a_verdict_are_not_waited_for() -> None:
    congestion, window = Congestion(WISH), Window(0, int(GENTLE * (POOL_SECONDS + 1)), GENTLE, sent=1, answered=1)
    assert congestion.judge(window) == Verdict(done=(window,))


def test_a_window_that_a_busy_machine_sent_slowly_proves_no_faster_pace() -> None:
    congestion = Congestion(WISH)
    congestion.judge(Window(0, 64, GENTLE, sent=ENOUGH, answered=ENOUGH))
    pace = congestion.rate
    congestion.judge(Window(0, 64, pace, rate=pace / 2, sent=ENOUGH, answered=ENOUGH))
    assert congestion.borne == pace / 2
    fast = Window(0, 64, congestion.rate, rate=pace)
    congestion.judge(fast)
    assert congestion.rest().again == (fast,)


def test_without_proof_there_are_two_passes_and_never_more_than_the_limit() -> None:
    assert Congestion(1000).passes(0) == 2
    lossy = Congestion(1000)
    for _ in range(10):
        lossy.judge(_window(lossy.rate, 0.7))
    assert lossy.passes(100_000) == PASSES_LIMIT
