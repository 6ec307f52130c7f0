"""Hands over a result: to the user, and to the inventory. One of the two failing never costs the other."""

from collections.abc import Callable
from functools import partial

from camscan.cli.ending import say
from camscan.cli.formats import Format, render, render_changes, screen
from camscan.cli.output import Output, Text, write_stdout
from camscan.cli.recording import Recorder
from camscan.errors import CannotRunError
from camscan.model import ScanResult
from camscan.register import Comparison, Kind


def hand_over(
    result: ScanResult, kind: Kind, form: Format, output: Output, register: Recorder, *, changes_only: bool
) -> bool:
    """Delivers and records it; whether it was delivered where the user wants it. With `changes_only` it is recorded
    first, and what that changed is delivered; where it could not be recorded, the whole."""
    view = screen(output.is_stdout)
    whole = partial(render, result, form, view)
    if not changes_only:
        try:
            return deliver(whole, output)
        finally:
            register.record(result, kind)
    delivered = False
    try:
        register.record(result, kind)
    finally:
        changes = register.changes
        told = whole if changes is None else partial(_changed, changes, form, output)
        delivered = deliver(told, output)
    return delivered


def _changed(changes: Comparison, form: Format, output: Output) -> Text:
    """On stdout nothing where nothing changed, in whatever form; a file is written as ever."""
    if output.is_stdout and not changes.changes:
        return ""
    return render_changes(changes, form, screen(output.is_stdout))


def deliver(text: Callable[[], Text], output: Output) -> bool:
    """Whether the result is where the user wants it; where that fails it goes to stdout, for a scan cannot be had
    again."""
    try:
        output.write(text())
    except CannotRunError as error:
        if output.is_stdout:
            raise
        say(f"{error}; the result goes to stdout instead")
        write_stdout(text())
        return False
    return True
