"""One scripted answer: the request it answers, and the bytes it gives, as a template.

A template is bytes with `{name}` in them. Names are filled from the device's values, from the named groups of the
pattern that matched the request, from what is fresh in every reply (`FRESH`) and from the length of the body
(`LENGTHS`). Nothing is computed but lengths: what stands in the data file is what goes on the wire.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from camscan.errors import CannotRunError

CLOCK = ("year", "month", "day", "hour", "minute", "second")
"""The parts of the time in UTC, as numbers without leading zeros: a device's clock that is right."""

FRESH = frozenset({"date", "long_date", "nonce", "number", "fresh_uuid", *CLOCK})
"""Filled anew for every reply: an RFC 9110 date, the same in the makers' odd form, 32 hex digits, a decimal, a UUID,
and the clock."""

LENGTHS = frozenset({"length", "u16", "u32"})
"""The length of the body: decimal, and as little-endian words of two and four bytes."""

_PLACEHOLDER = re.compile(rb"\{([a-z][a-z0-9_]*)\}")
_KEYS = {"match", "hex", "head", "body", "body_hex", "eol", "repeat", "close", "endless", "drip"}

Values = Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is sent when `match` is found in a request: `prefix`, `head`, an empty line, then `body` `repeat` times.

    `close` ends the connection afterwards; `endless` sends it all again and again; `drip` waits that many
    seconds before every byte.
    """

    match: re.Pattern[bytes]
    prefix: bytes
    head: bytes
    body: bytes
    repeat: int = 1
    close: bool = False
    endless: bool = False
    drip: float = 0.0

    def render(self, values: Values, request: re.Match[bytes]) -> bytes:
        """The bytes to send for this request. A group that took no part in the match is empty."""
        known = {**values, **{name: text or b"" for name, text in request.groupdict().items()}}
        body = fill(self.body, known) * self.repeat
        known |= {
            "length": str(len(body)).encode(),
            "u16": (len(body) & 0xFFFF).to_bytes(2, "little"),
            "u32": len(body).to_bytes(4, "little"),
        }
        return fill(self.prefix, known) + _header(fill(self.head, known)) + body

    def unknown_names(self, known: frozenset[str]) -> set[str]:
        """The placeholders that nothing will fill."""
        used = {name.decode() for name in _PLACEHOLDER.findall(self.prefix + b"\n" + self.head + b"\n" + self.body)}
        return used - known - FRESH - LENGTHS - set(self.match.groupindex)


def fill(template: bytes, values: Values) -> bytes:
    """The template with its placeholders filled."""
    return _PLACEHOLDER.sub(lambda found: values[found[1].decode()], template)


def _header(head: bytes) -> bytes:
    """Header lines end in CRLF, the header in an empty line; a line whose placeholder came out empty is left out."""
    lines = [line for line in head.splitlines() if line]
    return b"".join(line + b"\r\n" for line in lines) + b"\r\n" if lines else b""


def parse_answer(table: Mapping[str, Any], where: str) -> Answer:
    """An answer from its TOML table. Raises `CannotRunError` naming the file and the mistake."""
    unknown = set(table) - _KEYS
    if unknown:
        raise CannotRunError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    body = table.get("body", "").encode()
    try:
        return Answer(
            match=re.compile(table.get("match", "").encode("latin-1")),
            prefix=from_hex(table.get("hex", "")),
            head=table.get("head", "").encode(),
            body=body.replace(b"\n", b"\r\n")
            if table.get("eol") == "crlf"
            else body + from_hex(table.get("body_hex", "")),
            **{name: table[name] for name in ("repeat", "close", "endless", "drip") if name in table},
        )
    except (re.error, ValueError, UnicodeEncodeError) as error:
        raise CannotRunError(f"{where}: {error}") from None


def from_hex(text: str) -> bytes:
    """Hex digits with `{name}` between them: the bytes, the placeholders left as they stand."""
    parts = re.split(r"(\{[a-z0-9_]+\})", text)
    return b"".join(part.encode() if part.startswith("{") else bytes.fromhex(part) for part in parts)
