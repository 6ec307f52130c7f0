"""Devices judged as a careful reader of the sources judges them: `advisory_cases.toml`, by all shipped advisories."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from camscan.assess.advisories import advisory_verdicts
from tests.assess_rig import device, shipped

TABLE = tomllib.loads(Path(__file__).with_name("advisory_cases.toml").read_text(encoding="utf-8"))
CASES = [{**source, **case} for source in TABLE["source"] for case in source["cases"]]
KNOWN = {one.id for one in shipped().advisories}


def named(case: dict[str, Any]) -> str:
    parts = ("advisory", "vendor", "brand", "model", "maker_model", "firmware", "build")
    return " ".join(case.get(part, "-") for part in parts)


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_verdict_is_what_the_source_says(case: dict[str, Any]) -> None:
    assert case["advisory"] in KNOWN
    names = ("vendor", "brand", "model", "maker_model", "kind", "firmware", "build")
    judged = device(**{name: case[name] for name in names if name in case})
    rows = {row.id: row for row in advisory_verdicts(judged, shipped().advisories)}
    row = rows.get(case["advisory"])
    said = row.verdict if row else "no-row"
    assert said == case["verdict"], f"{case['why']} ({case['source']}); said: {row.reason if row else 'nothing'}"
    assert row is None or row.confidence <= case.get("most", 1.0)


def test_no_case_stands_twice() -> None:
    assert len(set(map(named, CASES))) == len(CASES)
