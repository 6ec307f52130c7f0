"""How many steps the search of a pattern may take at worst, estimated before it is ever run.

The rule: Python's `re` tries one way after another, and a device writes the text; so a pattern for which a text could
be made that keeps the search busy is refused when it is loaded. The estimate looks one character ahead: a repeat that
cannot be left where another round may begin is left in one way, any other wherever it has been, and ways multiply. It
may be too high, for a pattern that only a look further ahead would clear. What makes a search slow: Weideman, van der
Merwe, Berglund and Watson, "Analyzing Matching Time Behavior of Backtracking Regular Expression Matchers by Using
Ambiguity of NFA" (CIAA 2016).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from re import _constants  # type: ignore[attr-defined]

from camscan.identify.characters import END, EVERYTHING, STARTS, first, least, union
from camscan.identify.patterns import REPEATS, Item, every_item, inside, is_multiline, parts

ENDLESS = 1 << 62
"""More steps than anybody waits for; all counts end here."""

NESTING_LIMIT = 5  # repeats within each other, of which each makes the estimate three times as long; two are in use
NO_MATTER = 1 << 24  # steps; so many take some hundredths of a second, and most patterns are far below
SHORT = 64  # characters: one attempt where the text is shared by many

_GROUPS = (_constants.BRANCH, _constants.SUBPATTERN, *REPEATS)


@dataclass(frozen=True, slots=True, kw_only=True)
class _After:
    """What may follow: the characters with which it begins, and whether it fits whatever stands there."""

    first: int
    always: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """Of one attempt at one place: all its steps, and the ways in which it ends so that what follows begins."""

    steps: int
    ways: int


_NOTHING_MORE = _After(first=EVERYTHING, always=True)


def worst_steps(pattern: str, length: int) -> int:
    """The steps of a search in the worst text of so many characters, estimated; at most `ENDLESS`."""
    items = parts(pattern)
    every = list(every_item(items))
    if _nesting(items) > NESTING_LIMIT:
        return ENDLESS
    many_lines = is_multiline(pattern) or any(map(_is_multiline, every))
    is_tied = bool(items) and items[0][0] is _constants.AT and items[0][1] in STARTS and not many_lines
    rough = _choices(every, length) * len(every) * (1 if is_tied else length)
    if rough < NO_MATTER and not any(map(_multiplies, every)):
        return rough
    search = _Search(length=length, end=EVERYTHING if many_lines else END)
    if is_tied:
        return search.once(items)
    branches = inside(items[0]) if len(items) == 1 and items[0][0] is _constants.BRANCH else [items]
    return _bounded(sum(search.wherever(branch) for branch in branches))


def _choices(every: Sequence[Item], length: int) -> int:
    """In how many ways at most an attempt may go, where no choice is repeated."""
    count = 1
    for op, argument in every:
        if op in REPEATS:
            count *= min(int(argument[1]), length) + 1
        elif op is _constants.BRANCH:
            count *= len(argument[1])
        if count > NO_MATTER:
            break
    return count


def _multiplies(item: Item) -> bool:
    """Whether there is a choice in every round of a repeat."""
    repeated = item[0] in REPEATS and item[1][1] > 1
    return repeated and any(op in REPEATS or op is _constants.BRANCH for op, _ in every_item(inside(item)[0]))


def _nesting(items: Sequence[Item]) -> int:
    """How many repeats stand within each other at most."""
    return max((_nesting(held) + (item[0] in REPEATS) for item in items for held in inside(item)), default=0)


def _is_multiline(item: Item) -> bool:
    return item[0] is _constants.SUBPATTERN and bool(item[1][1] & re.MULTILINE)


def _bounded(count: int) -> int:
    return min(count, ENDLESS)


def _size(items: Sequence[Item]) -> int:
    """How many parts there are to try."""
    return sum(max(1, sum(map(_size, inside(item)))) for item in items)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """The estimate for texts of one length. `end` are the characters before which `$` may match."""

    length: int
    end: int

    def once(self, items: Sequence[Item]) -> int:
        """The steps of one attempt of a whole pattern."""
        return self._sequence(items, _NOTHING_MORE).steps

    def wherever(self, items: Sequence[Item]) -> int:
        """The steps of all attempts, one at every place."""
        if self._passes_no_start(items):
            return self.once(items) + self.length * self._on(SHORT).once(items)
        return self.length * self.once(items)

    def _passes_no_start(self, items: Sequence[Item]) -> bool:
        """Whether no attempt reads over a place where another may begin, so that they share the text between them.

        So it is where, within the pattern, its second character never comes right after its first.
        """
        if len(items) < 2 or items[0][0] in (*_GROUPS, _constants.AT):
            return False
        begin, (follow, may_end) = first(items[:1], self.end)[0], first(items[1:], self.end)
        return not may_end and self._keeps_apart(items[1:], begin, follow)

    def _keeps_apart(self, items: Sequence[Item], begin: int, follow: int) -> bool:
        for number, item in enumerate(items):
            if item[0] in _GROUPS:
                if not all(self._keeps_apart(held, begin, follow) for held in inside(item)):
                    return False
            elif item[0] is not _constants.AT and first([item], self.end)[0] & begin:
                after, may_end = first(items[number + 1 :], self.end)
                if may_end or after & follow:
                    return False
        return True

    def _on(self, length: int) -> "_Search":
        """The same for texts of another length, never a larger one."""
        return _Search(length=min(length, self.length), end=self.end)

    def _sequence(self, items: Sequence[Item], after: _After) -> _Cost:
        steps, ways = 1, 1
        for item in reversed(items):
            cost = self._item(item, after)
            steps, ways = _bounded(cost.steps + cost.ways * steps), _bounded(cost.ways * ways)
            after = self._before(item, after)
        return _Cost(steps=steps, ways=ways)

    def _before(self, item: Item, after: _After) -> _After:
        """What follows at the start of the item. A condition takes nothing, and may not hold."""
        begin, may_end = self._first([item], after)
        return _After(first=begin, always=after.always and may_end and item[0] is not _constants.AT)

    def _first(self, items: Sequence[Item], after: _After) -> tuple[int, bool]:
        """The characters with which these items and what follows them begin, and whether the items may be empty."""
        begin, may_end = first(items, self.end)
        return begin | (after.first if may_end else 0), may_end

    def _item(self, item: Item, after: _After) -> _Cost:
        if item[0] in REPEATS:
            return self._repeat(item, after)
        if item[0] is _constants.BRANCH:
            return self._branch(item, after)
        if item[0] is _constants.SUBPATTERN:
            return self._sequence(inside(item)[0], after)
        return _Cost(steps=1, ways=1)

    def _branch(self, item: Item, after: _After) -> _Cost:
        """Where one character decides between the branches, only one of them is gone to its end."""
        costs = [self._sequence(branch, after) for branch in inside(item)]
        firsts = [self._first(branch, after)[0] for branch in inside(item)]
        is_decided = after.always or sum(firsts) == union(firsts)  # no character twice
        ways = [cost.ways for cost in costs]
        steps = _bounded(sum(cost.steps for cost in costs))
        return _Cost(steps=steps, ways=max(ways) if is_decided else _bounded(sum(ways)))

    def _repeat(self, item: Item, after: _After) -> _Cost:
        """A round is left for another one, or for what follows: each in its own number of ways."""
        fewest, most = int(item[1][0]), int(item[1][1])
        (again,) = inside(item)
        begin, may_end = first(again, self.end)
        begin = EVERYTHING if may_end else begin
        width = max(1, least(again))
        rounds = min(most, self.length // width)
        is_sure = after.always and fewest <= 1
        leave = self._sequence(again, _After(first=after.first, always=is_sure))
        meets = not is_sure and bool(begin & after.first)
        if rounds <= 1:
            return _Cost(steps=leave.steps + 1, ways=leave.ways + meets)
        more = self._sequence(again, _After(first=begin, always=False))
        if more.ways > 1:
            return self._forked(rounds, more, leave, is_sure=is_sure)
        walk = rounds * _size(again)
        if leave.ways > 1:  # somewhere in every round: one long round, or many short ones
            short = self._on(width + 1)._sequence(again, _After(first=after.first, always=False))
            return _Cost(steps=walk + rounds * short.steps + leave.steps, ways=rounds * short.ways + leave.ways)
        ways = max(rounds - fewest, 0) + 1 if meets else 1
        return _Cost(steps=walk + ways + leave.steps, ways=ways)

    def _forked(self, rounds: int, more: _Cost, leave: _Cost, *, is_sure: bool) -> _Cost:
        """Rounds that multiply; where what follows fits anyway, only the last one is tried in all its ways."""
        if is_sure:
            return _Cost(steps=_bounded(rounds * (more.steps + leave.steps)), ways=1)
        forks = ENDLESS if rounds * more.ways.bit_length() > ENDLESS.bit_length() else more.ways**rounds
        return _Cost(steps=_bounded(forks * (more.steps + leave.steps)), ways=_bounded(forks * leave.ways))
