"""A scan's JSON held against policies of today: what the document says of devices stays, the verdicts are new."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from camscan.cli.chosen import NOTHING, Chosen, chosen_policies

if TYPE_CHECKING:
    from camscan.assess.policy.policies import Policies
    from camscan.report.shape import Device, Document


def held_anew(document: "Document", chosen: Chosen, directory: Path | None) -> "Document":
    """The document with a verdict of each policy chosen; those of other policies stay as they were given then."""
    if chosen == NOTHING:
        return document
    policies = chosen_policies(chosen, directory)
    return document.model_copy(update={"devices": [_held(device, policies) for device in document.devices]})


def _held(record: "Device", policies: "Policies") -> "Device":
    from camscan.assess.policy.policies import policy_verdicts
    from camscan.assess.site import site_of
    from camscan.report.readback import device_of
    from camscan.report.shape import Verdict

    if record.middlebox is not None:
        return record
    site = site_of(record.address, policies.sites)
    made = [Verdict(**asdict(one)) for one in policy_verdicts(device_of(record), site, policies)]
    renewed = {verdict.policy for verdict in made}
    kept = [verdict for verdict in record.verdicts if verdict.policy not in renewed]
    return record.model_copy(update={"verdicts": [*kept, *made], "site": site.name if policies.sites else record.site})
