"""The JSON of `camscan inventory`. Unknown is null, never a missing key. These models are the published schemas
(`camscan schema NAME`); what is written is plain data, held against them by the tests.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from camscan.report.inventory_check import SCHEMA as CHECK_SCHEMA
from camscan.report.shape import DIALECT, Tool


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Broken(_Record):
    """A row that is not as it must be: the rule that it breaks, and which row."""

    rule: str
    what: str


class Check(_Record):
    """What was checked: rows by table, and the names of the rules; then what breaks them. `notes` say what could not be
    checked."""

    model_config = ConfigDict(extra="forbid", title=CHECK_SCHEMA)
    schema_: Literal["camscan.inventory-check/1"] = Field(alias="schema")
    tool: Tool
    rows: dict[str, int]
    rules: list[str]
    broken: list[Broken]
    notes: list[str]


class Beginning(_Record):
    """The first line. `baseline` and `kept_from` are numbers of scans: the one that all is compared with, and the first
    that was kept whole when older ones were pruned."""

    record: Literal["inventory"]
    schema_: Literal["camscan.inventory-export/1"] = Field(alias="schema")
    tool: Tool
    exported: float
    baseline: int | None
    kept_from: int | None
    scans: int
    devices: int
    replies: int


class Asked(_Record):
    """What a scan asked by one channel on one network, as `coverage[]` of a scan."""

    interface: str | None
    network: str
    channel: str
    state: str
    asked: int
    answered: int
    silent: int
    reason: str | None
    ports: list[int]
    only_known: bool


class Scan(_Record):
    """A row of the register."""

    record: Literal["scan"]
    id: str
    number: int
    kind: Literal["scan", "replay", "reassess"]
    started: float | None
    ended: float | None
    recorded: float
    scope: list[str]
    vantage: str | None
    partial: bool
    failure: str | None
    complete: bool
    asked_ports: list[int] | None
    data: dict[str, str]
    tool_version: str
    coverage: list[Asked]


class Value(_Record):
    """One value of one attribute: from the scan `since` until the scan `until`, null while it holds. `state` and
    `enabled` are those of a capability, null of all else and where it was recorded before they were kept."""

    name: str
    value: str
    confidence: float | None
    since: int
    until: int | None
    untold: int | None
    state: Literal["observed", "inferred"] | None
    enabled: bool | None


class Judged(_Record):
    """One finding, advisory or policy verdict and how it stood."""

    kind: Literal["finding", "advisory", "verdict"]
    id: str
    state: str
    severity: str | None
    exploited: bool
    since: int
    until: int | None
    unconfirmed: int | None
    said: dict[str, Any]
    basis: dict[str, Any]


class Said(_Record):
    """A reply of the device, by its number; from where it was heard, and whether it was missed since."""

    reply: int
    since: int
    until: int | None
    vantages: list[str]
    missed: bool


class Located(_Record):
    """Somebody's word where the device is; `ended` null while it holds."""

    district: str | None
    site: str
    building: str | None
    room: str | None
    who: str
    reason: str | None
    made: float
    ended: float | None


class Device(_Record):
    """A record and everything that is known of it. `seen_by` are the scans that saw it, `merged_into` the id of the
    whole of which its owner says that it is a part."""

    record: Literal["device"]
    id: str
    first_scan: int
    last_scan: int
    merged_into: str | None
    seen_by: list[int]
    attributes: list[Value]
    judgements: list[Judged]
    located: list[Located]
    said: list[Said]


class Decision(_Record):
    """What somebody decided on a device, by its id, or on all. Times in seconds since the epoch."""

    record: Literal["decision"]
    number: int
    kind: str
    device: str | None
    subject: str | None
    reason: str
    who: str
    made: float
    expires: float | None
    withdrawn: float | None
    withdrawn_by: str | None
    withdrawn_reason: str | None


class Recorded(_Record):
    """Bytes as they came, in the form of `camscan scan --replies`."""

    address: str
    protocol: str
    transport: str
    port: int | None
    request: str
    encoding: Literal["text", "hex"]
    reply: str
    channel: str
    time: float | None
    sensor: str | None
    foreign: bool
    routed: bool | None


class Reply(_Record):
    """A reply: its first bytes and its latest, which differ in what changes from reply to reply. `id` is the hash with
    that masked, `channels` are all the ways in which it was heard."""

    record: Literal["reply"]
    number: int
    id: str
    channels: list[str]
    first: Recorded
    latest: Recorded


class Forgotten(_Record):
    """How many devices that were gone have been pruned, by the month in which they went; empty is unknown."""

    record: Literal["forgotten"]
    month: str
    vendor: str
    kind: str
    site: str
    devices: int


class Line(
    RootModel[Annotated[Beginning | Scan | Device | Decision | Reply | Forgotten, Field(discriminator="record")]]
):
    """One line of an export. Times are seconds since the epoch; scans are meant by their number."""

    model_config = ConfigDict(title="camscan.inventory-export/1")


_MODELS: dict[str, type[BaseModel]] = {"inventory-check": Check, "inventory-export": Line}


def inventory_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document, as published."""
    schema = _MODELS[name].model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:camscan.{name}/1"} | schema
