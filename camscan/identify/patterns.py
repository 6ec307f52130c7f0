"""The regular expressions of rules: which are refused, when they are compiled, and what they are made of.

The rule: a pattern is one that an automaton could run too (the syntax of RE2: no look-around, no reference back), so
that a file of rules means the same to every reader and to every tool.
"""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from re import _constants, _parser  # type: ignore[attr-defined]  # Python's own syntax, which no public parser reads
from typing import Any

Item = tuple[Any, Any]
"""One part of a parsed pattern: what it is (a constant of `re`), and its argument."""

LENGTH_LIMIT = 2048  # characters of a pattern; the longest here has 505, and a list of thousands is no rule
DEPTH_LIMIT = 32  # groups within each other; the deepest here has four, and all that reads a pattern goes down with it

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
    if len(text) > LENGTH_LIMIT:
        raise ValueError(f"longer than {LENGTH_LIMIT:,} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # for a set of characters that a later Python will read differently
            pattern = re.compile(text)
        if _is_deep(parts(text), DEPTH_LIMIT):
            raise ValueError("nested too deeply")
        refused = next((_REFUSED[op] for op, _ in every_item(parts(text)) if op in _REFUSED), None)
    except (re.error, ValueError, OverflowError, Warning) as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if refused:
        raise ValueError(f"{refused} is refused")
    return pattern


@cache
def compiled(text: str) -> re.Pattern[str]:
    """A pattern of a loaded rule, compiled when it is first searched for: in most runs most never are."""
    return re.compile(text)


@lru_cache(maxsize=8)  # a rule is read by several who ask one after another
def _parsed(text: str) -> Any:
    return _parser.parse(text)


def parts(text: str) -> Sequence[Item]:
    """What a pattern that compiles is made of, in order."""
    items: Sequence[Item] = _parsed(text).data
    return items


def span(text: str) -> tuple[int, int]:
    """The fewest and the most characters that a pattern which compiles can match."""
    least, most = _parsed(text).getwidth()
    return int(least), int(most)


def is_multiline(text: str) -> bool:
    """Whether `^` and `$` stand for every line of a value, in the whole pattern."""
    return bool(_parsed(text).state.flags & re.MULTILINE)


def inside(item: Item) -> list[Sequence[Item]]:
    """The sequences of items within one: what a group or a repeat holds, or each branch of an alternative."""
    op, argument = item
    if op is _constants.BRANCH:
        return [branch.data for branch in argument[1]]
    return [argument[-1].data] if op is _constants.SUBPATTERN or op in REPEATS else []


def _is_deep(items: Iterable[Item], room: int) -> bool:
    return room == 0 or any(_is_deep(held, room - 1) for item in items for held in inside(item))


def every_item(items: Iterable[Item]) -> Iterator[Item]:
    """Every item of a pattern, those within others too."""
    for item in items:
        yield item
        for sequence in inside(item):
            yield from every_item(sequence)
