"""The form of a rule file: several protocols, several patterns of a field, words that only the vocabulary reads."""

from pathlib import Path

import pytest

from camscan.errors import KnowledgeError
from camscan.identify.knowledge_base import load_knowledge
from camscan.identify.match import value_of
from camscan.identify.rule import Rule
from camscan.identify.rules import load_rules
from camscan.identify.soundness import as_fields

FILE = """
protocol = "http"
date = 2026-01-01
source = "a document"
[[rule]]
id = "one"
when = { body = '^a' }
claims = { vendor = "dahua" }
confidence = 0.5
example = [{ fields = { body = "a" }, claims = { vendor = "dahua" } }]
"""


def load(tmp_path: Path, text: str) -> list[Rule]:
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return list(load_rules(path))


def test_a_file_of_several_protocols_gives_its_rules_to_each(tmp_path: Path) -> None:
    rules = load(tmp_path, FILE.replace('"http"', '["http", "rtsp"]'))
    assert [(rule.id, rule.protocol) for rule in rules] == [("one", "http"), ("one", "rtsp")]


def test_of_several_patterns_of_a_field_each_finds_a_value(tmp_path: Path) -> None:
    text = FILE.replace("body = '^a'", "body = ['^a', '^b']").replace('body = "a"', 'body = ["a", "b"]')
    (rule,) = load(tmp_path, text)
    assert rule.match(as_fields({"body": ["b", "x", "a"]}))
    assert rule.match(as_fields({"body": ["a", "x"]})) is None


def test_of_several_patterns_against_a_rule_one_is_enough(tmp_path: Path) -> None:
    (rule,) = load(tmp_path, FILE.replace("claims = {", "unless = { body = ['b$', 'c$'] }\nclaims = {", 1))
    assert rule.match(as_fields({"body": "a"}))
    assert rule.match(as_fields({"body": "ac"})) is None


WORD = (
    FILE.replace("'^a'", "'^(?P<word>.+)$'")
    .replace('claims = { vendor = "dahua" }\n', "claims = { TEMPLATE }\n")
    .replace('claims = { vendor = "dahua" } }]', "claims = { TEXT } }]")
)


@pytest.mark.parametrize(
    ("attribute", "template", "text", "value"),
    [
        ("brand", "{word}", "CP_PLUS", "cp-plus"),
        ("brand", "{word}", "General", None),
        ("vendor", "{word}", "Amcrest", "dahua"),
        ("vendor", "{word}", "Honeywell", None),
        ("vendor", "{word}", "C056E3010203", "hikvision"),
        ("vendor", "{word}", "0016C7A1B2C3", None),
        ("vendor", "{word:dahua}", "Honeywell", "dahua"),
        ("vendor", "{word:dahua}", "General", None),
        ("vendor", "{word:hikvision}", "Amcrest", None),
        ("vendor", "honeywell", "anything", "honeywell"),
    ],
)
def test_a_word_of_the_device_s_is_read_through_the_vocabulary(
    tmp_path: Path, attribute: str, template: str, text: str, value: str | None
) -> None:
    shown = text if "{" in template else template
    document = WORD.replace("TEMPLATE", f'{attribute} = "{template}"').replace("TEXT", f'{attribute} = "{shown}"')
    (rule,) = load(tmp_path, document.replace('body = "a"', f'body = "{text}"'))
    match = rule.match(as_fields({"body": text}))
    assert match is not None
    assert value_of(match, attribute, load_knowledge()) == value


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"http"', "7", "protocol is int"),
        ('"http"', "[]", "protocol: neither a text nor a list of texts"),
        ('"http"', "[7]", "protocol: neither a text nor a list of texts"),
        ("'^a'", "7", "rule one: body: neither a text nor a list of texts"),
        ("'^a'", "'('", "rule one: body: bad pattern"),
        ("'^a'", "'^b'", "rule one: does not match its example"),
        ('{ vendor = "dahua" }\nconf', '{ vendor = "{who}" }\nconf', "rule one: no group who in `when`"),
        ("body = '^a' }", "body = '^(?P<a>a)' }\nunles = {}", "rule one: unknown key unles"),
        ('{ vendor = "dahua" }\nconf', '{ brand = "{who:dahua}" }\nconf', "rule one: no group who in `when`"),
        ('source = "a document"', 'source = "a document"\ncolour = 1', "unknown key colour"),
        ("confidence = 0.5", "confidence = 2", "rule one: confidence 2.0 is not between 0 and 1"),
    ],
)
def test_a_malformed_rule_is_refused_by_name(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in FILE
    with pytest.raises(KnowledgeError, match=reason.replace("(", r"\(")):
        load(tmp_path, FILE.replace(old, new))


def test_only_a_maker_is_asked_for_a_maker(tmp_path: Path) -> None:
    text = FILE.replace("'^a'", "'^(?P<word>a)'").replace(
        '{ vendor = "dahua" }\nconf', '{ brand = "{word:dahua}" }\nconf'
    )
    with pytest.raises(KnowledgeError, match="only a vendor claim asks for a maker"):
        load(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        FILE.replace("[[rule]]", "[rule]"),
        'protocol = "http"\nrule = 1\n',
        'protocol = "http"\nrule = [1]\n',
        FILE.replace("example = [{", "example = [1, {"),
        FILE.replace('example = [{ fields = { body = "a" },', "example = [{"),
        FILE.replace("when = { body = '^a' }", "when = { body = 1 }"),
        FILE.replace('claims = { vendor = "dahua" }\nconf', "claims = { vendor = 5 }\nconf"),
        FILE.replace("confidence = 0.5", 'confidence = "much"'),
        FILE.replace("confidence = 0.5", "confidence = 0.5\nunless = 3"),
        FILE.replace("confidence = 0.5", "confidence = 0.5\ncounterexample = 3"),
        FILE.replace("confidence = 0.5", "confidence = 0.5\nconfidnce = 0.5"),
        FILE.replace("'^a'", "'^(a'"),
    ],
)
def test_a_malformed_file_names_file_and_reason(tmp_path: Path, text: str) -> None:
    assert text != FILE
    with pytest.raises(KnowledgeError, match=r"rules\.toml"):
        load(tmp_path, text)


@pytest.mark.parametrize("pattern", ["a*" * 30 + "b", "^(?:a|a)*$x", "(?:.*a){3}"])
def test_a_pattern_that_a_device_could_keep_busy_is_refused_before_it_is_run(tmp_path: Path, pattern: str) -> None:
    text = FILE.replace("body = '^a'", f"realm = '{pattern}'").replace('body = "a"', f'realm = "{"a" * 1024}"')
    with pytest.raises(KnowledgeError, match="rule one: realm: bad pattern: a text could keep it busy: begin it with"):
        load(tmp_path, text)


@pytest.mark.parametrize(("field", "read"), [("realm", 1024), ("body", 16 * 1024)])
def test_an_example_is_no_longer_than_what_is_read_of_a_device(tmp_path: Path, field: str, read: int) -> None:
    text = FILE.replace("body = ", f"{field} = ")
    assert load(tmp_path, text.replace('= "a"', f'= "{"a" * read}"'))
    with pytest.raises(KnowledgeError, match=f"rule one: example: {field} has more than the {read:,} characters"):
        load(tmp_path, text.replace('= "a"', f'= "{"a" * (read + 1)}"'))
    longer = f'confidence = 0.5\ncounterexample = [{{ {field} = "{"b" * (read + 1)}" }}]'
    with pytest.raises(KnowledgeError, match=f"counterexample: {field} has more than the {read:,} characters"):
        load(tmp_path, text.replace("confidence = 0.5", longer))
