"""What a finished text may mean: its parts without tags, without the escapes of HTML, JSON, URLs and our own, and what
is base64 or hexadecimal in it. It trusts nothing that was done before, and reads too much rather than too little.
"""

import base64
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

CODED = 10  # characters of what may be base64
DEPTH = 2  # wrappings seen through
_ESCAPE = re.compile(r"\\+(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(.))")
_CODED = re.compile(rf"[A-Za-z0-9+/_-]{{{CODED},}}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){5,}")


def parts_of(text: str) -> list[str]:
    """The text without its tags and line ends, as it stands between them."""
    return text.replace("<", "\n").replace(">", "\n").split("\n")


def views(parts: list[str]) -> Iterator[str]:
    """The text, and what it means where something in it is escaped, twice over."""
    row = parts
    for _ in range(DEPTH + 1):
        yield "\n".join(row)
        row = [meant for part in row for meant in _meanings(part)]
        if not row:
            return


def _meanings(part: str) -> Iterator[str]:
    if "&" in part and (other := html.unescape(part)) != part:
        yield other
    if "\\" in part:
        yield _ESCAPE.sub(_unescaped, part)
    if "%" in part and (other := unquote(part)) != part:
        yield other
    if not part.isascii():
        text = unicodedata.normalize("NFKC", part)
        if (other := "".join(c for c in text if unicodedata.category(c) != "Cf")) != part:
            yield other


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    return chr(min(int(code, 16), 0x10FFFF)) if code else found[4]


def decoded_in(text: str) -> Iterator[str]:
    """What looks like base64 at each of its offsets, and what looks like octets; one text for all of them."""
    pieces: list[bytes] = []
    for word in set(_CODED.findall(text)):
        plain_word = word.replace("-", "+").replace("_", "/")
        for start in range(4):
            part = plain_word[start:]
            pieces.append(base64.b64decode(part + "A" * (-len(part) % 4)))
    pieces += [bytes.fromhex(digits) for digits in set(_HEX.findall(text))]
    yield b"\n".join(pieces).replace(b"\0", b"").decode("utf-8", "replace")
