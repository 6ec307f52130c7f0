"""The JSON that camscan writes, in every mode the same: `camscan.scan/1`. Unknown is null, never a missing key.

These models are the published schema (`camscan schema`), and read a document back. What is written is plain data
(`document.py`), held against the schema by the tests. A change that could break a reader gets a new number.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from camscan.report.document import SCHEMA

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Tool(_Record):
    """The program that wrote the document."""

    name: str
    version: str


class Scan(_Record):
    """The run: times in UTC, null for recorded replies; `vantage` is the place in the network from which it was made;
    `partial` is true where an address could not be asked."""

    id: str
    started: datetime | None
    ended: datetime | None
    scope: list[str]
    vantage: str | None
    partial: bool


class Capability(_Record):
    """Something the device can do; `enabled` is null where nothing said so."""

    id: str
    state: Literal["observed", "inferred"]
    enabled: bool | None
    evidence: list[str]


class Evidence(_Record):
    """One claim: the attribute and value, the rule that made it, and the reply and field it was read from.

    `file` is where the rule stands, `date` when its source was looked at. `channels` are the ways in which that reply
    was heard; `foreign` is true where it came from an address that does not belong to the wire.
    """

    attribute: str
    value: str
    confidence: float = Field(ge=0, le=1)
    rule: str
    protocol: str
    request: str
    channels: list[str]
    address: str
    port: int | None
    foreign: bool
    field: str
    text: str
    observation: str
    source: str
    file: str | None
    date: str | None


class Candidate(_Record):
    """One of several values that disagree."""

    value: str
    confidence: float = Field(ge=0, le=1)


class Conflict(_Record):
    """Evidence that disagrees, best value first."""

    attribute: str
    values: list[Candidate]
    reason: str


class Middlebox(_Record):
    """A box that answers for many addresses: how many, in which networks, and by what it was seen."""

    addresses: int
    networks: list[str]
    reason: str


class Service(_Record):
    """A protocol heard on an address and port."""

    address: str
    port: int
    transport: str
    protocol: str


class Ignored(_Record):
    """That the owner of the inventory has decided to live with it; `until` null: for ever."""

    who: str
    reason: str
    until: datetime | None


class Finding(_Record):
    """One assessed statement about the device. `state` is cannot-say where the question could not be settled, for the
    `reason` given; then confidence is 0 and evidence empty."""

    id: str
    state: Literal["found", "cannot-say"]
    severity: str
    confidence: float = Field(ge=0, le=1)
    evidence: list[str]
    remedy: str
    source: str
    date: str
    reason: str | None
    ignored: Ignored | None


class Advisory(_Record):
    """A published vulnerability, held against this device."""

    id: str
    verdict: Literal["affected", "fixed", "not-affected", "cannot-say"]
    reason: str
    fixed_in: str | None
    kev: bool
    confidence: float = Field(ge=0, le=1)
    ignored: Ignored | None


class Verdict(_Record):
    """A policy, held against this device."""

    policy: str
    verdict: Literal["covered", "not-covered", "cannot-say"]
    reason: str
    citation: str
    date: str
    ignored: Ignored | None


class Device(_Record):
    """One physical unit. `vendor` is the maker, `brand` the name it was sold under, both ids of the vocabulary.

    `record` is the id of the device in the inventory, `approved` and `tags` are what that knows of its owner's
    decisions; null and empty where none was asked. `first_seen` is when the inventory saw it first, or else this run.

    `middlebox` is null but for a box that answers for many addresses, whatever it looks like there.
    """

    id: str
    address: str
    addresses: list[str]
    mac: str | None
    vendor: str | None
    brand: str | None
    model: str | None
    firmware: str | None
    build: str | None
    serial: str | None
    kind: str | None
    parent: str | None
    capabilities: list[Capability]
    confidence: dict[str, float]
    evidence: list[Evidence]
    conflicts: list[Conflict]
    services: list[Service]
    findings: list[Finding]
    advisories: list[Advisory]
    verdicts: list[Verdict]
    site: str | None
    record: str | None
    approved: bool | None
    tags: list[str]
    middlebox: Middlebox | None
    first_seen: datetime | None
    last_seen: datetime | None


class Coverage(_Record):
    """What one channel did on one network; `reason` says why it could not, `ports` which TCP ports it tried.

    With `only_known` it asked of this network only whom another channel had heard.
    """

    interface: str | None
    network: str
    channel: str
    state: Literal["asked", "partial", "not-possible"]
    asked: int
    answered: int
    silent: int
    reason: str | None
    ports: list[int]
    only_known: bool


class Undecoded(_Record):
    """A reply that says nothing camscan can read, kept whole in the form that `camscan replay` reads."""

    address: str
    protocol: str
    transport: str
    port: int | None
    request: str
    reason: str
    encoding: Literal["text", "hex"]
    reply: str


class Document(_Record):
    """A whole scan or replay."""

    model_config = ConfigDict(extra="forbid", frozen=True, title=SCHEMA, validate_by_name=True, validate_by_alias=True)

    schema_: Literal["camscan.scan/1"] = Field(alias="schema")
    tool: Tool
    data: dict[str, str]
    scan: Scan
    devices: list[Device]
    coverage: list[Coverage]
    undecoded: list[Undecoded]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a document, as published."""
    return {"$schema": DIALECT, "$id": f"urn:{SCHEMA}"} | Document.model_json_schema(
        by_alias=True, mode="serialization"
    )
