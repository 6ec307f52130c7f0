"""`camscan history`: one device over time."""

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.columns import ColumnsOption, columns_of
from camscan.cli.formats import Format
from camscan.cli.options import InventoryOption, OutputOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camscan.cli.formats import Screen
    from camscan.cli.output import Text
    from camscan.register import History


class Kind(StrEnum):
    """What `--kind` takes."""

    ATTRIBUTE = "attribute"
    FINDING = "finding"
    ADVISORY = "advisory"
    VERDICT = "verdict"
    LOCATION = "location"
    DECISION = "decision"


def history(
    wanted: Annotated[
        str, typer.Argument(metavar="DEVICE|ADDRESS", help="An id of `camscan devices`, an address, a serial or a MAC.")
    ],
    kinds: Annotated[list[Kind] | None, typer.Option("--kind", help="Only values of this kind. Repeatable.")] = None,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            metavar="PATTERN",
            help="Only this attribute, finding or advisory; * stands for anything. Repeatable.",
        ),
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DATE", help="Only what began or ended on this day or later.")
    ] = None,
    columns: ColumnsOption = None,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="Form of the history. jsonl: one device a line, as in json.")
    ] = Format.TABLE,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Tell what the inventory knows of a device: every value with since and until, every finding with first and last
    seen, and what was decided on it. Sends nothing.

    Of an address all that ever stood there are told, the present one first. With --columns, and as csv, all values
    stand in one table.

    \b
    camscan history 10.20.0.17
    camscan history 10.20.0.17 --name firmware --columns value,since,until
    camscan history 10.20.0.17 --kind finding --kind advisory --since 2026-11-01
    camscan history 44:19:b6:01:02:03 --format json

    Exit codes: 0 done, 2 usage (no such device among them), 4 could not run.
    """
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.cli.register import moment_of, reading
    from camscan.inventory.history import histories
    from camscan.report.history_rows import COLUMNS, USUAL, Wanted, narrowed

    shown = columns_of(columns, form, every=COLUMNS, usual=USUAL)
    chosen = Wanted(
        kinds=frozenset(kind.value for kind in kinds or ()),
        names=tuple(names or ()),
        since=None if since is None else moment_of(since, "--since"),
    )
    with Output(output) as destination, reading(inventory) as connection:
        now = time.time()
        found = histories(connection, wanted, now=now)
        if not found:
            raise UsageError(f"no device {wanted} in the inventory")
        found = [narrowed(one, chosen) for one in found]
        view = screen(destination.is_stdout)
        if form is Format.CSV or (form is Format.TABLE and columns is not None):
            destination.write(_rows(found, shown, form, view))
        else:
            destination.write(_whole(found, now, form, view))


def _rows(found: "Sequence[History]", columns: "Sequence[str]", form: Format, view: "Screen") -> "Text":
    from camscan.report.history_rows import as_rows_csv, as_rows_table

    if form is Format.CSV:
        return as_rows_csv(found, columns)
    return as_rows_table(found, columns, terminal=view.terminal, width=view.width)


def _whole(found: "Sequence[History]", now: float, form: Format, view: "Screen") -> "Text":
    import camscan
    from camscan.report.history import as_history_text, history_document, history_record
    from camscan.report.jsonl import as_json_document, as_json_line

    if form is Format.TABLE:
        return as_history_text(found, now, terminal=view.terminal, width=view.width)
    if form is Format.JSONL:
        return (as_json_line(history_record(one, now)) for one in found)
    return as_json_document(history_document(found, now, camscan.__version__))
