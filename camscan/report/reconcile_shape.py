"""The JSON of `camscan reconcile`: `camscan.reconcile/1`. Unknown is null, never a missing key. These models are the
published schema (`camscan schema reconcile`); what is written is plain data, held against them by the tests.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from camscan.report import reconcile
from camscan.report.shape import DIALECT, Tool

Mark = Literal["serial", "mac", "address"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Remark(_Record):
    """What of a line could not be used; `refused`: all of it, with `lines` of the file."""

    line: int
    lines: int
    reason: str
    refused: bool


class OwnerList(_Record):
    """The list as it was understood: `columns` are the names of its columns by meaning; `refused` counts the lines that
    are no entry."""

    name: str
    encoding: Literal["UTF-8", "UTF-16", "Windows-1252"]
    columns: dict[str, str]
    unused: list[str]
    refused: int
    remarks: list[Remark]


class Network(_Record):
    """Where the devices come from, and when they were asked last. `all_kinds`: not only Hikvision and Dahua."""

    source: str
    asked: datetime | None
    all_kinds: bool


class CoveredCounts(_Record):
    """How many of those in the list alone were asked."""

    asked: int
    partly: int
    cannot_say: int
    not_asked: int


class Summary(_Record):
    """The sentence, and its numbers."""

    text: str
    entries: int
    matched: int
    differing: int
    network_only: int
    list_only: int
    other: int
    repeated: int
    another_device: int
    covered: CoveredCounts


class Listed(_Record):
    """A line of the list. `tag` is the owner's own number."""

    line: int
    address: str | None
    serial: str | None
    mac: str | None
    name: str | None
    tag: str | None
    vendor: str | None
    brand: str | None
    model: str | None
    firmware: str | None
    kind: str | None
    site: str | None
    building: str | None
    room: str | None


class Device(_Record):
    """A device of the network; `gone` is when it was looked for in vain, null while it is there. `further_serials` and
    `further_macs` are those of its parts, where its owner has put it together of several."""

    id: str
    addresses: list[str]
    address: str | None
    serial: str | None
    mac: str | None
    vendor: str | None
    brand: str | None
    model: str | None
    firmware: str | None
    build: str | None
    kind: str | None
    site: str | None
    further_serials: list[str]
    further_macs: list[str]
    last_seen: datetime | None
    gone: datetime | None


class Difference(_Record):
    """What the list says of a field, and the network."""

    field: Literal["address", "serial", "mac", "vendor", "brand", "model", "firmware", "site"]
    listed: str
    network: str


class Covered(_Record):
    """Whether scans asked the address that the list gives, why that is said, and when they did."""

    state: Literal["asked", "partly", "cannot-say", "not-asked"]
    reason: str
    time: datetime | None


class Row(_Record):
    """A line of the list, a device, or the two together.

    `by` is the strongest mark that joins them; `another_device`: the address alone does, and serial or MAC speak
    against it. `last_known` is the device that is listed, as it was before it was gone; `repeats_line` the line that
    says the same.
    """

    category: Literal["matched", "differing", "network-only", "list-only", "other", "repeated"]
    listed: Listed | None
    device: Device | None
    by: Mark | None
    another_device: bool
    differences: list[Difference]
    covered: Covered | None
    reason: str | None
    last_known: Device | None
    repeats_line: int | None


class Twice(_Record):
    """An identifier that stands on several lines of the list."""

    mark: Mark
    value: str
    lines: list[int]


class Reconcile(_Record):
    """A list against a network."""

    model_config = ConfigDict(extra="forbid", title=reconcile.SCHEMA)
    schema_: Literal["camscan.reconcile/1"] = Field(alias="schema")
    tool: Tool
    owner_list: OwnerList = Field(alias="list")
    network: Network
    summary: Summary
    rows: list[Row]
    twice: list[Twice]


def json_schema() -> dict[str, Any]:
    """The JSON Schema, as published."""
    schema = Reconcile.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:{reconcile.SCHEMA}"} | schema
