"""Dossiers of made-up devices."""

from dataclasses import replace
from typing import Any

from camscan.dossier import Dossier, Sheet
from camscan.register import ScanEntry
from tests import report_rig

NOW = 1_795_000_000.0  # 18 November 2026
COMPLETE = ScanEntry(
    number=1, id="s", kind="scan", started=NOW, ended=NOW, recorded=NOW, scope=("10.0.0.0/24",), vantage=None,
    partial=False, failure=None, complete=True, data={}, tool_version="1",
)  # fmt: skip


def unit(number: int, vantages: tuple[str, ...] = (), **changes: Any) -> Sheet:
    device = report_rig.device(f"10.0.0.{number}", **({"vendor": "hikvision", "brand": "hikvision"} | changes))
    return Sheet(numbers=(number,), device=replace(device, id=f"d{number}"), vantages=vantages)


def dossier(*sheets: Sheet, **changes: Any) -> Dossier:
    return Dossier(**({"now": NOW, "place": "x", "scans": (COMPLETE,), "sheets": sheets} | changes))
