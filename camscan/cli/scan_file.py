"""Reads the result of a scan that somebody hands over."""

from typing import TYPE_CHECKING

from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.model import ScanResult


def read_scan(name: str) -> "ScanResult":
    """The result in a file, or on stdin, as `--format json` wrote it. Raises `UsageError` for anything else."""
    from camscan.cli.reading import shown
    from camscan.intake.result_file import parse_result

    return parse_result(shown(name), read_scan_text(name))


def read_scan_text(name: str) -> str:
    """The text of what may be such a result. Raises `UsageError` for what is too large, or no text."""
    from camscan.cli.reading import SIZE_LIMIT, readable, shown, too_large
    from camscan.intake.lines import is_text

    with readable(name) as stream:
        text = stream.read(1)  # what cannot be a document is not read to its end, which may be nowhere
        text += stream.read(SIZE_LIMIT) if text and text in "{ \t\r\n" else ""
    if len(text) > SIZE_LIMIT:
        raise too_large(name)
    if not is_text(text):
        raise UsageError(f"{shown(name)}: not UTF-8 text")
    return text
