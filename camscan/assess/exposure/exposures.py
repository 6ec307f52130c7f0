"""A device → its exposure findings, rule by rule, in the order of the data file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from camscan.assess.exposure.case import Answer, Case, Exposed, Surroundings, Unsaid, case_of
from camscan.assess.exposure.rules import RULES
from camscan.assess.exposure.services import Offer, offered
from camscan.model import MAKERS, Device, Finding

UNSAID = 1024  # findings of what cannot be said that are kept; of one network there are a few dozen
KINDS = (
    "camera", "recorder", "intercom", "access-control", "thermal-camera",
    "anpr-camera", "doorbell", "encoder", "alarm-panel",
)  # fmt: skip
"""Devices of other makers that do the same work are judged too; printers and routers are not what this is about."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exposure:
    """What is said when a rule of this id finds something. `why` is what it means for the owner, `seen` how it shows.
    `offer` is set where the rule is no more than a port or protocol that is open. `examples` are devices with what is
    expected of them. An exposure equals itself only: it is looked up by, and its examples are long."""

    id: str
    title: str
    severity: str
    why: str
    seen: str
    remedy: str
    source: str
    date: str
    offer: Offer | None
    examples: tuple[dict[str, Any], ...]


def exposure_findings(device: Device, exposures: Sequence[Exposure], around: Surroundings) -> tuple[Finding, ...]:
    """What the device lays open, and of what that cannot be said; nothing for what is no such device."""
    if not exposures or not is_concerned(device):
        return ()
    return tuple(_findings(device, exposures, around))


def is_concerned(device: Device) -> bool:
    """Whether these rules are about such a device."""
    return device.vendor in MAKERS or device.kind in KINDS


def _findings(device: Device, exposures: Sequence[Exposure], around: Surroundings) -> Iterator[Finding]:
    case = case_of(device, around)
    for exposure in exposures:
        found = answer(exposure, case)
        if isinstance(found, (Exposed, Unsaid)):
            yield finding(exposure, found)


def answer(exposure: Exposure, case: Case) -> Answer:
    """What the rule of this exposure says."""
    return offered(case, exposure.offer) if exposure.offer else RULES[exposure.id](case)


def finding(exposure: Exposure, answer: Exposed | Unsaid) -> Finding:
    """The finding that an answer makes."""
    if isinstance(answer, Unsaid):
        return _unsaid(exposure, answer.reason)
    return _finding(exposure, answer, None)


@lru_cache(maxsize=UNSAID)
def _unsaid(exposure: Exposure, reason: str) -> Finding:
    """Of thousands of devices the same cannot be said for the same reason: one object serves them all."""
    return _finding(exposure, Exposed(evidence=(), sure=0.0), reason)


def _finding(exposure: Exposure, shown: Exposed, reason: str | None) -> Finding:
    return Finding(
        id=exposure.id,
        state="found" if reason is None else "cannot-say",
        severity=exposure.severity,
        confidence=shown.sure,
        evidence=shown.evidence,
        reason=reason,
        remedy=exposure.remedy,
        source=exposure.source,
        date=exposure.date,
    )
