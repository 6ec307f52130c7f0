"""The third stage whole: what is to be said of a device, once it is known what it is."""

from dataclasses import replace

from camscan.assess.assessment import Assessment
from camscan.model import AdvisoryVerdict, Device, Finding, PolicyVerdict


def assess(device: Device, known: Assessment) -> Device:
    """The device with its findings, advisories and verdicts. A middlebox has none: it is not what it looks like."""
    if device.middlebox is not None:
        return device
    return replace(
        device,
        findings=_findings(device, known),
        advisories=_advisories(device, known),
        verdicts=_verdicts(device, known),
    )


def _findings(device: Device, known: Assessment) -> tuple[Finding, ...]:
    return ()


def _advisories(device: Device, known: Assessment) -> tuple[AdvisoryVerdict, ...]:
    return ()


def _verdicts(device: Device, known: Assessment) -> tuple[PolicyVerdict, ...]:
    return ()
