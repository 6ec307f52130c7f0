"""The JSON of `camscan findings`: `camscan.findings/1`. Unknown is null, never a missing key."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from camscan.report import findings
from camscan.report.export.shape import Ignored
from camscan.report.shape import DIALECT, Tool


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class At(_Record):
    """A device on which it stands, since when. `unconfirmed` is since when it cannot be said any more; `reasons` are
    what it rests on."""

    id: str
    address: str | None
    vendor: str | None
    model: str | None
    firmware: str | None
    site: str | None
    since: datetime
    unconfirmed: datetime | None
    reasons: list[str]
    remedy: str | None
    ignored: Ignored | None


class Finding(_Record):
    """A finding that is found, or an advisory that affects, and where. `severity` is the worst at any of the devices,
    `since` when it was first seen at one; `exploited`: by CISA's list."""

    id: str
    kind: Literal["finding", "advisory"]
    severity: str | None
    exploited: bool
    since: datetime
    source: str | None
    devices: list[At]


class Findings(_Record):
    """What is open, what is exploited first, then the worst; or, where that was asked for, what is ignored."""

    model_config = ConfigDict(extra="forbid", title=findings.SCHEMA)
    schema_: Literal["camscan.findings/1"] = Field(alias="schema")
    tool: Tool
    findings: list[Finding]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document, as published."""
    schema = Findings.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:{findings.SCHEMA}"} | schema
