"""The devices of the inventory as a table, as CSV and as plain data of `register_shape.py`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from camscan.register import SEVERAL, SINGLE, UNTOLD, Able, Listed
from camscan.report.csv import write_rows
from camscan.report.document import Record, address_order, moment
from camscan.report.printable import printable
from camscan.report.terminal import Cell, Grid, Line, Part, cell, line, to_text

SCHEMA = "camscan.devices/1"
COLUMNS = (
    "id",
    *SINGLE,
    *SEVERAL,
    "findings",
    "advisories",
    "ignored",
    "approved",
    "tags",
    "first_seen",
    "last_seen",
    "gone",
)
"""Everything that can be said of a device in one cell."""

USUAL = ("address", "vendor", "brand", "model", "firmware", "kind", "site", "first_seen", "last_seen")
"""What the table shows unless other columns are wanted; `gone` too where the list is of those that are."""

_SPARE = ("Site", "First seen", "Brand", "Kind")
_DAY = len("2026-11-29")
_LIST_LIMIT = 1000  # characters of a cell with several values

_CELLS: Mapping[str, Callable[[Listed], str | None]] = {
    "id": lambda device: device.id,
    **{name: lambda device, name=name: device.values.get(name) for name in (*SINGLE, *SEVERAL)},  # type: ignore[misc]
    "findings": lambda device: " ".join(device.findings) or None,
    "advisories": lambda device: " ".join(device.advisories) or None,
    "ignored": lambda device: " ".join(device.ignored) or None,
    "approved": lambda device: "yes" if device.approved else "no",
    "tags": lambda device: " ".join(device.tags) or None,
    "first_seen": lambda device: moment(device.first_seen),
    "last_seen": lambda device: moment(device.last_seen),
    "gone": lambda device: moment(device.gone),
}


def ordered(devices: Iterable[Listed]) -> list[Listed]:
    """By numeric address."""
    return sorted(devices, key=lambda one: (address_order(one.values.get("address", "")), one.id))


def as_devices_table(devices: Sequence[Listed], columns: Sequence[str], *, terminal: bool, width: int) -> str:
    """One device a row; days instead of moments."""
    return to_text(_parts(devices, columns), terminal=terminal, width=width)


def _parts(devices: Sequence[Listed], columns: Sequence[str]) -> Iterator[Part]:
    if devices:
        rows = [tuple(_cell(name, device) for name in columns) for device in devices]
        titles = tuple(name.replace("_", " ").capitalize() for name in columns)
        yield Grid(columns=titles, rows=rows, spare=tuple(name for name in _SPARE if name in titles))
        yield Line("")
    yield line(f"{len(devices):,} {'device' if len(devices) == 1 else 'devices'}")


def _cell(name: str, device: Listed) -> Cell:
    text = _CELLS[name](device)
    if text is not None and name in ("first_seen", "last_seen", "gone"):
        return cell(text[:_DAY])
    return cell(None if text is None else printable(text, _LIST_LIMIT))


def as_devices_csv(devices: Iterable[Listed], columns: Sequence[str]) -> str:
    """A header line and one line a device; unknown is empty, several values are separated by spaces."""
    return write_rows(columns, ([_CELLS[name](device) for name in columns] for device in devices))


def listed_record(device: Listed) -> Record:
    """One device in the published shape."""
    return {
        "id": device.id,
        **{name: _shown(device.values.get(name)) for name in SINGLE},
        "addresses": _members(device, "addresses"),
        "services": _members(device, "services"),
        "capabilities": [_capability(name, device.able.get(name, UNTOLD)) for name in _members(device, "capabilities")],
        "findings": list(device.findings),
        "advisories": list(device.advisories),
        "ignored": list(device.ignored),
        "approved": device.approved,
        "tags": [printable(tag) for tag in device.tags],
        "first_seen": moment(device.first_seen),
        "last_seen": moment(device.last_seen),
        "gone": moment(device.gone),
    }


def _members(device: Listed, name: str) -> list[str]:
    return [printable(value) for value in device.values.get(name, "").split(" ") if value]


def _capability(name: str, able: Able) -> Record:
    return {"id": name, "state": able.state, "enabled": able.enabled}


def devices_document(devices: Iterable[Listed], tool_version: str) -> Record:
    """The whole list in the published shape."""
    tool = {"name": "camscan", "version": tool_version}
    return {"schema": SCHEMA, "tool": tool, "devices": [listed_record(device) for device in devices]}


def _shown(text: str | None) -> str | None:
    return None if text is None else printable(text)
