"""The JSON of `camscan inventory`. Unknown is null, never a missing key. These models are the published schemas
(`camscan schema NAME`); what is written is plain data, held against them by the tests.
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

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


_MODELS: dict[str, type[BaseModel]] = {"inventory-check": Check}


def inventory_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document, as published."""
    schema = _MODELS[name].model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": DIALECT, "$id": f"urn:camscan.{name}/1"} | schema
