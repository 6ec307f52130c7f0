"""The JSON of `camscan export --format jsonl`, one line: `camscan.export/1`. Unknown is null, never a missing key."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from camscan.report.register_shape import Listed
from camscan.report.shape import DIALECT

SCHEMA = "camscan.export/1"


class Ignored(BaseModel):
    """That the owner lives with it: who, why, and until when, null for ever."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    who: str
    reason: str
    until: datetime | None


class Standing(BaseModel):
    """A finding that is found, or an advisory that affects. `exploited`: by CISA's list. `unconfirmed` is since when it
    cannot be said any more. `reasons` are what it rests on."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["finding", "advisory"]
    id: str
    severity: str | None
    exploited: bool
    since: datetime
    unconfirmed: datetime | None
    reasons: list[str]
    remedy: str | None
    source: str | None
    ignored: Ignored | None


class Unit(Listed):
    """A device of the inventory and what stands on it."""

    standing: list[Standing]


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a line, as published."""
    schema = Unit.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:{SCHEMA}"} | schema
