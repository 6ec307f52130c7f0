"""Devices judged as a careful reader of the sources judges them: `advisory_cases.toml`, by all shipped advisories."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from camscan.assess.advisory.verdicts import advisory_verdicts, verdict_on
from camscan.assess.subject import subject_of
from tests.assess_rig import device, shipped

TABLE = tomllib.loads(Path(__file__).with_name("advisory_cases.toml").read_text(encoding="utf-8"))
CASES = [{**source, **case} for source in TABLE["source"] for case in source["cases"]]
NAMES = ("vendor", "brand", "model", "maker_model", "kind", "firmware", "build")
KNOWN = {one.id for one in shipped().advisories}


def named(case: dict[str, Any]) -> str:
    parts = ("advisory", "vendor", "brand", "model", "maker_model", "firmware", "build")
    return " ".join(case.get(part, "-") for part in parts)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_verdict_is_what_the_source_says(case: dict[str, Any]) -> None:
    assert case["advisory"] in KNOWN
    judged = device(**{name: case[name] for name in NAMES if name in case})
    rows = {row.id: row for row in advisory_verdicts(subject_of(judged), shipped().advisories)}
    row = rows.get(case["advisory"])
    said = row.verdict if row else "no-row"
    assert said == case["verdict"], f"{case['why']} ({case['source']}); said: {row.reason if row else 'nothing'}"
    assert row is None or row.confidence <= case.get("most", 1.0)


def test_what_is_left_out_before_the_firmware_is_looked_at_would_have_had_no_row() -> None:
    for case in CASES:
        judged = device(**{name: case[name] for name in NAMES if name in case})
        subject = subject_of(judged)
        every = (verdict_on(subject, advisory) for advisory in shipped().advisories)
        assert advisory_verdicts(subject, shipped().advisories) == tuple(row for row in every if row is not None)


def test_no_case_stands_twice() -> None:
    assert len(set(map(named, CASES))) == len(CASES)
