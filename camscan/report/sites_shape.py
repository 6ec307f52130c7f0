"""The JSON of `camscan sites`: `camscan.sites/1` and `camscan.progress/1`. Unknown is null, never a missing key. These
models are the published schemas; what is written is plain data, held against them by the tests.
"""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from camscan.report import progress, sites
from camscan.report.shape import DIALECT, Tool


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Removal(_Record):
    """Of the devices that are to go: `replaced` are gone, looked for in vain; `left` are there; of `unasked` nothing is
    said, because nobody looked for them. `total` is the sum."""

    total: int
    replaced: int
    left: int
    unasked: int


class SiteCount(_Record):
    """A place with everything in it. `level` is how narrow it is, `none` no site at all; numbers are of devices that
    are there: all, those of the makers, of these those under another brand, those with a finding from high on, those
    that an advisory affects which attackers use. `days_left` is below 0 when the day is past."""

    district: str | None
    site: str | None
    building: str | None
    room: str | None
    level: Literal["district", "site", "building", "room", "none"]
    devices: int
    makers: int
    rebranded: int
    exposed: int
    exploited: int
    sensitive: bool | None
    remove_by: date | None
    days_left: int | None
    removal: Removal


class Point(_Record):
    """How far removal had come at a site, null for devices at none, after a scan."""

    time: datetime
    scan: int
    site: str | None
    removal: Removal


class _Document(_Record):
    tool: Tool


class Sites(_Document):
    """What is where."""

    model_config = ConfigDict(extra="forbid", title=sites.SCHEMA)
    schema_: Literal["camscan.sites/1"] = Field(alias="schema")
    sites: list[SiteCount]


class Series(_Document):
    """Removal over time."""

    model_config = ConfigDict(extra="forbid", title=progress.SCHEMA)
    schema_: Literal["camscan.progress/1"] = Field(alias="schema")
    points: list[Point]


_MODELS: dict[str, type[BaseModel]] = {"sites": Sites, "progress": Series}


def sites_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document, as published."""
    schema = _MODELS[name].model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:camscan.{name}/1"} | schema
