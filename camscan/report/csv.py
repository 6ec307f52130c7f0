"""CSV for spreadsheets: one device a row, and no cell that a spreadsheet would run as a formula.

A cell that begins with `= + - @` is a formula to a spreadsheet, also after a separator where the program splits at `;`
or tabs: an apostrophe goes before the sign, as OWASP recommends for CSV injection.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from camscan.model import Device, ScanResult
from camscan.report.document import device_record, in_order
from camscan.report.printable import printable
from camscan.report.ranges import addresses

COLUMNS = (
    "address", "vendor", "brand", "model", "firmware", "build", "kind", "confidence", "serial", "mac",
    "addresses", "services", "found_by", "conflicts", "first_seen", "last_seen",
    "middlebox", "affected", "exposed",
)  # fmt: skip
CELL_LIMIT = 1000  # characters; a recorder with many services still fits, a spreadsheet takes 32,767

_WIDE_SIGNS = r"\uff1d\uff0b\uff0d\uff20"  # the full-width forms of = + - @, which some spreadsheets take for them
_FORMULA = re.compile(rf"""(^|[;,|\t"'])(\s*)(?=[=+\-@{_WIDE_SIGNS}])""")


def as_csv(result: ScanResult) -> str:
    """A header line and one line a device, in numeric order of address. `confidence` is that of the vendor,
    `middlebox` the number of addresses that a box answers for, which are then written as ranges; `affected` are the
    advisories that affect it, `exposed` the findings on it."""
    return write_rows(COLUMNS, (_row(device) for device in in_order(result.devices)))


def write_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lines of CSV, every cell made safe."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return stream.getvalue()


def safe_cell(cell: object) -> str:
    """What is written for it: printable, empty for None, and no formula."""
    if cell is None:
        return ""
    if isinstance(cell, int | float):
        return str(cell)  # a number of ours, and below zero no formula
    text = printable(str(cell), CELL_LIMIT)
    return _FORMULA.sub(r"\1\2'", text)


def _row(device: Device) -> list[object]:
    # evidence is most of a record, and has no column
    record = device_record(replace(device, claims=()))
    joined = {
        "confidence": record["confidence"].get("vendor"),
        "addresses": " ".join(addresses(device)),
        "middlebox": record["middlebox"] and record["middlebox"]["addresses"],
        "services": " ".join(f"{s['transport']}/{s['port']}/{s['protocol']}" for s in record["services"]),
        "found_by": " ".join(dict.fromkeys(channel.split(" ")[0] for channel in device.channels)),
        "affected": " ".join(row.id for row in device.advisories if row.is_open),
        "exposed": " ".join(row.id for row in device.findings if row.is_open),
        "conflicts": " ".join(dict.fromkeys(c["attribute"] for c in record["conflicts"])),
    }
    return [(record | joined)[column] for column in COLUMNS]
