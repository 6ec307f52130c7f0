"""JSON Lines: one device a line, all that is known of it and what stands on it (`shape.py`)."""

from collections.abc import Iterator

from camscan.register import Standing, Unit
from camscan.report.devices import listed_record
from camscan.report.document import Record, moment
from camscan.report.export.material import Material
from camscan.report.jsonl import as_json_line
from camscan.report.printable import printable
from camscan.report.standing import ignored_record, reasons, remedy, source


def as_export_lines(material: Material) -> Iterator[str]:
    """A line for each device."""
    return (as_json_line(unit_record(unit)) for unit in material.units)


def unit_record(unit: Unit) -> Record:
    """One device in the published shape."""
    return listed_record(unit.device) | {"standing": [standing_record(one) for one in unit.standing]}


def standing_record(one: Standing) -> Record:
    """One thing that stands on a device, in the published shape."""
    return {
        "kind": one.kind,
        "id": printable(one.id),
        "severity": one.severity,
        "exploited": one.exploited,
        "since": moment(one.since),
        "unconfirmed": moment(one.unconfirmed),
        "reasons": list(reasons(one)),
        "remedy": remedy(one),
        "source": source(one),
        "ignored": ignored_record(one),
    }
