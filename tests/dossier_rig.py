"""Dossiers of made-up devices."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from camscan.dossier import Dossier, Sheet
from camscan.inventory.site_tree import site_tree
from camscan.inventory.sites import WEIGHTY
from camscan.model import MAKERS
from camscan.place import WHERE, Location
from camscan.register import ScanEntry
from camscan.removal import Removal, SiteCount, Tally
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
    made = Dossier(**({"now": NOW, "place": "x", "scans": (COMPLETE,), "sheets": sheets} | changes))
    return made if "sites" in changes else replace(made, sites=tuple(_sites(made)))


def _sites(made: Dossier) -> Iterator[SiteCount]:
    """What `camscan sites` would count of them, where the last scan heard everybody, and one more of another maker
    with something of everything at each."""
    ours = [(one.where, one) for one in made.sheets if one.device.vendor in MAKERS and not one.is_middlebox]
    gone = [Location(**{name: one.values.get(name) for name in WHERE}) for one in made.gone]
    found = {where: _counted([one for at, one in ours if at == where], gone.count(where))
             for where in {*(at for at, _ in ours), *gone}}  # fmt: skip
    yield from site_tree(found, made.said, "site")


def _counted(devices: Sequence[Sheet], gone: int) -> tuple[Tally, Removal]:
    known = [one.device for one in devices]
    exposed = sum(any(row.severity in WEIGHTY for row in one.findings if row.is_open) for one in known)
    exploited = sum(any(row.kev for row in one.advisories if row.is_open) for one in known)
    tally = Tally(
        devices=len(known) + 1,
        makers=len(known),
        rebranded=sum(one.brand not in (None, one.vendor) for one in known),
        exposed=exposed + 1,
        exploited=exploited + 1,
        makers_exposed=exposed,
        makers_exploited=exploited,
    )
    return tally, Removal(replaced=gone, left=len(known))
