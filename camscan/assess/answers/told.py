"""Exposures as questions: of how many devices it is so, is not so, and cannot be said.

An exposure that was judged and stands on a device in neither way is not so. A device on which nothing stands at all was
perhaps never judged, and of a device of other makers some rules say nothing: of both it cannot be said.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from camscan.answer import Told
from camscan.dossier import Share, Sheet
from camscan.model import MAKERS, Finding

CLOUD = "cloud-enabled"
ASKED = (
    CLOUD, "port-forwarded", "rtsp-without-login", "web-api-without-login", "onvif-settings-without-login",
    "never-activated", "discovery-across-router", "telnet-open", "clear-text-management",
)  # fmt: skip
"""Those that readers ask after: who can reach a device, and what it gives to whom."""

UNJUDGED = "nothing is judged of it"


def told(devices: Sequence[Sheet]) -> Mapping[str, Told]:
    """By the id of the exposure."""
    found = [(one, {row.id: row for row in one.device.findings}) for one in devices]
    return {name: _told(name, found) for name in ASKED}


def _told(name: str, devices: Sequence[tuple[Sheet, Mapping[str, Finding]]]) -> Told:
    answers = [(_stands(one, found, name), found.get(name)) for one, found in devices]
    reasons = Counter((row.reason if row else None) or UNJUDGED for so, row in answers if so is None)
    return Told(
        id=name,
        so=sum(so is True for so, _ in answers),
        not_so=sum(so is False for so, _ in answers),
        unsaid=reasons.total(),
        reasons=tuple(Share(label=text, count=count) for text, count in reasons.most_common()),
    )


def stands(one: Sheet, name: str) -> bool | None:
    """Whether it is so on a device; None where that cannot be said."""
    return _stands(one, {row.id: row for row in one.device.findings}, name)


def _stands(one: Sheet, found: Mapping[str, Finding], name: str) -> bool | None:
    row = found.get(name)
    if row is not None:
        return True if row.state == "found" else None
    return False if found and one.device.vendor in MAKERS else None
