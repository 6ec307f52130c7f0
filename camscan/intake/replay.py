"""Recorded replies: JSON Lines, one reply a line, read by `camscan replay` and written by `camscan scan --replies`.

`{"address", "protocol", "transport": "udp"|"tcp"|…, "port", "request", "encoding": "text"|"hex", "reply"}`; extra keys
are ignored. A bad line costs that line only: it is returned as a `BadLine` with file, line number and reason.
"""

import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, get_args

from camscan.errors import UsageError
from camscan.model import Reply, Transport

LATEST = 253402300799  # seconds since the epoch: the end of the year 9999, where dates end
LINE_LIMIT = 4 * 1024 * 1024  # characters; a reply is cut at 256 kB, so a longer line is no recording


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
    if len(line) > LINE_LIMIT:
        raise UsageError(f"longer than {LINE_LIMIT} characters")
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
        request=str(row.get("request") or ""),
        data=_data(row),
        channel=str(row.get("channel") or "recorded"),
        time=_number(row.get("time")),
        sensor=row["sensor"] if isinstance(row.get("sensor"), str) else None,
        foreign=row.get("foreign") is True,
    )


def _text(row: dict[str, Any], key: str) -> str:
    if not isinstance(row.get(key), str) or not row[key]:
        raise UsageError(f'"{key}" is missing or not text')
    return str(row[key])


def _address(text: str) -> str:
    try:
        return str(ip_address(text))
    except ValueError:
        raise UsageError(f'"address" {text[:60]!r} is not an IP address') from None


def _transport(text: str) -> Transport:
    if text not in get_args(Transport):
        raise UsageError(f'"transport" {text[:20]!r} is none of {", ".join(get_args(Transport))}')
    return text  # type: ignore[return-value]


def _port(value: object) -> int | None:
    """Ports are numbers, text, or unknown; a text that is no port number is unknown, not an error."""
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535 else None


def _number(value: object) -> float | None:
    """A finite number of seconds; anything else is unknown."""
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > LATEST:
        return None
    return float(value) if math.isfinite(value) else None


def _data(row: dict[str, Any]) -> bytes:
    reply = row.get("reply")
    if not isinstance(reply, str):
        raise UsageError('"reply" is missing or not text')
    encoding = row.get("encoding", "text")
    if encoding == "text":
        return reply.encode("utf-8", "surrogatepass")
    if encoding != "hex":
        raise UsageError(f'"encoding" {str(encoding)[:20]!r} is neither text nor hex')
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
    }
    return json.dumps(row, ensure_ascii=True)


def encode_bytes(data: bytes) -> tuple[str, str]:
    """("text", text) where the bytes are UTF-8 without NULs and come back the same, else ("hex", digits)."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return "hex", data.hex()
    return ("hex", data.hex()) if "\0" in text else ("text", text)
