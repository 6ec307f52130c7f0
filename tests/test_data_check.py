"""A mistake in the data that devices are judged by: one line with the file and the key, from the check and at load."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from camscan.assess.advisory.selftest import check_assessment
from camscan.assess.policy.selftest import check_policies
from camscan.cli.chosen import terms_of
from camscan.cli.ending import Exit
from camscan.cli.known import words_of
from camscan.datafile import default_directory
from camscan.identify.vocabulary import load_vocabulary
from tests.cli_rig import run
from tests.policy_rig import AFFILIATES, DATUM
from tests.test_advisories import GOOD
from tests.test_selftest import RULE

LIFECYCLE = """
date = 2026-01-01
source = "records"
[[series]]
makers = ["hikvision"]
models = ["DS-12??*"]
discontinued = "2020"
confidence = 0.9
source = "a document"
example = [{ vendor = "hikvision", model = "DS-1234", finding = "discontinued-by-maker" }]
"""
KNOWN = 'date = 2026-01-01\nsource = "a document"\nsold = ["DS-5600"]\n'
FILES = {
    "advisories/CVE-2020-1.toml": GOOD,
    "lifecycle.toml": LIFECYCLE,
    "policies/xx-test.toml": DATUM,
    "affiliates.toml": AFFILIATES,
    "known_models.toml": KNOWN,
    "own.toml": RULE,
}
REPLY = {"address": "10.0.0.9", "protocol": "ftp", "transport": "tcp", "port": 21, "request": "greeting"}
ADVISORY, LIFE, POLICY, GROUP, MODELS = [*FILES][:5]
TODAY = date(2026, 3, 1)

LOADED = [  # file, what stands there, what is put in its place, what the line must name
    (ADVISORY, "cvss = 9.8", "cvs = 9.8", "unknown key cvs"),
    (ADVISORY, "before =", "befor =", "affected: unknown key befor"),
    (ADVISORY, 'vendor = "hikvision"', 'vendr = "hikvision"', "example: unknown key vendr"),
    (ADVISORY, 'sources = ["a document"]\n', "", "sources is empty"),
    (ADVISORY, '"a document"', '" "', "sources is no list of texts"),
    (ADVISORY, "date = 2026-01-01\n", "", "date is missing"),
    (ADVISORY, 'makers = ["hikvision"]', 'makers = ["hikvison"]', "unknown maker hikvison"),
    (LIFE, "discontinued =", "discontinud =", "series 1: unknown key discontinud"),
    (LIFE, 'source = "records"\n', "colour = 1\n", "unknown key colour"),
    (LIFE, 'source = "a document"\n', "", "series 1: source is missing"),
    (LIFE, 'source = "a document"\n', 'source = ""\n', "series 1: source is empty"),
    (LIFE, "date = 2026-01-01", 'date = "soon"', "date is str"),
    (POLICY, "citation =", "citatoin =", "unknown key citatoin"),
    (POLICY, 'makers = ["hikvision"]', 'maker = ["hikvision"]', "reach: unknown key maker"),
    (POLICY, 'makers = ["hikvision"]', 'makers = ["hikvison"]', "reach: makers: hikvison is not in the vocabulary"),
    (POLICY, 'makers = ["hikvision"]', 'seat = "Atlantis"', "reach: seat is Atlantis, where no maker"),
    (POLICY, 'sources = ["a document"]\n', "", "sources is missing or empty"),
    (GROUP, "of =", "off =", "affiliate: unknown key off"),
    (GROUP, 'id = "ezviz"', 'id = "ezvis"', "affiliate: unknown maker or brand ezvis"),
    (GROUP, 'source = "a document"\n', "", "affiliate: source is missing"),
]
CHECKED = [
    (
        ADVISORY,
        '"DS-12??*"',
        '"DS-12??*", "DS-9???*"',
        "models: DS-9???* matches none of its examples and no known model",
    ),
    (ADVISORY, "date = 2026-01-01", "date = 2999-01-01", "date is 2999-01-01, which is in the future"),
    (ADVISORY, "date = 2026-01-01", "date = 2026-01-01\npublished = 2999-01-01", "published is 2999-01-01"),
    (ADVISORY, "date = 2026-01-01", "date = 2026-01-01\nkev = 2999-01-01", "kev is 2999-01-01"),
    (LIFE, '"DS-12??*"', '"DS-12??*", "DS-9???*"', "models: DS-9???* matches none of its examples and no known model"),
    (LIFE, "date = 2026-01-01", "date = 2999-01-01", "date is 2999-01-01, which is in the future"),
    (POLICY, "date = 2026-11-29", "date = 2999-01-01", "date is 2999-01-01, which is in the future"),
    (GROUP, "date = 2026-11-29", "date = 2999-01-01", "date is 2999-01-01, which is in the future"),
    (MODELS, "sold =", "soled =", "unknown key soled"),
]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A user's own data: one file of each kind, all sound."""
    for name in ("vendors.toml", "oui.toml"):
        shutil.copy(default_directory() / name, tmp_path / name)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def spoil(directory: Path, file: str, there: str, instead: str) -> None:
    text = (directory / file).read_text(encoding="utf-8")
    assert there in text
    (directory / file).write_text(text.replace(there, instead), encoding="utf-8")


