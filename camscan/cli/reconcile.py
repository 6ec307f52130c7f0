"""`camscan reconcile`: the owner's list of devices against what is on the network."""

import time
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.options import InventoryOption, OutputOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.assess.reconcile.knowing import Knowing
    from camscan.cli.ending import Exit
    from camscan.cli.formats import Screen
    from camscan.cli.output import Text
    from camscan.model import ScanResult
    from camscan.reconciliation import OwnerList, Reconciliation, Unit

SCANS = 30  # the last of the inventory whose coverage counts: a month of nights


class Form(StrEnum):
    """What `--format` takes here."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


class FailOn(StrEnum):
    """What `--fail-on` takes here."""

    NETWORK_ONLY = "network-only"
    LIST_ONLY = "list-only"
    DIFFERING = "differing"
    ANY = "any"


def reconcile(
    register: Annotated[
        str, typer.Argument(metavar="REGISTER.csv", help="The owner's list, as CSV with a head; - for stdin.")
    ],
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="MEANING=COLUMN",
            help="What a column means whose name does not tell: address, serial, mac, name, tag, vendor, brand, model, "
            "firmware, kind, site, building, room. Repeatable.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="FILE", help="Against this result of a scan (--format json), not against the inventory."
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Devices of every kind count, not only Hikvision and Dahua.")
    ] = False,
    fail_on: Annotated[
        list[FailOn] | None,
        typer.Option(
            "--fail-on",
            metavar="WHAT",
            help="End with 1 where there is any: network-only, list-only, differing, any. Repeatable.",
        ),
    ] = None,
    form: Annotated[
        Form, typer.Option("--format", "-f", help="Form of the result. html: a page to hand over, in one file.")
    ] = Form.TABLE,
    output: OutputOption = None,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> int:
    """Hold a list of the devices that should be there against those that are. Sends nothing.

    In both, and whether they say the same; only on the network; only in the list, and whether anybody asked its
    address: only who was asked and did not answer is missing. Lines are known by serial, then MAC, then address.

    \b
    camscan reconcile register.csv
    camscan reconcile register.csv --map address="IP-adresse" --map site=Skole
    camscan reconcile register.csv --format html --output reconcile.html
    camscan reconcile register.csv --fail-on network-only --quiet

    Exit codes: 0 done, 1 what --fail-on names, 2 usage or a file that cannot be understood, 4 could not run.
    """
    from camscan.cli.formats import screen
    from camscan.cli.output import Output, refuse_same_file

    _refuse_two_sources(register, source, inventory)
    refuse_same_file(output=output, register=Path(register))
    if source is not None:
        refuse_same_file(output=output, result=Path(source))
    with Output(output) as destination:
        listed = _read_list(register, mapped or ())
        found = _against_scan(listed, source, every) if source else _against_inventory(listed, inventory, every, quiet)
        if not quiet:
            _say_understood(found)
        destination.write(_render(found, form, screen(destination.is_stdout)))
    if not quiet and (output is not None or form is not Form.TABLE):
        from camscan.cli.ending import say
        from camscan.report.reconcile_table import summary

        say(summary(found))
    return _code(found, fail_on or ())


def _refuse_two_sources(register: str, source: str | None, inventory: str | None) -> None:
    if source is not None and inventory is not None:
        raise UsageError("--from and --inventory do not go together")
    if register == source == "-":
        raise UsageError("stdin can be read only once: `-` stands twice")


def _read_list(name: str, mapped: Sequence[str]) -> "OwnerList":
    from camscan.cli.reading import opened, shown
    from camscan.identify.correlate import is_placeholder
    from camscan.intake.csv_text import SIZE_LIMIT
    from camscan.intake.owner_columns import parse_mapping
    from camscan.intake.owner_list import parse_list

    mapping = parse_mapping(mapped)
    with opened(name) as stream:
        data = stream.read(SIZE_LIMIT + 1)
    return parse_list(shown(name), data, mapping, is_placeholder)


def _against_scan(listed: "OwnerList", name: str, every: bool) -> "Reconciliation":
    from camscan.assess.reconcile.units import middleboxes_of_scan, units_of_scan
    from camscan.cli.scan_file import read_scan

    scan = read_scan(name)
    boxes = middleboxes_of_scan(scan.devices)
    return _held(listed, units_of_scan(scan.devices), (), [scan], boxes, f"scan {scan.id}", every)


def _against_inventory(listed: "OwnerList", wanted: str | None, every: bool, quiet: bool) -> "Reconciliation":
    from camscan.assess.reconcile.units import NEEDED, middleboxes_of_register, units_of_register
    from camscan.cli.register import inventory_at
    from camscan.inventory.last_asked import is_pruned, last_asked
    from camscan.inventory.listing import Filter
    from camscan.inventory.listing import listed as devices_of

    with inventory_at(wanted, quiet=quiet) as opened, opened.reading() as connection:
        now = time.time()
        there = devices_of(connection, Filter(), NEEDED, now=now)
        gone = units_of_register(devices_of(connection, Filter(gone=True), NEEDED, now=now))
        scans = last_asked(connection, SCANS)
        pruned = len(scans) < SCANS and is_pruned(connection)
        place = opened.name
    boxes = middleboxes_of_register(there)
    return _held(listed, units_of_register(there), gone, scans, boxes, f"inventory {place}", every, pruned)


def _held(
    listed: "OwnerList",
    there: "Sequence[Unit]",
    gone: "Sequence[Unit]",
    scans: "Sequence[ScanResult]",
    boxes: frozenset[str],
    source: str,
    every: bool,
    pruned: bool = False,
) -> "Reconciliation":
    from camscan.assess.reconcile.covered import CoveredBy
    from camscan.assess.reconcile.reconcile import reconcile as held_against

    asked = max((time for scan in scans if (time := scan.ended or scan.started) is not None), default=None)
    covered = CoveredBy(scans, boxes, pruned=pruned).of
    return held_against(listed, there, gone, covered, _knowing(), source=source, asked=asked, every=every)


def _knowing() -> "Knowing":
    from camscan.assess.reconcile.knowing import Knowing
    from camscan.cli.data import data_directory
    from camscan.identify.correlate import is_placeholder
    from camscan.identify.sameness import same_value
    from camscan.identify.vocabulary import load_vocabulary

    names = load_vocabulary(data_directory() / "vendors.toml")
    return Knowing(same_value=same_value, is_placeholder=is_placeholder, names=names)


def _say_understood(found: "Reconciliation") -> None:
    from camscan.cli.ending import say
    from camscan.report.reconcile_table import understood

    for text in understood(found):
        say(text)


def _render(found: "Reconciliation", form: Form, view: "Screen") -> "Text":
    import camscan
    from camscan.report.jsonl import as_json_document, as_json_line
    from camscan.report.reconcile import as_reconcile_csv, reconcile_document, row_record
    from camscan.report.reconcile_table import as_reconcile_text

    if form is Form.HTML:
        from camscan.report.html.reconcile import as_reconcile_page

        return as_reconcile_page(found)
    if form is Form.TABLE:
        return as_reconcile_text(found, terminal=view.terminal, width=view.width)
    if form is Form.CSV:
        return as_reconcile_csv(found)
    if form is Form.JSONL:
        return (as_json_line(row_record(row)) for row in found.rows)
    return as_json_document(reconcile_document(found, camscan.__version__))


def _code(found: "Reconciliation", fail_on: Sequence[FailOn]) -> "Exit":
    from camscan.cli.ending import Exit

    wanted = {str(one) for one in (FailOn if FailOn.ANY in fail_on else fail_on)}
    return Exit.FINDINGS if any(row.category in wanted for row in found.rows) else Exit.DONE
