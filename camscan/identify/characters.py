"""With which characters a part of a pattern may begin, as numbers: one bit for each character of ASCII.

All others stand in a few classes, and the end of the text is one more.

The rule: a set may hold a character too many, never one too few; letters stand with both their cases.
"""

import re
from collections.abc import Iterable, Sequence
from re import _constants  # type: ignore[attr-defined]
from typing import Any

from camscan.identify.patterns import REPEATS, Item, inside

STARTS = (_constants.AT_BEGINNING, _constants.AT_BEGINNING_STRING)

_ALPHABET = (*map(chr, range(128)), "\u212a", "\u0663", "\u2003", "\u00e9", "\u20ac")
"""A kelvin sign (which a pattern without case takes for a k), a digit, a space, a letter and a sign beyond ASCII."""

END = 1 << len(_ALPHABET)
EVERYTHING = 2 * END - 1

_ANY = END - 1
_BEYOND = _ANY & ~0 << 128
_KELVIN = 1 << 128
_UPPER = (1 << 26) - 1 << ord("A")
_ODD = 1 << ord("I") | 1 << ord("S") | 1 << ord("K")
_ENDS = (_constants.AT_END, _constants.AT_END_STRING)
_CATEGORIES = {
    _constants.CATEGORY_DIGIT: r"\d",
    _constants.CATEGORY_NOT_DIGIT: r"\D",
    _constants.CATEGORY_WORD: r"\w",
    _constants.CATEGORY_NOT_WORD: r"\W",
    _constants.CATEGORY_SPACE: r"\s",
    _constants.CATEGORY_NOT_SPACE: r"\S",
}


def union(sets: Iterable[int]) -> int:
    """What is in any of the sets."""
    found = 0
    for one in sets:
        found |= one
    return found


def characters(item: Item) -> int:
    """What one item of a pattern that is a single character may be."""
    op, argument = item
    if op is _constants.LITERAL:
        return _both_cases(_code(argument))
    if op is _constants.NOT_LITERAL:
        return _other_than(_code(argument))
    if op is not _constants.IN:
        return _ANY
    if argument[0][0] is _constants.NEGATE:
        return _other_than(_members(argument[1:]))
    return _both_cases(_members(argument))


def first(items: Sequence[Item], end: int) -> tuple[int, bool]:
    """The characters with which a match of these items begins, and whether it may be empty. `end` is that of `$`."""
    found = 0
    for item in items:
        begin, may_end = _first_of(item, end)
        found |= begin
        if not may_end:
            return found, False
    return found, True


def _first_of(item: Item, end: int) -> tuple[int, bool]:
    op, argument = item
    if op is _constants.AT:
        return (end, False) if argument in _ENDS else (0, True)
    within = [first(held, end) for held in inside(item)]
    if not within:
        return characters(item), False
    is_optional = op in REPEATS and argument[0] == 0
    return union(begin for begin, _ in within), is_optional or any(may_end for _, may_end in within)


def least(items: Sequence[Item]) -> int:
    """The fewest characters that these items take."""
    return sum(map(_least_of, items))


def _least_of(item: Item) -> int:
    op, argument = item
    if op is _constants.AT:
        return 0
    within = [least(held) for held in inside(item)]
    rounds = int(argument[0]) if op in REPEATS else 1
    return rounds * min(within, default=1)


def _members(members: Sequence[Item]) -> int:
    return union(_member(*member) for member in members)


def _member(op: object, argument: Any) -> int:
    if op is _constants.CATEGORY:
        return _BY_CATEGORY[argument]
    lowest, highest = argument if isinstance(argument, tuple) else (argument, argument)
    ascii_part: int = (1 << min(highest + 1, 128)) - (1 << min(lowest, 128))
    return ascii_part | (_BEYOND if highest >= 128 else 0)


def _both_cases(held: int) -> int:
    """With what a pattern without case takes too: a few letters also stand for characters beyond ASCII."""
    held |= (held & _UPPER) << 32 | (held & _UPPER << 32) >> 32
    return held | (_KELVIN if held & _ODD else 0)


def _code(code: int) -> int:
    return 1 << code if code < 128 else _BEYOND


def _other_than(held: int) -> int:
    """All but these. Beyond ASCII only a category is known to hold a class whole, so none is left out."""
    return _ANY & ~held | _BEYOND


_BY_CATEGORY: dict[object, int] = {
    category: union(1 << number for number, one in enumerate(_ALPHABET) if re.match(text, one))
    for category, text in _CATEGORIES.items()
}
