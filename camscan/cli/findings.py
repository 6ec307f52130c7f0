"""`camscan findings`: what is open in the inventory, on how many devices, since when."""

import time
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.columns import ColumnsOption, columns_of
from camscan.cli.filtering import AtSiteOption, VendorOption, filter_of
from camscan.cli.formats import Format
from camscan.cli.options import InventoryOption, OutputOption, Severity
from camscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camscan.cli.formats import Screen
    from camscan.cli.output import Text
    from camscan.inventory.store import Transaction
    from camscan.report.standing import Group


def findings(
    severity: Annotated[
        Severity | None, typer.Option("--severity", metavar="SEVERITY", help="Only what is at least this.")
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", metavar="ID", help="Only this finding or advisory. Repeatable."),
    ] = None,
    site: AtSiteOption = None,
    vendor: VendorOption = None,
    exploited: Annotated[
        bool, typer.Option("--exploited", help="Only what CISA lists as known to be exploited.")
    ] = False,
    ignored: Annotated[
        bool, typer.Option("--ignored", help="What its owner has decided to live with, not what is open.")
    ] = False,
    columns: ColumnsOption = None,
    form: Annotated[
        Format,
        typer.Option("--format", "-f", help="Form of the list. jsonl: one finding a line, like findings[] of json."),
    ] = Format.TABLE,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """List what is open in the inventory: each finding and advisory, on how many devices, since when. Sends nothing.

    What is exploited comes first, then the worst, then what stands on the most devices. Only devices that are there
    count.

    \b
    camscan findings --severity high
    camscan findings --exploited --columns id,devices,addresses
    camscan findings --id telnet-open --format json
    camscan findings --ignored

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.cli.register import reading
    from camscan.inventory.listing import listed
    from camscan.inventory.standing import units
    from camscan.register import SINGLE
    from camscan.report.devices import ordered
    from camscan.report.findings import COLUMNS, USUAL
    from camscan.report.standing import Wanted, grouped

    names = columns_of(columns, form, every=COLUMNS, usual=USUAL)
    asked = [_spelled(one) for one in ids or ()]
    wanted = Wanted(severity=severity, ids=frozenset(asked), exploited=exploited, ignored=ignored)
    chosen = filter_of(vendor=vendor, site=site)
    now = time.time()
    with Output(output) as destination, reading(inventory) as connection:
        _tell_unknown(connection, asked)
        found = ordered(listed(connection, chosen, SINGLE, now=now))
        groups = grouped(units(connection, found, now=now), wanted)
        destination.write(_render(groups, names, form, screen(destination.is_stdout)))


def _spelled(text: str) -> str:
    """An id as it stands in the data, however it was typed."""
    return text.upper() if text.lower().startswith("cve-") else text.lower()


def _tell_unknown(connection: "Transaction", ids: "Sequence[str]") -> None:
    """An empty list may be a spelling mistake, and should not be taken for good news."""
    from camscan.cli.ending import say
    from camscan.inventory.lookup import refuse_unknown_subjects

    try:
        refuse_unknown_subjects(connection, ids)
    except UsageError as error:
        say(str(error))


def _render(groups: "Sequence[Group]", names: "Sequence[str]", form: Format, view: "Screen") -> "Text":
    import camscan
    from camscan.report.findings import as_findings_csv, as_findings_table, findings_document, group_record
    from camscan.report.jsonl import as_json_document, as_json_line

    if form is Format.TABLE:
        return as_findings_table(groups, names, terminal=view.terminal, width=view.width)
    if form is Format.CSV:
        return as_findings_csv(groups, names)
    if form is Format.JSONL:
        return (as_json_line(group_record(group)) for group in groups)
    return as_json_document(findings_document(groups, camscan.__version__))
