"""A backtracking matcher that counts its steps: what `re` does without its short cuts, to hold estimates against."""

from collections.abc import Callable, Sequence
from re import _constants  # type: ignore[attr-defined]

from camscan.identify.patterns import REPEATS, Item, inside, parts


class TooManyError(Exception):
    """The search took more steps than it was allowed."""


class Backtracker:
    """Counts the characters and conditions that a search looks at."""

    def __init__(self, pattern: str, limit: int) -> None:
        self._items = parts(pattern)
        self._limit = limit
        self.steps = 0

    def search(self, text: str) -> bool:
        return any(self._sequence(self._items, text, at, lambda _: True) for at in range(len(text) + 1))

    def _sequence(self, items: Sequence[Item], text: str, at: int, then: Callable[[int], bool]) -> bool:
        if not items:
            return then(at)
        return self._item(items[0], text, at, lambda end: self._sequence(items[1:], text, end, then))

    def _item(self, item: Item, text: str, at: int, then: Callable[[int], bool]) -> bool:
        self.steps += 1
        if self.steps > self._limit:
            raise TooManyError
        op, argument = item
        if op in REPEATS:
            return self._repeat(item, text, at, then, 0)
        if op is _constants.BRANCH or op is _constants.SUBPATTERN:
            return any(self._sequence(held, text, at, then) for held in inside(item))
        if op is _constants.AT:
            return (at == 0 if argument is _constants.AT_BEGINNING else at == len(text)) and then(at)
        return at < len(text) and _holds(op, argument, text[at]) and then(at + 1)

    def _repeat(self, item: Item, text: str, at: int, then: Callable[[int], bool], rounds: int) -> bool:
        least, most, again = item[1]

        def another(end: int) -> bool:
            return (end > at or rounds < least) and self._repeat(item, text, end, then, rounds + 1)

        if rounds < most and self._sequence(list(again), text, at, another):
            return True
        return rounds >= least and then(at)


def _holds(op: object, argument: object, character: str) -> bool:
    if op is _constants.LITERAL:
        return argument == ord(character)
    if op is _constants.NOT_LITERAL:
        return argument != ord(character)
    if op is _constants.ANY:
        return True
    assert op is _constants.IN and isinstance(argument, list)
    negated = argument[0][0] is _constants.NEGATE
    return negated != any(code == ord(character) for kind, code in argument if kind is _constants.LITERAL)
