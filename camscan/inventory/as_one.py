"""What a device is that its owner has put together of several records: here, for all that tell of it. Pure.

What it has one of is that of the first record that has one: the whole's own, else that of a part, by their numbers;
where it is (`WHERE`) is one thing. Its addresses, services and capabilities, and what is judged of it, are those of the
records that speak: those that are there. When none is, all of them do, and say what it was like. Of what is judged of
several of them the weightiest holds.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from camscan.model import SEVERITIES
from camscan.place import WHERE
from camscan.register import BAD, SEVERAL, Able

Values = Mapping[str, Collection[str]]
"""What a record says, by the names of attributes; of one that a device has one of, a single value."""

WEIGHTIEST = (*BAD, "covered")
"""The states of a judgement that hold for a device where one of its records has them."""


def weight(state: str | None, severity: str | None, exploited: bool = False) -> tuple[bool, int, bool]:
    """How much a judgement weighs; of what calls for nothing the severity means nothing."""
    weighs = state in WEIGHTIEST
    rank = SEVERITIES.index(severity) if severity in SEVERITIES else -1
    return weighs, rank if weighs else -1, exploited and weighs


def told_with(name: str) -> tuple[str, ...]:
    """The attributes that are one thing with this one."""
    return WHERE if name in WHERE else (name,)


def as_one(records: Sequence[Values], speaking: Sequence[Values]) -> dict[str, set[str]]:
    """What the device is; `speaking` are those of the records that do."""
    made: dict[str, set[str]] = {}
    for name in dict.fromkeys(name for one in records for name in one):
        if name not in SEVERAL:
            made[name] = _first(speaking if name == "address" else records, name)
        else:
            made[name] = {value for one in speaking for value in one.get(name, ())}
    every = {value for one in speaking for name in ("address", "addresses") for value in one.get(name, ())}
    made["addresses"] = every - made.get("address", set())
    return {name: values for name, values in made.items() if values}


def all_able(speaking: Sequence[Mapping[str, Able]]) -> dict[str, Able]:
    """How each capability is known that one of these records tells of."""
    names = sorted({name for one in speaking for name in one})
    return {name: _surest([one[name] for one in speaking if name in one]) for name in names}


def _surest(known: Sequence[Able]) -> Able:
    """By the device's own word, where a record has it; it is on where one says so."""
    states, on = {one.state for one in known}, {one.enabled for one in known}
    return Able(
        state="observed" if "observed" in states else "inferred" if "inferred" in states else None,
        enabled=next((enabled for enabled in (True, False) if enabled in on), None),
    )


def _first(records: Iterable[Values], name: str) -> set[str]:
    """That of the first that says it, or what is told with it."""
    for one in records:
        if any(one.get(other) for other in told_with(name)):
            return set(one.get(name, ()))
    return set()
