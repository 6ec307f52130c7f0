"""Whether a rule that is written well also holds: its patterns, its claims, its examples and its counterexamples.

A rule is refused that does not match its own example, matches its counterexample, names a protocol, field or attribute
that is none, or has a pattern that a device could keep busy. That takes several times as long as to read the rule, so
it is looked into where a rule may be new: a user's own whenever they are loaded, those that came along by the tests and
by `camscan fingerprint check`.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from camscan.identify.effort import worst_steps
from camscan.identify.field_names import field_names, longest_value
from camscan.identify.patterns import compile_pattern, compiled
from camscan.identify.rule import GROUP, Rule, each, words
from camscan.model import ATTRIBUTES
from camscan.reply import Fields

STEPS_LIMIT = 1 << 32  # of one search, as `effort.py` counts them; Python takes less than a nanosecond for most of them

_SLOW = "begin it with ^, or let no repeat match what comes after it"


def problems(rule: Rule, protocols: Iterable[str]) -> Iterator[str]:
    """What is wrong with the rule as one of these protocols, its own examples included. The first problem may be the
    cause of the others: what stands after a bad pattern is not looked at."""
    bad = list(_bad_patterns(rule))
    yield from bad
    if bad:
        return
    if not rule.when:
        yield "matches everything: `when` is empty"
    if not rule.claims:
        yield "claims nothing"
    if not 0 < rule.confidence <= 1:
        yield f"confidence {rule.confidence} is not between 0 and 1"
    yield from (f"unknown attribute {name} in claims" for name in rule.claims if name not in ATTRIBUTES)
    yield from _unfillable(rule)
    if not rule.example:
        yield "has no example"
    yield from _failed_examples(rule)
    for protocol in protocols:
        yield from _unreadable(rule, protocol)


def _bad_patterns(rule: Rule) -> Iterator[str]:
    for name, text in (*each(rule.when), *each(rule.unless)):
        try:
            compile_pattern(text)
        except ValueError as error:
            yield f"{name}: bad pattern: {error}"
            continue
        if worst_steps(text, longest_value(name)) > STEPS_LIMIT:
            yield f"{name}: bad pattern: a text could keep it busy: {_SLOW}"


def _unreadable(rule: Rule, protocol: str) -> Iterator[str]:
    """Protocol and fields that no codec knows: a rule of them would never match, and say nothing of it."""
    known = field_names(protocol)
    if known is None:
        yield f"unknown protocol {protocol}"
        return
    shown = (*(example["fields"] for example in rule.example), *rule.counterexample)
    named = {name: None for table in (rule.when, rule.unless, *shown) for name in table}
    yield from (f"unknown field {name}" for name in named if name not in known)


def _unfillable(rule: Rule) -> Iterator[str]:
    groups = {name for _, pattern in each(rule.when) for name in compiled(pattern).groupindex}
    for attribute, template in rule.claims.items():
        yield from (f"no group {name} in `when`" for name, _ in words(template) if name not in groups)
        if set("{}") & set(GROUP.sub("", template)):
            yield f"{attribute} has a brace that names no group"
        if any(maker for _, maker in words(template)) and not (attribute == "vendor" and GROUP.fullmatch(template)):
            yield f"only a vendor claim asks for a maker, and of one word, not {attribute}"


def _failed_examples(rule: Rule) -> Iterator[str]:
    for example in rule.example:
        match = rule.match(as_fields(example["fields"]))
        if match is None:
            yield f"does not match its example {example['fields']}"
        elif dict(match.claims) != example["claims"]:
            yield f"claims {dict(match.claims)} from its example, which expects {example['claims']}"
    for counterexample in rule.counterexample:
        if rule.match(as_fields(counterexample)):
            yield f"matches its counterexample {dict(counterexample)}"


def as_fields(table: Mapping[str, Any]) -> Fields:
    """A TOML table of fields (a text or a list of texts each) as `Fields`."""
    return {name: tuple(value) if isinstance(value, list) else (value,) for name, value in table.items()}
