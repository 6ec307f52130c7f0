"""How much what was found matters: the question that an exit code answers."""

from collections.abc import Iterable

from camscan.model import SEVERITIES, Device


def matters(device: Device, least: str) -> bool:
    """Whether a finding of this device, or an advisory that affects it, is at least this severe.

    What cannot be said counts for nothing here: an exit code that is always 1 tells nobody anything.
    """
    found = [finding.severity for finding in device.findings if finding.is_open]
    found += [row.severity for row in device.advisories if row.is_open]
    return any(SEVERITIES.index(severity) >= SEVERITIES.index(least) for severity in found)


def how_many(devices: Iterable[Device], least: str) -> int:
    """The number of devices that matter so much."""
    return sum(1 for device in devices if matters(device, least))
