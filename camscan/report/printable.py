"""The one function that makes text from a device fit to be shown.

A device chooses its own name. Control characters drive terminals, bidirectional marks and invisible characters make one
string look like another, and an endless name hides the rest of the screen: so whatever Unicode does not call printable
is escaped as Python would write it, and the length is bounded. Plain letters of any script stay as they are.
"""

LIMIT = 200  # characters; no model, firmware or serial comes near, and it still fits a few lines of a terminal


def printable(text: str, limit: int = LIMIT) -> str:
    """The text on one line without anything invisible, at most `limit` characters; a cut is marked by `…`."""
    if len(text) <= limit and text.isprintable():
        return text  # nearly every text; a large site has millions
    shown: list[str] = []
    room = limit
    for character in text[: limit + 1]:
        piece = character if character.isprintable() else _escape(ord(character))
        room -= len(piece)
        if room < 0:
            return _cut(shown, limit)
        shown.append(piece)
    return "".join(shown)


def _cut(pieces: list[str], limit: int) -> str:
    """The pieces with the mark of a cut in place of as few whole ones as make room for it."""
    length = sum(map(len, pieces))
    while length >= limit:
        length -= len(pieces.pop())
    return "".join(pieces) + "…"


def _escape(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
