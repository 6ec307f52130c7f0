"""What real model numbers tell by themselves, all rules together: `model_numbers.txt`, line by line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from camscan.identify.fuse import NAMED
from camscan.identify.knowledge_base import Knowledge, load_knowledge
from camscan.identify.soundness import as_fields

TABLE = Path(__file__).parent / "model_numbers.txt"
NOTHING = "-"
COLUMNS = {
    "maker": "vendor",
    "brand": "brand",
    "kind": "kind",
    "resolution": "resolution",
    "capabilities": "capability",
}


def rows() -> list[dict[str, str]]:
    """The lines of the table: column → text."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    head, *body = [[cell.strip() for cell in line.split(" | ")] for line in lines]
    return [dict(zip(head, cells, strict=True)) for cells in body]


ROWS = rows()


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.mark.parametrize("row", ROWS, ids=[row["model"] for row in ROWS])
def test_a_model_number_tells_no_less_and_no_more(knowledge: Knowledge, row: dict[str, str]) -> None:
    told = {column: " ".join(values(knowledge, row["model"], name)) for column, name in COLUMNS.items()}
    assert told == {column: "" if row[column] == NOTHING else row[column] for column in COLUMNS}


def values(knowledge: Knowledge, model: str, attribute: str) -> list[str]:
    """What is said of an attribute and strong enough to be stated; of what a device has one, the surest only."""
    found = dict(sorted(said(knowledge, model, attribute)))
    best = sorted(found, key=lambda value: -found[value])
    return sorted(best) if attribute == "capability" else best[:1]


def said(knowledge: Knowledge, model: str, attribute: str) -> Iterator[tuple[str, float]]:
    for match in knowledge.rule_set("model").matches(as_fields({"model": model})):
        if attribute in match.claims and match.rule.confidence >= NAMED:
            yield match.claims[attribute], match.rule.confidence


@pytest.mark.parametrize(
    ("model", "family", "generation"),
    [
        ("DS-2CD2387G2-LSU/SL", "DS-2CD2", "G2"),
        ("DS-2CD2142FWD-IWS", "DS-2CD2", None),
        ("DS-7616NXI-K2/16P", "DS-7600NXI-K", None),
        ("DS-2DE4425IW-DE(T5)", "DS-2DE4", None),
        ("DH-IPC-HDBW2831R-ZS-S2", "IPC-HDBW2xxx", "S2"),
        ("DHI-NVR4104HS-P-4KS2/L", "NVR4xxx", "S2"),
        ("SD6AL245U-HNI", "SD6A", None),
        ("VTO2211G-WP", "VTO2xxx", None),
        ("RLC-810A", None, None),
        ("IPC-model", None, None),
    ],
)
def test_a_model_number_tells_its_family_and_generation(
    knowledge: Knowledge, model: str, family: str | None, generation: str | None
) -> None:
    assert values(knowledge, model, "family") == ([family] if family else [])
    assert values(knowledge, model, "generation") == ([generation] if generation else [])


def test_the_table_is_wide_enough() -> None:
    """Both makers, their rebrands and others; every number once."""
    makers = [row["maker"] for row in ROWS]
    assert makers.count("hikvision") > 100
    assert makers.count("dahua") > 80
    assert len({row["brand"] for row in ROWS}) > 20
    assert len({row["model"] for row in ROWS}) == len(ROWS)


def test_finding_a_face_is_never_taken_for_recognising_it(knowledge: Knowledge) -> None:
    """No number is said to do both: what captures faces names nobody, and the rules for it say so apart."""
    for row in ROWS:
        told = set(values(knowledge, row["model"], "capability"))
        assert not {"face-detection", "face-recognition"} <= told, row["model"]
    assert "face-recognition" not in values(knowledge, "iDS-2CD7A86G0-IZHSY", "capability")
    assert "face-detection" not in values(knowledge, "DS-K1T671TM-3XF", "capability")
