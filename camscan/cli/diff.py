"""`camscan diff`: what changed from one scan to another."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.formats import Format
from camscan.cli.options import ChangesFormatOption, InventoryOption, OutputOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.change import Comparison
    from camscan.inventory.store import Transaction
    from camscan.register import ScanEntry

_SCAN = "A scan: its number or id, a day or moment (the last one until then), last, or baseline."


class FailOn(StrEnum):
    """What `--fail-on` takes here."""

    CHANGE = "change"


def diff(
    before: Annotated[str | None, typer.Argument(metavar="A", help=_SCAN)] = None,
    after: Annotated[str | None, typer.Argument(metavar="B", help="The same; without it, the last one.")] = None,
    set_baseline: Annotated[
        bool, typer.Option("--set-baseline", help="From now on `baseline` means scan A, or the last one.")
    ] = False,
    fail_on: Annotated[
        FailOn | None, typer.Option("--fail-on", metavar="change", help="End with 1 where anything changed.")
    ] = None,
    form: ChangesFormatOption = Format.TABLE,
    output: OutputOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> int:
    """Tell what the inventory knows after scan B and did not after scan A. Without both: the last two. Sends nothing.

    New, gone, moved, changed, newly and no longer exposed or affected. A device is gone only if scan B asked its
    address, to the end, by a channel that reaches it; how many were not looked for is said.

    \b
    camscan diff                      # the one before the last against the last
    camscan diff --set-baseline       # the last scan is what all is right with
    camscan diff baseline --fail-on change
    camscan diff 2026-11-01 2026-11-29 --format json

    Exit codes: 0 done, 1 changes with --fail-on change, 2 usage, 4 could not run.
    """
    from camscan.cli.ending import Exit, say
    from camscan.cli.formats import render_changes, screen
    from camscan.cli.output import Output
    from camscan.cli.register import inventory_at
    from camscan.cli.uncollected import uncollected
    from camscan.inventory import scans

    with inventory_at(inventory, quiet=quiet) as opened:
        if set_baseline:
            with opened.writing() as connection:
                chosen = scans.find_scan(connection, before or "last")
                scans.set_baseline(connection, chosen.number)
            if not quiet:
                say(f"scan {chosen.number} is the baseline")
            return Exit.DONE
        with Output(output) as destination, uncollected():
            with opened.reading() as connection:
                comparison = compared(connection, before, after)
            destination.write(render_changes(comparison, form, screen(destination.is_stdout)))
    if not quiet and (output is not None or form is not Format.TABLE):
        from camscan.report.diff import diff_summary

        say(diff_summary(comparison))
    return Exit.FINDINGS if fail_on and comparison.changes else Exit.DONE


def compared(connection: "Transaction", before: str | None, after: str | None) -> "Comparison":
    """The comparison that two words ask for. Raises `UsageError` where there are no two such scans in this order."""
    from camscan.inventory.diff import compare
    from camscan.inventory.scans import find_scan

    last = find_scan(connection, after or "last")
    first = find_scan(connection, before) if before else _before(connection, last)
    if first.number > last.number:
        raise UsageError(f"scan {first.number} was recorded after scan {last.number}: the older one comes first")
    return compare(connection, first, last)


def _before(connection: "Transaction", last: "ScanEntry") -> "ScanEntry":
    from camscan.inventory.scans import find_scan

    if last.number == 1:
        raise UsageError("one scan is recorded, and a comparison takes two")
    return find_scan(connection, str(last.number - 1))
