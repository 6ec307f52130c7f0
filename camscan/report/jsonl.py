"""JSON: the whole document, or JSON Lines with one device a line, each of the shape of `devices[]`.

Only ASCII is written, so that neither an old terminal nor a wrong encoding can change what a reader gets. Both come
piece by piece: no more of a large site is in memory at once than one of its devices.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from camscan.model import ScanResult
from camscan.report.document import Record, device_record, in_order

SPREAD = 2  # levels of a record that have lines of their own: its keys, and in these one line for each claim or service

_INNER, _DEEP = "\n  ", "\n    "  # where the keys of a document begin, and the records below one

_quoted = json.encoder.encode_basestring_ascii  # what `_encode` comes to for a text, in a quarter of the time
_encode = json.JSONEncoder(ensure_ascii=True, allow_nan=False).encode


def as_json(data: Any) -> str:
    """Plain data as indented JSON with a line end."""
    return json.dumps(data, indent=2, ensure_ascii=True, allow_nan=False) + "\n"


def as_json_document(document: Mapping[str, Any]) -> Iterator[str]:
    """A document of `as_document` in pieces, each of its records one: a line for each key, and for each claim."""
    opening = "{"
    for key, value in document.items():
        yield f"{opening}{_INNER}{_encode(key)}: "
        opening = ","
        if isinstance(value, Iterable) and not isinstance(value, str | dict):
            yield from _listed(value)
        else:
            yield _spread(value, _INNER, SPREAD)
    yield "\n}\n"


def _listed(records: Iterable[Record]) -> Iterator[str]:
    opening = "["
    for record in records:
        yield f"{opening}{_DEEP}{_spread(record, _DEEP, SPREAD)}"
        opening = ","
    yield "[]" if opening == "[" else f"{_INNER}]"


def _spread(value: Any, margin: str, levels: int) -> str:
    """The value with so many of its levels on lines of their own; `margin` is a line end and what stands before it."""
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    if not levels or not value or not isinstance(value, list | dict):
        return "[]" if value == [] else _encode(value)
    inner = f"{margin}  "
    if isinstance(value, dict):
        items = [f"{_quoted(key)}: {_spread(item, inner, levels - 1)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(items)}{margin}}}"
    items = [_spread(item, inner, levels - 1) for item in value]
    return f"[{inner}{f',{inner}'.join(items)}{margin}]"


def as_jsonl(result: ScanResult) -> Iterator[str]:
    """One device a line, in numeric order of address; nothing where nothing was found."""
    return (as_json_line(device_record(device)) for device in in_order(result.devices))


def as_json_line(record: Record) -> str:
    """A record on one line, with its end."""
    return f"{_encode(record)}\n"
