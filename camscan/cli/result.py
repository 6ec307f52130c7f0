"""What a reader of the results alone would miss, and the exit code of a scan."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from camscan.cli.ending import Exit, note, say
from camscan.cli.failing import fails
from camscan.model import ScanResult
from camscan.report.table import summary

if TYPE_CHECKING:
    from camscan.change import Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a scan ended: what it found, whether a signal or (`late`) the deadline cut it short, whether it can be gone
    on with, which files are not complete, and what it changed in the inventory, where that is asked."""

    result: ScanResult
    interrupted: bool
    late: bool
    resumable: bool
    broken: tuple[str, ...]
    changes: "Comparison | None" = None


def say_end(ended: Ended, *, quiet: bool, told: bool, changes_only: bool = False, fail_on: str | None = None) -> Exit:
    """Says how it ended and returns the exit code; with the counts, unless a table has `told` them. What `fail_on`
    names has the code before a scan that is partial, which the result itself says."""
    result = ended.result
    more = "; the same command goes on from here" if ended.resumable else ""
    for broken in ended.broken:
        say(f"{broken}; the file is not complete")
    if result.failure:
        say(f"ended early: {result.failure}; this is what was found until then{more}")
    elif not quiet:
        for text in _remarks(ended, more, told, changes_only):
            note(text)
    if result.failure or ended.broken:
        return Exit.CANNOT_RUN
    if ended.interrupted:
        return Exit.INTERRUPTED
    if fails(result, fail_on, quiet=quiet, changes=ended.changes):
        return Exit.FINDINGS
    return Exit.PARTIAL if result.partial else Exit.DONE


def _remarks(ended: Ended, more: str, told: bool, changes_only: bool) -> Iterator[str]:
    result = ended.result
    if ended.interrupted:
        yield f"interrupted: this is what was found until then{more}"
    changes = ended.changes if changes_only else None
    if not told or changes:
        yield summary(result)
        unusable = dict.fromkeys(row.channel for row in result.coverage if row.state == "not-possible")
        if unusable:
            yield f"could not be used: {', '.join(unusable)}; see the coverage"
    if changes:
        yield from untold(changes, told)
    if ended.late:
        yield f"partial: the deadline was over; this is what was found until then{more}"
    elif result.partial and not ended.interrupted:
        yield "partial: some addresses could not be asked, or not for sure, see the coverage"


def untold(changes: "Comparison", told: bool) -> Iterator[str]:
    """How many changes there are and what is not known, unless a table of changes has `told` it: it does so only where
    there are any."""
    from camscan.report.diff import diff_summary, doubts

    if not (told and changes.changes):
        yield from (diff_summary(changes), *doubts(changes))
