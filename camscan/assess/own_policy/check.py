"""Devices against a policy of one's own: each rule that a device breaks, or of which that cannot be said.

What is not known is never taken for good: an unknown maker is not among those allowed, and not proved to be none of
those denied, so either cannot be said. A capability that was not seen is not proved absent; only what was seen, or what
the model number says, breaks a rule. Without an approved list nobody has to stand on one.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

from camscan.assess.firmware import compare, read_firmware
from camscan.assess.own_policy.policy import Approval, Ban, OwnPolicy
from camscan.model import SEVERITIES, Device, Finding

SameValue = Callable[[str, str, str], bool]
"""Whether two values of an attribute agree: (attribute, one, other)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A rule that a device breaks (`fail`), or of which that cannot be said, and why."""

    device: Device
    rule: str
    answer: Literal["fail", "cannot-say"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How many devices were judged, how many the policy is not about, and what they break."""

    judged: int
    left_out: int
    broken: tuple[Broken, ...]
    passed: bool


def check(devices: Iterable[Device], policy: OwnPolicy, today: date, same: SameValue) -> Checked:
    """Every device against every rule. `today` is the day for which approvals must hold."""
    listed = list(devices)
    judged = [device for device in listed if _is_about(policy, device)]
    broken = tuple(one for device in judged for one in _broken(device, policy, today, same))
    failing = {"fail", "cannot-say"} if policy.unknown == "fail" else {"fail"}
    return Checked(
        judged=len(judged),
        left_out=len(listed) - len(judged),
        broken=broken,
        passed=not any(one.answer in failing for one in broken),
    )


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text is of the pattern: `*` is anything, `?` one character; case does not matter."""
    return fnmatchcase(text.casefold(), pattern.casefold().replace("[", "[[]"))


def _is_about(policy: OwnPolicy, device: Device) -> bool:
    other_kind = policy.kinds is not None and device.kind is not None and device.kind not in policy.kinds
    other_maker = policy.makers is not None and device.vendor is not None and device.vendor not in policy.makers
    return not (other_kind or other_maker)


def _broken(device: Device, policy: OwnPolicy, today: date, same: SameValue) -> Iterator[Broken]:
    if device.middlebox is not None:
        reason = f"a middlebox answers for {device.middlebox.addresses:,} addresses; what stands behind it is not seen"
        yield Broken(device=device, rule="device", answer="cannot-say", reason=reason)
        return
    yield from _maker(device, policy)
    yield from _model(device, policy)
    yield from _firmware(device, policy)
    yield from _capabilities(device, policy)
    yield from _exposure(device, policy)
    yield from _approval(device, policy, today, same)


def _maker(device: Device, policy: OwnPolicy) -> Iterator[Broken]:
    if device.vendor is None:
        if policy.makers_allowed is not None or policy.makers_denied:
            yield Broken(device=device, rule="maker", answer="cannot-say", reason="its maker is not known")
    elif device.vendor in policy.makers_denied:
        yield Broken(device=device, rule="maker", answer="fail", reason=f"{_made(device)}, which is denied")
    elif policy.makers_allowed is not None and device.vendor not in policy.makers_allowed:
        yield Broken(device=device, rule="maker", answer="fail", reason=f"{_made(device)}, which is not allowed")


def _made(device: Device) -> str:
    sold = f" and sold as {device.brand}" if device.brand not in (None, device.vendor) else ""
    return f"made by {device.vendor} ({device.confidence.get('vendor', 0.0):.0%} sure){sold}"


def _model(device: Device, policy: OwnPolicy) -> Iterator[Broken]:
    if policy.models_allowed is None:
        return
    if device.model is None:
        yield Broken(device=device, rule="model", answer="cannot-say", reason="its model is not known")
    elif not any(matches(device.model, pattern) for pattern in policy.models_allowed):
        yield Broken(device=device, rule="model", answer="fail", reason=f"model {device.model} is not allowed")


def _firmware(device: Device, policy: OwnPolicy) -> Iterator[Broken]:
    """Floors concern the models they name; whether an unknown model may be here at all is for other rules."""
    for floor in policy.floors:
        if device.model is None or not matches(device.model, floor.model):
            continue
        rule, runs = f"firmware {floor.model}", read_firmware(device.firmware, device.build)
        order = compare(runs, read_firmware(floor.least))
        if order.sign is None:
            shown = f"it runs {runs.text}: " if runs.text else ""
            yield Broken(device=device, rule=rule, answer="cannot-say", reason=f"{shown}{order.why}")
        elif order.sign < 0:
            reason = f"it runs {runs.text}, older than {floor.least}"
            yield Broken(device=device, rule=rule, answer="fail", reason=reason)


def _capabilities(device: Device, policy: OwnPolicy) -> Iterator[Broken]:
    for capability in device.capabilities:
        if capability.id not in policy.capabilities_denied:
            continue
        how = "observed: the device says so" if capability.state == "observed" else "inferred: its model number says so"
        off = ", switched off" if capability.enabled is False else ""
        yield Broken(device=device, rule=f"capability {capability.id}", answer="fail", reason=f"{how}{off}")


def _exposure(device: Device, policy: OwnPolicy) -> Iterator[Broken]:
    for ban in policy.bans:
        least = SEVERITIES.index(ban.least)
        for finding in device.findings:
            if matches(finding.id, ban.finding) and SEVERITIES.index(finding.severity) >= least:
                yield _banned(device, ban, finding)


def _banned(device: Device, ban: Ban, finding: Finding) -> Broken:
    rule = f"exposure {ban.finding}"
    if finding.state == "cannot-say":
        reason = f"finding {finding.id}: {finding.reason or 'it cannot be said'}"
        return Broken(device=device, rule=rule, answer="cannot-say", reason=reason)
    reason = f"finding {finding.id} is {finding.severity}"
    return Broken(device=device, rule=rule, answer="fail", reason=reason)


def _approval(device: Device, policy: OwnPolicy, today: date, same: SameValue) -> Iterator[Broken]:
    if not policy.approved:
        return
    own = [approval for approval in policy.approved if _is_of(approval, device, same)]
    if not own:
        reason = "it stands on no entry of the approved list"
        yield Broken(device=device, rule="approved", answer="fail", reason=reason)
    elif not any(approval.until >= today for approval in own):
        latest = max(approval.until for approval in own)
        yield Broken(device=device, rule="approved", answer="fail", reason=f"its approval ended on {latest}")


def _is_of(approval: Approval, device: Device, same: SameValue) -> bool:
    """The first identifier that both have decides: another camera at an approved address is not the approved one."""
    if approval.serial and device.serial:
        return same("serial", approval.serial, device.serial)
    if approval.mac and device.mac:
        return _digits(approval.mac) == _digits(device.mac)
    return approval.address in device.addresses


def _digits(mac: str) -> str:
    """`44-19-B6-01-02-03` and `44:19:b6:01:02:03` are one."""
    return "".join(character for character in mac.casefold() if character.isalnum())
