"""The JSON of the inventory: `camscan.devices/1`, `camscan.history/1`, `camscan.diff/1`. Unknown is null, never a
missing key. These models are the published schemas (`camscan schema NAME`); what is written is plain data, held against
them by the tests.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from camscan.report import devices, diff, history
from camscan.report.shape import DIALECT, Tool


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Listed(_Record):
    """A device as the register knows it: the last known value of each attribute. `findings` are the ids of what is
    found on it, `advisories` of what affects it; `gone` is when it was looked for in vain, null while it is there."""

    id: str
    vendor: str | None
    brand: str | None
    model: str | None
    firmware: str | None
    build: str | None
    serial: str | None
    mac: str | None
    uuid: str | None
    kind: str | None
    address: str | None
    site: str | None
    addresses: list[str]
    services: list[str]
    capabilities: list[str]
    findings: list[str]
    advisories: list[str]
    first_seen: datetime
    last_seen: datetime
    gone: datetime | None


class Run(_Record):
    """One value of one attribute: it held from `since` until `until`, null while it holds. `untold` is since when the
    device no longer says it, although nothing else has taken its place."""

    attribute: str
    value: str
    confidence: float | None
    since: datetime
    until: datetime | None
    untold: datetime | None


class Judgement(_Record):
    """One finding, advisory or policy and how it stood, from when to when. `unconfirmed` is since when it cannot be
    said any more, although nobody found that it is over."""

    kind: Literal["finding", "advisory", "verdict"]
    id: str
    state: str
    severity: str | None
    first_seen: datetime
    last_seen: datetime
    until: datetime | None
    unconfirmed: datetime | None
    details: dict[str, Any]


class History(_Record):
    """Everything that is known of one device; `scans` is how many have seen it."""

    device: Listed
    scans: int
    attributes: list[Run]
    judgements: list[Judgement]


class Scan(_Record):
    """A row of the register. `reassess` is what was stored, judged anew."""

    number: int
    id: str
    kind: Literal["scan", "replay", "reassess"]
    started: datetime | None
    ended: datetime | None
    recorded: datetime
    scope: list[str]
    vantage: str | None
    partial: bool
    failure: str | None
    data: dict[str, str]


class Change(_Record):
    """One thing that happened to one device. `subject` is the attribute, or the id of the finding, advisory or policy;
    `before` and `after` are its values, states or severities. `gone`: the device was looked for in vain, and this is
    what it was like."""

    event: Literal[
        "new", "returned", "gone", "moved", "changed",
        "exposed", "no-longer-exposed", "affected", "no-longer-affected", "severity-raised", "newly-exploited",
    ]  # fmt: skip
    device: str
    address: str | None
    name: str
    subject: str | None
    before: str | None
    after: str | None
    severity: str | None
    gone: bool


class Unasked(_Record):
    """Devices of which nothing is said, because the later scan did not look for them."""

    reason: str
    devices: int


class _Document(_Record):
    tool: Tool


class Devices(_Document):
    """A list of devices."""

    model_config = ConfigDict(extra="forbid", title=devices.SCHEMA)
    schema_: Literal["camscan.devices/1"] = Field(alias="schema")
    devices: list[Listed]


class Histories(_Document):
    """The histories of the devices that go by one name."""

    model_config = ConfigDict(extra="forbid", title=history.SCHEMA)
    schema_: Literal["camscan.history/1"] = Field(alias="schema")
    devices: list[History]


class Diff(_Document):
    """What changed between two scans."""

    model_config = ConfigDict(extra="forbid", title=diff.SCHEMA)
    schema_: Literal["camscan.diff/1"] = Field(alias="schema")
    before: Scan | None
    after: Scan
    changes: list[Change]
    not_looked_for: list[Unasked]


_MODELS: dict[str, type[BaseModel]] = {"devices": Devices, "history": Histories, "diff": Diff}


def register_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document, as published."""
    schema = _MODELS[name].model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:camscan.{name}/1"} | schema
