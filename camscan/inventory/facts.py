"""One device of a scan → what the register keeps of it, flat and storable: values, members, judgements, replies.

Pure. Text is made fit for a database, and no further: what is shown is made printable where it is shown.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from camscan.model import AdvisoryVerdict, Device, Finding, PolicyVerdict
from camscan.register import SINGLE, Able

MIDDLEBOX = "middlebox"
"""The kind of what answers for many addresses."""

VALUE_LIMIT = 400  # characters of a value: an index of PostgreSQL takes 2,700 bytes, and no honest value has 100
_ENCODE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode

Key = tuple[str, str]
Value = tuple[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """How one finding, advisory or verdict stands; `exploited` where CISA lists an advisory so. `said` is of this
    device, `basis` of the rule; both JSON."""

    state: str
    severity: str | None
    exploited: bool = False
    said: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """`single` holds one value and its confidence for each attribute that is known, `members` (attribute, value) of
    those that have several, `able` how each capability among them is known, `statements` by (kind, id), `contents` the
    ids of the observations."""

    single: Mapping[str, Value]
    members: frozenset[Key]
    able: Mapping[Key, Able]
    statements: Mapping[Key, Statement]
    contents: frozenset[str]

    def digest(self, vantage: str | None) -> str:
        """A hash of all of it, and of the place from which it was heard."""
        parts = (
            sorted(self.single.items()),
            sorted(self.members),
            sorted(self.able.items()),
            sorted(
                (key, one.state, one.severity, one.exploited, one.said, one.basis)
                for key, one in self.statements.items()
            ),
            sorted(self.contents),
            vantage,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def storable(text: str) -> str:
    """The text without what a database refuses: half characters, and NUL."""
    if text.isascii() and "\0" not in text:
        return text  # nearly every text
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


def facts_of(device: Device) -> Facts:
    """Everything that is kept of a device."""
    return Facts(
        single=dict(single_values(device)),
        members=frozenset((name, storable(value)[:VALUE_LIMIT]) for name, value in _members(device)),
        able={("capabilities", one.id): Able(one.state, one.enabled) for one in device.capabilities},
        statements=dict(_statements(device)),
        contents=frozenset(observation.id for observation in device.observations),
    )


def uuid_of(device: Device) -> str | None:
    """The best claim; the record of a device has no place for it."""
    if "uuid" not in device.confidence:
        return None
    claims = [claim for claim in device.claims if claim.attribute == "uuid"]
    return max(claims, key=lambda claim: claim.confidence).value if claims else None


def single_values(device: Device) -> Iterator[tuple[str, Value]]:
    """Every attribute that is known and has one value at a time, with its confidence where that is stated."""
    for name in SINGLE:
        value = uuid_of(device) if name == "uuid" else getattr(device, name)
        if name == "kind" and device.middlebox is not None:
            value = MIDDLEBOX
        if value is not None:
            yield name, (storable(value)[:VALUE_LIMIT], device.confidence.get(name))


def _members(device: Device) -> Iterator[Key]:
    if device.middlebox is None:
        yield from (("addresses", address) for address in device.addresses if address != device.address)
    yield from (("services", f"{s.transport}/{s.port}/{s.protocol}".replace(" ", "-")) for s in device.services)
    yield from (("capabilities", capability.id) for capability in device.capabilities)


def _statements(device: Device) -> Iterator[tuple[Key, Statement]]:
    for finding in device.findings:
        yield ("finding", finding.id), _finding(finding)
    for advisory in device.advisories:
        yield ("advisory", advisory.id), _advisory(advisory)
    for verdict in device.verdicts:
        yield ("verdict", verdict.policy), _verdict(verdict)


def _finding(one: Finding) -> Statement:
    said = {"confidence": round(one.confidence, 2), "evidence": one.evidence, "reason": one.reason}
    basis = {"remedy": one.remedy, "source": one.source, "date": one.date}
    return Statement(state=one.state, severity=one.severity, said=_json(said), basis=_json(basis))


def _advisory(one: AdvisoryVerdict) -> Statement:
    said = {"confidence": round(one.confidence, 2), "reason": one.reason}
    basis = {"fixed_in": one.fixed_in, "kev": one.kev}
    return Statement(state=one.verdict, severity=one.severity, exploited=one.kev, said=_json(said), basis=_json(basis))


def _verdict(one: PolicyVerdict) -> Statement:
    basis = {"citation": one.citation, "date": one.date}
    return Statement(state=one.verdict, severity=None, said=_json({"reason": one.reason}), basis=_json(basis))


def _json(data: Mapping[str, Any]) -> str:
    return _ENCODE(data)
