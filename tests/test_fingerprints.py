"""Every file of knowledge, rule by rule: it loads, is safe to run on hostile text, and does not contradict itself."""

from collections import Counter
from pathlib import Path

import pytest
import re2

from camscan.datafile import default_directory
from camscan.identify.knowledge_base import Knowledge, load_knowledge, rule_files
from camscan.identify.match import value_of
from camscan.identify.rule import Rule
from camscan.identify.rules import load_rules
from camscan.identify.soundness import as_fields
from camscan.identify.vocabulary import Vocabulary

DIRECTORY = default_directory()
FILES = rule_files(DIRECTORY)
MANY_VALUED = ("capability", "inconsistency")
UNVERIFIED_LIMIT = 0.5  # what is only believed may be said, but never as the likelier


def name_of(path: Path) -> str:
    return str(path.relative_to(DIRECTORY))


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def vocabulary(knowledge: Knowledge) -> Vocabulary:
    return knowledge.vocabulary


def test_there_is_knowledge() -> None:
    assert {"sadp.toml", "firmware.toml", "serial.toml", "models/hikvision.toml"} <= set(map(name_of, FILES))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_pattern_runs_in_linear_time(path: Path) -> None:
    for rule in load_rules(path):
        for pattern in (p for several in (*rule.when.values(), *rule.unless.values()) for p in several):
            assert re2.compile(pattern), rule.id


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


def test_no_rule_drowns_out_another_on_its_own_example(knowledge: Knowledge) -> None:
    """Rules of one protocol answer together: what one proves by example, none may say louder and differently."""
    rules = [rule for path in FILES for rule in load_rules(path)]
    drowned = [
        f"{other.id} says {theirs[attribute]} where {rule.id} says {value}"
        for rule in rules
        for example in rule.example
        for other, theirs in louder(rules, rule, example["fields"], knowledge)
        for attribute, value in said(rule, example["fields"], knowledge).items()
        if attribute not in MANY_VALUED and theirs.get(attribute, value) != value
    ]
    assert not drowned


def louder(
    rules: list[Rule], rule: Rule, fields: dict[str, str], knowledge: Knowledge
) -> list[tuple[Rule, dict[str, str]]]:
    """The rules of the same protocol that are surer than this one and match the same fields, with what they say."""
    rivals = (r for r in rules if r.protocol == rule.protocol and r.confidence > rule.confidence)
    return [(rival, said(rival, fields, knowledge)) for rival in rivals]


def said(rule: Rule, fields: dict[str, str], knowledge: Knowledge) -> dict[str, str]:
    """What the rule claims of these fields, after the vocabulary."""
    match = rule.match(as_fields(fields))
    values = {name: value_of(match, name, knowledge) for name in match.claims} if match else {}
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_example_says_what_it_shows(path: Path, knowledge: Knowledge) -> None:
    """A word that the vocabulary does not know would be an example of nothing."""
    for rule in load_rules(path):
        for example in rule.example:
            assert said(rule, example["fields"], knowledge).keys() == example["claims"].keys(), rule.id


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_rule_states_source_and_date(path: Path) -> None:
    rules = list(load_rules(path))
    assert rules
    assert all(len(rule.source) > 3 and rule.date.startswith("20") for rule in rules)


def test_what_is_unverified_is_never_surer_than_a_half() -> None:
    unverified = [rule for path in FILES for rule in load_rules(path) if is_unverified(rule)]
    assert len(unverified) >= 10
    assert [rule.id for rule in unverified if rule.confidence > UNVERIFIED_LIMIT] == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_belief_is_marked_as_unverified(path: Path, vocabulary: Vocabulary) -> None:
    """A rule whose source is mere belief, and every tell of a brand whose makers no source shows."""
    beliefs = ("general knowledge", "community label", "source code that")
    brands = {brand.id for brand in vocabulary.brands.values() if brand.standing == "unverified"}
    unmarked = [
        rule.id
        for rule in load_rules(path)
        if any(belief in rule.source for belief in beliefs) or rule.claims.get("brand") in brands
        if not is_unverified(rule)
    ]
    assert unmarked == []


def is_unverified(rule: Rule) -> bool:
    return rule.source.startswith("unverified:")


def test_no_rule_id_stands_in_two_files() -> None:
    counted = Counter(identity for path in FILES for identity in {rule.id for rule in load_rules(path)})
    assert [identity for identity, number in counted.items() if number > 1] == []
