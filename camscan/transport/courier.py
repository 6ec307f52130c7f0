"""Carries batches of frames to the wire: few at once, many on a thread of its own, while the next is written.

The kernel is nine tenths of the cost of a frame, and ctypes lets go of the interpreter's lock during the call: so the
event loop builds frames and reads answers at the same time, and a pace that the thread keeps does not wait for a busy
event loop.
Rule: what was handed over leaves, in the order given, or its owner is told which frame did not, and why.
"""

import asyncio
import errno
import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Generic, TypeVar

from camscan.transport.bulk import Batch, BulkSocket
from camscan.transport.pace import burst_of

CUT_SHORT = "the sweep was cut short"
FULL_SECONDS = 0.0005  # pause when the queue of the interface is full
TICK = 0.002  # seconds between frames of a batch at a pace: finer than a busy machine's clock keeps is no use

B = TypeVar("B", bound=Batch)

Failures = list[tuple[int, OSError]]
"""Numbers of frames that did not leave, and why."""


class Courier(Generic[B]):
    """Sends the frames of these batches by one socket. `failed` is told of (batch, number of a frame, why it could not
    leave); what it raises is raised where the courier is waited for."""

    def __init__(self, socket: BulkSocket, batches: Iterable[B], failed: Callable[[B, int, OSError], None]) -> None:
        self._socket = socket
        self._free = deque(batches)
        self._few = len(self._free) // 2
        self._failed = failed
        self._leaving: deque[tuple[B, Future[Failures]]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="camscan-frames")
        self._stopped = Event()

    async def free(self) -> B:
        """A batch to write into, once there is one."""
        if not self._free:
            await self._until_left(self._few)  # not for one alone: each wait costs both threads a turn
        return self._free[0]

    async def carry(self, batch: B, count: int) -> None:
        """So many frames of the batch that was free leave now."""
        await self.all_left()
        at = 0
        while at < count:
            sent = self._send(batch, at, count - at, lambda number, error: self._failed(batch, number, error))
            at += sent
            if not sent:
                await asyncio.sleep(FULL_SECONDS)

    def hand_over(self, batch: B, count: int, begins: float = 0.0, rate: float = math.inf) -> None:
        """So many frames of the batch that was free leave as soon as those before them have left, but not before
        `begins` (monotonic seconds), and at most `rate` a second."""
        self._free.remove(batch)
        self._leaving.append((batch, self._thread.submit(self._carry_all, batch, count, begins, rate)))

    async def all_left(self) -> None:
        """Everything that was handed over has left, or its owner been told why not."""
        await self._until_left(len(self._leaving))

    def settle(self) -> None:
        """Tells of what has left by now, without waiting."""
        while self._leaving and self._leaving[0][1].done():
            self._tell_of(1)

    def close(self) -> None:
        """Ends the thread; neither a full queue nor a pace is waited for. Of what has not left the owner is told."""
        self._stopped.set()
        self._thread.shutdown()
        self._tell_of(len(self._leaving))

    async def _until_left(self, count: int) -> None:
        if count:
            await asyncio.wait([asyncio.wrap_future(self._leaving[count - 1][1])])  # which does not cancel it
            self._tell_of(count)

    def _tell_of(self, count: int) -> None:
        for _ in range(count):
            batch, future = self._leaving.popleft()
            self._free.append(batch)
            for number, error in future.result():
                self._failed(batch, number, error)

    def _carry_all(self, batch: B, count: int, begins: float, rate: float) -> Failures:
        failures: Failures = []
        at = 0
        while at < count and not self._stopped.is_set():
            due = count
            if rate < math.inf:
                now = time.monotonic()
                begins = max(begins, now - (at + burst_of(rate)) / rate)  # no more is made up for at once
                due = min(count, math.ceil((now - begins) * rate))
            at += self._send(batch, at, due - at, lambda number, error: failures.append((number, error)))
            if at < count:
                time.sleep(FULL_SECONDS if at < due else TICK)
        return failures + [(number, OSError(errno.ECANCELED, CUT_SHORT)) for number in range(at, count)]

    def _send(self, batch: B, at: int, count: int, failed: Callable[[int, OSError], None]) -> int:
        """How many are done with: left, or, one at a time, failed; 0 where the queue is full, or nobody is due."""
        if count <= 0:
            return 0
        try:
            sent = self._socket.send(batch, at, count)
        except OSError as error:
            failed(at, error)
            return 1
        batch.left(at, sent, time.monotonic())
        return sent
