"""Why a device is what camscan says: each attribute with what speaks for it and what speaks against it.

Works on the published shape, so that a scan of last year explains itself as well as a replay does.
"""

from collections.abc import Callable, Iterator
from typing import Any

from camscan.report import shape
from camscan.report.terminal import Part, heading, line, to_text

SINGLE = ("vendor", "brand", "model", "firmware", "build", "serial", "kind", "mac")
"""Attributes of which a device has one, in the order of interest; all others follow as they come."""

SameValue = Callable[[str, str, str], bool]
"""Whether two values of an attribute agree: (attribute, one, other)."""


def explanation(device: shape.Device, same: SameValue) -> dict[str, Any]:
    """The reasoning as plain data: per attribute the value, its confidence, the claims for, and what is against it."""
    claimed = dict.fromkeys(e.attribute for e in device.evidence)
    names = (*SINGLE, *(name for name in claimed if name not in SINGLE))
    return {
        "id": device.id,
        "address": device.address,
        "addresses": device.addresses,
        "attributes": [_attribute(device, name, same) for name in names],
        "services": [service.model_dump(mode="json") for service in device.services],
    }


def _attribute(device: shape.Device, name: str, same: SameValue) -> dict[str, Any]:
    value = getattr(device, name) if name in SINGLE else None
    claims = sorted((e for e in device.evidence if e.attribute == name), key=lambda e: -e.confidence)
    speaks_for = [e for e in claims if value is None or same(name, e.value, value)]
    return {
        "attribute": name,
        "value": value,
        "confidence": device.confidence.get(name) if value is not None else None,
        "evidence": [e.model_dump(mode="json") for e in speaks_for],
        "against": [e.model_dump(mode="json") for e in claims if e not in speaks_for],
        "conflicts": [c.model_dump(mode="json") for c in device.conflicts if c.attribute == name],
    }


def as_explanation(reasoning: dict[str, Any], *, terminal: bool = False, width: int = 80) -> str:
    """The reasoning for a person: `+` speaks for the value, `-` against it."""
    return to_text(_parts(reasoning), terminal=terminal, width=width)


def _parts(reasoning: dict[str, Any]) -> Iterator[Part]:
    others = [address for address in reasoning["addresses"] if address != reasoning["address"]]
    also = f", also at {' '.join(others)}" if others else ""
    yield line(f"{reasoning['address']}{also}  ({reasoning['id']})", "bold")
    for attribute in reasoning["attributes"]:
        yield from heading(_title(attribute))
        yield from _claims("+", attribute["evidence"])
        yield from _claims("-", attribute["against"])
        yield from (line(_conflict(conflict), "yellow") for conflict in attribute["conflicts"])
    if reasoning["services"]:
        yield from heading("services")
        yield from (
            line(f"  {s['address']} {s['transport']} {s['port']}: {s['protocol']}") for s in reasoning["services"]
        )


def _title(attribute: dict[str, Any]) -> str:
    name = attribute["attribute"].replace("_", " ")
    if attribute["value"] is not None:
        sure = attribute["confidence"]
        return f"{name}: {attribute['value']}" + ("" if sure is None else f"  ({sure:.0%} sure)")
    if attribute["attribute"] not in SINGLE:
        return str(name)
    return f"{name}: unknown" + (", what was heard is too weak" if attribute["evidence"] else ", nothing was heard")


def _claims(sign: str, claims: list[dict[str, Any]]) -> Iterator[Part]:
    for claim in claims:
        port = "" if claim["port"] is None else f" port {claim['port']}"
        asked = f"{claim['protocol']} {claim['request']}".strip()
        yield line(f"  {sign} {claim['confidence']:.0%} {claim['value']}", "green" if sign == "+" else "red")
        yield line(f'      {asked} at {claim["address"]}{port}: {claim["field"]} is "{claim["text"]}"')
        yield line(f"      rule {claim['rule']}, {claim['source']}", "dim")


def _conflict(conflict: dict[str, Any]) -> str:
    values = ", ".join(
        v["value"] + (f" ({v['confidence']:.0%})" if v["confidence"] else "") for v in conflict["values"]
    )
    return f"  ! {conflict['reason']}" + (f": {values}" if values else "")
