"""Every file of knowledge, rule by rule: it loads, is safe to run on hostile text, and does not contradict itself."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import pytest
import re2

from camscan.identify.knowledge import default_directory
from camscan.identify.knowledge_base import rule_files
from camscan.identify.rules import Rule, as_fields, load_rules
from camscan.identify.vocabulary import Vocabulary, load_vocabulary

DIRECTORY = default_directory()
FILES = rule_files(DIRECTORY)
MANY_VALUED = ("capability", "inconsistency")


def name_of(path: Path) -> str:
    return str(path.relative_to(DIRECTORY))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return load_vocabulary(DIRECTORY / "vendors.toml")


def test_there_is_knowledge() -> None:
    assert {"sadp.toml", "firmware.toml", "serial.toml", "models/hikvision.toml"} <= set(map(name_of, FILES))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_pattern_runs_in_linear_time(path: Path) -> None:
    for rule in load_rules(path):
        for pattern in (*rule.when.values(), *rule.unless.values()):
            assert re2.compile(pattern.pattern), rule.id


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_value_stands_in_the_vocabulary(path: Path, vocabulary: Vocabulary) -> None:
    known = {
        "vendor": vocabulary.makers,
        "brand": vocabulary.brands,
        "kind": vocabulary.kinds,
        "capability": vocabulary.capabilities,
    }
    unknown = [
        f"{rule.id}: {attribute} {value}"
        for rule in load_rules(path)
        for attribute, value in rule.claims.items()
        if attribute in known and "{" not in value and value not in known[attribute]
    ]
    assert not unknown


def test_no_rule_drowns_out_another_on_its_own_example() -> None:
    """Rules of one protocol answer together: what one proves by example, none may say louder and differently."""
    rules = [rule for path in FILES for rule in load_rules(path)]
    drowned = [
        f"{other.id} says {claims[attribute]} where {rule.id} says {value}"
        for rule in rules
        for example in rule.example
        for other, claims in louder(rules, rule, example["fields"])
        for attribute, value in example["claims"].items()
        if attribute not in MANY_VALUED and claims.get(attribute, value) != value
    ]
    assert not drowned


def louder(rules: list[Rule], rule: Rule, fields: dict[str, str]) -> list[tuple[Rule, Mapping[str, str]]]:
    """The rules of the same protocol that are surer than this one and match the same fields, with their claims."""
    rivals = (r for r in rules if r.protocol == rule.protocol and r.confidence > rule.confidence)
    matches = (rival.match(as_fields(fields)) for rival in rivals)
    return [(match.rule, match.claims) for match in matches if match]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_rule_states_source_and_date(path: Path) -> None:
    rules = list(load_rules(path))
    assert rules
    assert all(len(rule.source) > 3 and rule.date.startswith("20") for rule in rules)


def test_no_rule_id_stands_in_two_files() -> None:
    counted = Counter(rule.id for path in FILES for rule in load_rules(path))
    assert [identity for identity, number in counted.items() if number > 1] == []
