"""Carries batches of frames to the wire: few at once, many on a thread of its own, while the next is written.

The kernel is nine tenths of the cost of a frame, and ctypes lets go of the interpreter's lock during the call: so the
event loop builds frames and reads answers at the same time. For few frames to change threads costs more than it gains.
Rule: what was handed over leaves, in the order given, or the reason why not is raised.
"""

import asyncio
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

from camscan.errors import NotPossibleError
from camscan.transport.bulk import BATCH, Batch, BulkSocket
from camscan.transport.syn_frames import SYN_LENGTH, Sender, SynFrames

BATCHES = 4  # enough that the thread has one to carry while the event loop reads answers
FULL_SECONDS = 0.0005  # pause when the queue of the interface is full


class Courier:
    """Sends SYN frames by one socket, at most `BATCH` at once. Raises `NotPossibleError` where this machine cannot."""

    def __init__(self, socket: BulkSocket, sender: Sender) -> None:
        self._socket = socket
        self._free = deque(Batch(SynFrames(sender, BATCH), SYN_LENGTH) for _ in range(BATCHES))
        self._leaving: deque[tuple[Batch, Future[None]]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="camscan-frames")
        self._stopped = Event()

    async def free(self) -> Batch:
        """A batch to write into, once there is one. Raises `NotPossibleError` where an earlier one could not leave."""
        if not self._free:
            await self._until_left(BATCHES // 2)  # not for one alone: each wait costs both threads a turn
        return self._free[0]

    async def carry(self, batch: Batch, count: int) -> None:
        """So many frames of the batch that was free leave now. Raises `NotPossibleError` where they cannot."""
        await self.all_left()
        at = 0
        while at < count:
            try:
                sent = self._socket.send(batch, at, count - at)
            except OSError as error:
                raise _not_possible(error) from None
            at += sent
            if not sent:
                await asyncio.sleep(FULL_SECONDS)

    def hand_over(self, batch: Batch, count: int) -> None:
        """So many frames of the batch that was free leave as soon as those before them have left."""
        self._free.remove(batch)
        self._leaving.append((batch, self._thread.submit(self._carry_all, batch, count)))

    async def all_left(self) -> None:
        """Everything that was handed over has left. Raises `NotPossibleError` where it could not."""
        await self._until_left(len(self._leaving))

    def close(self) -> None:
        """Ends the thread, after the batches that it has; a full queue is not waited for."""
        self._stopped.set()
        self._thread.shutdown()

    async def _until_left(self, count: int) -> None:
        if count:
            await asyncio.wait([asyncio.wrap_future(self._leaving[count - 1][1])])
        for _ in range(count):
            batch, future = self._leaving.popleft()
            self._free.append(batch)
            try:
                future.result()
            except OSError as error:
                raise _not_possible(error) from None

    def _carry_all(self, batch: Batch, count: int) -> None:
        at = 0
        while at < count:
            sent = self._socket.send(batch, at, count - at)
            at += sent
            if not sent:
                if self._stopped.is_set():
                    return
                time.sleep(FULL_SECONDS)


def _not_possible(error: OSError) -> NotPossibleError:
    return NotPossibleError(f"raw frames: {error.strerror}")
