"""The wish that a scan ends: comes by a signal, at any moment, or with the deadline."""

import asyncio
import time


class Stop:
    """`event` is set once the wish is there; tasks wait for it. `late`: it was the deadline, so many `seconds` after
    this was made."""

    def __init__(self, seconds: float | None = None) -> None:
        self.event = asyncio.Event()
        self.late = False
        self._until = None if seconds is None else time.monotonic() + seconds
        self._loop: asyncio.AbstractEventLoop | None = None

    def set(self) -> None:
        """May be called from a signal handler: it also wakes the loop, which may sleep."""
        if self._loop and self._loop.is_running():
            self._loop.call_soon_threadsafe(self.event.set)
        else:
            self.event.set()

    def attach(self) -> asyncio.Event:
        """The event, for the loop that runs now, which also looks at the clock."""
        self._loop = asyncio.get_running_loop()
        if self._until is not None:
            self._loop.call_later(max(0.0, self._until - time.monotonic()), self._expire)
        return self.event

    def _expire(self) -> None:
        """The deadline has come, unless somebody was before it."""
        if not self.event.is_set():
            self.late = True
            self.event.set()
