"""Reads what stands in a cell as JSON or packed bytes; damage there is told as what it is."""

import json
import zlib
from typing import Any

WINDOW = 32_768  # bytes of a dictionary that zlib looks at, its last


class DamagedError(Exception):
    """A cell that holds something else than was written; the text says what. The store makes a line of it."""


def unpacked_list(text: str) -> list[Any]:
    """The list of a JSON text. Raises `DamagedError`."""
    made = _json(text)
    if not isinstance(made, list):
        raise DamagedError("a list is none")
    return made


def unpacked_mapping(text: str) -> dict[str, Any]:
    """The mapping of a JSON text. Raises `DamagedError`."""
    made = _json(text)
    if not isinstance(made, dict):
        raise DamagedError("a mapping is none")
    return made


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise DamagedError("a text is no JSON") from None


def packed_beside(first: bytes, latest: bytes) -> bytes:
    """The latest bytes, packed with the first as dictionary."""
    packer = zlib.compressobj(zdict=first[-WINDOW:])
    return packer.compress(latest) + packer.flush()


def unpacked(first: bytes, latest: bytes | None = None) -> bytes:
    """The bytes of `first`, packed alone, or of `latest`, packed beside it. Raises `DamagedError`."""
    try:
        data = zlib.decompress(first)
        if latest is None:
            return data
        unpacker = zlib.decompressobj(zdict=data[-WINDOW:])
        data = unpacker.decompress(latest)
    except zlib.error:
        raise DamagedError("a reply cannot be unpacked") from None
    if not unpacker.eof:
        raise DamagedError("a reply ends too early")
    return data
