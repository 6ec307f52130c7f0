"""`camscan devices`: what is there, as the inventory knows it."""

import time
from typing import TYPE_CHECKING

from camscan.cli.columns import ColumnsOption, columns_of
from camscan.cli.filtering import (
    AtSiteOption,
    BrandOption,
    FirmwareOption,
    GoneOption,
    KindOption,
    ModelOption,
    SeenSinceOption,
    TagOption,
    UnapprovedOption,
    VendorOption,
    filter_of,
)
from camscan.cli.formats import Format
from camscan.cli.options import FormatOption, InventoryOption, OutputOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from camscan.cli.formats import Screen
    from camscan.cli.output import Text
    from camscan.register import Listed


def devices(
    vendor: VendorOption = None,
    brand: BrandOption = None,
    model: ModelOption = None,
    firmware: FirmwareOption = None,
    kind: KindOption = None,
    site: AtSiteOption = None,
    seen_since: SeenSinceOption = None,
    gone: GoneOption = False,
    unapproved: UnapprovedOption = False,
    tags: TagOption = None,
    columns: ColumnsOption = None,
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
    inventory: InventoryOption = None,
) -> None:
    """List the devices of the inventory: what is there, since when, last seen when. Sends nothing.

    A device stays in the list until a scan has looked for it in vain.

    \b
    camscan devices --vendor hikvision --firmware 'V5.4*'
    camscan devices --gone
    camscan devices --unapproved
    camscan devices --columns address,serial,findings --format csv --output open.csv

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.cli.register import reading
    from camscan.inventory.listing import listed
    from camscan.report.devices import COLUMNS, USUAL, ordered

    names = columns_of(columns, form, every=COLUMNS, usual=(*USUAL, *(("gone",) if gone else ())))
    chosen = filter_of(
        vendor=vendor, brand=brand, model=model, firmware=firmware, kind=kind, site=site, seen_since=seen_since,
        gone=gone, unapproved=unapproved, tags=tags,
    )  # fmt: skip
    with Output(output) as destination, reading(inventory) as connection:
        needed = {*names, "address"} if form in (Format.TABLE, Format.CSV) else set(COLUMNS)
        found = ordered(listed(connection, chosen, needed, now=time.time()))
        destination.write(_render(found, names, form, screen(destination.is_stdout)))


def _render(found: "Sequence[Listed]", names: "Sequence[str]", form: Format, view: "Screen") -> "Text":
    import camscan
    from camscan.report.devices import as_devices_csv, as_devices_table, devices_document, listed_record
    from camscan.report.jsonl import as_json_document, as_json_line

    if form is Format.TABLE:
        return as_devices_table(found, names, terminal=view.terminal, width=view.width)
    if form is Format.CSV:
        return as_devices_csv(found, names)
    if form is Format.JSONL:
        return (as_json_line(listed_record(device)) for device in found)
    return as_json_document(devices_document(found, camscan.__version__))
