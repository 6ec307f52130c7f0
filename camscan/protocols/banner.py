"""Greetings that a server sends by itself after a connection: read as text, bounded, never answered.

Shared by FTP, Telnet and SSH. A greeting that is empty, or bytes rather than text, is not one. Raises `DecodeError`
and nothing else.
"""

from camscan.errors import DecodeError

BANNER_LIMIT = 4 * 1024  # bytes; the longest greeting of a device is a legal notice of 1 kB
LISTEN_SECONDS = 3.0  # embedded servers greet at once, or after a reverse DNS look-up that fails
_OTHER_SERVICES = ("HTTP/", "RTSP/", "<", "\x16\x03")
_UNPRINTABLE_SHARE = 8  # at most one character in this many may be unprintable, or it is not text


def read_greeting(data: bytes) -> str:
    """The greeting as text, lines separated by `\\n`, without surrounding white space and NULs."""
    text = _as_text(data[:BANNER_LIMIT]).replace("\r", "\n").replace("\0", "")
    lines = [line.strip() for line in text.split("\n")]
    greeting = "\n".join(line for line in lines if line)
    if not greeting:
        raise DecodeError("an empty greeting")
    if greeting.startswith(_OTHER_SERVICES):
        raise DecodeError(f"another service greets: {greeting[:20]!r}")
    if sum(not c.isprintable() for c in greeting if c != "\n") * _UNPRINTABLE_SHARE > len(greeting):
        raise DecodeError("bytes, not a greeting")
    return greeting


def _as_text(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")
