"""Devices that are asked again: in turn, seldom, and each answer counts for the window in which it was asked."""

from camscan.transport.canaries import AGAIN_SECONDS, DEVICES_LIMIT, TIMES, Canaries
from camscan.transport.window import Window


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


def test_who_has_not_been_asked_yet_need_not_wait_for_those_who_have() -> None:
    canaries, window = Canaries(), Window(0, 1, 1.0)
    canaries.add(1, 80)
    assert list(canaries.take(window, 1, 0.0)) == [(1, 80)]
    canaries.add(2, 80)
    assert list(canaries.take(window, 2, AGAIN_SECONDS / 2)) == [(2, 80)]


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
