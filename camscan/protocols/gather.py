"""Builds `Fields` from what a codec has read: drops what is empty, keeps order and repeats, bounds every value."""

from collections.abc import Iterable

from camscan.reply import Fields

VALUE_LIMIT = 16 * 1024  # characters: the body of a login page is the longest value a fingerprint looks at
VALUES_LIMIT = 64  # values of one field: a device that lists more is not describing itself


def gather(pairs: Iterable[tuple[str, str | None]]) -> Fields:
    """(name, value) pairs → fields. Values are stripped of surrounding white space and NULs."""
    fields: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        text = (value or "").strip(" \t\r\n\0")[:VALUE_LIMIT]
        seen = fields.get(name, ())
        if text and text not in seen and len(seen) < VALUES_LIMIT:
            fields[name] = (*seen, text)
    return fields
