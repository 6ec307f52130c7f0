"""What a pattern requires of every value it matches, its needle and its widths, by which rules are found unsearched.

The rule: a needle may be too weak, never too strong; where a pattern requires nothing that can be said in a few texts,
it has none. Needles are compared without case, so one index serves patterns with and without it.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import inf
from re import _constants  # type: ignore[attr-defined]

from camscan.identify.patterns import REPEATS, Item, inside, is_multiline, parts, span

TEXTS_LIMIT = 64  # texts of one needle; to look for more costs as much as the pattern itself
SHORTEST_INSIDE = 3  # characters; shorter texts stand in nearly every value
TELLING = 4  # characters; beyond, it counts more that a beginning is looked up and not searched for
LENGTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)  # to which beginnings are cut: for each, a value is looked up once

Texts = frozenset[str]

_NOTHING = frozenset({""})
_STARTS = (_constants.AT_BEGINNING, _constants.AT_BEGINNING_STRING)
_ENDS = (_constants.AT_END, _constants.AT_END_STRING)
_TO_ASCII = {0x130: "i", 0x131: "i", 0x17F: "s", 0x212A: "k"}
"""The characters that a pattern without case takes for a letter of ASCII, besides that letter's two cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needle:
    """Folded texts, one of which stands in every value that the pattern matches; at its start where `leading`."""

    texts: Texts
    leading: bool

    @property
    def worth(self) -> tuple[int, bool, int]:
        """The larger, the fewer values hold one of the texts and the quicker that is seen."""
        shortest = min(map(len, self.texts))
        return min(shortest, TELLING), self.leading, shortest


def fold(text: str) -> str:
    """The text in the form in which needles are looked for."""
    return (text if text.isascii() else text.translate(_TO_ASCII)).lower()


@cache  # rules of several protocols share theirs
def needle(pattern: str) -> Needle | None:
    """The most telling needle of a pattern; None where it has none."""
    items = parts(pattern)
    leading = _leading(pattern, items)
    if leading and leading.worth >= (TELLING, True):
        return leading  # no text that is searched for is worth more
    others = (Needle(texts=texts, leading=False) for texts in _required(items))
    return max((leading, *others) if leading else others, key=lambda found: found.worth, default=None)


def _leading(pattern: str, items: Sequence[Item]) -> Needle | None:
    if not _is_held(pattern, items[:1], _STARTS):
        return None
    texts, _ = _beginnings(items[1:])
    return None if "" in texts else Needle(texts=_cut(texts), leading=True)


def widths(pattern: str) -> tuple[int, float]:
    """The fewest and the most characters of a value that the pattern can match."""
    least, most = span(pattern)
    items = parts(pattern)
    if _is_held(pattern, items[:1], _STARTS) and _is_held(pattern, items[-1:], _ENDS):
        return least, most + 1  # `$` lets a line feed follow
    return least, inf


def _is_held(pattern: str, item: Sequence[Item], where: Sequence[object]) -> bool:
    """Whether the pattern is tied to the start or the end of the value by this one item."""
    tied = bool(item) and item[0][0] is _constants.AT and item[0][1] in where
    return tied and not is_multiline(pattern)


def _cut(texts: Texts) -> Texts:
    """The texts at one of the lengths; what begins as a shorter one of them does is left out."""
    cut = {text[: LENGTHS[bisect(LENGTHS, len(text)) - 1]] for text in texts}
    lengths = {len(text) for text in cut}
    return frozenset(text for text in cut if not any(text[:length] in cut for length in lengths if length < len(text)))


def _required(items: Sequence[Item]) -> Iterator[Texts]:
    """Every set of texts, long enough to look for, one of which is in whatever the sequence matches."""
    start = 0
    while start < len(items):
        texts, taken = _beginnings(items[start:])
        if min(map(len, texts)) >= SHORTEST_INSIDE:
            yield texts
        if not taken:
            yield from _required_within(items[start])
        start += taken or 1


def _required_within(item: Item) -> Iterator[Texts]:
    """The same for one item; of an alternative, what each branch requires."""
    if item[0] in REPEATS and item[1][0] == 0:
        return
    each = [max(_required(sequence), key=lambda texts: min(map(len, texts)), default=None) for sequence in inside(item)]
    found = [texts for texts in each if texts]
    if found and len(found) == len(each) and sum(map(len, found)) <= TEXTS_LIMIT:
        yield frozenset().union(*found)


def _beginnings(items: Sequence[Item]) -> tuple[Texts, int]:
    """The texts with which every match of the sequence begins, and how many items they spell out whole."""
    texts = _NOTHING
    for taken, item in enumerate(items):
        more, whole = _spelled(item)
        if len(texts) * len(more) > TEXTS_LIMIT:
            return texts, taken
        texts = frozenset([one + other for one in texts for other in more])
        if not whole:
            return texts, taken
    return texts, len(items)


def _spelled(item: Item) -> tuple[Texts, bool]:
    """The texts with which every match of one item begins, and whether they are all that it can match."""
    op, argument = item
    if op is _constants.AT:
        return _NOTHING, True
    if op is _constants.LITERAL:
        return _any_character((item,))
    if op is _constants.IN:
        return _any_character(tuple(argument))
    if op in REPEATS:
        return _repeated(item)
    if op is _constants.BRANCH or (op is _constants.SUBPATTERN and not argument[1] & re.MULTILINE):
        return _any_of([_sequence(sequence) for sequence in inside(item)])
    return _NOTHING, False


@cache  # the same letters and digits stand in all patterns
def _any_character(members: tuple[Item, ...]) -> tuple[Texts, bool]:
    for kind, code in members:
        if kind is not _constants.LITERAL or code > 0x7F:
            return _NOTHING, False
    return frozenset([chr(code).lower() for _, code in members]), True


def _repeated(item: Item) -> tuple[Texts, bool]:
    least, most, _ = item[1]
    texts, whole = _sequence(inside(item)[0])
    if most == 1:
        return (texts, whole) if least else (texts | _NOTHING, whole)
    return (texts if least else _NOTHING), False


def _sequence(items: Sequence[Item]) -> tuple[Texts, bool]:
    texts, taken = _beginnings(items)
    return texts, taken == len(items)


def _any_of(each: Sequence[tuple[Texts, bool]]) -> tuple[Texts, bool]:
    texts = frozenset[str]().union(*(texts for texts, _ in each))
    return (texts, all(whole for _, whole in each)) if len(texts) <= TEXTS_LIMIT else (_NOTHING, False)
