"""The chunk framing of an HTTP body, which may run through the middle of an identifier (RFC 9112, section 7.1).

The rule: a text is looked for, and replaced, in what the chunks hold together; every length stays, so the framing can
be put back where it was.
"""

import re
from collections.abc import Iterator, Sequence

CHUNKS_LIMIT = 16 * 1024  # of one body, as many as the codec reads

_HEAD = re.compile(rb"(?s).*?\n\r?\n")
_CHUNKED = re.compile(rb"(?im)^[ \t]*transfer-encoding[ \t]*:[^\r\n]*chunked")
_SIZE = re.compile(rb"\r?\n?[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]{0,256})?\r?\n")

Span = tuple[int, int]
"""Where a piece of framing begins and ends."""


def framing(data: bytes) -> tuple[Span, ...]:
    """The chunk sizes of a reply with their line ends; none where it is not chunked."""
    head = _HEAD.match(data)
    return tuple(_sizes(data, head.end())) if head and _CHUNKED.search(head[0]) else ()


def _sizes(data: bytes, position: int) -> Iterator[Span]:
    for _ in range(CHUNKS_LIMIT):
        size = _SIZE.match(data, position)
        if size is None:
            return
        yield size.span()
        position = size.end() + int(size[1], 16)


def without(data: bytes, spans: Sequence[Span]) -> bytes:
    """The bytes with these spans cut out."""
    starts = (0, *(end for _, end in spans))
    ends = (*(start for start, _ in spans), len(data))
    return b"".join(data[start:end] for start, end in zip(starts, ends, strict=True))


def framed(text: bytes, data: bytes, spans: Sequence[Span]) -> bytes:
    """Text as long as `without(data, spans)`, with these spans of data put back in."""
    pieces, taken, position = [], 0, 0
    for start, end in spans:
        pieces += [text[taken : taken + start - position], data[start:end]]
        taken, position = taken + start - position, end
    return b"".join((*pieces, text[taken:]))
