"""A reconciliation as CSV and as plain data of `reconcile_shape.py`."""

from camscan.reconciliation import Covered, Difference, Entry, Reconciliation, Row, Unit
from camscan.report.csv import write_rows
from camscan.report.document import Record, moment
from camscan.report.printable import printable
from camscan.report.reconcile_table import reason_of, summary

SCHEMA = "camscan.reconcile/1"
COLUMNS = (
    "category", "line", "device", "by", "another_device", "differences", "covered", "reason", "covered_at",
    "repeats_line",
    "listed_address", "listed_serial", "listed_mac", "listed_name", "listed_tag", "listed_vendor", "listed_brand",
    "listed_model", "listed_firmware", "listed_kind", "listed_site", "listed_building", "listed_room",
    "address", "serial", "mac", "vendor", "brand", "model", "firmware", "kind", "site", "last_seen",
)  # fmt: skip

_LISTED = tuple(name for name in COLUMNS if name.startswith("listed_"))
_KNOWN = ("address", "serial", "mac", "vendor", "brand", "model", "firmware", "kind", "site")


def as_reconcile_csv(found: Reconciliation) -> str:
    """A header line and one line for each line of the list, and for each device that is in none."""
    return write_rows(COLUMNS, (_csv_row(row) for row in found.rows))


def _csv_row(row: Row) -> list[object]:
    record = row_record(row)
    listed, device = record["listed"] or {}, record["device"] or {}
    told = {
        "category": row.category,
        "line": listed.get("line"),
        "device": device.get("id"),
        "by": row.by,
        "another_device": "yes" if row.another else None,
        "differences": " ".join(one.field for one in row.differences),
        "covered": row.covered.state if row.covered else None,
        "reason": reason_of(row),
        "covered_at": moment(row.covered.time) if row.covered else None,
        "repeats_line": row.repeats,
        **{name: listed.get(name.removeprefix("listed_")) for name in _LISTED},
        **{name: device.get(name) for name in (*_KNOWN, "last_seen")},
    }
    return [told[column] for column in COLUMNS]


def reconcile_document(found: Reconciliation, tool_version: str) -> Record:
    """The whole of it in the published shape."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "camscan", "version": tool_version},
        "list": _list_record(found),
        "network": {"source": printable(found.source), "asked": moment(found.asked), "all_kinds": found.every},
        "summary": {
            "text": summary(found),
            "entries": len(found.listed.entries),
            **{category.replace("-", "_"): count for category, count in found.counts().items()},
            "another_device": sum(row.another for row in found.rows),
            "covered": {state.replace("-", "_"): count for state, count in found.covered().items()},
        },
        "rows": map(row_record, found.rows),
        "twice": [{"mark": one.mark, "value": printable(one.value), "lines": list(one.lines)} for one in found.twice],
    }


def _list_record(found: Reconciliation) -> Record:
    listed = found.listed
    return {
        "name": printable(listed.name),
        "encoding": listed.encoding,
        "columns": {meaning: printable(column) for meaning, column in listed.columns.items()},
        "unused": [printable(column) for column in listed.unused],
        "refused": listed.refused,
        "remarks": [
            {"line": one.line, "lines": one.lines, "reason": printable(one.reason), "refused": one.refused}
            for one in listed.remarks
        ],
    }


def row_record(row: Row) -> Record:
    """One row in the published shape."""
    return {
        "category": row.category,
        "listed": _entry_record(row.entry) if row.entry else None,
        "device": _unit_record(row.unit) if row.unit else None,
        "by": row.by,
        "another_device": row.another,
        "differences": [_difference_record(one) for one in row.differences],
        "covered": _covered_record(row.covered) if row.covered else None,
        "reason": _shown(row.reason),
        "last_known": _unit_record(row.known) if row.known else None,
        "repeats_line": row.repeats,
    }


def _entry_record(entry: Entry) -> Record:
    names = (name.removeprefix("listed_") for name in _LISTED)
    return {"line": entry.line, **{name: _shown(getattr(entry, name)) for name in names}}


def _unit_record(unit: Unit) -> Record:
    return {
        "id": printable(unit.id),
        "addresses": [printable(address) for address in unit.addresses],
        **{name: _shown(getattr(unit, name)) for name in (*_KNOWN, "build")},
        "further_serials": [printable(serial) for serial in unit.further_serials],
        "further_macs": [printable(mac) for mac in unit.further_macs],
        "last_seen": moment(unit.last_seen),
        "gone": moment(unit.gone),
    }


def _difference_record(one: Difference) -> Record:
    return {"field": one.field, "listed": printable(one.listed), "network": printable(one.network)}


def _covered_record(covered: Covered) -> Record:
    return {"state": covered.state, "reason": printable(covered.reason), "time": moment(covered.time)}


def _shown(text: str | None) -> str | None:
    return None if text is None else printable(text)
