"""Reads one HTTP-shaped reply (HTTP, RTSP) from raw bytes, as leniently as embedded servers are written.

The raw bytes are the evidence, so header names keep their spelling and order, and nothing is corrected: line
feeds alone, a missing reason, indented header lines, lines that are no header, a wrong Content-Length and a
page without any header are all read. Follows RFC 9112 where the device does. Raises `DecodeError` and nothing
else, for any bytes.
"""

import re
from codecs import BOM_UTF8
from dataclasses import dataclass
from functools import lru_cache

from camscan.errors import DecodeError
from camscan.probe import REPLY_LIMIT

HEADER_LINES = 128  # more is not a camera: the chattiest web server seen sends 22
LINE_LIMIT = 8 * 1024  # bytes of one header line; a longer one is cut, not parsed
INTERIM_LIMIT = 4  # 1xx answers before the real one; a server that sends more is stalling
CHUNKS_LIMIT = 16 * 1024  # of one body: a page in smaller pieces is an attack on the reader
REMEMBERED = 16  # replies read last: each is looked at by several, one after the other

_STATUS = re.compile(rb"([A-Za-z]{2,8}/\d(?:\.\d{1,2})?)[ \t]+(\d{3})(?!\d)[ \t]*([^\r\n]*)")
_HEADER = re.compile(rb"[ \t]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
_CHUNK = re.compile(rb"\r?\n?[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,256})?\r?\n")
_LEADING = b"\xef\xbb\xbf\r\n \t\0"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One reply. `version` is as sent (`HTTP/1.1`, `RTSP/1.0`); '' and `status` 0 where no status line came.

    `headers` keep the device's spelling, order and repeats; `body` is what came of it, without chunk framing.
    """

    version: str
    status: int
    reason: str
    headers: Headers
    body: bytes

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a header, whatever its spelling, in order."""
        return tuple(value for header, value in self.headers if header.lower() == name.lower())

    def first(self, name: str) -> str:
        """The first value of a header, '' where it is missing."""
        return next(iter(self.values(name)), "")


def is_complete(data: bytes) -> bool:
    """Whether these bytes are a whole reply and reading can stop; False where only the close can tell."""
    try:
        message, ended = _read(data)
    except DecodeError:
        return False
    return ended and _body_end(message) is not None


def first_reply(data: bytes) -> bytes:
    """The first reply in these bytes, without what follows it on the connection; all of them where it is not whole, or
    where only the close can tell its end."""
    if not is_complete(data):
        return data
    message, _ = _read(data)
    begin = min(len(data), REPLY_LIMIT) - len(message.body)
    return data[: begin + (_body_end(message) or 0)]


def _body_end(message: Message) -> int | None:
    """Where the body ends by its framing; None where that has not come, or only the close can tell."""
    if message.status in (204, 304):
        return 0
    if _is_chunked(message):
        return _join_chunks(message.body)[1]
    length = message.first("Content-Length")
    if length.isascii() and length.isdigit() and len(length) < 16:
        return int(length) if len(message.body) >= int(length) else None
    return 0 if message.version.startswith("RTSP") else None


def parse(data: bytes) -> Message:
    """The reply in these bytes. Raises `DecodeError` where they begin as no status line, header or markup."""
    message, _ = _read(data)
    if not _is_chunked(message):
        return message
    body, _ = _join_chunks(message.body)
    return Message(
        version=message.version,
        status=message.status,
        reason=message.reason,
        headers=message.headers,
        body=body or message.body,
    )


def message_in(data: bytes | None) -> Message | None:
    """The reply in these bytes; None where there are none, or they are no reply."""
    try:
        return parse(data) if data else None
    except DecodeError:
        return None


def body_of(data: bytes | None) -> bytes:
    """The body of a reply; empty where there is none, or the bytes are no reply."""
    message = message_in(data)
    return message.body if message else b""


def without_path(path: str, body: bytes) -> bytes:
    """What a body says whatever path was asked: the path, which a page may repeat, is left out. A server that says the
    same to two paths says it to any, so it is evidence of neither."""
    return body.replace(path.encode(), b"") if len(path) > 1 else body


@lru_cache(maxsize=REMEMBERED)
def _read(data: bytes) -> tuple[Message, bool]:
    """The message with its body as framed, and whether the header block has ended."""
    rest = data[:REPLY_LIMIT].lstrip(_LEADING)
    for _ in range(INTERIM_LIMIT):
        message, ended = _read_one(rest)
        if not 100 <= message.status < 200 or not message.body.startswith(message.version.encode()):
            return message, ended and not 100 <= message.status < 200
        rest = message.body
    raise DecodeError(f"more than {INTERIM_LIMIT} interim answers")


def _read_one(data: bytes) -> tuple[Message, bool]:
    status = _STATUS.match(data)
    if status is None and not (data.startswith(b"<") or _HEADER.match(data.partition(b"\n")[0])):
        raise DecodeError("neither a status line, a header nor markup" if data else "no bytes")
    headers, end, ended = _read_headers(data, status.end() if status else 0)
    message = Message(
        version=status[1].decode("ascii") if status else "",
        status=int(status[2]) if status else 0,
        reason=as_text(status[3]).strip() if status else "",
        headers=headers,
        body=data[end:],
    )
    return message, ended


def _read_headers(data: bytes, start: int) -> tuple[Headers, int, bool]:
    """The headers from `start`, where the body begins, and whether a blank line or markup said so."""
    lines: list[tuple[str, str]] = []
    position = data.find(b"\n", start) + 1 if start else 0
    if start and not position:
        return (), len(data), False
    for _ in range(HEADER_LINES):
        end = data.find(b"\n", position)
        line = data[position : end if end >= 0 else len(data)].strip()
        if line.startswith(b"<") or (not line and end >= 0):
            return tuple(lines), position if line else end + 1, True
        _add_header(lines, data[position : position + min(len(line) + 64, LINE_LIMIT)].partition(b"\n")[0])
        if end < 0:
            return tuple(lines), len(data), False
        position = end + 1
    return tuple(lines), position, True


def _add_header(lines: list[tuple[str, str]], line: bytes) -> None:
    """Adds the header of one line; an indented line that is none continues the one before (RFC 9112, 5.2)."""
    header = _HEADER.match(line)
    if header:
        lines.append((header[1].decode("ascii"), as_text(header[2]).strip()))
    elif lines and line[:1] in b" \t" and line.strip():
        name, value = lines[-1]
        if len(value) < LINE_LIMIT:
            lines[-1] = (name, f"{value} {as_text(line).strip()}")


def _is_chunked(message: Message) -> bool:
    return message.first("Transfer-Encoding").lower().endswith("chunked")


def _join_chunks(body: bytes) -> tuple[bytes, int | None]:
    """The body without its chunk framing, and where the last chunk ends; None if it has not come."""
    parts: list[bytes] = []
    position = 0
    for _ in range(CHUNKS_LIMIT):
        size = _CHUNK.match(body, position)
        if size is None:
            return b"".join(parts), None
        length = int(size[1], 16)
        if not length:
            return b"".join(parts), size.end()
        parts.append(body[size.end() : size.end() + length])
        position = size.end() + length
    return b"".join(parts), position


def as_text(data: bytes) -> str:
    """Text of unknown encoding: UTF-8 where it is, else byte for byte."""
    try:
        return data.removeprefix(BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
