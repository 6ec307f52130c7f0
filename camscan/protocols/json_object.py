"""Reads the JSON object that an answer holds: bounded, and nothing but `DecodeError` for whatever else it is.

Follows RFC 8259; what stands before the first brace (a frame's header) and after the object is not looked at.
"""

import json
from typing import Any

from camscan.errors import DecodeError
from camscan.protocols.http_message import as_text

JSON_LIMIT = 64 * 1024  # bytes; a login challenge has 400, a DeviceInfo two thousand
TEXT_LIMIT = 4096  # characters of one value


def read_object(data: bytes) -> dict[str, Any]:
    """The first JSON object in the bytes. Raises `DecodeError` where there is none, or too much."""
    start = data.find(b"{")
    if start < 0 or len(data) > JSON_LIMIT:
        raise DecodeError("no JSON" if start < 0 else f"JSON longer than {JSON_LIMIT} bytes")
    try:
        value, _ = json.JSONDecoder().raw_decode(as_text(data[start:]))
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"not JSON: {error}") from None
    if not isinstance(value, dict):
        raise DecodeError("JSON, but no object")
    return value


def scalar(value: object) -> str:
    """A JSON scalar as text that can be written anywhere: a lone surrogate becomes a question mark; '' for the rest."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)[:TEXT_LIMIT].encode("utf-8", "replace").decode() if isinstance(value, str | int) else ""
