"""Results of scans, small and written by hand, for whoever holds them against each other."""

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import camscan
from camscan.assess.vantage.matrix import matrix
from camscan.identify.sameness import longest_of
from camscan.model import Coverage, Device, Middlebox, ScanResult, Service
from camscan.reach import Cell, DeviceReach, Matrix
from camscan.report.document import as_document
from tests.report_rig import device

PORTS = (80, 443, 554, 8000, 37777)
NOON = 1_795_000_000.0
HOUR = 3600.0
NETWORK = "10.0.0.0/24"


def services(address: str, *texts: str) -> tuple[Service, ...]:
    """`tcp/80/http`, … at an address."""
    parts = (text.split("/") for text in texts)
    return tuple(Service(address=address, port=int(p), transport=t, protocol=name) for t, p, name in parts)


def cam(address: str = "10.0.0.64", *heard: str, **changes: Any) -> Device:
    """A Hikvision camera that was heard at these ports."""
    known = {"vendor": "hikvision", "confidence": {"vendor": 0.9}, "model": "DS-2CD2042WD-I"}
    return device(address, services=services(address, *(heard or ("tcp/80/http", "tcp/554/rtsp"))), **known | changes)


def numbered(serial: str, address: str = "10.0.0.64", *heard: str, **changes: Any) -> Device:
    """The same with a serial."""
    return cam(address, *heard, id=f"serial-{serial.casefold()}", serial=serial, **changes)


def box(*addresses: str, ports: Iterable[str] = ("tcp/80/http",)) -> Device:
    """A middlebox that answers for these addresses."""
    told = Middlebox(addresses=len(addresses), networks=(NETWORK,), reason="they say the same")
    first = addresses[0]
    return device(first, addresses=addresses, middlebox=told, services=services(first, *ports))


def row(channel: str = "tcp connect", network: str = NETWORK, state: Any = "asked", **changes: Any) -> Coverage:
    ports = PORTS if channel.startswith("tcp") else ()
    """What a channel did; the one that asks only known hosts is marked as in a scan."""
    told = Coverage(
        interface="eth0", network=network, channel=channel, state=state, asked=254, answered=1, silent=253, ports=ports
    )
    told = replace(told, only_known=channel == "snmp_engine unicast")
    return replace(told, **changes)


def scan(
    vantage: str,
    *devices: Device,
    scope: tuple[str, ...] = (NETWORK,),
    rows: tuple[Coverage, ...] | None = None,
    hour: float = 0,
    **changes: Any,
) -> ScanResult:
    """A scan that asked all of its networks to the end, so many hours after noon."""
    swept = tuple(text for text in scope if " " not in text)
    every = tuple(row(c, n) for n in swept for c in ("tcp connect", "sadp unicast", "icmp echo"))
    told = ScanResult(
        id=f"{vantage}-{hour}",
        started=NOON + hour * HOUR,
        ended=NOON + hour * HOUR + 60,
        scope=scope,
        vantage=vantage,
        partial=False,
        devices=devices,
        coverage=every if rows is None else rows,
        undecoded=(),
        data={"fingerprints": "2026-11-22"},
    )
    return replace(told, **changes)


def held(*scans: ScanResult, **options: Any) -> Matrix:
    return matrix(scans, longest_of, **options)


def only(*scans: ScanResult, **options: Any) -> DeviceReach:
    """The one device of these scans."""
    (found,) = held(*scans, **options).devices
    return found


def verdicts(cells: Iterable[Cell]) -> list[str]:
    return [cell.verdict for cell in cells]


def document(result: ScanResult) -> dict[str, Any]:
    """The result as `camscan scan --format json` writes it, as plain data."""
    written = as_document(result, camscan.__version__)
    whole = {key: list(value) if key in ("devices", "undecoded") else value for key, value in written.items()}
    data: dict[str, Any] = json.loads(json.dumps(whole))
    return data


def file(path: Path, result: ScanResult | dict[str, Any]) -> str:
    """The result in a file."""
    path.write_text(json.dumps(result if isinstance(result, dict) else document(result)), encoding="utf-8")
    return str(path)
