"""`camscan fingerprint check`: what it says of the shipped files, and of every kind of mistake in a user's own."""

import shutil
from pathlib import Path

import pytest

from camscan.datafile import default_directory
from camscan.errors import KnowledgeError
from camscan.identify.selftest import check_directory
from tests.cli_rig import run

RULE = """
protocol = "ftp"
date = 2026-01-01
source = "a document"
[[rule]]
id = "own-one"
when = { greeting = '^Acme' }
claims = { kind = "camera" }
confidence = 0.5
example = [{ fields = { greeting = "Acme" }, claims = { kind = "camera" } }]
"""
WORD = RULE.replace("'^Acme'", "'^(?P<brand>.+)$'").replace('{ kind = "camera" }\nconf', '{ brand = "{brand}" }\nconf')


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A user's own: the vocabulary and the prefixes that came along, and one file of rules."""
    for name in ("vendors.toml", "oui.toml"):
        shutil.copy(default_directory() / name, tmp_path / name)
    (tmp_path / "own.toml").write_text(RULE, encoding="utf-8")
    return tmp_path


def test_the_shipped_files_hold() -> None:
    verdict = check_directory(default_directory())
    assert verdict.defects == ()
    assert verdict.files >= 25
    assert verdict.examples > verdict.rules > 400


def test_files_that_hold_are_counted(directory: Path) -> None:
    ended = run("fingerprint", "check", "--fingerprints", str(directory))
    assert (ended.code, ended.out) == (0, "1 file, 1 rule, 1 example: all hold\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (RULE.replace("'^Acme'", "'^Other'"), "rule own-one: does not match its example"),
        (RULE + 'counterexample = [{ greeting = "Acme 2" }]\n', "rule own-one: matches its counterexample"),
        (RULE.replace("'^Acme'", "'^(?=A)cme'"), "rule own-one: "),
        (RULE.replace('kind = "camera"', 'kind = "toaster"'), "toaster"),
        (RULE.replace("confidence = 0.5", "confidnce = 0.5"), "rule own-one: unknown key confidnce"),
        (RULE.replace('"ftp"', '"gopher"'), "gopher"),
        (RULE.replace("greeting", "greting"), "greting"),
        (RULE + RULE[RULE.index("[[rule]]") :], "rule own-one: the id stands twice"),
        ("protocol = ", "own.toml"),
        ('protocol = "ftp"\n', "no rule in it"),
        (WORD.replace('kind = "camera"', 'brand = "Acme"'), "brand Acme"),
    ],
)
def test_a_defect_is_one_line_with_file_rule_and_reason(directory: Path, text: str, reason: str) -> None:
    assert text != RULE
    (directory / "own.toml").write_text(text, encoding="utf-8")
    ended = run("fingerprint", "check", "--fingerprints", str(directory))
    assert (ended.code, ended.out) == (2, "")
    first, *others, last = ended.err.splitlines()
    assert first.startswith("camscan: ")
    assert "own.toml" in first
    assert reason in first
    assert others == []
    assert last.endswith("1 defect")


def test_every_broken_file_is_named(directory: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (directory / name).write_text("protocol = ", encoding="utf-8")
    assert [d.split(":")[0] for d in check_directory(directory).defects] == [
        str(directory / n) for n in ("a.toml", "b.toml")
    ]


def test_an_id_in_two_files_is_a_defect(directory: Path) -> None:
    shutil.copy(directory / "own.toml", directory / "second.toml")
    (defect,) = check_directory(directory).defects
    assert defect == f"{directory / 'second.toml'}: rule own-one: the id stands in {directory / 'own.toml'} too"


def test_a_surer_rule_that_says_something_else_of_an_example_is_a_defect(directory: Path) -> None:
    louder = RULE.replace("own-one", "own-louder").replace("0.5", "0.9").replace('kind = "camera"', 'kind = "printer"')
    (directory / "louder.toml").write_text(louder, encoding="utf-8")
    (defect,) = check_directory(directory).defects
    assert "own.toml: rule own-one" in defect
    assert "own-louder is surer and says printer" in defect


def test_a_directory_without_vocabulary_or_none_at_all_is_refused(directory: Path) -> None:
    (directory / "vendors.toml").unlink()
    assert any("vendors.toml" in defect for defect in check_directory(directory).defects)
    with pytest.raises(KnowledgeError, match="not a directory"):
        check_directory(directory / "nowhere")
    assert run("fingerprint", "check", "--fingerprints", str(directory / "nowhere")).code == 2


def test_the_group_alone_explains_itself() -> None:
    assert "check" in run("fingerprint", "--help").out
