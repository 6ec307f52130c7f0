"""The third stage whole: what is to be said of a device, once it is known what it is."""

from dataclasses import replace

from camscan.assess.advisory.verdicts import advisory_verdicts
from camscan.assess.assessment import Assessment
from camscan.assess.exposure.case import ALONE, Surroundings
from camscan.assess.exposure.exposures import exposure_findings
from camscan.assess.lifecycle import lifecycle_findings
from camscan.assess.policy.policies import policy_verdicts
from camscan.assess.site import site_of
from camscan.assess.subject import subject_of
from camscan.model import Device


def assess(device: Device, known: Assessment, around: Surroundings = ALONE) -> Device:
    """The device with its findings, advisories and verdicts. A middlebox has none: it is not what it looks like.
    `around` is what the whole run knows beside the device."""
    if device.middlebox is not None:
        return device
    site, subject = site_of(device.address, known.policies.sites), subject_of(device)
    return replace(
        device,
        district=site.district,
        site=site.name,
        building=site.building,
        room=site.room,
        findings=(
            *exposure_findings(device, known.exposures, around),
            *lifecycle_findings(subject, known.lifecycle),
        ),
        advisories=advisory_verdicts(subject, known.advisories),
        verdicts=policy_verdicts(device, site, known.policies),
    )
