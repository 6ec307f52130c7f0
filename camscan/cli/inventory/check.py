"""`camscan inventory check`: whether the inventory is whole."""

from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.formats import Form
from camscan.cli.options import InventoryOption, OutputOption, QuietOption

if TYPE_CHECKING:
    from camscan.inventory.store import Transaction
    from camscan.register import Checked


def check(
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of what was checked.")] = Form.TABLE,
    output: OutputOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> int:
    """Check that the inventory is whole: its file, every row by the rules of the register, every reply by its sum.

    \b
    camscan inventory check
    camscan inventory check --inventory copy.sqlite --format json

    Exit codes: 0 whole, 1 a row breaks a rule, 2 usage, 4 could not run, or the file is damaged.
    """
    import camscan
    from camscan.cli.ending import Exit
    from camscan.cli.output import Output
    from camscan.cli.register import inventory_at
    from camscan.report.inventory_check import as_check_lines, check_document
    from camscan.report.jsonl import as_json

    with Output(output) as destination, inventory_at(inventory, quiet=quiet) as opened:
        with opened.reading() as connection:
            checked = checked_by_this_version(connection)
        document = check_document(checked, camscan.__version__)
        destination.write(as_json(document) if form is Form.JSON else as_check_lines(checked))
    return Exit.FINDINGS if checked.broken else Exit.DONE


def checked_by_this_version(connection: "Transaction") -> "Checked":
    """The check, with the ids of replies as this version takes them. Raises `CannotRunError` for a damaged file, by
    the transaction."""
    import camscan
    from camscan.inventory.check import check as check_rows
    from camscan.protocols.content import content_id
    from camscan.protocols.registry import load_protocols

    protocols = load_protocols()
    return check_rows(connection, camscan.__version__, lambda reply: content_id(reply, protocols))
