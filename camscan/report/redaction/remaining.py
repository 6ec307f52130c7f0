"""Whether anything of the originals is left in what is to be written: the last check, which trusts nothing before it.

It reads the finished text, whatever made it, without the escapes of HTML, JSON, URLs and our own, without what
separates letters, and what is base64 or hexadecimal there. All originals are looked for in one pass: each word is
looked up, and every fourth place of the letters in a table of pieces of eight, so that the cost does not grow with the
number of originals. Pieces of the text that stand there a thousand times are read once.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import AddressValueError, IPv6Address
from typing import NamedTuple

from camscan.report.printable import printable
from camscan.report.redaction.keys import HEAD, INNER, LONG, TAIL, Keys, keys_of, plain
from camscan.report.redaction.meanings import decoded_in, parts_of, views
from camscan.report.redaction.originals import Originals
from camscan.report.redaction.rule import Rule
from camscan.report.redaction.shapes import TOKEN

PIECE, STEP = 8, 4  # characters that are looked up, at every so many places; together no more than LONG
_TAG = re.compile(r"<[^<>]*>")
_CHAIN = re.compile(r"[0-9a-z]+(?:[-:._/][0-9a-z]+)+")
_QUAD = re.compile(
    r"(?<![0-9])(?=([0-9]{1,3})([.\-_, ])([0-9]{1,3})\2([0-9]{1,3})\2([0-9]{1,3})(?![0-9])(?=([.\-_,]in-addr)?))"
)
_SIX = re.compile(r"[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}")
_DIGITS = re.compile(rf"\d{{{INNER},}}")
_SECTION = re.compile(r'\bid="?([a-z][a-z0-9-]*)')


class Left(NamedTuple):
    """What is left, and where: the part of the page, if it has any, and the line."""

    kind: str
    part: str | None
    line: int


class Remaining:
    """What must not be left of some originals; `own` are the words of the program, its data and products."""

    def __init__(self, originals: Originals) -> None:
        self._words: dict[str, Rule] = {}
        self._tails: dict[str, Rule] = {}
        self._digits: dict[str, Rule] = {}
        self._addresses: dict[tuple[int, int], Rule] = {}
        self._phrases: dict[tuple[str, ...], Rule] = {}
        self._inner: dict[str, list[tuple[str, Rule]]] = defaultdict(list)
        self._pieces: dict[bytes, set[int]] = defaultdict(set)
        self._ends: dict[bytes, list[tuple[bytes, Rule]]] = defaultdict(list)
        for rule, text in originals.everything:
            self._take(rule, keys_of(rule, text, originals.own))
            if not text.isprintable():
                self._take(rule, keys_of(rule, printable(text, HEAD), originals.own)._replace(words=(), phrase=()))

    def _take(self, rule: Rule, keys: Keys) -> None:
        self._words |= dict.fromkeys(keys.words, rule)
        self._tails |= dict.fromkeys(keys.tails, rule)
        self._digits |= dict.fromkeys(keys.digits, rule)
        if keys.address:
            self._addresses[keys.address] = rule
        if keys.phrase:
            self._phrases[keys.phrase] = rule
        for word in keys.inner:
            self._inner[word[:INNER]].append((word, rule))
        for key in keys.anywhere:
            end = key[-LONG:]  # the beginning of a serial is that of its sisters
            self._ends[end].append((key, rule))
            for offset in range(STEP):
                self._pieces[end[offset : offset + PIECE]].add(offset)

    def is_left(self, text: str) -> bool:
        """Whether anything is left in a text."""
        return self.kind_in(text) is not None

    def among(self, texts: Sequence[str]) -> frozenset[str]:
        """Those of many texts in which something is left. They are halved until it is found: mostly nothing is."""
        if not texts or not self.is_left("\n".join(texts)):
            return frozenset()
        if len(texts) == 1:
            return frozenset(texts)
        half = len(texts) // 2
        return self.among(texts[:half]) | self.among(texts[half:])

    def kind_in(self, text: str) -> Rule | None:
        """The kind of what is left in a text, None where nothing is."""
        return next(self._kinds(list(dict.fromkeys(parts_of(text)))), None) or self._across(_TAG.sub("", text))

    def first(self, text: str) -> Left | None:
        """What is left, and where; None where nothing is."""
        kind = self.kind_in(text)
        if kind is None:
            return None
        at = 0
        for part in parts_of(text):
            if self.kind_in(part) is not None:
                break
            at += len(part) + 1
        sections = _SECTION.findall(text, 0, min(at, len(text)))
        return Left(kind.value, sections[-1] if sections else None, text.count("\n", 0, at) + 1)

    def _kinds(self, parts: list[str]) -> Iterator[Rule]:
        for view in views(parts):
            small = view.casefold()
            words = set(TOKEN.findall(small))
            yield from self._in_words(words)
            yield from self._in_rows(small, words)
            yield from self._of_addresses(small)
            if found := self._across(view):
                yield found
        yield from self._in_codes("\n".join(parts))

    def _in_words(self, words: set[str]) -> Iterator[Rule]:
        yield from (self._words[word] for word in words & self._words.keys())
        yield from (self._digits[row] for word in words for row in _DIGITS.findall(word) if row in self._digits)
        for word in words:
            if len(word) > TAIL and word[-TAIL:] in self._tails:
                yield self._tails[word[-TAIL:]]
            if len(word) > INNER and self._inner:
                yield from self._within(word)

    def _within(self, word: str) -> Iterator[Rule]:
        for at in range(len(word) - INNER + 1):
            for key, rule in self._inner.get(word[at : at + INNER], ()):
                if word.startswith(key, at):
                    yield rule

    def _in_rows(self, small: str, words: set[str]) -> Iterator[Rule]:
        """Numbers and names of which something separates the parts."""
        for row in set(_CHAIN.findall(small)):
            joined = "".join(TOKEN.findall(row))
            if joined in self._words:
                yield self._words[joined]
        for phrase, rule in self._phrases.items():
            if words.issuperset(phrase) and re.search(
                r"(?<![^\W_])" + r"[\W_]{1,3}".join(map(re.escape, phrase)) + r"(?![^\W_])", small
            ):
                yield rule

    def _of_addresses(self, small: str) -> Iterator[Rule]:
        for a, _, b, c, d, turned in set(_QUAD.findall(small)):
            octets = [int(part) for part in ((d, c, b, a) if turned else (a, b, c, d))]
            if max(octets) < 256 and (4, int.from_bytes(octets)) in self._addresses:
                yield Rule.ADDRESS
        for text in set(_SIX.findall(small)):
            try:
                number = int(IPv6Address(text))
            except AddressValueError:
                continue
            octets = list(number.to_bytes(16)[8:])
            mac = bytes((octets[0] ^ 2, *octets[1:3], *octets[5:])).hex().encode()
            if (6, number) in self._addresses:
                yield Rule.ADDRESS
            elif octets[3:5] == [0xFF, 0xFE] and self._letters(mac):
                yield Rule.MAC

    def _across(self, text: str) -> Rule | None:
        return self._letters(plain(text))

    def _letters(self, letters: bytes) -> Rule | None:
        pieces = self._pieces
        for at in [n for n in range(0, len(letters), STEP) if letters[n : n + PIECE] in pieces]:
            for offset in pieces[letters[at : at + PIECE]]:
                stop = at - offset + LONG
                for key, rule in self._ends.get(letters[max(0, at - offset) : stop], ()):
                    if letters.endswith(key, 0, stop):
                        return rule
        return None

    def _in_codes(self, text: str) -> Iterator[Rule]:
        for decoded in decoded_in(text):
            small = decoded.casefold()
            yield from self._in_words(set(TOKEN.findall(small)))
            yield from self._of_addresses(small)
            if found := self._across(decoded):
                yield found


def joined(pieces: Iterable[str] | str) -> str:
    """The text of some pieces."""
    return pieces if isinstance(pieces, str) else "".join(pieces)
