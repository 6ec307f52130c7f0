"""A result → the document of `shape.py`: devices in numeric order, every string from a device made printable.

The bytes as they came are in a recording (`--replies`) and, for replies that do not decode, in `undecoded`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Generic, TypeVar

from camscan import model
from camscan.report.printable import printable

SCHEMA = "camscan.scan/1"
SOURCE_LIMIT = 1000  # characters; sources are URLs of our own data files, longer than anything a device may say
_TEXT_CONTROLS = frozenset("\r\n\t")

Record = dict[str, Any]
"""Plain JSON data in one of the forms of `shape.py`. The models there are not made for it: of a large site they would
take several times as long, and as much memory, as the text itself."""

Part = TypeVar("Part")


def as_document(result: model.ScanResult, tool_version: str) -> Record:
    """The whole result. Its devices and what does not decode are made one by one whenever they are read: a large site
    has millions of lines, and nobody needs them all at the same time."""
    return {
        "schema": SCHEMA,
        "tool": {"name": "camscan", "version": tool_version},
        "data": {printable(k): printable(v) for k, v in result.data.items()},
        "scan": {
            "id": result.id,
            "started": moment(result.started),
            "ended": moment(result.ended),
            "scope": [printable(text) for text in result.scope],
            "vantage": _shown(result.vantage),
            "partial": result.partial,
        },
        "devices": _Made(device_record, in_order(result.devices)),
        "coverage": [_coverage(row) for row in result.coverage],
        "undecoded": _Made(_undecoded, result.undecoded),
    }


class _Made(Generic[Part]):
    """A record of each of these, made while they are read, and made again by whoever reads them again."""

    def __init__(self, make: Callable[[Part], Record], parts: Sequence[Part]) -> None:
        self._make, self._parts = make, parts

    def __iter__(self) -> Iterator[Record]:
        return map(self._make, self._parts)


def in_order(devices: Iterable[model.Device]) -> list[model.Device]:
    """Devices by numeric address, IPv4 before IPv6; one without a proper address comes last."""
    return sorted(devices, key=lambda device: (address_order(device.address), device.id))


def address_order(text: str) -> tuple[int, int, str]:
    """A sort key by which 10.0.0.9 comes before 10.0.0.10."""
    try:
        address = ip_address(text.split("%")[0])
    except ValueError:
        return 9, 0, text
    return address.version, int(address), text


def device_record(device: model.Device) -> Record:
    """One device in the published shape."""
    return {
        "id": printable(device.id),
        "address": printable(device.address),
        "addresses": [printable(a) for a in device.addresses],
        "mac": _shown(device.mac),
        "vendor": _shown(device.vendor),
        "brand": _shown(device.brand),
        "model": _shown(device.model),
        "firmware": _shown(device.firmware),
        "build": _shown(device.build),
        "serial": _shown(device.serial),
        "kind": _shown(device.kind),
        "parent": None,
        "capabilities": [_capability(c) for c in device.capabilities],
        "confidence": {k: _rounded(v) for k, v in device.confidence.items()},
        "evidence": list(_evidence(device)),
        "conflicts": [_conflict(c) for c in device.conflicts],
        "services": [_service(s) for s in device.services],
        "findings": [_finding(f) for f in device.findings],
        "advisories": [_advisory(a) for a in device.advisories],
        "verdicts": [_verdict(v) for v in device.verdicts],
        "site": _shown(device.site),
        "record": device.record,
        "approved": device.approved,
        "tags": [printable(tag) for tag in device.tags],
        "middlebox": _middlebox(device.middlebox),
        "first_seen": moment(device.first_seen),
        "last_seen": moment(device.last_seen),
    }


def _evidence(device: model.Device) -> Iterator[Record]:
    heard = {observation.id: _heard(observation) for observation in device.observations}
    for claim in device.claims:
        yield {
            "attribute": claim.attribute,
            "value": printable(claim.value),
            "confidence": _rounded(claim.confidence),
            "rule": printable(claim.rule),
            **heard[claim.observation],
            "field": printable(claim.field),
            "text": printable(claim.text),
            "observation": claim.observation,
            "source": printable(claim.source, SOURCE_LIMIT),
            "file": _shown(claim.file),
            "date": _shown(claim.date),
        }


def _heard(observation: model.Observation) -> Record:
    """What every claim of one reply says of that reply."""
    reply = observation.reply
    return {
        "protocol": printable(reply.protocol),
        "request": printable(reply.request),
        "channels": [printable(channel) for channel in observation.channels],
        "address": printable(reply.address),
        "port": reply.port,
        "foreign": reply.foreign,
    }


def _capability(capability: model.Capability) -> Record:
    return {
        "id": printable(capability.id),
        "state": capability.state,
        "enabled": capability.enabled,
        "evidence": [printable(e) for e in capability.evidence],
    }


def _conflict(conflict: model.Conflict) -> Record:
    return {
        "attribute": conflict.attribute,
        "values": [{"value": printable(v), "confidence": _rounded(c)} for v, c in conflict.values],
        "reason": printable(conflict.reason),
    }


def _middlebox(box: model.Middlebox | None) -> Record | None:
    if box is None:
        return None
    networks = [printable(network) for network in box.networks]
    return {"addresses": box.addresses, "networks": networks, "reason": printable(box.reason)}


def _service(service: model.Service) -> Record:
    return {
        "address": printable(service.address),
        "port": service.port,
        "transport": service.transport,
        "protocol": printable(service.protocol),
    }


def _finding(finding: model.Finding) -> Record:
    return {
        "id": finding.id,
        "state": finding.state,
        "severity": finding.severity,
        "confidence": _rounded(finding.confidence),
        "evidence": [printable(e, SOURCE_LIMIT) for e in finding.evidence],
        "remedy": printable(finding.remedy, SOURCE_LIMIT),
        "source": printable(finding.source, SOURCE_LIMIT),
        "date": finding.date,
        "reason": None if finding.reason is None else printable(finding.reason, SOURCE_LIMIT),
        "ignored": _ignored(finding.ignored),
    }


def _ignored(ignored: model.Ignored | None) -> Record | None:
    if ignored is None:
        return None
    reason = printable(ignored.reason, SOURCE_LIMIT)
    return {"who": printable(ignored.who), "reason": reason, "until": moment(ignored.until)}


def _advisory(advisory: model.AdvisoryVerdict) -> Record:
    return {
        "id": advisory.id,
        "verdict": advisory.verdict,
        "reason": printable(advisory.reason, SOURCE_LIMIT),
        "fixed_in": _shown(advisory.fixed_in),
        "kev": advisory.kev,
        "confidence": _rounded(advisory.confidence),
        "ignored": _ignored(advisory.ignored),
    }


def _verdict(verdict: model.PolicyVerdict) -> Record:
    return {
        "policy": verdict.policy,
        "verdict": verdict.verdict,
        "reason": printable(verdict.reason, SOURCE_LIMIT),
        "citation": printable(verdict.citation, SOURCE_LIMIT),
        "date": verdict.date,
        "ignored": _ignored(verdict.ignored),
    }


def _coverage(row: model.Coverage) -> Record:
    return {
        "interface": _shown(row.interface),
        "network": row.network,
        "channel": row.channel,
        "state": row.state,
        "asked": row.asked,
        "answered": row.answered,
        "silent": row.silent,
        "reason": _shown(row.reason),
        "ports": list(row.ports),
        "only_known": row.only_known,
    }


def _undecoded(observation: model.Observation) -> Record:
    reply = observation.reply
    text = _plain_text(reply.data)
    return {
        "address": printable(reply.address),
        "protocol": printable(reply.protocol),
        "transport": reply.transport,
        "port": reply.port,
        "request": printable(reply.request),
        "reason": printable(observation.problem or ""),
        "encoding": "hex" if text is None else "text",
        "reply": reply.data.hex() if text is None else text,
    }


def _plain_text(data: bytes) -> str | None:
    """The bytes as text where they are lines of printable UTF-8; None where only hexadecimal shows them safely."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if all(c.isprintable() or c in _TEXT_CONTROLS for c in text) else None


def _shown(text: str | None) -> str | None:
    return None if text is None else printable(text)


def _rounded(confidence: float) -> float:
    return round(confidence, 2)


def moment(seconds: float | None) -> str | None:
    """Whole seconds in UTC (RFC 3339); None for a time that a recording got wrong beyond any calendar."""
    try:
        return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None
