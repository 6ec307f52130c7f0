"""`camscan inventory prune`: forgets what is older than it is to be kept."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.options import InventoryOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.inventory.store import Inventory

DAY = 86_400.0  # seconds
DIGITS = 6  # of a number of days: 2,700 years, and no year of four digits is too long

_NAMED = {"device": "gone devices", "attribute": "values", "judgement": "judgements",
          "observation": "replies", "sighting": "sightings", "coverage": "coverage rows"}  # fmt: skip


def prune(
    older_than: Annotated[
        str,
        typer.Option("--older-than", metavar="DAYS|DATE", help="Forget what was over so long ago, or before this day."),
    ],
    keep_scans: Annotated[
        int, typer.Option("--keep-scans", metavar="N", min=1, help="Keep the last N scans whole, however old.")
    ] = 1,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be forgotten, and forget nothing.")
    ] = False,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Forget what was over before a day: devices that were gone, values and findings that ended, replies that nobody
    has said since, what older scans had asked.

    What is there stays, whole, with since when; so does the baseline, and every comparison of it and later scans. Of
    devices that are forgotten how many went in which month is kept. Nothing is ever forgotten without this command.

    \b
    camscan inventory prune --older-than 365 --dry-run
    camscan inventory prune --older-than 2026-01-01 --keep-scans 30

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.ending import say
    from camscan.cli.register import inventory_at

    before = _moment(older_than, time.time())
    with inventory_at(inventory, quiet=quiet) as opened:
        first, counts = _prune(opened, before, keep_scans, dry_run)
        if not quiet:
            say(_summary(first, counts, dry_run))
        if counts and not dry_run:
            opened.shrink()


def _moment(text: str, now: float) -> float:
    from camscan.cli.register import moment_of

    days = text.isdecimal() and len(text) <= DIGITS
    moment = now - int(text) * DAY if days else moment_of(text, "--older-than")
    if moment > now:
        raise UsageError(f"--older-than {text}: this is still to come")
    return moment


def _prune(inventory: "Inventory", before: float, keep_scans: int, dry_run: bool) -> tuple[int, Mapping[str, int]]:
    """The first scan that is kept whole, and what went, or would."""
    from camscan.inventory.prune import first_kept
    from camscan.inventory.prune import prune as forget

    with inventory.writing() as connection:
        first = first_kept(connection, before, keep_scans)
        attempt = connection.begin_nested()
        counts = forget(connection, first) if first else {}
        if dry_run or not counts:
            attempt.rollback()
        return first, counts


def _summary(first: int, counts: Mapping[str, int], dry_run: bool) -> str:
    told = ", ".join(f"{name} {counts[table]:,}" for table, name in _NAMED.items() if table in counts)
    if not counts:
        return "nothing is so old, and nothing was forgotten"
    return f"{'would forget' if dry_run else 'forgot'} what was over before scan {first}: {told or 'words'}"
