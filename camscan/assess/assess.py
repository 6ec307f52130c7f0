"""The third stage whole: what is to be said of a device, once it is known what it is."""

from dataclasses import replace

from camscan.assess.advisories import advisory_verdicts
from camscan.assess.assessment import Assessment
from camscan.model import Device


def assess(device: Device, known: Assessment) -> Device:
    """The device with its findings, advisories and verdicts. A middlebox has none: it is not what it looks like."""
    if device.middlebox is not None:
        return device
    return replace(device, findings=(), advisories=advisory_verdicts(device, known.advisories), verdicts=())
