"""The regular expressions of rules: which are refused.

The rule: a pattern is one that an automaton could run too (the syntax of RE2: no look-around, no reference back), so
that a file of rules means the same to every reader and to every tool.
"""

import re
import warnings
from collections.abc import Iterable, Iterator
from re import _constants, _parser  # type: ignore[attr-defined]  # Python's own syntax, which no public parser reads
from typing import Any

Item = tuple[Any, Any]
"""One part of a parsed pattern: what it is (a constant of `re`), and its argument."""

REPEATS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT)

_REFUSED = {
    _constants.ASSERT: "look-around",
    _constants.ASSERT_NOT: "look-around",
    _constants.GROUPREF: "a reference back",
    _constants.GROUPREF_EXISTS: "a reference back",
    _constants.ATOMIC_GROUP: "an atomic group",
    _constants.POSSESSIVE_REPEAT: "a possessive repeat",
}


def compile_pattern(text: str) -> re.Pattern[str]:
    """The pattern. Raises ValueError with the reason where it is malformed or refused."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # for a set of characters that a later Python will read differently
            pattern = re.compile(text)
        refused = next((_REFUSED[op] for op, _ in _every(parts(text)) if op in _REFUSED), None)
    except (re.error, ValueError, OverflowError, Warning) as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if refused:
        raise ValueError(f"{refused} is refused")
    return pattern


def parts(text: str) -> list[Item]:
    """What a pattern that compiles is made of, in order."""
    return list(_parser.parse(text))


def span(text: str) -> tuple[int, int]:
    """The fewest and the most characters that a pattern which compiles can match."""
    least, most = _parser.parse(text).getwidth()
    return int(least), int(most)


def inside(item: Item) -> list[list[Item]]:
    """The sequences of items within one: what a group or a repeat holds, or each branch of an alternative."""
    op, argument = item
    if op is _constants.BRANCH:
        return [list(branch) for branch in argument[1]]
    return [list(argument[-1])] if op is _constants.SUBPATTERN or op in REPEATS else []


def _every(items: Iterable[Item]) -> Iterator[Item]:
    for item in items:
        yield item
        for sequence in inside(item):
            yield from _every(sequence)
