"""The rules of one protocol, arranged so that a reply is held only against those that it may fit.

Each rule is filed under one field it looks at and, where one of its patterns has a needle, under the texts of that
needle. A value then names its candidates by a few look-ups, however many rules there are; the search itself decides.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from camscan.identify.needles import SHORTEST_INSIDE, Needle, fold, needle, widths
from camscan.identify.rule import Match, Rule, each
from camscan.reply import Fields

WIDEST = 128  # characters; longer values are not told apart by their size
LATEST = 32  # what was asked last: devices of one model say the same, and one device says its model many times
SCANNED = 200  # texts that are looked for one by one; for more, it is cheaper to cut up the value


class RuleSet:
    """Rules of one protocol. What it says does not depend on the order of a reply's fields."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._latest: dict[tuple[tuple[str, ...] | None, ...], tuple[Match, ...]] = {}

    def matches(self, fields: Fields) -> tuple[Match, ...]:
        """Every rule that fits these fields, in the order of the rules."""
        told = tuple(map(fields.get, self._read))
        known = self._latest.get(told)
        if known is None:
            known = self._latest[told] = tuple(self._found(fields))
            if len(self._latest) > LATEST:
                del self._latest[next(iter(self._latest))]
        return known

    def _found(self, fields: Fields) -> Iterator[Match]:
        numbers: set[int] = set()
        for name in self._files.keys() & fields.keys():
            for value in fields[name]:
                numbers.update(self._files[name].candidates(value))
        for number in sorted(numbers):
            match = self._rules[number].match(fields)
            if match:
                yield match

    @cached_property
    def _read(self) -> tuple[str, ...]:
        """The fields that any of the rules looks at."""
        return tuple({name: None for rule in self._rules for name in (*rule.when, *rule.unless)})

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    @cached_property
    def _files(self) -> dict[str, "_File"]:
        """By field. Made when first asked for: most runs need few protocols."""
        files: dict[str, _File] = defaultdict(_File)
        for number, rule in enumerate(self._rules):
            field, pattern, found = _place(rule)
            files[field].add(number, pattern, found)
        return dict(files)


def _place(rule: Rule) -> tuple[str, str, Needle | None]:
    """The field under which the rule is filed, and the pattern that decides; the first where none has a needle."""
    found = [(name, pattern, needle(pattern)) for name, pattern in each(rule.when)]
    return max(found, key=lambda place: place[2].worth if place[2] else ())


class _File:
    """The rules filed under one field."""

    def __init__(self) -> None:
        self._widths: list[tuple[int, float, int]] = []
        self._by_size: dict[int, list[int]] = {}
        self._leading: dict[str, list[int]] = defaultdict(list)
        self._inside: dict[str, list[int]] = defaultdict(list)

    def add(self, number: int, pattern: str, found: Needle | None) -> None:
        """File a rule by its number."""
        if found is None:
            self._widths.append((*widths(pattern), number))
            return
        for text in found.texts:
            (self._leading if found.leading else self._inside)[text].append(number)

    def candidates(self, value: str) -> list[int]:
        """The rules that may fit the value, some of them more than once."""
        text = fold(value)
        found = [*self._of_size(min(len(value), WIDEST))]
        for length in self._lengths:
            found += self._leading.get(text[:length], ())
        for needle_text in self._held(text):
            found += self._inside[needle_text]
        return found

    def _of_size(self, size: int) -> list[int]:
        """The rules without a needle that match values of this size, or of `WIDEST` and more."""
        if size not in self._by_size:
            self._by_size[size] = [number for least, most, number in self._widths if min(least, WIDEST) <= size <= most]
        return self._by_size[size]

    def _held(self, text: str) -> list[str]:
        """Those texts that stand in this one."""
        some = self._inside if len(self._inside) <= SCANNED else self._likely(text)
        return [one for one in some if one in text]

    def _likely(self, text: str) -> Iterator[str]:
        """The texts of which this one holds the rarest piece."""
        for piece in self._by_piece.keys() & set(_pieces(text)):
            yield from self._by_piece[piece]

    @cached_property
    def _lengths(self) -> list[int]:
        return sorted({len(text) for text in self._leading})

    @cached_property
    def _by_piece(self) -> dict[str, list[str]]:
        counted = Counter(piece for text in self._inside for piece in set(_pieces(text)))
        found: dict[str, list[str]] = defaultdict(list)
        for text in self._inside:
            found[min(_pieces(text), key=lambda piece: (counted[piece], piece))].append(text)
        return found


def _pieces(text: str) -> list[str]:
    return [text[i : i + SHORTEST_INSIDE] for i in range(len(text) - SHORTEST_INSIDE + 1)]