def replayed(directory: Path) -> tuple[int, str]:
    recording = directory / "replies.jsonl"
    recording.write_text(json.dumps({**REPLY, "encoding": "text", "reply": "220 Acme\r\n"}), encoding="utf-8")
    ended = run("replay", str(recording), "--fingerprints", str(directory), "--policy", "xx-test", "--quiet")
    return ended.code, ended.err


def test_sound_data_hold(directory: Path) -> None:
    assert run("fingerprint", "check", "--fingerprints", str(directory)).code == Exit.DONE
    assert replayed(directory) == (Exit.DONE, "")


@pytest.mark.parametrize(("file", "there", "instead", "said"), LOADED + CHECKED)
def test_the_check_names_file_and_key(directory: Path, file: str, there: str, instead: str, said: str) -> None:
    spoil(directory, file, there, instead)
    ended = run("fingerprint", "check", "--fingerprints", str(directory))
    assert (ended.code, ended.out) == (Exit.USAGE, "")
    line, last = ended.err.splitlines()
    assert line.startswith(f"camscan: {directory / file}: ")
    assert said in line
    assert last.endswith(": 1 defect")


@pytest.mark.parametrize(("file", "there", "instead", "said"), LOADED)
def test_a_load_names_file_and_key(directory: Path, file: str, there: str, instead: str, said: str) -> None:
    spoil(directory, file, there, instead)
    code, err = replayed(directory)
    assert code == Exit.USAGE
    (line,) = err.splitlines()
    assert line.startswith(f"camscan: {directory / file}: ")
    assert said in line


@pytest.mark.parametrize(("file", "there", "instead"), [case[:3] for case in CHECKED])
def test_a_wrong_clock_or_a_pattern_of_no_use_costs_no_result(
    directory: Path, file: str, there: str, instead: str
) -> None:
    spoil(directory, file, there, instead)
    assert replayed(directory) == (Exit.DONE, "")


@pytest.mark.parametrize(("days", "defects"), [(-1, 0), (0, 0), (1, 0), (2, 1)])
def test_a_day_is_in_the_future_once_it_has_begun_nowhere(directory: Path, days: int, defects: int) -> None:
    day = f"date = {TODAY + timedelta(days=days)}"
    vocabulary = load_vocabulary(directory / "vendors.toml")
    for file in (ADVISORY, LIFE):
        spoil(directory, file, "date = 2026-01-01", day)
    for file in (POLICY, GROUP):
        spoil(directory, file, "date = 2026-11-29", day)
    assert len(check_assessment(directory, words_of(vocabulary), TODAY).defects) == 2 * defects
    assert len(check_policies(directory, terms_of(vocabulary), TODAY).defects) == 2 * defects


def test_a_known_model_is_enough_for_a_pattern(directory: Path) -> None:
    spoil(directory, ADVISORY, '"DS-12??*"', '"DS-12??*", "DS-56??"')
    assert run("fingerprint", "check", "--fingerprints", str(directory)).code == Exit.DONE
    (directory / MODELS).unlink()
    assert "models: DS-56?? matches" in run("fingerprint", "check", "--fingerprints", str(directory)).err


def test_affiliates_are_checked_without_a_policy(directory: Path) -> None:
    shutil.rmtree(directory / "policies")
    spoil(directory, GROUP, "of =", "off =")
    assert "unknown key off" in run("fingerprint", "check", "--fingerprints", str(directory)).err
