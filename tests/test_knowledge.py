"""Data files are read with bounds, and whatever is wrong with one is one line that names it."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from camscan import protocols
from camscan.datafile import (
    SIZE_LIMIT,
    TABLES_LIMIT,
    default_directory,
    load_toml,
    refuse_unknown,
)
from camscan.errors import KnowledgeError
from camscan.identify import soundness
from camscan.identify.field_names import FIELDS
from camscan.identify.knowledge_base import load_knowledge, rule_files
from camscan.identify.rule import each
from camscan.protocols.registry import load_protocols
from tests.capture_rig import captures, data_of
from tests.cli_rig import run

RULE = """
protocol = "http"
date = 2026-01-01
source = "a document"
[[rule]]
id = "one"
when = { server = '^a' }
claims = { vendor = "dahua" }
confidence = 0.5
example = [{ fields = { server = "a" }, claims = { vendor = "dahua" } }]
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A data directory with no rules yet."""
    for name in ("vendors.toml", "oui.toml"):
        shutil.copy(default_directory() / name, tmp_path)
    (tmp_path / "models").mkdir()
    return tmp_path


def refused(path: Path) -> str:
    with pytest.raises(KnowledgeError) as caught:
        load_toml(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"a = " + b"[" * 50_000 + b"]" * 50_000, "nested too deeply"),
        (b"a = " + b"9" * 6_000, "digits"),
        (b"a = \xff", "not UTF-8 at byte 4"),
        (b'a = "\0"', "Illegal character"),
        (b"a = ", "Invalid value"),
        (b".".join([b"a"] * 50_000) + b" = 1", "line 1: a key of more than 16 parts"),
        (b"[" + b" . ".join([b"a"] * 50_000) + b"]", "line 1: a key of more than 16 parts"),
        (b"x = 1\n" + b".".join([b'"."'] * 50_000) + b" = 1", "line 2: a key of more than 16 parts"),
        (b"x = { a = '''\n''', " + b".".join([b"b"] * 50_000) + b" = 1 }", "line 2: a key of more than 16 parts"),
        (b'x = { a = """\n""", ' + b".".join([b"'b'"] * 50_000) + b" = 1 }", "line 2: a key of more than 16 parts"),
        (b"[[a]]\n" * (TABLES_LIMIT + 1), "more than 100,000 tables"),
        (b"#" * (SIZE_LIMIT + 1), "larger than 8,388,608 bytes"),
    ],
)
def test_bytes_that_are_no_data_are_refused_with_file_and_reason(tmp_path: Path, text: bytes, reason: str) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(text)
    assert refused(path).startswith(f"{path}: ")
    assert reason in refused(path)


def test_dots_that_make_no_deep_key_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    key = ".".join("abcdefghijklmnop")
    path.write_text(
        f'# {"." * 90} ... {". " * 90}\n{key} = \'{"a." * 90}\'\nt = """\nOne, two. {"Or 1.2, or 3. " * 40}\n"""\n'
    )
    assert set(load_toml(path)) == {"a", "t"}


def test_of_many_unknown_keys_a_few_are_named() -> None:
    with pytest.raises(KnowledgeError) as caught:
        refuse_unknown({f"a{n}": 1 for n in range(10_000)}, {"a0"}, "x.toml")
    assert str(caught.value) == "x.toml: unknown key a1, a10, a100, a1000, a1001 and 9,994 more"


def test_a_file_of_the_largest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"#" * SIZE_LIMIT)
    assert load_toml(path) == {}


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (os.mkfifo, "not a regular file"),
        (os.mkdir, "not a regular file"),
        (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
        (lambda path: path.symlink_to("nowhere"), "no such file"),
        (lambda path: path.symlink_to(path.name), "symbolic links"),
        (lambda path: None, "no such file"),
    ],
)
def test_what_is_no_regular_file_is_refused_and_never_waited_for(
    tmp_path: Path, make: Callable[[Path], object], reason: str
) -> None:
    make(tmp_path / "x.toml")
    assert reason in refused(tmp_path / "x.toml")


@pytest.mark.parametrize(
    "make",
    [
        lambda directory: (directory / "x.toml").mkdir(),
        lambda directory: (directory / "models" / "x.toml").mkdir(),
        lambda directory: (directory / "more").symlink_to(default_directory()),
        lambda directory: (directory / "loop").symlink_to(directory),
    ],
)
def test_what_would_hide_rules_is_refused(directory: Path, make: Callable[[Path], object]) -> None:
    make(directory)
    with pytest.raises(KnowledgeError, match="directory, not a file"):
        rule_files(directory)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("server", "sever", "rule one: unknown field sever"),
        ('"dahua"', '"dahau"', "rule one: unknown vendor dahau"),
        ('vendor = "dahua"', 'brand = "dahau"', "rule one: unknown brand dahau"),
        ('vendor = "dahua"', 'kind = "toaster"', "rule one: unknown kind toaster"),
        ('vendor = "dahua"', 'capability = "toast"', "rule one: unknown capability toast"),
        ('"http"', '"htp"', "rule one: unknown protocol htp"),
        ('"http"', '["http", "model"]', "rule one: unknown field server"),
        ("confidence", "unless = { sever = 'b' }\nconfidence", "rule one: unknown field sever"),
        ("confidence", 'counterexample = [{ sever = "b" }]\nconfidence', "rule one: unknown field sever"),
        ('source = "a document"', 'source = " "', "rule one: source is empty"),
        ("2026-01-01", "5", "rule one: date is int"),
        ("0.5", "true", "rule one: confidence is bool"),
        ("0.5", "nan", "rule one: confidence nan"),
        ("'^a'", "'(?=a)a'", "rule one: server: bad pattern: look-around is refused"),
        ('{ server = "a" }', '{ server = "b" }', "rule one: does not match its example"),
        ('{ server = "a" }', "{ server = [1] }", "rule one: example: server: neither"),
        ('claims = { vendor = "dahua" }\n', "claims = {}\n", "rule one: claims nothing"),
        ('claims = { vendor = "dahua" }\n', 'claims = { vendor = "{x" }\n', "rule one: vendor has a brace"),
        ("when = { server = '^a' }", "when = {}", "rule one: matches everything"),
    ],
)
def test_a_bad_rule_ends_the_command_with_one_line_before_anything_is_done(
    directory: Path, old: str, new: str, reason: str
) -> None:
    assert old in RULE
    path = directory / "models" / "x.toml"
    path.write_text(RULE.replace(old, new), encoding="utf-8")
    recording = directory / "replies.jsonl"
    recording.write_text('{"address": "10.0.0.1", "protocol": "ssh", "transport": "tcp", "reply": "x"}\n')
    ended = run("replay", "--fingerprints", str(directory), str(recording))
    assert ended.code == 2
    assert ended.out == ""
    assert ended.err.count("\n") == 1
    assert f"{path}: {reason}" in ended.err


def test_the_shipped_rules_are_not_proved_at_every_start_and_a_copy_of_them_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str] = []
    monkeypatch.setattr(soundness, "compile_pattern", lambda text: looked_at.append(text))
    shipped = load_knowledge()
    assert looked_at == []
    mine = load_knowledge(shutil.copytree(default_directory(), tmp_path / "mine"))
    assert {name: [*rules] for name, rules in mine.rules.items()} == {n: [*r] for n, r in shipped.rules.items()}
    assert {text for rules in mine.rules.values() for rule in rules for _, text in each(rule.when)} <= set(looked_at)


def test_an_id_in_two_files_is_refused(directory: Path) -> None:
    for name in ("x.toml", "y.toml"):
        (directory / name).write_text(RULE, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"y\.toml: rule one: the id stands in x\.toml too"):
        load_knowledge(directory)


def test_a_maker_asked_for_stands_in_the_vocabulary(directory: Path) -> None:
    text = RULE.replace("'^a'", "'^(?P<word>a)'").replace('{ vendor = "dahua" }\n', '{ vendor = "{word:dahau}" }\n')
    (directory / "x.toml").write_text(text.replace('{ vendor = "dahua" }', '{ vendor = "a" }'), encoding="utf-8")
    with pytest.raises(KnowledgeError, match="rule one: unknown vendor dahau"):
        load_knowledge(directory)


def test_a_rule_knows_where_it_stands(directory: Path) -> None:
    (directory / "models" / "x.toml").write_text(RULE, encoding="utf-8")
    (rule,) = load_knowledge(directory).rule_set("http")
    assert rule.file == "models/x.toml"


def test_every_field_that_a_capture_gives_may_be_looked_at() -> None:
    given = {
        name
        for protocol, codec in load_protocols().items()
        for parameters in captures(protocol)
        for name in codec.decode(data_of(parameters.values[0]))
    }
    assert given <= FIELDS


def test_every_field_that_may_be_looked_at_is_one_of_a_codec_s() -> None:
    codecs = Path(protocols.__path__[0])
    source = "".join(path.read_text(encoding="utf-8") for path in codecs.glob("*.py"))
    parts_of_names = ("subject_", "issuer_")
    assert [name for name in FIELDS if f'"{name}"' not in source and not name.startswith(parts_of_names)] == []
