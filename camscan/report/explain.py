"""Why a device is what camscan says: the chain from reply to claim, rule by rule, and what spoke against it.

Works on the published shape, so that a scan of last year explains itself as well as a replay does. The data of an
explanation is complete: every claim and every conflict of the device stands in it once.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from camscan.report import shape
from camscan.report.explained_advisories import NOTHING_TOLD, TOLD, Told, advisory_parts, in_order_of_concern
from camscan.report.explained_findings import finding_parts
from camscan.report.terminal import Part, heading, line, to_text
from camscan.report.verdicts import verdict_parts

SINGLE = ("vendor", "brand", "model", "firmware", "build", "serial", "kind", "mac")
"""Attributes of which a device has one, in the order of interest; all others follow as they come."""

CAPABILITY = "capability"
INCOMPLETE = "A later firmware may add capabilities; what is not listed was not seen, which does not prove it absent."

HOW_SURE = (
    "How sure: of each protocol the best claim for a value counts, and protocols add up; half of what the next value "
    "has is taken off; a sign of an imitation or a middlebox leaves at most a half."
)

_Record = TypeVar("_Record", shape.Evidence, shape.Conflict)

SameValue = Callable[[str, str, str], bool]
"""Whether two values of an attribute agree: (attribute, one, other)."""


def explanation(device: shape.Device, same: SameValue, told: Told = NOTHING_TOLD) -> dict[str, Any]:
    """The reasoning as plain data: per attribute the value, its confidence, the claims for, and what is against it.

    `told` is what is known of each advisory, by id; of one that is not in it only the verdict is told.
    """
    claims = _by_attribute(device.evidence)
    conflicts = _by_attribute(device.conflicts)
    names = dict.fromkeys((*SINGLE, *(name for name in claims if name != CAPABILITY), *conflicts))
    attributes = [_attribute(device, name, claims.get(name, []), conflicts.get(name, []), same) for name in names]
    capable = _by_value(claims.get(CAPABILITY, []))
    return {
        "id": device.id,
        "address": device.address,
        "addresses": device.addresses,
        "middlebox": device.middlebox.model_dump(mode="json") if device.middlebox else None,
        "summary": list(_summary(device, attributes)),
        "attributes": attributes,
        "capabilities": [_capability(capability, capable.get(capability.id, [])) for capability in device.capabilities],
        "capabilities_note": INCOMPLETE,
        "confidence_note": HOW_SURE,
        "weak_capabilities": _plain(_unstated(device, capable)),
        "site": device.site,
        "verdicts": [verdict.model_dump(mode="json") for verdict in device.verdicts],
        "findings": [finding.model_dump(mode="json") for finding in device.findings],
        "advisories": [_advisory(one, told) for one in in_order_of_concern(device.advisories)],
        "services": [service.model_dump(mode="json") for service in device.services],
    }


def _by_attribute(records: Iterable[_Record]) -> dict[str, list[_Record]]:
    grouped: dict[str, list[_Record]] = defaultdict(list)
    for record in records:
        grouped[record.attribute].append(record)
    return grouped


def _attribute(
    device: shape.Device,
    name: str,
    claims: Iterable[shape.Evidence],
    conflicts: Iterable[shape.Conflict],
    same: SameValue,
) -> dict[str, Any]:
    value = getattr(device, name) if name in SINGLE else None
    sides: tuple[list[shape.Evidence], list[shape.Evidence]] = ([], [])
    for claim in sorted(claims, key=lambda e: -e.confidence):
        sides[value is None or same(name, claim.value, value)].append(claim)
    against, speaks_for = sides
    return {
        "attribute": name,
        "value": value,
        "confidence": device.confidence.get(name) if value is not None else None,
        "evidence": _plain(speaks_for),
        "against": _plain(against),
        "conflicts": _plain(conflicts),
    }


def _plain(records: Iterable[shape.Evidence | shape.Conflict]) -> list[dict[str, Any]]:
    return [record.model_dump(mode="json") for record in records]


def _by_value(claims: Iterable[shape.Evidence]) -> dict[str, list[shape.Evidence]]:
    grouped: dict[str, list[shape.Evidence]] = defaultdict(list)
    for claim in claims:
        grouped[claim.value].append(claim)
    return grouped


def _capability(capability: shape.Capability, claims: Iterable[shape.Evidence]) -> dict[str, Any]:
    return capability.model_dump(mode="json") | {"evidence": _plain(claims)}


def _advisory(advisory: shape.Advisory, told: Told) -> dict[str, Any]:
    known = told.get(advisory.id, {})
    return advisory.model_dump(mode="json") | {name: known.get(name) for name in TOLD}


def _unstated(device: shape.Device, capable: Mapping[str, list[shape.Evidence]]) -> Iterator[shape.Evidence]:
    """Claims of capabilities that the device is not said to have."""
    stated = {capability.id for capability in device.capabilities}
    return (claim for name, claims in capable.items() if name not in stated for claim in claims)


def _summary(device: shape.Device, attributes: list[dict[str, Any]]) -> Iterator[str]:
    """What it is in a sentence or two, each with its best reason."""
    best = {a["attribute"]: a["evidence"][0] for a in attributes if a["value"] is not None and a["evidence"]}
    if device.middlebox:
        alike = ", or as many alike devices that tell nothing of their own" if "vendor" in best else ""
        yield f"A middlebox{alike}: {device.middlebox.reason}. What follows is what it says at one of them."
    if "vendor" in best:
        made = "It looks made" if device.middlebox else "Made"
        yield f"{made} by {device.vendor}{_sure(device, 'vendor')}, because {_reason(best['vendor'])}."
    else:
        yield "Who made it is not proved."
    if "brand" in best:
        sold = "under the maker's own name" if device.brand == device.vendor else f"as {device.brand}"
        yield f"Sold {sold}{_sure(device, 'brand')}, because {_reason(best['brand'])}."
    if device.conflicts:
        count = len(device.conflicts)
        verb = "conflict speaks" if count == 1 else "conflicts speak"
        yield f"{count} {verb} against it: the lines that begin with !."


def _sure(device: shape.Device, attribute: str) -> str:
    confidence = device.confidence.get(attribute)
    return "" if confidence is None else f" ({confidence:.0%} sure)"


def _reason(claim: dict[str, Any]) -> str:
    return f'{claim["protocol"]} says {claim["field"]} "{claim["text"]}"'


def as_explanation(reasoning: dict[str, Any], *, terminal: bool = False, width: int = 80) -> str:
    """The reasoning for a person: `+` speaks for the value, `-` against it, `!` is what disagrees."""
    return to_text(_parts(reasoning), terminal=terminal, width=width)


def _parts(reasoning: dict[str, Any]) -> Iterator[Part]:
    yield line(f"{reasoning['address']}{_also(reasoning)}{_at(reasoning)}  ({reasoning['id']})", "bold")
    yield from (line(text) for text in reasoning["summary"])
    silent = [attribute for attribute in reasoning["attributes"] if _is_silent(attribute)]
    for attribute in (a for a in reasoning["attributes"] if not _is_silent(a)):
        yield from heading(_title(attribute))
        yield from _claims("+", attribute["evidence"])
        yield from _claims("-", attribute["against"])
        yield from (line(_conflict(conflict), "yellow") for conflict in attribute["conflicts"])
    yield from _capabilities(reasoning)
    yield from finding_parts(reasoning["findings"])
    yield from advisory_parts(reasoning["advisories"])
    yield from verdict_parts(reasoning["verdicts"])
    if reasoning["services"]:
        yield from heading("services")
        yield from (
            line(f"  {s['address']} {s['transport']} {s['port']}: {s['protocol']}") for s in reasoning["services"]
        )
    yield line("")
    if silent:
        yield line(f"Unknown, nothing was heard: {', '.join(attribute['attribute'] for attribute in silent)}.")
    yield line(reasoning["confidence_note"], "dim")


def _is_silent(attribute: dict[str, Any]) -> bool:
    return attribute["value"] is None and not (attribute["evidence"] or attribute["against"] or attribute["conflicts"])


def _also(reasoning: dict[str, Any]) -> str:
    others = [address for address in reasoning["addresses"] if address != reasoning["address"]]
    if reasoning["middlebox"]:
        return f" and {len(others):,} other addresses"
    return f", also at {' '.join(others)}" if others else ""


def _at(reasoning: dict[str, Any]) -> str:
    return f" at {reasoning['site']}" if reasoning["site"] else ""


def _title(attribute: dict[str, Any]) -> str:
    name = attribute["attribute"].replace("_", " ")
    if attribute["value"] is not None:
        sure = attribute["confidence"]
        return f"{name}: {attribute['value']}" + ("" if sure is None else f"  ({sure:.0%} sure)")
    if attribute["attribute"] not in SINGLE:
        return str(name)
    return f"{name}: unknown" + (", what was heard is too weak" if attribute["evidence"] else "")


def _claims(sign: str, claims: list[dict[str, Any]]) -> Iterator[Part]:
    for claim in claims:
        port = "" if claim["port"] is None else f" port {claim['port']}"
        asked = f"{claim['protocol']} {claim['request']}".strip()
        where = ", ".join(part for part in (claim["file"], claim["date"]) if part)
        yield line(f"  {sign} {claim['confidence']:.0%} {claim['value']}", "green" if sign == "+" else "red")
        yield line(f'      {asked} at {claim["address"]}{port}: {claim["field"]} is "{claim["text"]}"')
        yield line(f"      rule {claim['rule']}" + (f" ({where})" if where else "") + f", {claim['source']}", "dim")


def _conflict(conflict: dict[str, Any]) -> str:
    values = ", ".join(
        v["value"] + (f" ({v['confidence']:.0%})" if v["confidence"] else "") for v in conflict["values"]
    )
    return f"  ! {conflict['reason']}" + (f": {values}" if values else "")


def _capabilities(reasoning: dict[str, Any]) -> Iterator[Part]:
    if not reasoning["capabilities"] and not reasoning["weak_capabilities"]:
        return
    yield from heading("capabilities")
    for capability in reasoning["capabilities"]:
        yield line(f"  {capability['id']}: {_standing(capability)}")
        yield from _claims("+", capability["evidence"])
    for claim in reasoning["weak_capabilities"]:
        yield line(f"  {claim['value']}: not stated, what was heard is too weak")
        yield from _claims("+", [claim])
    yield line(f"  {reasoning['capabilities_note']}", "dim")


def _standing(capability: dict[str, Any]) -> str:
    """Present and enabled are two things: a microphone may be built in and switched off."""
    present = "the device says that it has it" if capability["state"] == "observed" else "its model number says so"
    enabled = {True: "enabled", False: "switched off", None: "whether it is enabled was not said"}
    return f"{capability['state']}, {present}; {enabled[capability['enabled']]}"
