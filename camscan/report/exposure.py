"""Who is reached from where, as JSON (`camscan.exposure/1`) and as CSV: every cell, with its reason."""

from collections.abc import Iterator

from camscan.model import ScanResult
from camscan.reach import Cell, DeviceReach, Matrix, ServiceReach
from camscan.report.csv import write_rows
from camscan.report.document import Record, moment
from camscan.report.printable import printable

SCHEMA = "camscan.exposure/1"
COLUMNS = (
    "device", "address", "vendor", "brand", "model", "serial", "mac",
    "vantage", "transport", "port", "protocols", "verdict", "reason", "answered_at",
)  # fmt: skip


def as_document(matrix: Matrix, tool_version: str) -> Record:
    """The whole matrix."""
    names = [printable(vantage.name) for vantage in matrix.vantages]
    return {
        "schema": SCHEMA,
        "tool": {"name": "camscan", "version": tool_version},
        "vantages": [_vantage(matrix, place) for place in range(len(names))],
        "devices": [_device(device, names) for device in matrix.devices],
    }


def _vantage(matrix: Matrix, place: int) -> Record:
    vantage, standing = matrix.vantages[place], matrix.standing(place)
    return {
        "name": printable(vantage.name),
        "verdict": standing.verdict,
        "reason": _shown(standing.reason),
        "reached": matrix.count(place, "reached"),
        "not_reached": matrix.count(place, "not-reached"),
        "not_asked": matrix.count(place, "not-asked"),
        "cannot_say": matrix.count(place, "cannot-say"),
        "unnamed": vantage.unnamed,
        "middleboxes": vantage.middleboxes,
        "scans": [_scan(scan) for scan in vantage.scans],
    }


def _scan(scan: ScanResult) -> Record:
    return {
        "id": printable(scan.id),
        "started": moment(scan.started),
        "ended": moment(scan.ended),
        "partial": scan.partial,
        "scope": [printable(text) for text in scan.scope],
    }


def _device(row: DeviceReach, names: list[str]) -> Record:
    device = row.device
    told = {name: _shown(getattr(device, name)) for name in ("mac", "serial", "vendor", "brand", "model", "kind")}
    return {
        "id": printable(device.id),
        "address": printable(device.address),
        "addresses": [printable(address) for address in device.addresses],
        **told,
        "reach": [
            _cell(name, cell) | {"addresses": [printable(address) for address in addresses]}
            for name, cell, addresses in zip(names, row.cells, row.addresses, strict=True)
        ],
        "services": [_service(service, names) for service in row.services],
    }


def _service(service: ServiceReach, names: list[str]) -> Record:
    return {
        "transport": printable(service.transport),
        "port": service.port,
        "protocols": [printable(protocol) for protocol in service.protocols],
        "reach": [_cell(name, cell) for name, cell in zip(names, service.cells, strict=True)],
    }


def _cell(name: str, cell: Cell) -> Record:
    return {"vantage": name, "verdict": cell.verdict, "reason": _shown(cell.reason)}


def _shown(text: str | None) -> str | None:
    """Text from anywhere; what is not known stays so."""
    return None if text is None else printable(text)


def as_csv(matrix: Matrix) -> str:
    """One row for each device and vantage, without a port, and below it one for each of its ports."""
    return write_rows(COLUMNS, _rows(matrix))


def _rows(matrix: Matrix) -> Iterator[list[object]]:
    for row in matrix.devices:
        device = row.device
        told = [device.id, device.address, device.vendor, device.brand, device.model, device.serial, device.mac]
        for place, vantage in enumerate(matrix.vantages):
            cell = row.cells[place]
            yield [*told, vantage.name, None, None, None, cell.verdict, cell.reason, " ".join(row.addresses[place])]
            for service in row.services:
                port = [service.transport, service.port, " ".join(service.protocols)]
                yield [*told, vantage.name, *port, service.cells[place].verdict, service.cells[place].reason, None]
