"""The JSON of the inventory: `camscan.devices/1`, `camscan.history/1`, `camscan.diff/1`, `camscan.decisions/1`. Unknown
is null, never a missing key. These models are the published schemas (`camscan schema NAME`); what is written is plain
data, held against them by the tests.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from camscan.report import decisions, devices, diff, history
from camscan.report.shape import DIALECT, Tool


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Capability(_Record):
    """Something that the device can do: `state` says whether it says so itself, or its model number; null where an
    older camscan recorded it and nobody scanned or judged it since. `enabled` is null where nothing said so."""

    id: str
    state: Literal["observed", "inferred"] | None
    enabled: bool | None


class Listed(_Record):
    """A device as the register knows it: the last known value of each attribute. `findings` are the ids of what is
    found on it, `advisories` of what affects it, both without what its owner has decided to live with (`ignored`);
    `gone` is when it was looked for in vain, null while it is there. `approved`: its owner has said that it may be
    there."""

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
    district: str | None
    site: str | None
    building: str | None
    room: str | None
    addresses: list[str]
    services: list[str]
    capabilities: list[Capability]
    findings: list[str]
    advisories: list[str]
    ignored: list[str]
    approved: bool
    tags: list[str]
    first_seen: datetime
    last_seen: datetime
    gone: datetime | None


class Run(_Record):
    """One value of one attribute: it held from `since` until `until`, null while it holds. `untold` is since when the
    device no longer says it, although nothing else has taken its place. `state` and `enabled` are those of a
    capability, and null of all else."""

    attribute: str
    value: str
    confidence: float | None
    since: datetime
    until: datetime | None
    untold: datetime | None
    state: Literal["observed", "inferred"] | None
    enabled: bool | None


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


class Decision(_Record):
    """One thing that somebody has decided: that a device may be there (approve), that a finding, an advisory or a
    policy (`subject`) calls for nothing (ignore), a remark (note), a word for it (tag); that it is a part of another
    (merge), that addresses of it are another device (split), that since a scan it is another one (cut). `device` null:
    every device. `expires` null: for ever; `withdrawn` null: not taken back. `in_force`: it holds now."""

    number: int
    kind: Literal["approve", "ignore", "note", "tag", "merge", "split", "cut"]
    device: str | None
    subject: str | None
    reason: str
    who: str
    made: datetime
    expires: datetime | None
    withdrawn: datetime | None
    withdrawn_by: str | None
    withdrawn_reason: str | None
    in_force: bool


class Located(_Record):
    """Somebody's word where the device is; `ended` is null while it holds."""

    district: str | None
    site: str
    building: str | None
    room: str | None
    who: str
    reason: str | None
    made: datetime
    ended: datetime | None


class History(_Record):
    """Everything that is known of one record; `scans` is how many have seen it. By a word of its owner it is a part of
    `whole`, or `parts` are of it; these are ids."""

    device: Listed
    whole: str | None
    parts: list[str]
    scans: int
    attributes: list[Run]
    judgements: list[Judgement]
    decisions: list[Decision]
    locations: list[Located]


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
        "exception-ended", "approval-ended",
    ]  # fmt: skip
    device: str
    address: str | None
    name: str
    subject: str | None
    before: str | None
    after: str | None
    severity: str | None
    gone: bool
    approved: bool


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


class Decisions(_Document):
    """What was decided, in the order in which it was."""

    model_config = ConfigDict(extra="forbid", title=decisions.SCHEMA)
    schema_: Literal["camscan.decisions/1"] = Field(alias="schema")
    decisions: list[Decision]


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


_MODELS: dict[str, type[BaseModel]] = {"devices": Devices, "history": Histories, "diff": Diff, "decisions": Decisions}


def register_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document, as published."""
    schema = _MODELS[name].model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:camscan.{name}/1"} | schema
