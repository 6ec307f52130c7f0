"""What a check of the inventory says, as lines and as plain data of `inventory_shape.py`."""

from collections.abc import Iterator

from camscan.register import Checked
from camscan.report.document import Record
from camscan.report.printable import printable

SCHEMA = "camscan.inventory-check/1"

_NAMED = {"scan": "scans", "device": "devices", "sighting": "sightings", "attribute": "values",
          "judgement": "judgements", "observation": "replies"}  # fmt: skip


def as_check_lines(checked: Checked) -> Iterator[str]:
    """A line for each row that breaks a rule; then what was checked."""
    for one in checked.broken:
        yield f"{one.rule}: {printable(one.what)}\n"
    for note in checked.notes:
        yield f"{note}; these were not compared\n"
    counts = ", ".join(f"{checked.rows[table]:,} {name}" for table, name in _NAMED.items())
    wrong = f"{len(checked.broken):,} broken" if checked.broken else "all hold"
    yield f"{counts}: {len(checked.rules)} rules, {wrong}\n"


def check_document(checked: Checked, tool_version: str) -> Record:
    """The same in the published shape."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "camscan", "version": tool_version},
        "rows": dict(checked.rows),
        "rules": list(checked.rules),
        "broken": [{"rule": one.rule, "what": printable(one.what)} for one in checked.broken],
        "notes": list(checked.notes),
    }
