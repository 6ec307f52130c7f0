"""Hands over a result: to the user, and to the inventory. One of the two failing never costs the other."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from camscan.cli.ending import say
from camscan.cli.formats import Format, render, render_changes, screen
from camscan.cli.output import Output, Text, write_stdout
from camscan.cli.recording import Recorder
from camscan.errors import CannotRunError
from camscan.model import ScanResult

if TYPE_CHECKING:
    from camscan.change import Comparison
    from camscan.register import Kind


def hand_over(
    result: ScanResult,
    kind: "Kind",
    form: Format,
    output: Output,
    register: Recorder,
    *,
    changes_only: bool,
    placed: bool = False,
) -> tuple[ScanResult, bool]:
    """Records it, and delivers it with what the inventory knows beside it, or, with `changes_only`, what it changed
    there; where it could not be recorded, as it is. The result, and whether it was delivered where the user wants
    it."""
    known, delivered = result, False
    try:
        known = register.record(result, kind, placed=placed)
    finally:
        changes = register.changes if changes_only else None
        whole = partial(render, known, form, screen(output.is_stdout))
        delivered = deliver(whole if changes is None else partial(_changed, changes, form, output), output)
    return known, delivered


def _changed(changes: "Comparison", form: Format, output: Output) -> Text:
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
