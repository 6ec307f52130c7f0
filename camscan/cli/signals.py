"""The signals that ask a program to end: Ctrl-C, `kill`, and a terminal that is closed.

Rule: each raises `KeyboardInterrupt` in the main thread, as Ctrl-C does in Python anyway, so that temporary files,
child processes and emulated sites are tidied away. A scan takes the first one as the wish to stop and deliver. A
hang-up that is ignored from the start stays so: that is what nohup(1) is for.
"""

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

_Handler = Callable[[int, FrameType | None], object] | int | None


def _deadly() -> dict[signal.Signals, _Handler]:
    """Those that would end the program where it stands, with what they do now. Not every system has a hang-up."""
    handlers: dict[signal.Signals, _Handler] = {signal.SIGTERM: signal.getsignal(signal.SIGTERM)}
    hang_up: signal.Signals | None = getattr(signal, "SIGHUP", None)
    if hang_up and signal.getsignal(hang_up) is not signal.SIG_IGN:
        handlers[hang_up] = signal.getsignal(hang_up)
    return handlers


@contextmanager
def raised() -> Iterator[None]:
    """Within it, these signals raise. Python lets only the main thread set them, so elsewhere it does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = _deadly()
    _set(dict.fromkeys(before, _raise))
    try:
        yield
    finally:
        _set(before)


def _raise(number: int, frame: FrameType | None) -> None:
    _set(dict.fromkeys(_deadly(), signal.SIG_IGN))  # a second one must not cut the tidying short
    raise KeyboardInterrupt


@contextmanager
def first_calls(act: Callable[[], None]) -> Iterator[None]:
    """Within it, each of these signals calls `act`; a second Ctrl-C or `kill` does what it did before. A hang-up may
    well come twice, from the kernel and from the shell."""
    before = {signal.SIGINT: signal.getsignal(signal.SIGINT), **_deadly()}

    def handle(number: int, frame: FrameType | None) -> None:
        if number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, before[signal.Signals(number)])
        act()

    _set(dict.fromkeys(before, handle))
    try:
        yield
    finally:
        _set(before)


def _set(handlers: Mapping[signal.Signals, _Handler]) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)
