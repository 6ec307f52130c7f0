"""The nouns of camscan: what flows from the network to the report.

Plain frozen data and no behaviour beyond a look-up; no module here knows a protocol, a socket or a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from camscan.reply import Fields, Reply

MAKERS = ("hikvision", "dahua")
"""The makers whose devices camscan is about."""

ATTRIBUTES = (
    "vendor", "brand", "model", "firmware", "build", "serial", "kind",
    "mac", "uuid", "capability", "maker_model", "inconsistency", "family", "generation", "resolution",
)  # fmt: skip
"""What a claim can be about. `vendor` is the maker, `brand` the name it was sold under, `maker_model` the maker's
own model behind a rebrand, `inconsistency` a sign that the reply is not from a real device; `family`, `generation` and
`resolution` are read from the model number, never asked of the device."""


SEVERITIES = ("info", "low", "medium", "high", "critical")
"""How much a finding matters, the least first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one reply says in camscan's fields; `problem` says why it says nothing. `id` is a hash of its content.

    `channels` are the ways in which the same content was heard, the first reply's own first. `reply.routed`
    is true where it came through a router by any of them.
    """

    id: str
    reply: Reply
    fields: Fields
    channels: tuple[str, ...]
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One attribute of one device, with confidence (0 to 1) and where it comes from.

    `rule` is the id of the fingerprint, `file` where it stands; `field` and `text` are what it matched; `observation`
    is the id of the observation; `source` is the public source the rule follows, `date` when that was looked at.
    """

    attribute: str
    value: str
    confidence: float
    rule: str
    observation: str
    field: str
    text: str
    source: str
    file: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Evidence that disagrees: the attribute, the values with their confidence, and why it matters."""

    attribute: str
    values: tuple[tuple[str, float], ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A protocol spoken on an address and port of a device."""

    address: str
    port: int
    transport: str
    protocol: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """Something a device can do: `state` is observed or inferred, and in a scan always one of the two; null where an
    inventory of before did not keep it. `enabled` is null where nothing said so."""

    id: str
    state: Literal["observed", "inferred"] | None
    enabled: bool | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Middlebox:
    """That a device is a box which answers for many addresses: how many, in which networks, and by what it is seen."""

    addresses: int
    networks: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignored:
    """That the owner has decided to live with something: who, why, and until when (seconds since the epoch, None for
    ever)."""

    who: str
    reason: str
    until: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One assessed statement about a device. `id` in kebab-case, the anchor of its paragraph in the documents;
    `severity` one of SEVERITIES; `evidence` says what it rests on, `source` and `date` by whom and when it was said.

    `state` is found, or cannot-say where the question could not be settled: then `reason` says why, and confidence is
    0 and evidence empty. `ignored` where its owner has decided so: it stands, and calls for nothing.
    """

    id: str
    severity: str
    confidence: float
    evidence: tuple[str, ...]
    remedy: str
    source: str
    date: str
    state: Literal["found", "cannot-say"] = "found"
    reason: str | None = None
    ignored: Ignored | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is to be done about it."""
        return self.state == "found" and self.ignored is None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvisoryVerdict:
    """A published vulnerability, held against a device: what is said of it, and why.

    `fixed_in` is the firmware that a source calls fixed. `kev`: CISA lists it as known to be exploited. `severity` is
    one of SEVERITIES.
    """

    id: str
    verdict: Literal["affected", "fixed", "not-affected", "cannot-say"]
    reason: str
    fixed_in: str | None
    kev: bool
    confidence: float
    severity: str
    ignored: Ignored | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is to be done about it."""
        return self.verdict == "affected" and self.ignored is None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVerdict:
    """A policy, held against a device; `date` is that of the text cited."""

    policy: str
    verdict: Literal["covered", "not-covered", "cannot-say"]
    reason: str
    citation: str
    date: str
    ignored: Ignored | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One physical unit and everything claimed of it. Unknown is None.

    `foreign` says that it answered on a wire whose networks do not hold its address: a factory address, a wrong subnet.
    `middlebox` says that it is none of the devices it may look like: its claims and observations are those of one of
    its addresses. `site` is the name that its owner gave the place, in a `district`, with its `building` and `room`.
    `record` is the id of the device in the inventory, `approved` whether its owner has said that it may be there, and
    `tags` are his words for it; None and empty where no inventory was asked.
    """

    id: str
    address: str
    addresses: tuple[str, ...]
    mac: str | None
    vendor: str | None
    brand: str | None
    model: str | None
    firmware: str | None
    build: str | None
    serial: str | None
    kind: str | None
    capabilities: tuple[Capability, ...]
    confidence: Mapping[str, float]
    claims: tuple[Claim, ...]
    conflicts: tuple[Conflict, ...]
    services: tuple[Service, ...]
    observations: tuple[Observation, ...]
    channels: tuple[str, ...]
    foreign: bool = False
    middlebox: Middlebox | None = None
    findings: tuple[Finding, ...] = ()
    advisories: tuple[AdvisoryVerdict, ...] = ()
    verdicts: tuple[PolicyVerdict, ...] = ()
    district: str | None = None
    site: str | None = None
    building: str | None = None
    room: str | None = None
    record: str | None = None
    approved: bool | None = None
    tags: tuple[str, ...] = ()
    first_seen: float | None = None
    last_seen: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do: `remedy`, at `devices` (their addresses), because of `reasons` (ids of findings or advisories).
    `exploited`: one of the reasons is known to be used by attackers."""

    severity: str
    exploited: bool
    remedy: str
    reasons: tuple[str, ...]
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """What one channel did on one network: how many addresses were asked, answered, silent, or why it could not.

    `state` is asked, partial or not-possible; `asked` counts addresses (1 for a multicast on a segment). `ports` are
    the TCP ports that were tried at each address, none for a channel that tries no ports. `only_known`: of the network
    only those were asked whom another channel had heard, so that it shows nothing of the others.
    """

    interface: str | None
    network: str
    channel: str
    state: Literal["asked", "partial", "not-possible"]
    asked: int
    answered: int
    silent: int
    reason: str | None = None
    ports: tuple[int, ...] = ()
    only_known: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """Everything one run knows, whether it came from a network or from recorded replies.

    `vantage` names the place in the network from which it was made, None where nobody says. `actions` say what to do
    first. `partial`: some address in scope was not asked. `failure`: what ended the run before its time, other than the
    user. `asked_ports` are the TCP ports that were tried at every host, None where that is not known.
    """

    id: str
    started: float | None
    ended: float | None
    scope: tuple[str, ...]
    vantage: str | None
    partial: bool
    devices: tuple[Device, ...]
    coverage: tuple[Coverage, ...]
    undecoded: tuple[Observation, ...]
    observations: tuple[Observation, ...] = field(default=())
    actions: tuple[Action, ...] = ()
    failure: str | None = None
    asked_ports: frozenset[int] | None = None
    data: Mapping[str, str] = field(default_factory=dict)
