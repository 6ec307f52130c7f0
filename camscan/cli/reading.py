"""The user's text files, and stdin: read with bounds, so that `/dev/zero` or a disk image ends in one line."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from camscan.errors import UsageError
from camscan.intake.lines import LINE_LIMIT

STDIN = "-"
SIZE_LIMIT = 512 * 1024 * 1024  # characters of one document, or of one line that is skipped: 100,000 devices fit

_ENCODING, _ERRORS = "utf-8-sig", "surrogateescape"  # what is not UTF-8 is told by the line, see `intake.lines`


def shown(name: str) -> str:
    """The name for messages."""
    return "stdin" if name == STDIN else name


@contextmanager
def readable(name: str) -> Iterator[TextIO]:
    """A text file of the user, or stdin, whose encoding is UTF-8 whatever the locale. Raises `UsageError` where it
    cannot be read."""
    with opened(name) as stream, as_text(stream) as text:
        yield text


@contextmanager
def opened(name: str) -> Iterator[io.BufferedReader]:
    """A file of the user, or stdin, as bytes. Raises `UsageError` where it cannot be read."""
    try:
        if name == STDIN:
            yield _stdin()
        else:
            with Path(name).open("rb") as stream:
                yield stream
    except OSError as error:
        raise UsageError(f"{shown(name)}: {error.strerror}") from None


@contextmanager
def as_text(stream: io.BufferedReader) -> Iterator[TextIO]:
    """The text in the bytes of a file, read as `readable` does."""
    text = io.TextIOWrapper(stream, encoding=_ENCODING, errors=_ERRORS)
    try:
        yield text
    finally:
        text.detach()


def _stdin() -> io.BufferedReader:
    if sys.stdin is None:
        raise UsageError("stdin is closed: nothing can be read")
    buffer = sys.stdin.buffer
    return buffer if isinstance(buffer, io.BufferedReader) else io.BufferedReader(buffer)  # type: ignore[arg-type]


def lines_of(name: str, stream: TextIO) -> Iterator[str]:
    """The lines, of a long one only as much as shows that it is too long. Raises `UsageError` for an endless one."""
    while line := stream.readline(LINE_LIMIT + 1):
        yield line
        if len(line) > LINE_LIMIT and not line.endswith("\n"):
            _skip_line(name, stream)


def _skip_line(name: str, stream: TextIO) -> None:
    for _ in range(SIZE_LIMIT // LINE_LIMIT):
        piece = stream.readline(LINE_LIMIT)
        if not piece or piece.endswith("\n"):
            return
    raise too_large(name)


def too_large(name: str) -> UsageError:
    """The refusal of what does not fit `SIZE_LIMIT`."""
    return UsageError(f"{shown(name)}: more than {SIZE_LIMIT:,} characters in one piece")
