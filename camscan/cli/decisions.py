"""`camscan decisions`: what was decided on devices, and `camscan withdraw`: taking it back."""

import time
from typing import Annotated

import typer

from camscan.cli.deciding import ReasonOption, WhoOption, word_of
from camscan.cli.formats import Form
from camscan.cli.options import InventoryOption, OutputOption, QuietOption

NUMBERS_END = 2**31 - 1  # what a column of either database holds


def decisions(
    expired: Annotated[
        bool, typer.Option("--expired", help="Those whose time is over: what was ignored counts again.")
    ] = False,
    every: Annotated[bool, typer.Option("--all", help="Those that hold no more too.")] = False,
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of the list.")] = Form.TABLE,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """List what was approved, ignored, noted, tagged, merged and split: by whom, why, until when. Sends nothing.

    \b
    camscan decisions
    camscan decisions --expired

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    import camscan
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.cli.register import reading
    from camscan.inventory.decisions import all_decisions
    from camscan.report.decisions import as_decisions_text, decisions_document
    from camscan.report.jsonl import as_json_document

    now = time.time()
    with Output(output) as destination, reading(inventory) as connection:
        found = [one.decision for one in all_decisions(connection)]
        if expired:
            found = [one for one in found if one.withdrawn is None and not one.holds(now)]
        elif not every:
            found = [one for one in found if one.holds(now)]
        view = screen(destination.is_stdout)
        if form is Form.JSON:
            destination.write(as_json_document(decisions_document(found, now, camscan.__version__)))
        else:
            destination.write(as_decisions_text(found, now, terminal=view.terminal, width=view.width))


def withdraw(
    numbers: Annotated[
        list[int], typer.Argument(metavar="NUMBER…", min=1, max=NUMBERS_END, help="Of `camscan decisions`.")
    ],
    reason: ReasonOption = "",
    who: WhoOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Take a decision back: what was ignored counts again. That it was made, and withdrawn, stays. Sends nothing.

    \b
    camscan withdraw 12 --reason 'the camera was not replaced'

    Exit codes: 0 done, 2 usage (no such decision among them), 4 could not run.
    """
    from camscan.cli.ending import say
    from camscan.cli.register import inventory_at
    from camscan.inventory.withdraw import withdraw as take_back

    with inventory_at(inventory, quiet=quiet) as opened:
        with opened.writing() as connection:
            take_back(connection, dict.fromkeys(numbers), word_of(who, reason))
        if not quiet:
            count = len(set(numbers))
            say(f"{'1 decision' if count == 1 else f'{count} decisions'} withdrawn in {opened.name}")
