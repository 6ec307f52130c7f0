"""What one line of a user's file may be: bounded, and text.

Files are opened so that a byte that is not UTF-8 arrives as a lone surrogate (PEP 383). No text holds one, so it is
found here, where the line number is known.
"""

from camscan.errors import UsageError

LINE_LIMIT = 4 * 1024 * 1024  # characters; the longest line camscan writes, 256 kB all escaped, is 1.5 million


def is_text(text: str) -> bool:
    """Whether it is whole Unicode text, without a surrogate."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def check_line(line: str) -> None:
    """Raises `UsageError` with the reason for a line that is too long or no text."""
    if len(line) > LINE_LIMIT:
        raise UsageError(f"longer than {LINE_LIMIT:,} characters")
    if not is_text(line):
        raise UsageError("not UTF-8 text")
