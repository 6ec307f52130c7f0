"""The manifest of evidence: `camscan.bundle/1`. Unknown is null, never a missing key."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from camscan.report import evidence
from camscan.report.shape import DIALECT, Tool

Name = Literal["replies.jsonl", "result.json", "scan.json", "register.json"]
Size = Annotated[int, Field(ge=0)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class File(_Record):
    """A file of the bundle."""

    name: Name
    size: Size
    sha256: Digest


class Source(_Record):
    """A file that the replies were read from, as it was."""

    name: str
    size: Size
    sha256: Digest


class Scan(_Record):
    """A scan that the evidence is of."""

    id: str
    started: datetime | None
    ended: datetime | None
    scope: list[str]
    vantage: str | None
    partial: bool


class Replies(_Record):
    """How many replies there are, and when the first and the last was heard."""

    count: Size
    first: datetime | None
    last: datetime | None


class Manifest(_Record):
    """What a bundle of evidence holds: each file with its SHA-256, the program and the dates of the data by which it
    was judged, and the scans it is of."""

    model_config = ConfigDict(extra="forbid", title=evidence.SCHEMA)
    schema_: Literal["camscan.bundle/1"] = Field(alias="schema")
    tool: Tool
    data: dict[str, str]
    origin: Literal["recording", "inventory"]
    sources: list[Source]
    scans: list[Scan]
    replies: Replies
    files: list[File]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a manifest, as published."""
    schema = Manifest.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:{evidence.SCHEMA}"} | schema
