"""Loads fingerprint rules from `fingerprints/*.toml` and checks each before any packet is sent.

A file may be of several protocols that share its fields. A rule without source, date or example is refused, as is one
that does not match its own example, matches its counterexample, or names a protocol, field or attribute that is none.
Values are held against the vocabulary in `knowledge_base.py`.
"""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from camscan.errors import KnowledgeError
from camscan.identify.effort import worst_steps
from camscan.identify.field_names import field_names, longest_value
from camscan.identify.knowledge import load_toml, need, refuse_unknown, tables
from camscan.identify.patterns import compile_pattern
from camscan.identify.rule import GROUP, Patterns, Rule, each, words
from camscan.model import ATTRIBUTES, Fields

STEPS_LIMIT = 1 << 32  # of one search, as `effort.py` counts them; Python takes less than a nanosecond for most of them

_SLOW = "begin it with ^, or let no repeat match what comes after it"

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


def load_rules(path: Path, directory: Path | None = None) -> Iterator[Rule]:
    """The rules of one file, each once for every protocol of the file; `Rule.file` is the path below `directory`.

    Raises `KnowledgeError` naming file, rule and reason.
    """
    document = load_toml(path)
    refuse_unknown(document, _DOCUMENT_KEYS, str(path))
    protocols = _strings(need(document, "protocol", (str, list), str(path)), f"{path}: protocol")
    document["file"] = str(path.relative_to(directory or path.parent))
    seen: set[str] = set()
    for number, entry in enumerate(tables(document.get("rule", []), f"{path}: rule"), 1):
        where = f"{path}: rule {entry.get('id', number)}"
        rule = _parse_rule(entry, protocols[0], document, where)
        if rule.id in seen:
            raise KnowledgeError(f"{where}: the id stands twice")
        seen.add(rule.id)
        for several in (replace(rule, protocol=protocol) for protocol in protocols):
            for problem in _unreadable(several):
                raise KnowledgeError(f"{where}: {problem}")
            yield several


def _strings(value: object, where: str) -> list[str]:
    """A text, or a list of texts."""
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise KnowledgeError(f"{where}: neither a text nor a list of texts")
    return [str(text) for text in texts]


def _parse_rule(entry: dict[str, Any], protocol: str, document: dict[str, Any], where: str) -> Rule:
    refuse_unknown(entry, _RULE_KEYS, where)
    rule = Rule(
        id=_text(entry, "id", where),
        protocol=protocol,
        when=_patterns(need(entry, "when", dict, where), where),
        unless=_patterns(need({"unless": {}, **entry}, "unless", dict, where), where),
        claims=_claims(entry, where),
        confidence=float(need(entry, "confidence", (int, float), where)),
        source=_text({**document, **entry}, "source", where),
        date=str(need({**document, **entry}, "date", (str, datetime.date), where)),
        file=document["file"],
        example=_examples(entry, where),
        counterexample=_counterexamples(entry, where),
    )
    for problem in problems(rule):
        raise KnowledgeError(f"{where}: {problem}")
    return rule


def _text(entry: dict[str, Any], key: str, where: str) -> str:
    text: str = need(entry, key, str, where)
    if not text.strip():
        raise KnowledgeError(f"{where}: {key} is empty")
    return text


def _claims(entry: dict[str, Any], where: str) -> dict[str, str]:
    claims: dict[str, str] = need(entry, "claims", dict, where)
    return {name: need(claims, name, str, f"{where}: claims") for name in claims}


def _examples(entry: dict[str, Any], where: str) -> tuple[dict[str, Any], ...]:
    examples = tables(need(entry, "example", list, where), f"{where}: example")
    for example in examples:
        refuse_unknown(example, {"fields", "claims"}, f"{where}: example")
        _check_fields(need(example, "fields", dict, f"{where}: example"), f"{where}: example")
        need(example, "claims", dict, f"{where}: example")
    return tuple(examples)


def _counterexamples(entry: dict[str, Any], where: str) -> tuple[dict[str, Any], ...]:
    counterexamples = tables(entry.get("counterexample", []), f"{where}: counterexample")
    for counterexample in counterexamples:
        _check_fields(counterexample, f"{where}: counterexample")
    return tuple(counterexamples)


def _check_fields(table: dict[str, Any], where: str) -> None:
    for name, value in table.items():
        if any(len(text) > longest_value(name) for text in _strings(value, f"{where}: {name}")):
            raise KnowledgeError(f"{where}: {name} has more than the {longest_value(name):,} characters that are read")


def _patterns(table: Mapping[str, object], where: str) -> Patterns:
    return {
        name: tuple(_pattern(text, name, f"{where}: {name}") for text in _strings(value, f"{where}: {name}"))
        for name, value in table.items()
    }


def _pattern(text: str, field: str, where: str) -> re.Pattern[str]:
    try:
        pattern = compile_pattern(text)
    except ValueError as error:
        raise KnowledgeError(f"{where}: bad pattern: {error}") from None
    if worst_steps(pattern, longest_value(field)) > STEPS_LIMIT:
        raise KnowledgeError(f"{where}: bad pattern: a text could keep it busy: {_SLOW}")
    return pattern


def problems(rule: Rule) -> Iterator[str]:
    """What is wrong with the rule, its own examples included."""
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


def _unreadable(rule: Rule) -> Iterator[str]:
    """Protocol and fields that no codec knows: a rule of them would never match, and say nothing of it."""
    known = field_names(rule.protocol)
    if known is None:
        yield f"unknown protocol {rule.protocol}"
        return
    shown = (*(example["fields"] for example in rule.example), *rule.counterexample)
    named = {name: None for table in (rule.when, rule.unless, *shown) for name in table}
    yield from (f"unknown field {name}" for name in named if name not in known)


def _unfillable(rule: Rule) -> Iterator[str]:
    groups = {name for _, pattern in each(rule.when) for name in pattern.groupindex}
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
