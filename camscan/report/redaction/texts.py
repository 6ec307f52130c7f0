"""What becomes of the texts of a report: originals get their stand-ins, and of sentences unknown words go.

The rule: in a sentence that may hold what a device said only words stay that the program, its data or a product has,
what devices tell of their kind, and short numbers. So a name that stands nowhere else goes too.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from camscan.report.redaction.originals import Originals
from camscan.report.redaction.remaining import Remaining
from camscan.report.redaction.rule import Rule
from camscan.report.redaction.shapes import TOKEN, spots, tokens
from camscan.report.redaction.stand_ins import StandIns

GONE = "…"
NUMBER = 5  # digits of a number that says how many, or which port
_SEVERAL = re.compile(rf"{GONE}(?:[\W_]*{GONE})+")
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?Z?)?")
_ROW = re.compile(r"\d+(?:[-. :/]\d+)*")


class Texts:
    """Acts on each text by its rule."""

    def __init__(self, originals: Originals, stand_ins: StandIns, remaining: Remaining) -> None:
        self._stand_ins = stand_ins
        self._private = remaining.among(list(originals.values))
        self._own = originals.own
        self._rows: dict[tuple[str, ...], str] = {}
        self._lengths: dict[str, set[int]] = {}
        for old, new in stand_ins.all:
            self._index(old, new)
        self._values = self._clean(originals.values, self._value, remaining)
        self._said = {word for text in self._values.values() for word in tokens(text)}
        self._sentences = self._clean(originals.sentences, self._sentence, remaining)

    def act(self, rule: Rule, text: str) -> str:
        """What stands in the place of a text."""
        if rule is Rule.KEEP:
            return text
        if rule is Rule.VALUE:
            return self._values.get(text, GONE)
        if rule is Rule.TEXT:
            return self._sentences.get(text, GONE)
        if rule is Rule.IDS:
            return self._stand_ins.known(text) or text
        return self._stand_ins.of(rule, text)

    def _clean(self, texts: Iterable[str], change: Callable[[str], str], remaining: Remaining) -> dict[str, str]:
        """Each text as it may be shown: all of it goes where something would be left."""
        made = {text: change(text) for text in texts}
        left = remaining.among(list(dict.fromkeys(made.values())))
        return {text: GONE if new in left else new for text, new in made.items()}

    def _value(self, text: str) -> str:
        """What a device tells of its kind."""
        return "".join(self._pieces(text, keep=True)) if text in self._private else text

    def _sentence(self, text: str) -> str:
        """A sentence with known words only."""
        new = _SEVERAL.sub(GONE, "".join(self._pieces(text, keep=False)))
        return new if new.isprintable() else "".join(c if c.isprintable() else " " for c in new)

    def _index(self, old: str, new: str) -> None:
        row = tokens(old)
        if row and not (len(row) == 1 and (row[0] in self._own or len(row[0]) < 4)):
            for spelled in {row, ("".join(row),)}:
                self._rows.setdefault(spelled, new)
                self._lengths.setdefault(spelled[0], set()).add(len(spelled))

    def _pieces(self, text: str, keep: bool) -> Iterator[str]:
        at = 0
        for spot in spots(text, addresses=not keep):
            if spot.start >= at:
                yield from self._words(text[at : spot.start], keep)
                yield self._stand_ins.of(spot.rule, spot.text)
                at = spot.end
        yield from self._words(text[at:], keep)

    def _words(self, text: str, keep: bool) -> Iterator[str]:
        """The text word by word, rows of words that are an original at once."""
        words = list(TOKEN.finditer(text))
        small = [word[0].casefold() for word in words]
        at = last = 0
        while at < len(words):
            size, new = self._original(small, at)
            if new is None:
                size, new = (1, words[at][0]) if keep else self._known(text, words, small, at)
            yield text[last : words[at].start()]
            yield new
            at, last = at + size, words[at + size - 1].end()
        yield text[last:]

    def _original(self, small: list[str], at: int) -> tuple[int, str | None]:
        for size in sorted(self._lengths.get(small[at], ()), reverse=True):
            row = tuple(small[at : at + size])
            if row in self._rows:
                return len(row), self._rows[row]
        return 1, None

    def _known(self, text: str, words: list[re.Match[str]], small: list[str], at: int) -> tuple[int, str]:
        start = words[at].start()
        row = _DAY.match(text, start) or _ROW.match(text, start)
        if row and row.end() in (ends := [word.end() for word in words[at : at + 12]]):
            size = ends.index(row.end()) + 1
            is_short = sum(map(str.isdigit, row[0])) <= NUMBER or _DAY.fullmatch(row[0])
            if is_short or all(word in self._said for word in small[at : at + size]):
                return size, row[0]
            return size, GONE
        return 1, words[at][0] if small[at] in self._own or small[at] in self._said else GONE
