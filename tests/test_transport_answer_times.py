"""How long the silent are waited for, by how long the others took."""

import pytest

from camscan.transport.answer_times import SETTLE_FACTOR, SETTLE_LEAST, AnswerTimes, now


async def _patience(took: list[float], limit: float = 30.0) -> float:
    """Seconds after its question at which an address is given up, once others took so long."""
    times = AnswerTimes(limit)
    for number, seconds in enumerate(took):
        times.note_question(str(number), 100.0)
        times.note_answer(str(number), 100.0 + seconds)
    times.note_question("silent", 100.0)
    low, high = 0.0, 100.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (low, middle) if times.is_over("silent", 100.0 + middle) else (middle, high)
    return high


@pytest.mark.parametrize(
    ("took", "wanted"),
    [
        ([], 30.0),
        ([0.001], SETTLE_LEAST),
        ([0.001, 0.2], SETTLE_FACTOR * 0.2),
        ([0.002] * 99 + [0.9], SETTLE_LEAST),
        ([0.002] * 80 + [0.3] * 20, SETTLE_FACTOR * 0.3),
        ([20.0], 30.0),
    ],
)
async def test_the_silent_get_a_multiple_of_what_the_slow_take(took: list[float], wanted: float) -> None:
    assert await _patience(took) == pytest.approx(wanted, abs=1e-4)


async def test_a_question_that_left_late_is_waited_for_from_then() -> None:
    times = AnswerTimes(1.0)
    times.note_question("a", 100.0)
    times.note_left("a", 100.5)
    assert not times.is_over("a", 101.2)
    assert times.is_over("a", 101.5)
    times.note_answer("a", 100.6)
    times.note_left("a", 100.7)  # told by another thread, too late
    assert times.is_over("a", 100.6)


async def test_the_last_answers_are_waited_for_from_when_the_last_question_left() -> None:
    times = AnswerTimes(0.2)
    times.note_question("a", now() - 1.0)
    left = now()
    times.note_left("a", left)
    await times.outlast()
    assert now() - left >= 0.2


async def test_only_the_latest_questions_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("camscan.transport.answer_times.REMEMBERED", 2)
    times = AnswerTimes(1.0)
    for number in range(3):
        times.note_question(str(number), 100.0)
    assert times.is_over("0", 100.1)
    assert not times.is_over("1", 100.1)
