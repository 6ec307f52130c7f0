"""Reads the device records of a scan's JSON, or judges those of a recording."""

from collections.abc import Iterable
from itertools import chain, repeat
from typing import TYPE_CHECKING, TextIO

from camscan.cli.chosen import NOTHING, Chosen
from camscan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from camscan.reply import Reply
    from camscan.report.shape import Document

_NEITHER = "neither camscan.scan/1 nor a recording"


def read_document(source: str, fingerprints: "Path | None", chosen: Chosen = NOTHING) -> "Document":
    """A document from a scan's JSON, or from judging a recording."""
    from camscan.cli.anew import held_anew
    from camscan.cli.reading import readable, shown

    name = shown(source)
    with readable(source) as stream:
        blanks, first = _first_line(stream)
        if not first:
            raise UsageError(f"{name}: nothing in it")
        if not _is_recording(first):
            text = _whole(name, first, stream)
            return held_anew(parse_document(text, name), chosen, fingerprints)
        replies = _replies(name, chain(repeat("\n", blanks), [first]), stream)
    return _judged(replies, fingerprints, chosen)


def _first_line(stream: TextIO) -> tuple[int, str]:
    """How many blank lines stand first, and as much of the line after them as a recording's may have."""
    from camscan.intake.lines import LINE_LIMIT

    blanks = 0
    while (line := stream.readline(LINE_LIMIT + 1)) and not line.strip():
        blanks += 1
    return blanks, line


def _is_recording(first: str) -> bool:
    """A recording begins with a whole JSON value; a document goes over many lines or names its schema."""
    import json

    try:
        row = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return not (isinstance(row, dict) and "schema" in row)


def _whole(name: str, first: str, stream: TextIO) -> str:
    """The text of a document. One that cannot be JSON is not read to its end, which may be nowhere."""
    from camscan.cli.reading import SIZE_LIMIT, too_large

    if not first.lstrip().startswith("{"):
        raise UsageError(f"{name}: {_NEITHER}")
    text = first + stream.read(SIZE_LIMIT)
    if len(text) > SIZE_LIMIT:
        raise too_large(name)
    return text


def parse_document(text: str, name: str) -> "Document":
    """A document in the published shape. Raises `UsageError` for anything else."""
    from pydantic import ValidationError

    from camscan.intake.lines import is_text
    from camscan.report.shape import Document

    if not is_text(text):
        number = next(n for n, line in enumerate(text.split("\n"), 1) if not is_text(line))
        raise UsageError(f"{name}:{number}: not UTF-8 text")
    try:
        return Document.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        reason = ": ".join((".".join(map(str, first["loc"])), first["msg"])).removeprefix(": ")
        raise UsageError(f"{name}: {_NEITHER}: {reason}") from None


def _replies(name: str, beginning: Iterable[str], stream: TextIO) -> "list[Reply]":
    from camscan.cli.reading import lines_of
    from camscan.cli.replay import read_recording

    return read_recording(name, chain(beginning, lines_of(name, stream)))


def _judged(replies: "list[Reply]", fingerprints: "Path | None", chosen: Chosen) -> "Document":
    import camscan
    from camscan.cli.judged import judge_replies
    from camscan.report.document import as_document
    from camscan.report.shape import Document

    judged = judge_replies("replay", replies, fingerprints, chosen)
    return Document.model_validate(as_document(judged, camscan.__version__))
