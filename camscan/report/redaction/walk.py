"""Goes through records and does with each text what its treatment says.

A record that is met a second time is not gone through again: the same is said of thousands of devices.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, NamedTuple

from camscan.report.redaction.rule import By, Keyed, Rule, Treatment
from camscan.report.redaction.treatments import EMPTIED, TREATMENTS

Act = Callable[[Rule, str], str]
"""What is done with one text."""

_NO_TEXT = frozenset(f"{kind}{none}" for kind in ("int", "float", "bool", "date") for none in ("", " | None"))


class Field(NamedTuple):
    """A field of a record that may hold texts: `treatment` None where it is emptied."""

    name: str
    treatment: Treatment | None


class Walk:
    """One way through. The records must outlive it."""

    def __init__(self, act: Act) -> None:
        self._act = act
        self._done: dict[int, Any] = {}

    def through(self, value: Any, treatment: Treatment = Rule.TEXT) -> Any:
        """The same with every text acted on; itself where nothing changed."""
        kind: Any = type(value)
        if kind is str:
            return self._act(treatment if isinstance(treatment, Rule) else Rule.TEXT, value) if value else value
        if kind is tuple or kind is list:
            done = self._done
            new = [done.get(id(one)) or self.through(one, treatment) for one in value]
            return value if all(map(_is, value, new)) else kind(new)
        if value is None or isinstance(value, int | float | Enum):
            return value
        if isinstance(value, Mapping):
            return self._mapping(value, treatment)
        return self._record(value) if is_record(kind) else value

    def _mapping(self, value: Mapping[Any, Any], treatment: Treatment) -> Mapping[Any, Any]:
        if isinstance(treatment, Keyed):
            rules, otherwise = treatment.rules, treatment.otherwise
            return {key: self.through(one, rules.get(key, otherwise)) for key, one in value.items()}
        return {self.through(key, treatment): self.through(one, treatment) for key, one in value.items()}

    def _record(self, value: Any) -> Any:
        known = self._done.get(id(value))
        if known is None:
            known = self._done[id(value)] = self._new(value)
        return known

    def _new(self, value: Any) -> Any:
        kind: Any = type(value)
        changed: dict[str, Any] = {}
        for name, treatment in texts_of(kind):
            old = getattr(value, name)
            if treatment is None:
                new: Any = ()
            elif old is None or old == ():
                continue
            else:
                new = self.through(old, _rule(treatment, value))
            if new is not old:
                changed[name] = new
        if not changed:
            return value
        return replace(value, **changed) if is_dataclass(kind) else value._replace(**changed)


@cache
def is_record(kind: Any) -> bool:
    """Whether values of this type have fields of their own."""
    return is_dataclass(kind) or hasattr(kind, "_fields")


@cache
def texts_of(kind: Any) -> tuple[Field, ...]:
    """The fields of a record that may hold texts, without those that keep them; what nobody has named is a sentence."""
    treatments, emptied = TREATMENTS.get(kind, {}), EMPTIED.get(kind, frozenset())
    kinds = {f.name: f.type for f in fields(kind)} if is_dataclass(kind) else kind.__annotations__
    named = ((name, treatments.get(name, Rule.TEXT)) for name, of in kinds.items() if not _is_number(of))
    wanted = ((name, treatment) for name, treatment in named if treatment is not Rule.KEEP)
    return tuple(Field(name, None if name in emptied else treatment) for name, treatment in wanted)


def _is_number(kind: object) -> bool:
    return (kind.__name__ if isinstance(kind, type) else str(kind)) in _NO_TEXT


def _rule(treatment: Treatment, value: Any) -> Treatment:
    if isinstance(treatment, By):
        return treatment.rules.get(getattr(value, treatment.field) or "", treatment.otherwise)
    return treatment


def _is(one: object, other: object) -> bool:
    return one is other
