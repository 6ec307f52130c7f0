"""The JSON of `camscan exposure`, as published: `camscan.exposure/1`. Unknown is null, never a missing key."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from camscan.report.exposure import SCHEMA
from camscan.report.shape import DIALECT, Tool

Verdict = Literal["reached", "not-reached", "not-asked", "cannot-say"]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Scan(_Record):
    """A scan that was made from a vantage; times in UTC."""

    id: str
    started: datetime | None
    ended: datetime | None
    partial: bool
    scope: list[str]


class Vantage(_Record):
    """A place in the network, its scans, the newest first, and how many devices have each verdict from there.

    `verdict` is `not-reached` only where that is known of all devices, no scan of any vantage is partial, and no host
    of unknown maker answered at a port of cameras. `unnamed` hosts answered there of which no maker is known, and
    `middleboxes` that answer for many addresses.
    """

    name: str
    verdict: Verdict
    reason: str | None
    reached: int
    not_reached: int
    not_asked: int
    cannot_say: int
    unnamed: int
    middleboxes: int
    scans: list[Scan]


class ServiceCell(_Record):
    """A port from one vantage; `reason` says why it is not known, or what is to be minded."""

    vantage: str
    verdict: Verdict
    reason: str | None


class DeviceCell(ServiceCell):
    """A device from one vantage, and at which addresses it answered there."""

    addresses: list[str]


class Service(_Record):
    """A port at which the device was heard from some vantage, and from which."""

    transport: str
    port: int
    protocols: list[str]
    reach: list[ServiceCell]


class Device(_Record):
    """One physical unit, as all scans together know it. `reach` has one cell for each vantage, in their order."""

    id: str
    address: str
    addresses: list[str]
    mac: str | None
    serial: str | None
    vendor: str | None
    brand: str | None
    model: str | None
    kind: str | None
    reach: list[DeviceCell]
    services: list[Service]


class Exposure(_Record):
    """Who is reached from where."""

    model_config = ConfigDict(extra="forbid", frozen=True, title=SCHEMA)

    schema_: Literal["camscan.exposure/1"] = Field(alias="schema")
    tool: Tool
    vantages: list[Vantage]
    devices: list[Device]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the matrix, as published."""
    return {"$schema": DIALECT, "$id": f"urn:{SCHEMA}"} | Exposure.model_json_schema(
        by_alias=True, mode="serialization"
    )
