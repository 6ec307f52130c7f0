"""Fingerprint rules: field + pattern → claims, loaded from `fingerprints/*.toml` and checked before any packet.

A rule matches an observation when every pattern of `when` finds some value of its field and no pattern of `unless`
does; a field may have several patterns. `claims` are templates: `{name}` is a named group of a `when` pattern. A brand
or maker filled in so is a word of the device's, which only the vocabulary makes a value; `{name:maker}` asks that this
maker is known to build for the brand named. A file may be of several protocols that share its fields. A rule without
source, date or example is refused, as is one that does not match its own example.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from camscan.errors import KnowledgeError
from camscan.identify.knowledge import load_toml, need, refuse_unknown, tables
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
_DOCUMENT_KEYS = {"protocol", "date", "source", "rule"}
_GROUP = re.compile(r"\{(\w+)(?::([a-z0-9-]+))?\}")

Patterns = Mapping[str, tuple[re.Pattern[str], ...]]


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
        found = [_search(pattern, fields.get(name, ())) for name, pattern in _each(self.when)]
        hits = [hit for hit in found if hit]
        if len(hits) < len(found) or any(_search(p, fields.get(name, ())) for name, p in _each(self.unless)):
            return None
        groups = {k: v for hit in hits for k, v in hit.groupdict().items() if v}
        claims = {k: _fill(template, groups) for k, template in self.claims.items()}
        return Match(
            rule=self,
            field=next(iter(self.when)),
            text=hits[0].string,
            claims={k: v for k, v in claims.items() if v},
        )

    def is_word(self, attribute: str) -> bool:
        """Whether a claim is filled in with what the device says, rather than stated by the rule."""
        return bool(_GROUP.search(self.claims[attribute]))

    def asked_maker(self, attribute: str) -> str | None:
        """The maker that the brand named must be known to have, for `{name:maker}`."""
        found = _GROUP.fullmatch(self.claims[attribute])
        return found[2] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that fitted: the field it looked at first, the text it saw there, and the claims filled in."""

    rule: Rule
    field: str
    text: str
    claims: Mapping[str, str]


def _each(patterns: Patterns) -> Iterator[tuple[str, re.Pattern[str]]]:
    return ((name, pattern) for name, several in patterns.items() for pattern in several)


def _search(pattern: re.Pattern[str], values: tuple[str, ...]) -> re.Match[str] | None:
    return next((hit for value in values if (hit := pattern.search(value))), None)


def _fill(template: str, groups: Mapping[str, str]) -> str:
    """The template with its groups; empty where a group it needs did not take part in the match."""
    if any(name not in groups for name, _ in _GROUP.findall(template)):
        return ""
    return _GROUP.sub(lambda m: groups[m[1]], template).strip()


def load_rules(path: Path) -> Iterator[Rule]:
    """The rules of one file, each once for every protocol of the file.

    Raises `KnowledgeError` naming file, rule and reason.
    """
    document = load_toml(path)
    refuse_unknown(document, _DOCUMENT_KEYS, str(path))
    protocols = _strings(need(document, "protocol", (str, list), str(path)), f"{path}: protocol")
    seen: set[str] = set()
    for number, entry in enumerate(tables(document.get("rule", []), f"{path}: rule"), 1):
        rule = _parse_rule(entry, protocols[0], document, f"{path}: rule {entry.get('id', number)}")
        if rule.id in seen:
            raise KnowledgeError(f"{path}: rule {rule.id}: the id stands twice")
        seen.add(rule.id)
        yield from (replace(rule, protocol=protocol) for protocol in protocols)


def _strings(value: object, where: str) -> list[str]:
    """A text, or a list of texts."""
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise KnowledgeError(f"{where}: neither a text nor a list of texts")
    return [str(text) for text in texts]


def _parse_rule(entry: dict[str, Any], protocol: str, document: dict[str, Any], where: str) -> Rule:
    refuse_unknown(entry, _RULE_KEYS, where)
    rule = Rule(
        id=need(entry, "id", str, where),
        protocol=protocol,
        when=_patterns(need(entry, "when", dict, where), where),
        unless=_patterns(need({"unless": {}, **entry}, "unless", dict, where), where),
        claims=_claims(entry, where),
        confidence=float(need(entry, "confidence", (int, float), where)),
        source=str(need({**document, **entry}, "source", str, where)),
        date=str(need({**document, **entry}, "date", object, where)),
        example=_examples(entry, where),
        counterexample=tuple(tables(entry.get("counterexample", []), f"{where}: counterexample")),
    )
    _check(rule, where)
    return rule


def _claims(entry: dict[str, Any], where: str) -> dict[str, str]:
    claims: dict[str, str] = need(entry, "claims", dict, where)
    return {name: need(claims, name, str, f"{where}: claims") for name in claims}


def _examples(entry: dict[str, Any], where: str) -> tuple[dict[str, Any], ...]:
    examples = tables(need(entry, "example", list, where), f"{where}: example")
    for example in examples:
        refuse_unknown(example, {"fields", "claims"}, f"{where}: example")
        need(example, "fields", dict, f"{where}: example")
        need(example, "claims", dict, f"{where}: example")
    return tuple(examples)


def _patterns(table: Mapping[str, object], where: str) -> Patterns:
    try:
        return {
            name: tuple(re.compile(pattern) for pattern in _strings(value, f"{where}: {name}"))
            for name, value in table.items()
        }
    except re.error as error:
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
    yield from _unfillable(rule)
    if not rule.example:
        yield "has no example"
    yield from _failed_examples(rule)


def _unfillable(rule: Rule) -> Iterator[str]:
    groups = {name for _, pattern in _each(rule.when) for name in pattern.groupindex}
    for attribute, template in rule.claims.items():
        yield from (f"no group {name} in `when`" for name, _ in _GROUP.findall(template) if name not in groups)
        if attribute != "vendor" and rule.asked_maker(attribute):
            yield f"only a vendor claim asks for a maker, not {attribute}"


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
    """A TOML table of fields (a value or a list of values each) as `Fields`."""
    return {name: tuple(v) if isinstance(v, list) else (str(v),) for name, v in table.items()}
