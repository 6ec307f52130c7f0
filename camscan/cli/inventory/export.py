"""`camscan inventory export`: everything the inventory holds, as JSON Lines."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from camscan.cli.options import InventoryOption, OutputOption, QuietOption

if TYPE_CHECKING:
    from camscan.inventory.store import Transaction
    from camscan.reply import Reply

SCHEMA = "camscan.inventory-export/1"


def export(
    output: OutputOption = None,
    replies: Annotated[
        Path | None,
        typer.Option(
            "--replies", metavar="FILE", help="Write what each device said last to FILE, for `camscan replay`."
        ),
    ] = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Write everything that the inventory holds as JSON Lines, one record a line (`camscan schema inventory-export`).

    Scans with what they asked, devices with all that was ever known of them, every reply word for word. Files are for
    their owner alone.

    \b
    camscan inventory export --output register.jsonl
    camscan inventory export -o register.jsonl --replies replies.jsonl && camscan replay replies.jsonl

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.output import Output, refuse_same_file
    from camscan.cli.register import inventory_at
    from camscan.intake.replay import as_line
    from camscan.inventory.export import last_replies

    refuse_same_file(output=output, replies=replies)
    with (
        Output(output, private=True) as destination,
        Output(replies, "--replies", private=True) as recording,
        inventory_at(inventory, quiet=quiet) as opened,
        opened.reading() as connection,
    ):
        destination.write(_lines(connection))
        if replies is not None:
            recording.write(as_line(reply) + "\n" for reply in last_replies(connection))


def _lines(connection: "Transaction") -> Iterator[str]:
    import camscan
    from camscan.inventory.export import records
    from camscan.report.jsonl import as_json_line

    tool = {"name": "camscan", "version": camscan.__version__}
    made = {"schema": SCHEMA, "tool": tool, "exported": time.time()}
    for record in records(connection, _recorded):
        yield as_json_line(record | made if record["record"] == "inventory" else record)


def _recorded(reply: "Reply") -> dict[str, Any]:
    from camscan.intake.replay import as_line

    line: dict[str, Any] = json.loads(as_line(reply))
    return line
