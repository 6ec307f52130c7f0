"""The bytes of a reply as they are, and as they may be meant: without the escapes, framings and encodings of the web.

Where something private could hide, this is the last line of defence, so it reads too much rather than too little: what
only looks like base64 is read as base64 too, at every offset. All is done twice, for what is wrapped twice. Follows
RFC 3986, 4648, 8259, 9112, 1952 and the XML recommendation.
"""

import base64
import html
import re
import unicodedata
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from camscan.report.chunked import framing, without

DEPTH = 2  # wrappings seen through
UNPACKED_LIMIT = 1024 * 1024  # octets of one packed piece; a page has less
PACKED_LIMIT = 4  # packed pieces looked into

_REFERENCE = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});?")
_ESCAPE = re.compile(rb"\\+(?:u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,5})\}|x([0-9A-Fa-f]{2})|([0-7]{3})|([^0-9A-Za-z]))")
_LINE_END = re.compile(rb"=?\r?\n[ \t]*")
_QUOTED = re.compile(rb"=([0-9A-F]{2})")
_MARKERS = re.compile(rb"<!\[CDATA\[|\]\]>|<!--|-->")
_CAMEL = re.compile(rb"(?<=[a-z0-9])(?=[A-Z])")
_TAG = re.compile(rb"<[^<>]*>")
_ROOMLESS = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_HEX_GAP = re.compile(rb"0[xX]|[\s:,;._\\\"'-]")
_HEX = re.compile(rb"[0-9A-Fa-f]{12,}")
_OCTETS = re.compile(rb"(?:[0-9]{1,3}[\s,;]{1,3}){3,}[0-9]{1,3}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{10,}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_GZIP = b"\x1f\x8b\x08"

View = tuple[bytes, bool]
"""What some bytes mean, and whether that is the text itself, not what looked like an encoding of one."""


def views(data: bytes, glued: bool = False) -> Iterator[View]:
    """The bytes, and everything that they may mean, each once. `glued`: also what becomes one where line ends and tags
    fall away, in which a number may be followed by the next label."""
    seen: set[bytes] = set()
    row: list[View] = [(data, True)]
    for depth in range(DEPTH + 1):
        row = [view for view in row if view[0] and not (view[0] in seen or seen.add(view[0]))]  # type: ignore[func-returns-value]
        yield from row
        if depth < DEPTH:
            row = [view for data, text in row for view in _unwrapped(data, text, glued)]


def _unwrapped(data: bytes, text: bool, glued: bool) -> Iterator[View]:
    yield from ((unwrap(data), text) for unwrap in (*_TEXT, *_GLUE * glued))
    yield from ((b"\n".join(decode(data)), False) for decode in _BINARY)


def _references(data: bytes) -> bytes:
    return _REFERENCE.sub(lambda m: html.unescape(m[0].decode()).encode(), data) if b"&" in data else b""


def _escapes(data: bytes) -> bytes:
    return _ESCAPE.sub(_meant, data) if b"\\" in data else b""


def _meant(match: re.Match[bytes]) -> bytes:
    code = match[1] or match[2] or match[3]
    if code:
        return chr(int(code, 16)).encode("utf-8", "surrogatepass")
    return chr(int(match[4], 8)).encode() if match[4] else match[5]


def _decoded(data: bytes) -> bytes:
    """As UTF-8 what is none: GB 18030, which devices write, and in which a letter may be half a character."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace").encode()
    return b""


def _composed(data: bytes) -> bytes:
    """Each letter as one character of ordinary width, without what takes no room at all."""
    text = unicodedata.normalize("NFKC", data.decode("utf-8", "replace"))
    return _ROOMLESS.sub("", text).encode()


def _hex(data: bytes) -> Iterator[bytes]:
    for digits in _HEX.findall(_HEX_GAP.sub(b"", data)):
        for start in (0, 1):
            end = len(digits) - (len(digits) - start) % 2
            yield bytes.fromhex(digits[start:end].decode())


def _octets(data: bytes) -> Iterator[bytes]:
    for numbers in _OCTETS.findall(data):
        yield bytes(int(number) & 0xFF for number in re.findall(rb"[0-9]+", numbers))


def _base64(data: bytes) -> Iterator[bytes]:
    for piece in _BASE64.findall(data.translate(_URL_SAFE)):
        for start in range(4):
            part = piece[start:]
            yield base64.b64decode(part + b"A" * (-len(part) % 4))


def _unpacked(data: bytes) -> Iterator[bytes]:
    position = data.find(_GZIP)
    for _ in range(PACKED_LIMIT):
        if position < 0:
            return
        try:
            yield zlib.decompressobj(31).decompress(data[position:], UNPACKED_LIMIT)
        except zlib.error:
            yield b""
        position = data.find(_GZIP, position + 1)


_TEXT: tuple[Callable[[bytes], bytes], ...] = (
    unquote_to_bytes,
    _references,
    _escapes,
    lambda data: data.replace(b"\0", b""),
    lambda data: without(data, framing(data)),
    lambda data: _MARKERS.sub(b"", data),
)
_GLUE: tuple[Callable[[bytes], bytes], ...] = (
    _decoded,
    lambda data: _LINE_END.sub(b"", data),
    lambda data: _QUOTED.sub(lambda m: bytes.fromhex(m[1].decode()), data),
    lambda data: _TAG.sub(b"", data),
    lambda data: _CAMEL.sub(b" ", data),
    lambda data: b"" if data.isascii() else _composed(data),
)
_BINARY: tuple[Callable[[bytes], Iterator[bytes]], ...] = (_hex, _octets, _base64, _unpacked)
