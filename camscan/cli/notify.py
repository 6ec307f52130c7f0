"""`camscan notify`: whether messages about changes arrive, and which have not yet."""

from pathlib import Path
from typing import Annotated

import typer

from camscan.cli.options import InventoryOption, OutputOption, QuietOption

TEXT = "This is how camscan tells of changes."

notify = typer.Typer(rich_markup_mode=None)


@notify.callback()
def group() -> None:
    """Messages about what scans changed: whether they arrive, and which wait to be sent.

    \b
    camscan notify test --notify /etc/camscan/notify.toml
    camscan notify pending
    """


@notify.command()
def test(
    file: Annotated[Path, typer.Option("--notify", metavar="FILE", help="The targets, as for `camscan scan`.")],
    quiet: QuietOption = False,
) -> int:
    """Send a message to each target, and say who took it.

    \b
    camscan notify test --notify /etc/camscan/notify.toml

    Exit codes: 0 all took it, 2 usage, 4 one did not.
    """
    from uuid import uuid4

    from camscan.cli.ending import Exit, note, say
    from camscan.cli.notice_file import load_targets

    failed = False
    for target in load_targets(file):
        key = uuid4().hex
        reason = target.messenger.send("camscan: a test", f"{TEXT}\nmessage {key}\n", key)
        failed = failed or reason is not None
        if reason is not None:
            say(f"notify {target.name}: {reason}")
        elif not quiet:
            note(f"notify {target.name}: taken")
    return Exit.CANNOT_RUN if failed else Exit.DONE


@notify.command()
def pending(output: OutputOption = None, inventory: InventoryOption = None) -> None:
    """List the messages that nobody has taken yet. They go out after the next scan that is given their target.

    \b
    camscan notify pending

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.cli.register import reading
    from camscan.inventory.notices import waiting
    from camscan.report.waiting import as_waiting_table

    with Output(output) as destination:
        with reading(inventory) as connection:
            notices = waiting(connection)
        view = screen(destination.is_stdout)
        destination.write(as_waiting_table(notices, terminal=view.terminal, width=view.width))
