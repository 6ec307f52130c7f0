"""Bytes of somebody's CSV → its records, each with the lines it takes: whatever encoding and separator a spreadsheet
chose. Follows RFC 4180, and `sep=;` on the first line, as Excel has it.

UTF-8 with or without a mark, UTF-16 with one, else Windows-1252, in which every letter of western Europe is one byte. A
record that cannot be read is told in its place and costs itself alone.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from camscan.errors import UsageError

SIZE_LIMIT = 64 * 1024 * 1024  # bytes; 200,000 lines of 300 each, or 100,000 prefixes of NetBox's API
RECORD_LIMIT = 200_000  # lines with something in them: the owner of more cameras keeps no list in a spreadsheet
CELL_LIMIT = 10_000  # characters; a remark of two pages
CELLS_LIMIT = 500  # of one line; the widest export of a database has half as many

UTF_8 = "UTF-8"  # as `as_text` calls it

_SEPARATORS = (",", ";", "\t", "|")
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The cells from `line` on, which take `lines` of the file; `problem` says why there are none."""

    line: int
    lines: int
    cells: tuple[str, ...] = ()
    problem: str | None = None


def as_text(name: str, data: bytes) -> tuple[str, str]:
    """The text and the name of its encoding. Raises `UsageError` for what is no text, and for too much of it."""
    if len(data) > SIZE_LIMIT:
        raise UsageError(f"{name}: more than {SIZE_LIMIT // (1024 * 1024)} MB")
    encoding = "utf-16" if data.startswith(_UTF_16) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = data.decode(encoding, "replace")
    if "\0" in text or data.startswith(b"PK\x03\x04"):
        raise UsageError(f"{name}: no text; a workbook must be saved as CSV first")
    return text, {"utf-8-sig": UTF_8, "utf-16": "UTF-16", "cp1252": "Windows-1252"}[encoding]


def records(name: str, text: str) -> Iterator[Record]:
    """The records that hold anything, the head first. Raises `UsageError` for more than `RECORD_LIMIT`."""
    separator, skipped = _separator(text)
    stream = io.StringIO(text, newline="")
    for _ in range(skipped):
        stream.readline()
    reader = csv.reader(stream, delimiter=separator, strict=True)
    for number, record in enumerate(_read(reader, skipped)):
        if number > RECORD_LIMIT:
            raise UsageError(f"{name}: more than {RECORD_LIMIT:,} lines")
        yield record


def _read(reader: "Iterator[list[str]]", skipped: int) -> Iterator[Record]:
    while True:
        before: int = reader.line_num  # type: ignore[attr-defined]
        cells: list[str] = []
        problem: str | None = None
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem = _said(str(error))
        taken: int = reader.line_num - before  # type: ignore[attr-defined]
        problem = problem or _too_much(cells)
        if problem or any(cell.strip() for cell in cells):
            kept = () if problem else tuple(cell.strip() for cell in cells)
            yield Record(line=before + skipped + 1, lines=max(taken, 1), cells=kept, problem=problem)


def _too_much(cells: list[str]) -> str | None:
    if len(cells) > CELLS_LIMIT:
        return f"more than {CELLS_LIMIT} cells"
    if any(len(cell) > CELL_LIMIT for cell in cells):
        return f"a cell of more than {CELL_LIMIT:,} characters"
    return None


def _said(error: str) -> str:
    """What the csv module says of a line, in other words."""
    if "unexpected end of data" in error:
        return "a quote that is never closed"
    if "field larger" in error:
        return f"a cell of more than {CELL_LIMIT:,} characters, or a quote that is never closed"
    return "a quote inside of quotes must stand twice" if "expected after" in error else error


def _separator(text: str) -> tuple[str, int]:
    """What stands between cells, and how many lines come before the head."""
    first = text[: text.find("\n") + 1] or text
    if first[:4].casefold() == "sep=" and first[4:].strip("\r\n") in _SEPARATORS:
        return first[4], 1
    head = next((line for line in text[: CELL_LIMIT * 10].splitlines() if line.strip()), "")
    bare = "".join(head.split('"')[::2])  # what stands in quotes separates nothing
    return max(_SEPARATORS, key=bare.count), 0
