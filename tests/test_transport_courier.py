"""Batches of frames on their way to a wire that is made up: the loopback interface needs no privilege for that."""

import asyncio
import errno
import time
from typing import cast

import pytest

from camscan.transport import bulk, courier
from camscan.transport.bulk import Batch, BulkSocket
from camscan.transport.courier import CUT_SHORT, Courier


class Wire:
    """Takes at most `room` frames a call, and refuses the frames that begin with a zero byte."""

    def __init__(self, room: int = 1000) -> None:
        self.room = room
        self.left: list[tuple[float, bytes]] = []

    def send(self, batch: Batch, begin: int, count: int) -> int:
        if batch.frame(begin)[0] == 0:
            raise OSError(errno.ENETDOWN, "Network is down")
        taken = 0
        while taken < min(count, self.room) and batch.frame(begin + taken)[0]:
            self.left.append((time.monotonic(), batch.frame(begin + taken)))
            taken += 1
        return taken


class Noted(Batch):
    """A batch that notes when its frames left."""

    def __init__(self, size: int) -> None:
        super().__init__(size, 4)
        self.gone: list[int] = []

    def left(self, begin: int, count: int, at: float) -> None:
        self.gone += range(begin, begin + count)


def _courier(wire: Wire, size: int = 32) -> tuple[Courier[Noted], list[tuple[int, str]]]:
    failed: list[tuple[int, str]] = []

    def note(batch: Noted, number: int, error: OSError) -> None:
        failed.append((number, str(error.strerror)))

    return Courier(cast(BulkSocket, wire), [Noted(size), Noted(size)], note), failed


def _filled(batch: Noted, count: int, *, bad: tuple[int, ...] = ()) -> Noted:
    for number in range(count):
        batch.put(number, bytes((number not in bad, number, 0, 0)))
    return batch


async def test_what_is_handed_over_leaves_in_order_and_a_frame_that_fails_costs_itself() -> None:
    wire = Wire(room=3)
    sender, failed = _courier(wire)
    for _ in range(3):
        sender.hand_over(_filled(await sender.free(), 10, bad=(0, 7)), 10)
    await sender.all_left()
    assert [frame[1] for _, frame in wire.left] == [1, 2, 3, 4, 5, 6, 8, 9] * 3
    assert failed == [(0, "Network is down"), (7, "Network is down")] * 3
    sender.close()


async def test_a_full_queue_is_waited_for() -> None:
    wire = Wire(room=0)
    sender, _ = _courier(wire)
    sender.hand_over(_filled(await sender.free(), 5), 5)
    await asyncio.sleep(0.02)
    assert not wire.left
    wire.room = 2
    await sender.all_left()
    assert len(wire.left) == 5
    sender.close()


async def test_nothing_leaves_before_its_time_or_faster_than_its_pace() -> None:
    wire = Wire()
    sender, _ = _courier(wire)
    begins = time.monotonic() + 0.05
    batch = _filled(await sender.free(), 30)
    sender.hand_over(batch, 30, begins, 400.0)
    await sender.all_left()
    times = [at for at, _ in wire.left]
    assert times[0] >= begins
    assert times[-1] - begins > 29 / 400 - 0.01
    assert batch.gone == list(range(30))
    sender.close()


async def test_what_a_busy_machine_delayed_is_not_made_up_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "burst_of", lambda rate: 4)
    wire = Wire()
    sender, _ = _courier(wire)
    sender.hand_over(_filled(await sender.free(), 30), 30, time.monotonic() - 10, 200.0)
    await sender.all_left()
    times = [at for at, _ in wire.left]
    assert times[-1] - times[0] > (30 - 4 - 2) / 200
    sender.close()


async def test_what_has_not_left_when_it_is_closed_never_leaves_and_is_told() -> None:
    wire = Wire()
    sender, failed = _courier(wire)
    for _ in range(2):
        sender.hand_over(_filled(await sender.free(), 20), 20, time.monotonic(), 100.0)
    waiting = asyncio.create_task(sender.all_left())
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    sender.close()
    assert 0 < len(wire.left) < 20
    assert [reason for _, reason in failed] == [CUT_SHORT] * (40 - len(wire.left))


def test_the_kernel_finds_every_frame_of_a_batch() -> None:
    import ctypes

    batch = _filled(Noted(5), 5)
    for number in range(5):
        message = ctypes.string_at(batch.message(number).value or 0, bulk._MESSAGE.size)
        _, _, vectors, count, *_ = bulk._MESSAGE.unpack(message)
        start, length = bulk._VECTOR.unpack(ctypes.string_at(vectors, bulk._VECTOR.size))
        assert count == 1
        assert ctypes.string_at(start, length) == batch.frame(number)
