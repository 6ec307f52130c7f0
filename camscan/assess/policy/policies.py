"""The policies that devices are held against: those chosen for all, and those that a device's site has chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from camscan.assess.site import Site
from camscan.model import Device, PolicyVerdict

if TYPE_CHECKING:
    from camscan.assess.policy.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Those that are known by id, the ids chosen for every device, and the sites. None is on unless chosen."""

    known: "Mapping[str, Policy]" = field(default_factory=dict)
    chosen: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()


NO_POLICIES = Policies()


def policy_verdicts(device: Device, site: Site, policies: Policies) -> tuple[PolicyVerdict, ...]:
    """What each policy chosen says of the device, those chosen for all first."""
    ids = dict.fromkeys((*policies.chosen, *site.policies))
    if not ids:
        return ()
    from camscan.assess.policy.verdict import policy_verdict, subject_of

    return tuple(policy_verdict(policies.known[name], subject_of(device), site) for name in ids)
