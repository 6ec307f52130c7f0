"""Writes a site file: TOML 1.0, one table a place, with what else is known of a network as a comment beside it.

Whatever a text holds, it cannot end its quotes or its comment: in both only what can be printed stands as it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from camscan.report.printable import printable

NOTE_LIMIT = 200  # characters


def as_site_file(tables: Iterable[Mapping[str, object]], notes: Mapping[str, str]) -> str:
    """The text of the file; `notes` by network."""
    return "\n".join(line for table in tables for line in (*_lines(table, notes), ""))


def _lines(table: Mapping[str, object], notes: Mapping[str, str]) -> Iterator[str]:
    yield "[[site]]"
    for key, value in table.items():
        if key == "networks" and isinstance(value, list):
            yield "networks = ["
            yield from (f"    {_quoted(network)},{_comment(notes.get(network))}" for network in value)
            yield "]"
        else:
            yield f"{key} = {_value(value)}"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_quoted, value))}]"
    return _quoted(str(value))


def _quoted(text: str) -> str:
    """A basic string. JSON escapes what TOML escapes, in the same way, but for DEL, which TOML wants escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(note: str | None) -> str:
    return f"  # {printable(note, NOTE_LIMIT)}" if note else ""
