"""A device of the published JSON → the device of the model, so that what was found last year can be judged anew.

What stands in the JSON comes back; claims and observations stay empty, for they are not whole there.
"""

from camscan import model
from camscan.report import shape


def device_of(record: shape.Device) -> model.Device:
    """The device as far as an assessment needs it."""
    box = record.middlebox
    return model.Device(
        id=record.id,
        address=record.address,
        addresses=tuple(record.addresses),
        mac=record.mac,
        vendor=record.vendor,
        brand=record.brand,
        model=record.model,
        firmware=record.firmware,
        build=record.build,
        serial=record.serial,
        kind=record.kind,
        capabilities=tuple(
            model.Capability(id=c.id, state=c.state, enabled=c.enabled, evidence=tuple(c.evidence))
            for c in record.capabilities
        ),
        confidence=record.confidence,
        claims=(),
        conflicts=(),
        services=tuple(model.Service(**service.model_dump()) for service in record.services),
        observations=(),
        channels=(),
        middlebox=model.Middlebox(addresses=box.addresses, networks=tuple(box.networks), reason=box.reason)
        if box
        else None,
        findings=tuple(_finding(finding) for finding in record.findings),
        site=record.site,
        record=record.record,
        approved=record.approved,
        tags=tuple(record.tags),
    )


def _finding(record: shape.Finding) -> model.Finding:
    return model.Finding(
        id=record.id,
        state=record.state,
        severity=record.severity,
        confidence=record.confidence,
        evidence=tuple(record.evidence),
        remedy=record.remedy,
        source=record.source,
        date=record.date,
        reason=record.reason,
        ignored=_ignored(record.ignored),
    )


def _ignored(record: shape.Ignored | None) -> model.Ignored | None:
    if record is None:
        return None
    until = None if record.until is None else record.until.timestamp()
    return model.Ignored(who=record.who, reason=record.reason, until=until)
