"""How a command ends: the exit codes that scripts rely on, and one line on stderr for everything that went wrong.

Rule: a mistake of the user or a limit of the machine never shows a traceback; a mistake of camscan shows nothing else.
"""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import IntEnum
from typing import Any

import typer

from camscan.cli.signals import raised
from camscan.errors import CamscanError, UsageError
from camscan.report.printable import printable

MESSAGE_LIMIT = 500  # characters; a message is one line that a person reads

_TyperUsageError: Any = typer.BadParameter.__bases__[0]
"""typer bundles click under a private name that varies, and gives out only this subclass of its usage error."""


class Exit(IntEnum):
    """Exit codes (documented; 1 is kept for findings at or above a severity)."""

    DONE = 0
    FINDINGS = 1
    USAGE = 2
    PARTIAL = 3
    CANNOT_RUN = 4
    INTERRUPTED = 130
    PIPE_CLOSED = 141


_listeners: list[Callable[[str, bool], None]] = []


@contextmanager
def heard_too(listener: Callable[[str, bool], None]) -> Iterator[None]:
    """Within it, what is said on stderr is told to the listener too, and whether it matters."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def note(message: str) -> None:
    """A line for whoever watches: nothing is wrong, and `--quiet` leaves it out."""
    say(message, important=False)


def say(message: str, *, important: bool = True) -> None:
    """One line on stderr, fit to be shown whatever a file or a device put into it. Where stderr cannot be written,
    nobody hears it: a result is worth more than a message."""
    for listener in tuple(_listeners):
        listener(message, important)
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"camscan: {printable(message, MESSAGE_LIMIT)}\n")
            sys.stderr.flush()


def run(command: Callable[[], object]) -> int:
    """Run a command to its end and return the exit code; whatever it raises becomes one line and a code."""
    try:
        with raised():
            code = command()
    except ExceptionGroup as group:
        return _explain(_first_cause(group))
    except (KeyboardInterrupt, typer.Abort):
        return Exit.INTERRUPTED
    except SystemExit:  # typer's own, where the reader of a help text has closed the pipe
        return Exit.PIPE_CLOSED
    except Exception as error:
        return _explain(error)
    return code if isinstance(code, int) else Exit.DONE


def _explain(error: Exception) -> int:
    if isinstance(error, _TyperUsageError):
        say(error.format_message().rstrip("."))
        return Exit.USAGE
    if isinstance(error, CamscanError):
        say(str(error))
        return Exit.USAGE if isinstance(error, UsageError) else Exit.CANNOT_RUN
    if isinstance(error, OSError):
        say(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
        abandon_stdout()
        return Exit.CANNOT_RUN
    traceback.print_exception(error)
    say(f"this is a mistake in camscan: {type(error).__name__}")
    return Exit.CANNOT_RUN


def _first_cause(group: ExceptionGroup[Exception]) -> Exception:
    """The first thing raised on purpose among errors of tasks that ran together, else the group itself."""
    known = group.subgroup(CamscanError)
    cause: Exception = known or group
    while isinstance(cause, ExceptionGroup):
        if known is None:
            return cause
        cause = cause.exceptions[0]
    return cause


def abandon_stdout() -> None:
    """Gives up stdout after it failed. What is still in its buffer would fail again when the interpreter ends, with a
    message and an exit code of the interpreter's own."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
