"""What to do first: every exposure and every published vulnerability found, as one list of things to do.

There is no score. The order is: what is known to be exploited (CISA KEV) first, then by severity, then by how many
devices it concerns, then by name. Each entry says what it rests on.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from camscan.model import SEVERITIES, Action, AdvisoryVerdict, Device, Finding

UPDATE = "Update the firmware to the version that fixes them, or ask the maker or the seller for it."
NO_FIX = (
    "Not for all of them a fixed firmware is known: ask the maker, keep it where nobody else reaches it, or replace it."
)
_NOTHING_TO_DO = "info"


def actions(devices: Iterable[Device]) -> tuple[Action, ...]:
    """What there is to do, the most pressing first. Findings of severity info are no work."""
    listed = list(devices)
    return tuple(sorted((*_of_findings(listed), *_of_advisories(listed)), key=_order))


def _order(action: Action) -> tuple[bool, int, int, tuple[str, ...]]:
    return not action.exploited, -SEVERITIES.index(action.severity), -len(action.devices), action.reasons


def _of_findings(devices: list[Device]) -> Iterator[Action]:
    groups: dict[str, list[tuple[Device, Finding]]] = defaultdict(list)
    for device in devices:
        for finding in device.findings:
            if finding.is_open and finding.severity != _NOTHING_TO_DO:
                groups[finding.id].append((device, finding))
    for identity, group in groups.items():
        first = group[0][1]
        yield Action(
            severity=first.severity,
            exploited=False,
            remedy=first.remedy,
            reasons=(identity,),
            devices=tuple(dict.fromkeys(device.address for device, _ in group)),
        )


def _of_advisories(devices: list[Device]) -> Iterator[Action]:
    """A device stands once, under the worst that affects it; apart are those of which one has no known fix."""
    groups: dict[tuple[bool, str, bool], list[tuple[Device, AdvisoryVerdict]]] = defaultdict(list)
    for device in devices:
        affecting = [row for row in device.advisories if row.is_open]
        if affecting:
            level = max((row.kev, SEVERITIES.index(row.severity)) for row in affecting)
            worst = [row for row in affecting if (row.kev, SEVERITIES.index(row.severity)) == level]
            fixable = all(row.fixed_in for row in worst)
            groups[worst[0].kev, worst[0].severity, fixable] += ((device, row) for row in worst)
    for (exploited, severity, fixable), rows in groups.items():
        yield Action(
            severity=severity,
            exploited=exploited,
            remedy=UPDATE if fixable else NO_FIX,
            reasons=tuple(dict.fromkeys(row.id for _, row in rows)),
            devices=tuple(dict.fromkeys(device.address for device, _ in rows)),
        )
