"""identify → assess: what replies prove, whether a scan has just heard them or somebody recorded them.

No packet is sent, and nothing that could send one is loaded.
"""

from collections.abc import Iterable

from camscan.assess.assess import assess
from camscan.assess.assessment import Assessment
from camscan.assess.exposure.surroundings import surroundings_of
from camscan.assess.priorities import actions
from camscan.identify.identify import Identification
from camscan.identify.knowledge_base import Knowledge
from camscan.model import Coverage, ScanResult
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply

UNASSESSED = Assessment()


def judge(
    replies: Iterable[Reply],
    knowledge: Knowledge,
    *,
    scan_id: str,
    known: Assessment = UNASSESSED,
    rows: tuple[Coverage, ...] = (),
) -> ScanResult:
    """What these replies prove. The networks of the coverage help to tell a middlebox."""
    return concluded(noted(replies, knowledge), known, scan_id=scan_id, rows=rows)


def noted(replies: Iterable[Reply], knowledge: Knowledge) -> Identification:
    """An identification that has heard these replies, and may hear more."""
    identification = Identification(load_protocols(), knowledge)
    for reply in replies:
        identification.note(reply)
    return identification


def concluded(
    identification: Identification,
    known: Assessment,
    *,
    scan_id: str,
    rows: tuple[Coverage, ...],
    asked_ports: frozenset[int] | None = None,
) -> ScanResult:
    """The devices in what was noted, assessed; without what only a scan knows of itself. `asked_ports` are the TCP
    ports that were tried at every host, if that is known."""
    found = identification.result(row.network for row in rows if row.state != "not-possible")
    around = surroundings_of(found.observations, asked_ports)
    devices = tuple(assess(device, known, around) for device in found.devices)
    return ScanResult(
        id=scan_id,
        started=None,
        ended=None,
        scope=(),
        vantage=None,
        partial=False,
        devices=devices,
        coverage=rows,
        undecoded=found.undecoded,
        observations=found.observations,
        actions=actions(devices),
        asked_ports=asked_ports,
        data={"fingerprints": identification.knowledge.date, **known.dates},
    )
