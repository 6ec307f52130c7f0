"""Life-cycle: nothing is called dead but by its maker, and what is only not known is said to be not known."""

import shutil
from pathlib import Path

import pytest

from camscan.assess.advisory.selftest import failing_series
from camscan.assess.assess import assess
from camscan.assess.lifecycle import DISCONTINUED, FILE, NOTHING_NEWER, OLDER, Series, load_lifecycle
from camscan.cli.known import words_of
from camscan.datafile import default_directory
from camscan.errors import KnowledgeError
from camscan.identify.vocabulary import load_vocabulary
from camscan.model import Device, Finding
from camscan.report.explain import as_explanation, explanation
from tests.assess_rig import device, shipped
from tests.cli_rig import run
from tests.report_rig import published

WORDS = words_of(load_vocabulary(default_directory() / "vendors.toml"))
GOOD = """
date = 2026-01-01
source = "a document"
[[series]]
makers = ["hikvision"]
models = ["DS-12??*"]
newest = "V1.1"
confidence = 0.8
source = "a paper"
example = [{ vendor = "hikvision", model = "DS-1234", firmware = "V1.0", finding = "firmware-older-than-known" }]
"""


@pytest.mark.parametrize("series", shipped().lifecycle, ids=lambda one: one.models[0])
def test_every_example_comes_out(series: Series) -> None:
    assert list(failing_series(series)) == []


def test_a_finding_has_evidence_remedy_source_and_date_and_is_explained() -> None:
    old = {"vendor": "hikvision", "model": "DS-2CD2132F-IS", "firmware": "V5.4.5", "build": "build 170123"}
    found = assess(device(sure=0.9, **old), shipped())
    (finding,) = _lifecycle(found)
    assert (finding.id, finding.severity) == ("no-newer-firmware-known", "info")
    assert finding.evidence[1] == "no firmware newer than V5.4.5 build 170123 is known to this data (2026-08-07)"
    text = as_explanation(explanation(published(found), lambda *_: True))
    assert "  info (72% sure) no-newer-firmware-known: it runs V5.4.5 build 170123; no firmware newer than" in text
    assert "      cisagov/CSAF:csaf_files/OT/white/2017/icsa-17-124-01.json, 2026-08-07\n" in text
    assert "end of life" not in text.lower()


def _lifecycle(assessed: Device) -> list[Finding]:
    return [finding for finding in assessed.findings if finding.id in (DISCONTINUED, NOTHING_NEWER, OLDER)]


def test_every_finding_has_a_paragraph_of_its_own_in_the_documents() -> None:
    text = (Path(__file__).parent.parent / "docs" / "advisories.md").read_text(encoding="utf-8")
    assert all(f"\n### {identity}\n" in text for identity in (DISCONTINUED, NOTHING_NEWER, OLDER))


def test_a_rebrand_is_judged_by_its_makers_number_only() -> None:
    stated = {"vendor": "hikvision", "brand": "annke", "firmware": "V5.2.0", "build": "build 140721"}
    assert _lifecycle(assess(device(model="DS-2CD2132F-IS", **stated), shipped())) == []
    (finding,) = _lifecycle(assess(device(model="I91BM", maker_model="DS-2CD2132F-IS", **stated), shipped()))
    assert finding.id == "firmware-older-than-known"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("makers", "maker", "series 1: unknown key maker"),
        ('makers = ["hikvision"]', "", "series 1: needs makers and models"),
        ('"hikvision"]', '"acme"]', "series 1: unknown maker acme"),
        ("DS-12??*", "*", "series 1: model *: "),
        ('newest = "V1.1"', "", "series 1: needs discontinued or newest"),
        ('newest = "V1.1"', 'newest = "V1.1"\ndiscontinued = "2020"', "series 1: needs discontinued or newest"),
        ('"V1.1"', '"later"', "newest: later: neither"),
        ("0.8", "8.0", "series 1: confidence 8.0"),
        ('"a paper"', '" "', "series 1: source is empty"),
        ("example =", "#", "series 1: no example"),
        ('"firmware-older-than-known"', '"dead"', "finding is dead"),
        ("date = 2026-01-01\n", "", "date is missing"),
    ],
)
def test_a_bad_file_is_refused_with_the_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in GOOD
    path = _own(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(KnowledgeError) as caught:
        load_lifecycle(tmp_path, WORDS)
    assert str(path) in str(caught.value)
    assert reason in str(caught.value)


def test_a_check_tells_of_an_example_that_does_not_come_out(tmp_path: Path) -> None:
    path = _own(tmp_path, GOOD.replace("V1.0", "V1.2"))
    ended = run("fingerprint", "check", "--fingerprints", str(tmp_path))
    assert ended.code == 2
    assert f"{path}: example 1: firmware-older-than-known expected, none came out" in ended.err


def _own(directory: Path, text: str) -> Path:
    for name in ("vendors.toml", "oui.toml"):
        shutil.copy(default_directory() / name, directory / name)
    path = directory / FILE
    path.write_text(text, encoding="utf-8")
    return path
