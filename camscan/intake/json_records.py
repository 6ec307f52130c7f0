"""JSON objects out of a text that need not be JSON as a whole, one by one.

masscan's array may have a comma too many, lack its closing bracket, hold `{finished: 1}`, or end in the middle because
the program was stopped; other tools put an object on each line, or spread it over many. Each object is read by itself,
and what cannot be read costs no more than itself: an object that begins a line ends whatever was not closed before, and
no text holds a line end (RFC 8259). Only one object is in memory at a time.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

RECORD_LIMIT = 1024 * 1024  # characters; masscan's longest banner has 64 kB, all escaped that is 400,000

_BETWEEN = re.compile(r"[\s,\[\]\ufeff]*")
_FINISHED = re.compile(r'\{\s*"?finished"?\s*:\s*1\s*\}')
_DECODER = json.JSONDecoder()
_MARK = re.compile(r'["{}]')
_TEXT = re.compile(r'"(?:[^"\\\n]|\\[^\n])*(")?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What stands at this line is no object; the reason says why."""

    line: int
    reason: str


Record = tuple[int, dict[str, Any]] | Broken
"""The number of the line where an object begins, and the object."""


def read_records(pieces: Iterable[str]) -> Iterator[Record]:
    """The objects of a text that comes in pieces: lines, or parts of a line that is very long."""
    reader = _Reader()
    for piece in pieces:
        yield from reader.take(piece)
    yield from reader.end()


@dataclass(slots=True)
class _Reader:
    """`held` is text from which objects are still to be read: the next begins at `at`, on line `line`, has been looked
    through up to `scanned`, and `depth` braces are open there. `skipping`: the rest of this line is left out."""

    held: str = ""
    at: int = 0
    scanned: int = 0
    depth: int = 0
    line: int = 1
    skipping: bool = False
    at_start: bool = True

    def take(self, piece: str) -> Iterator[Record]:
        """The objects that end in this piece."""
        if self.at_start:
            self.skipping = False
            if self.held and piece.startswith("{"):
                yield self._give_up("an object without an end")
        self.at_start = piece.endswith("\n")
        if self.skipping:
            self.line += piece.count("\n")
            return
        self.held += piece
        yield from self._objects()
        if len(self.held) > RECORD_LIMIT:
            yield self._give_up(f"an object of more than {RECORD_LIMIT:,} characters")

    def end(self) -> Iterator[Record]:
        """What is left at the end of the text."""
        if self.held:
            yield self._give_up("the text ends within an object")

    def _objects(self) -> Iterator[Record]:
        """Every object that is whole; what is left of the text stays in `held`."""
        while self._begins():
            if self.held[self.at] != "{":
                yield self._give_up("neither an object nor what stands between two")
                return
            if whole := self._whole():
                yield self.line, whole[0]
                self._advance(whole[1])
                continue
            end = self._find_end()
            if end is None:
                break
            if end < 0:
                yield self._give_up("a text without an end")
                return
            yield from _read(self.held[self.at : end], self.line)
            self._advance(end)
        self.held, self.scanned, self.at = self.held[self.at :], max(0, self.scanned - self.at), 0

    def _whole(self) -> tuple[dict[str, Any], int] | None:
        """The object at `at` and where it ends, if it is not looked through yet and all of it is there."""
        if self.scanned > self.at:
            return None
        try:
            return _DECODER.raw_decode(self.held, self.at)
        except (ValueError, RecursionError):
            return None

    def _begins(self) -> bool:
        """Whether there is more than what stands between two objects, which is passed over."""
        if not self.depth:
            between = _BETWEEN.match(self.held, self.at)
            self._advance(between.end() if between else self.at)
        return self.at < len(self.held)

    def _advance(self, position: int) -> None:
        self.line += self.held.count("\n", self.at, position)
        self.at = self.scanned = position
        self.depth = 0

    def _give_up(self, reason: str) -> Broken:
        """Leaves out what is held, and the rest of its last line."""
        broken = Broken(line=self.line, reason=reason)
        self._advance(len(self.held))
        self.held, self.at, self.scanned = "", 0, 0
        self.skipping = not self.at_start
        return broken

    def _find_end(self) -> int | None:
        """Where the object at `at` ends; None: not yet; below 0: never, for a text in it runs into a line end."""
        while found := _MARK.search(self.held, self.scanned):
            if found[0] == '"':
                text = _TEXT.match(self.held, found.start())
                if text is None or not text[1]:
                    self.scanned = found.start()
                    return -1 if "\n" in self.held[found.start() :] else None
                self.scanned = text.end()
                continue
            self.scanned = found.end()
            self.depth += 1 if found[0] == "{" else -1
            if not self.depth:
                return self.scanned
        self.scanned = len(self.held)
        return None


def _read(text: str, line: int) -> Iterator[Record]:
    if _FINISHED.fullmatch(text):
        return
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield Broken(line=line, reason=f"not JSON: {str(error)[:100]}")
        return
    yield line, value
