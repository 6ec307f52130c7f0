"""What the inventory and the data files say, as the dossier that reports are made of."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camscan.change import Comparison
    from camscan.decision import Decision
    from camscan.dossier import Dossier, Sheet
    from camscan.inventory.store import Inventory, Transaction
    from camscan.register import ScanEntry

SCANS = 30  # the last of the inventory whose coverage is told: a month of nights


def dossier_of(inventory: "Inventory", since: str | None, every: bool, evidence: bool | None) -> "Dossier":
    """It as it stands now: what changed `since` that scan, or the one before the last; with `evidence` of devices, or,
    where nobody says whether it is wanted, of up to a thousand."""
    from camscan.cli.evidence import BY_ITSELF, with_evidence
    from camscan.cli.known import load_known
    from camscan.cli.places import places_in
    from camscan.cli.titles import names_of, titles_of
    from camscan.dossier import Dossier
    from camscan.inventory.last_asked import last_asked
    from camscan.inventory.listing import Filter, listed
    from camscan.inventory.scans import all_scans
    from camscan.inventory.sheets import sheets
    from camscan.inventory.timeline import timeline
    from camscan.register import SINGLE

    now, known = time.time(), load_known()
    with inventory.reading() as connection:
        scans = all_scans(connection)
        there = sheets(connection, now=now)
        explained = len(there) <= BY_ITSELF if evidence is None else evidence
        if explained:
            there = with_evidence(connection, there, known)
        places = places_in(connection)
        return Dossier(
            now=now,
            place=inventory.name,
            scans=tuple(scans),
            sheets=tuple(there),
            gone=tuple(listed(connection, Filter(gone=True), SINGLE, now=now)),
            moments=tuple(timeline(connection)),
            comparison=_compared(connection, scans, since),
            decisions=tuple(_in_force(connection, now)),
            asked=tuple(last_asked(connection, SCANS)),
            channels=_channels(connection, there),
            titles=titles_of(known),
            names=names_of(known),
            data=known.assessment.dates,
            said=places.said,
            progress=places.progress,
            every=every,
            explained=explained,
        )


def _compared(connection: "Transaction", scans: "Sequence[ScanEntry]", since: str | None) -> "Comparison | None":
    """What the last row of the register changed, with those since the scan before the last one."""
    from camscan.cli.diff import compared

    if since is not None:
        return compared(connection, since, None)
    asked = [one.number for one in scans if one.kind in ("scan", "replay")]
    return compared(connection, str(asked[-2]), None) if len(asked) > 1 else None


def _in_force(connection: "Transaction", now: float) -> "list[Decision]":
    from camscan.inventory.decisions import all_decisions

    return [one.decision for one in all_decisions(connection) if one.decision.holds(now)]


def _channels(connection: "Transaction", devices: "Sequence[Sheet]") -> dict[str, int]:
    """The network channels that each recorder of the two makers announces, by its id."""
    from camscan.assess.overview.channels import PROTOCOLS, announced
    from camscan.assess.overview.makers import RECORDER
    from camscan.identify.match import observe
    from camscan.inventory.replies import words_of
    from camscan.model import MAKERS
    from camscan.protocols.registry import load_protocols

    recorders = [one for one in devices if one.device.kind == RECORDER and one.device.vendor in MAKERS]
    whose = {number: one.device.id for one in recorders for number in one.numbers}
    found: dict[str, int] = {}
    for number, reply in words_of(connection, list(whose), PROTOCOLS):
        channels = announced(observe(reply, load_protocols()))
        if channels is not None:
            found[whose[number]] = max(channels, found.get(whose[number], 0))
    return found
