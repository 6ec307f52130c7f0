"""The index of rules says exactly what trying every rule says."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from camscan.identify.field_names import SEARCHED
from camscan.identify.knowledge_base import load_knowledge
from camscan.identify.match import claim
from camscan.identify.needles import LENGTHS
from camscan.identify.rule import Rule
from camscan.identify.rule_set import SCANNED, WIDEST, RuleSet
from camscan.identify.soundness import as_fields
from camscan.model import Observation
from camscan.protocols.registry import load_protocols
from camscan.reply import Fields, Reply
from tests.capture_rig import captures, data_of


def rule(number: int, **when: str | list[str]) -> Rule:
    """A rule of these patterns."""
    several = {name: [text] if isinstance(text, str) else text for name, text in when.items()}
    return Rule(
        id=f"rule-{number}",
        protocol="http",
        when={name: tuple(texts) for name, texts in several.items()},
        unless={},
        claims={"vendor": "dahua"},
        confidence=0.5,
        source="a document",
        date="2026-01-01",
        file="rules.toml",
    )


def found(rules: RuleSet, fields: Fields) -> list[str]:
    return [match.rule.id for match in rules.matches(fields)]


def tried(rules: RuleSet, fields: Fields) -> list[str]:
    return [rule.id for rule in rules if rule.match(fields)]


@pytest.mark.parametrize("protocol", sorted(load_protocols()))
def test_every_capture_fits_the_same_rules_with_and_without_the_index(protocol: str) -> None:
    rules = load_knowledge().rule_set(protocol)
    for parameters in captures(protocol):
        fields = load_protocols()[protocol].decode(data_of(parameters.values[0]))
        assert found(rules, fields) == tried(rules, fields)


def test_every_example_is_found_through_the_index() -> None:
    for rules in load_knowledge().rules.values():
        for one in rules:
            for example in one.example:
                assert one.id in found(rules, as_fields(example["fields"])), one.id


def test_what_fits_does_not_depend_on_the_order_of_the_fields() -> None:
    rules = RuleSet([rule(1, server="^a", title="^bcd"), rule(2, title="^b"), rule(3, server="a$")])
    assert found(rules, {"server": ("a",), "title": ("bcd",)}) == ["rule-1", "rule-2", "rule-3"]
    assert found(rules, {"title": ("bcd",), "server": ("a",)}) == ["rule-1", "rule-2", "rule-3"]


def test_what_was_said_before_is_not_taken_for_what_is_said_now() -> None:
    rules = RuleSet([replace(rule(1, server="^a"), unless={"realm": ("^x",)}), rule(2, title="^a")])
    for _ in range(2):
        assert found(rules, {"server": ("abc",), "body": ("1",)}) == ["rule-1"]
        assert found(rules, {"server": ("abc",), "body": ("2",)}) == ["rule-1"]
        assert found(rules, {"server": ("abc",), "realm": ("xyz",)}) == []
        assert found(rules, {"title": ("abc",)}) == ["rule-2"]
        assert found(rules, {"body": ("abc",)}) == []


def test_each_pattern_of_a_rule_may_be_met_by_another_value() -> None:
    rules = RuleSet([rule(1, server=["^abc", "^xyz"])])
    assert found(rules, {"server": ("xyz1", "abc1")}) == ["rule-1"]
    assert found(rules, {"server": ("xyz1",)}) == []


@pytest.mark.parametrize("size", [3, 8, 60, SCANNED + 50, 4000])
def test_many_texts_are_found_in_short_and_in_long_values(size: int) -> None:
    chance = random.Random(size)
    words = ["".join(chance.choices("abcd", k=chance.randint(3, 9))) for _ in range(SCANNED * 2)]
    rules = RuleSet([rule(n, body=word) for n, word in enumerate(words)])
    value = "".join(chance.choices("abcdABCD ", k=size))
    assert found(rules, {"body": (value,)}) == tried(rules, {"body": (value,)})
    assert found(rules, {"body": (words[7],)}) == tried(rules, {"body": (words[7],)})


@pytest.mark.parametrize("length", [*LENGTHS, 33, 40])
def test_a_long_beginning_is_cut_and_still_found(length: int) -> None:
    text = "abcdefghij" * 4
    rules = RuleSet([rule(1, title=f"^{text[:length]}"), rule(2, title=f"^{text[:length]}x")])
    assert found(rules, {"title": (text[:length],)}) == ["rule-1"]
    assert found(rules, {"title": (text[:length] + "xy",)}) == ["rule-1", "rule-2"]


@pytest.mark.parametrize("size", [1, 12, WIDEST - 1, WIDEST, WIDEST + 1, WIDEST * 3])
def test_rules_without_a_text_are_told_by_the_size_of_the_value(size: int) -> None:
    rules = RuleSet([rule(1, realm=f"^[a-z]{{{size}}}$"), rule(2, realm="^[a-z]{12}$"), rule(3, realm="[a-z]")])
    for value in ("a" * size, "a" * 12, "a" * (size + 1), "a" * size + "\n"):
        assert found(rules, {"realm": (value,)}) == tried(rules, {"realm": (value,)})


def test_a_value_of_no_reasonable_length_is_kept_but_not_held_against_the_rules(tmp_path: Path) -> None:
    fields = {"realm": ("Login to " + "A" * SEARCHED, "DH_00408CA5EA04"), "body": ("x" * SEARCHED,)}
    reply = Reply(address="10.0.0.1", protocol="http", transport="tcp", port=80, request="root", data=b"")
    observation = Observation(id="1", reply=reply, fields=fields, channels=("recorded",))
    texts = {made.text for made in claim(observation, load_knowledge())}
    assert texts
    assert all(len(text) <= SEARCHED for text in texts)
    assert observation.fields == fields
