"""`camscan history`: one device over time."""

import time
from typing import Annotated

import typer

from camscan.cli.formats import Form
from camscan.cli.options import InventoryOption, OutputOption
from camscan.errors import UsageError


def history(
    wanted: Annotated[
        str, typer.Argument(metavar="DEVICE|ADDRESS", help="An id of `camscan devices`, an address, a serial or a MAC.")
    ],
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of the history.")] = Form.TABLE,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Tell what the inventory knows of a device: every value with since and until, every finding with first and last
    seen, and what was decided on it. Sends nothing.

    Of an address all that ever stood there are told, the present one first.

    \b
    camscan history 10.20.0.17
    camscan history 44:19:b6:01:02:03 --format json

    Exit codes: 0 done, 2 usage (no such device among them), 4 could not run.
    """
    import camscan
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.cli.register import reading
    from camscan.inventory.history import histories
    from camscan.report.history import as_history_text, history_document
    from camscan.report.jsonl import as_json_document

    with Output(output) as destination, reading(inventory) as connection:
        now = time.time()
        found = histories(connection, wanted, now=now)
        if not found:
            raise UsageError(f"no device {wanted} in the inventory")
        view = screen(destination.is_stdout)
        if form is Form.JSON:
            destination.write(as_json_document(history_document(found, now, camscan.__version__)))
        else:
            destination.write(as_history_text(found, now, terminal=view.terminal, width=view.width))
