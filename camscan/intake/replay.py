"""Recorded replies: JSON Lines, one reply a line, read by `camscan replay` and written by `camscan scan --replies`.

`{"address", "protocol", "transport": "udp"|"tcp"|…, "port", "request", "encoding": "text"|"hex", "reply"}`; extra keys
are ignored. A bad line costs that line only: it is returned as a `BadLine` with file, line number and reason.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, get_args

from camscan.errors import UsageError
from camscan.intake.lines import check_line, is_text
from camscan.reply import Reply, Transport

LATEST = 253402300799  # seconds since the epoch: the end of the year 9999, where dates end

_ZONE = re.compile(r"[A-Za-z0-9_.:+-]{1,32}")  # the interface of a link-local address, or its number


@dataclass(frozen=True, slots=True, kw_only=True)
class BadLine:
    """A line that is no recorded reply."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


def read_replies(name: str, lines: Iterable[str]) -> Iterator[Reply | BadLine]:
    """Every line of a recording as a `Reply`, or as a `BadLine` saying why not. Blank lines are skipped."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _parse_line(line)
        except UsageError as error:
            yield BadLine(file=name, line=number, reason=str(error))


def _parse_line(line: str) -> Reply:
    check_line(line)
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:  # ValueError also for a number of thousands of digits
        raise UsageError(f"not JSON: {error}") from None
    if not isinstance(row, dict):
        raise UsageError(f"a JSON {type(row).__name__}, not an object")
    return Reply(
        address=_address(_text(row, "address")),
        protocol=_text(row, "protocol"),
        transport=_transport(_text(row, "transport")),
        port=_port(row.get("port")),
        request=_optional(row, "request") or "",
        data=_data(row),
        channel=_optional(row, "channel") or "recorded",
        time=_number(row.get("time")),
        sensor=_optional(row, "sensor"),
        foreign=row.get("foreign") is True,
        routed=_truth(row.get("routed")),
    )


def _text(row: dict[str, Any], key: str) -> str:
    text = _optional(row, key)
    if not text:
        raise UsageError(f'"{key}" is missing')
    return text


def _optional(row: dict[str, Any], key: str) -> str | None:
    """The text at the key; None where there is none or null. JSON can spell surrogates, which are no text."""
    value = row.get(key)
    if value is None or (isinstance(value, str) and is_text(value)):
        return value
    raise UsageError(f'"{key}" is not text')


def _address(text: str) -> str:
    """`ipaddress` lets a zone be anything, escape sequences included."""
    _, percent, zone = text.partition("%")
    try:
        if percent and not _ZONE.fullmatch(zone):
            raise ValueError
        return str(ip_address(text))
    except ValueError:
        raise UsageError(f'"address" {text[:60]!r} is not an IP address') from None


def _transport(text: str) -> Transport:
    if text not in get_args(Transport):
        raise UsageError(f'"transport" {text[:20]!r} is none of {", ".join(get_args(Transport))}')
    return text  # type: ignore[return-value]


def _port(value: object) -> int | None:
    """Ports are numbers, text, or unknown; a text that is no port number is unknown, not an error."""
    text = str(value) if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535 else None


def _number(value: object) -> float | None:
    """A finite number of seconds; anything else is unknown."""
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > LATEST:
        return None
    return float(value) if math.isfinite(value) else None


def _truth(value: object) -> bool | None:
    """True or false; anything else is unknown."""
    return value if isinstance(value, bool) else None


def _data(row: dict[str, Any]) -> bytes:
    reply = _optional(row, "reply")
    if reply is None:
        raise UsageError('"reply" is missing')
    encoding = _optional(row, "encoding") or "text"
    if encoding == "text":
        return reply.encode("utf-8")
    if encoding != "hex":
        raise UsageError(f'"encoding" {encoding[:20]!r} is neither text nor hex')
    try:
        return bytes.fromhex(reply)
    except ValueError:
        raise UsageError('"reply" is not hexadecimal') from None


def as_line(reply: Reply) -> str:
    """One reply as a line of a recording, without the line end. Bytes that are not plain UTF-8 text become hex."""
    encoding, text = encode_bytes(reply.data)
    row = {
        "address": reply.address,
        "protocol": reply.protocol,
        "transport": reply.transport,
        "port": reply.port,
        "request": reply.request,
        "encoding": encoding,
        "reply": text,
        "channel": reply.channel,
        "time": reply.time,
        "sensor": reply.sensor,
        "foreign": reply.foreign,
        "routed": reply.routed,
    }
    return json.dumps(row, ensure_ascii=True)


def encode_bytes(data: bytes) -> tuple[str, str]:
    """("text", text) where the bytes are UTF-8 without NULs and come back the same, else ("hex", digits)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "hex", data.hex()
    return ("hex", data.hex()) if "\0" in text else ("text", text)
