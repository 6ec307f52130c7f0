"""Loads fingerprint rules from `fingerprints/*.toml`, and refuses a bad one before any packet is sent.

A file may be of several protocols that share its fields. A rule without source, date or example is refused, as is one
that does not hold (`soundness.py`). Values are held against the vocabulary in `knowledge_base.py`.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from camscan.datafile import load_toml, need, refuse_unknown, tables
from camscan.errors import KnowledgeError
from camscan.identify.field_names import longest_value
from camscan.identify.rule import Patterns, Rule
from camscan.identify.soundness import problems

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


def load_rules(path: Path, directory: Path | None = None, *, proved: bool = False) -> Iterator[Rule]:
    """The rules of one file, each once for every protocol of the file; `Rule.file` is the path below `directory`.

    Where they are `proved`, only their form is looked at, not whether they hold. Raises `KnowledgeError` naming file,
    rule and reason.
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
        for problem in () if proved else problems(rule, protocols):
            raise KnowledgeError(f"{where}: {problem}")
        yield from (replace(rule, protocol=protocol) for protocol in protocols)


def _strings(value: object, where: str) -> list[str]:
    """A text, or a list of texts."""
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) for text in texts):
        raise KnowledgeError(f"{where}: neither a text nor a list of texts")
    return [str(text) for text in texts]


def _parse_rule(entry: dict[str, Any], protocol: str, document: dict[str, Any], where: str) -> Rule:
    refuse_unknown(entry, _RULE_KEYS, where)
    return Rule(
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
    return {name: tuple(_strings(value, f"{where}: {name}")) for name, value in table.items()}
