"""`camscan sites`: how many devices are where, and how far their removal has come."""

import time
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.columns import ColumnsOption, columns_of
from camscan.cli.formats import Format
from camscan.cli.options import InventoryOption, OutputOption
from camscan.cli.site_files import show, use
from camscan.cli.site_import import import_sites
from camscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from camscan.cli.formats import Screen
    from camscan.cli.output import Text
    from camscan.removal import Progress, SiteCount

sites = typer.Typer(rich_markup_mode=None)
sites.command()(use)
sites.command()(show)
sites.command(name="import")(import_sites)


class By(StrEnum):
    """What `--by` takes."""

    DISTRICT = "district"
    SITE = "site"
    BUILDING = "building"
    ROOM = "room"


class Every(StrEnum):
    """What `--every` takes."""

    SCAN = "scan"
    MONTH = "month"


@sites.callback(invoke_without_command=True)
def count(
    context: typer.Context,
    by: Annotated[By | None, typer.Option("--by", help="Only this level; without it all of them, as a tree.")] = None,
    district: Annotated[
        str | None, typer.Option("--district", metavar="PATTERN", help="Only this district; * stands for anything.")
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="PATTERN", help="Only this site; * stands for anything.")
    ] = None,
    sensitive: Annotated[bool, typer.Option("--sensitive", help="Only where something is sensitive.")] = False,
    overdue: Annotated[
        bool, typer.Option("--overdue", help="Only where the day of removal is past, and something still there.")
    ] = False,
    vendors: Annotated[
        list[str] | None,
        typer.Option("--vendor", metavar="ID", help="Makers whose devices are to go, not Hikvision and Dahua. Repeat."),
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="ID", help="To go is what this policy covers, whoever made it.")
    ] = None,
    since: Annotated[
        str,
        typer.Option("--since", metavar="SCAN", help="Removal counts from here: first, baseline, a day, a scan."),
    ] = "first",
    progress: Annotated[bool, typer.Option("--progress", help="Removal over time, for each site.")] = False,
    every: Annotated[
        Every, typer.Option("--every", help="With --progress: after each scan, or the last one of each month.")
    ] = Every.MONTH,
    columns: ColumnsOption = None,
    form: Annotated[Format, typer.Option("--format", "-f", help="Form. jsonl: one row of json a line.")] = Format.TABLE,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """Count what is where: devices, those of the makers, under another brand, exposed, exploited; of those that are to
    go how many are replaced, and how long there is. Sends nothing.

    A device is replaced when a scan has looked for it in vain. What nobody has looked for is told apart.

    \b
    camscan sites --by district
    camscan sites --overdue --columns site,left,days_left --format csv
    camscan sites --progress --every month --since 2026-01-31

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    if context.invoked_subcommand is not None:
        return
    from camscan.cli.ending import say
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.cli.register import reading
    from camscan.cli.site_counts import Wanted, counted, goal_of, left_out, say_uncounted, series
    from camscan.report.sites import COLUMNS, USUAL

    today = datetime.fromtimestamp(time.time(), UTC).date()
    wanted = Wanted(None if by is None else by.value, district, site, sensitive, overdue, today)
    if progress and (by or district or sensitive or overdue or columns):
        raise UsageError("--progress goes with --site, --every and --since, and no other filter, level or columns")
    names = columns_of(columns, form, every=COLUMNS, usual=USUAL, further=("where",))
    with Output(output) as destination, reading(inventory) as connection:
        goal, view = goal_of(connection, vendors, policy, since), screen(destination.is_stdout)
        say_uncounted(connection, goal)
        if progress:
            destination.write(_series_text(series(connection, goal, every.value, site), form, view))
            if (told := left_out(connection, goal, every.value)) is not None:
                say(told)
        else:
            destination.write(_counts_text(counted(connection, goal, wanted), names, form, view, wanted.today))


def _counts_text(
    rows: "Sequence[SiteCount]", names: "Sequence[str]", form: Format, view: "Screen", today: "date"
) -> "Text":
    import camscan
    from camscan.report.jsonl import as_json_document, as_json_line
    from camscan.report.sites import as_sites_csv, as_sites_table, site_record, sites_document

    if form is Format.TABLE:
        return as_sites_table(rows, names, today, terminal=view.terminal, width=view.width)
    if form is Format.CSV:
        return as_sites_csv(rows, names, today)
    if form is Format.JSONL:
        return (as_json_line(site_record(one, today)) for one in rows)
    return as_json_document(sites_document(rows, today, camscan.__version__))


def _series_text(rows: "Sequence[Progress]", form: Format, view: "Screen") -> "Text":
    import camscan
    from camscan.report.jsonl import as_json_document, as_json_line
    from camscan.report.progress import as_progress_csv, as_progress_table, progress_document, progress_record

    if form is Format.TABLE:
        return as_progress_table(rows, terminal=view.terminal, width=view.width)
    if form is Format.CSV:
        return as_progress_csv(rows)
    if form is Format.JSONL:
        return (as_json_line(progress_record(one)) for one in rows)
    return as_json_document(progress_document(rows, camscan.__version__))
