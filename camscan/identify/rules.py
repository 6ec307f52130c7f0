"""Fingerprint rules: field + pattern → claims, loaded from `fingerprints/*.toml` and checked before any packet.

A rule matches an observation when every pattern of `when` finds some value of its field and no pattern of `unless`
does. `claims` are templates: `{name}` is a named group of a `when` pattern. A rule without source, date or example is
refused, as is one that does not match its own example.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from camscan.errors import KnowledgeError
from camscan.identify.knowledge import load_toml, need
from camscan.model import ATTRIBUTES, Fields

_RULE_KEYS = {
    "id",
    "when",
    "unless",
    "claims",
    "confidence",
    "source",
    "date",
    "example",
    "counterexample",
    "note",
}
_GROUP = re.compile(r"\{(\w+)\}")

Patterns = Mapping[str, re.Pattern[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One datum of knowledge with its own proof."""

    id: str
    protocol: str
    when: Patterns
    unless: Patterns
    claims: Mapping[str, str]
    confidence: float
    source: str
    date: str
    example: tuple[Mapping[str, Any], ...] = field(default=())
    counterexample: tuple[Mapping[str, str], ...] = field(default=())

    def match(self, fields: Fields) -> "Match | None":
        """What the rule says of these fields, or None."""
        found = [(name, pattern, _search(pattern, fields.get(name, ()))) for name, pattern in self.when.items()]
        if not all(hit for _, _, hit in found):
            return None
        if any(_search(pattern, fields.get(name, ())) for name, pattern in self.unless.items()):
            return None
        groups: dict[str, str] = {}
        for _, _, hit in found:
            groups |= {k: v for k, v in (hit.groupdict() if hit else {}).items() if v}
        first, _, hit = found[0]
        claims = {k: _fill(template, groups) for k, template in self.claims.items()}
        return Match(
            rule=self,
            field=first,
            text=hit.string if hit else "",
            claims={k: v for k, v in claims.items() if v},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that fitted: the field it looked at first, the text it saw there, and the claims filled in."""

    rule: Rule
    field: str
    text: str
    claims: Mapping[str, str]


def _search(pattern: re.Pattern[str], values: tuple[str, ...]) -> re.Match[str] | None:
    return next((hit for value in values if (hit := pattern.search(value))), None)


def _fill(template: str, groups: Mapping[str, str]) -> str:
    """The template with its groups; empty where a group it needs did not take part in the match."""
    if any(name not in groups for name in _GROUP.findall(template)):
        return ""
    return _GROUP.sub(lambda m: groups[m[1]], template).strip()


def load_rules(path: Path) -> Iterator[Rule]:
    """The rules of one file. Raises `KnowledgeError` naming file, rule and reason."""
    document = load_toml(path)
    unknown = set(document) - {"protocol", "date", "source", "rule"}
    if unknown:
        raise KnowledgeError(f"{path}: unknown key {', '.join(sorted(unknown))}")
    protocol = need(document, "protocol", str, str(path))
    seen: set[str] = set()
    for number, entry in enumerate(document.get("rule", []), 1):
        rule = _parse_rule(entry, protocol, document, f"{path}: rule {entry.get('id', number)}")
        if rule.id in seen:
            raise KnowledgeError(f"{path}: rule {rule.id}: the id stands twice")
        seen.add(rule.id)
        yield rule


def _parse_rule(entry: dict[str, Any], protocol: str, document: dict[str, Any], where: str) -> Rule:
    unknown = set(entry) - _RULE_KEYS
    if unknown:
        raise KnowledgeError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    rule = Rule(
        id=need(entry, "id", str, where),
        protocol=protocol,
        when=_patterns(need(entry, "when", dict, where), where),
        unless=_patterns(entry.get("unless", {}), where),
        claims=need(entry, "claims", dict, where),
        confidence=float(need(entry, "confidence", (int, float), where)),
        source=str(need({**document, **entry}, "source", str, where)),
        date=str(need({**document, **entry}, "date", object, where)),
        example=tuple(need(entry, "example", list, where)),
        counterexample=tuple(entry.get("counterexample", [])),
    )
    _check(rule, where)
    return rule


def _patterns(table: Mapping[str, str], where: str) -> Patterns:
    try:
        return {name: re.compile(pattern) for name, pattern in table.items()}
    except (re.error, TypeError) as error:
        raise KnowledgeError(f"{where}: bad pattern: {error}") from None


def _check(rule: Rule, where: str) -> None:
    for problem in problems(rule):
        raise KnowledgeError(f"{where}: {problem}")


def problems(rule: Rule) -> Iterator[str]:
    """What is wrong with the rule, its own examples included."""
    if not rule.when:
        yield "matches everything: `when` is empty"
    if not 0 < rule.confidence <= 1:
        yield f"confidence {rule.confidence} is not between 0 and 1"
    yield from (f"unknown attribute {name} in claims" for name in rule.claims if name not in ATTRIBUTES)
    groups = {name for pattern in rule.when.values() for name in pattern.groupindex}
    templates = " ".join(rule.claims.values())
    yield from (f"no group {name} in `when`" for name in _GROUP.findall(templates) if name not in groups)
    if not rule.example:
        yield "has no example"
    yield from _failed_examples(rule)


def _failed_examples(rule: Rule) -> Iterator[str]:
    for example in rule.example:
        match = rule.match(as_fields(example.get("fields", {})))
        if match is None:
            yield f"does not match its example {example.get('fields')}"
        elif dict(match.claims) != example.get("claims"):
            yield f"claims {dict(match.claims)} from its example, which expects {example.get('claims')}"
    for counterexample in rule.counterexample:
        if rule.match(as_fields(counterexample)):
            yield f"matches its counterexample {dict(counterexample)}"


def as_fields(table: Mapping[str, Any]) -> Fields:
    """A TOML table of fields (a value or a list of values each) as `Fields`."""
    return {name: tuple(v) if isinstance(v, list) else (str(v),) for name, v in table.items()}
