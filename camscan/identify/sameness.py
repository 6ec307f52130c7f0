"""When two values of an attribute are one: spellings that devices vary, and a general kind with its special one.

The rule: two values agree where one is a shorter form of the other. The shorter forms of a value can be listed, and
there are no more of them than it has characters (a model or a serial that is claimed has 80 at most, see `match.py`),
so among many values those that agree are found by look-up and never by comparing each with each.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 80  # characters of a value whose shorter forms are listed: what is claimed has no more
SHORTEST_SERIAL = 9  # characters; of a shorter one the same end is a coincidence

_PACKAGING = re.compile(r"^(?:DHI?-)(?=[A-Z])")  # Dahua's packaging prefixes: the same unit reports with and without


def same_value(attribute: str, one: str, other: str) -> bool:
    """Whether two values agree: `camera` agrees with `thermal-camera`, `DS-7616NI-Q2` with `DS-7616NI-Q2/16P`."""
    a, b = canonical(attribute, one), canonical(attribute, other)
    return a == b or a in shorter_forms(attribute, b) or b in shorter_forms(attribute, a)


@dataclass(frozen=True, slots=True)
class Values:
    """Several values of one attribute, made ready to be compared with several others at once."""

    whole: frozenset[str]
    shorter: frozenset[str]

    @classmethod
    def of(cls, attribute: str, values: Iterable[str]) -> "Values":
        """These values in every form in which they may be called."""
        whole = frozenset(canonical(attribute, value) for value in values)
        return cls(whole, frozenset(form for text in whole for form in shorter_forms(attribute, text)))

    def differ(self, others: "Values") -> bool:
        """Whether there are some of each, and none of these agrees with any of the others."""
        apart = self.whole.isdisjoint(others.whole) and self.whole.isdisjoint(others.shorter)
        return bool(self.whole and others.whole) and apart and self.shorter.isdisjoint(others.whole)


def canonical(attribute: str, value: str) -> str:
    """The value in the form in which two spellings are compared."""
    text = " ".join(value.casefold().replace("_", " ").split())
    if attribute == "model":
        return _PACKAGING.sub("", text.upper()).casefold().replace(" ", "-")
    return text


def shorter_forms(attribute: str, text: str) -> list[str]:
    """What else a value in canonical form may be called.

    A model without its variant (`…/16P`, `…(C)`), a kind without what makes it special, the short serial at the end of
    a long one.
    """
    if attribute == "model":
        return [text[:i] for i, character in enumerate(text) if character in "/("]
    if attribute == "kind":
        return [text[i + 1 :] for i, character in enumerate(text) if character == "-"]
    return [text[i:] for i in range(1, len(text) - SHORTEST_SERIAL + 1)] if attribute == "serial" else []


def longest_of(attribute: str, values: Iterable[str]) -> dict[str, str | None]:
    """Each value with the longest of them that agrees with it, in canonical form: one key for all that agree; None for
    one that is a shorter form of two that differ, and so tells nothing."""
    forms = {value: canonical(attribute, value) for value in values}
    whole, longer = set(forms.values()), defaultdict[str, list[str]](list)
    for text in whole:
        for form in shorter_forms(attribute, text) if len(text) <= LONGEST else ():
            if form in whole:
                longer[form].append(text)
    tops = {text: [top for top in longer.get(text, ()) if top not in longer] or [text] for text in whole}
    return {value: tops[text][0] if len(tops[text]) == 1 else None for value, text in forms.items()}


class Groups:
    """Values of one attribute, each given to the first group whose first value agrees with it."""

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute
        self._first: dict[str, int] = {}
        self._shortened: dict[str, int] = {}
        self._number: dict[str, int] = {}

    def number(self, value: str) -> int:
        """The number of the value's group, counted from 0; the next number where it makes a group of its own."""
        if value not in self._number:
            self._number[value] = self._find(canonical(self._attribute, value))
        return self._number[value]

    def _find(self, text: str) -> int:
        forms = shorter_forms(self._attribute, text)
        agreeing = [self._first[form] for form in (text, *forms) if form in self._first]
        if text in self._shortened:
            agreeing.append(self._shortened[text])
        return min(agreeing) if agreeing else self._found(text, forms)

    def _found(self, text: str, forms: Iterable[str]) -> int:
        number = self._first[text] = len(self._first)
        for form in forms:
            self._shortened.setdefault(form, number)
        return number


def more_telling(attribute: str, one: str, other: str) -> str:
    """Of two values that agree, the one that says more."""
    if attribute in ("kind", "model"):
        return max(one, other, key=lambda v: len(canonical(attribute, v)))
    return one
