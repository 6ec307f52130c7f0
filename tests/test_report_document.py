"""JSON, JSON Lines and CSV: valid against the published schema, complete, and safe whatever a device says."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from camscan.model import Device, ScanResult
from camscan.report.csv import COLUMNS, as_csv, write_rows
from camscan.report.document import as_document
from camscan.report.jsonl import as_json_document, as_jsonl
from camscan.report.shape import Document, json_schema
from tests.report_rig import HOSTILE, camera, device, hostile, middlebox, ordinary, recorder, result

GOLDEN = Path(__file__).parent / "golden"
VALIDATOR = jsonschema.Draft202012Validator(json_schema())
DEVICE_KEYS = [
    *("id", "address", "addresses", "mac", "vendor", "brand", "model", "firmware", "build", "serial", "kind", "parent"),
    *("capabilities", "confidence", "evidence", "conflicts", "services", "findings", "advisories", "verdicts", "site"),
    *("record", "approved", "tags", "middlebox", "first_seen", "last_seen"),
]


def texts(value: Any) -> list[str]:
    """Every string in plain data."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts(part)]
    return [value] if isinstance(value, str) else []


def written(scan: ScanResult, version: str = "1") -> str:
    return "".join(as_json_document(as_document(scan, version)))


def document(scan: ScanResult) -> dict[str, Any]:
    data = json.loads(written(scan, "1.2.3"))
    VALIDATOR.validate(data)
    assert isinstance(data, dict)
    return data


def test_the_schema_is_one_and_refuses_what_lacks_a_key() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    data = document(ordinary())
    for key in data:
        assert not VALIDATOR.is_valid({k: v for k, v in data.items() if k != key})
    del data["devices"][0]["parent"]
    assert not VALIDATOR.is_valid(data)


def test_every_key_of_the_contract_stands_in_the_document() -> None:
    data = document(ordinary())
    assert list(data) == ["schema", "tool", "data", "scan", "devices", "coverage", "undecoded"]
    assert data["schema"] == "camscan.scan/1"
    assert data["tool"] == {"name": "camscan", "version": "1.2.3"}
    assert list(data["scan"]) == ["id", "started", "ended", "scope", "vantage", "partial"]
    assert all(list(entry) == DEVICE_KEYS for entry in data["devices"])


def test_unknown_is_null_and_times_are_utc() -> None:
    first, _, unknown, _ = document(ordinary())["devices"]
    assert (first["first_seen"], first["last_seen"]) == ("2026-11-18T11:06:40Z", "2026-11-18T11:07:40Z")
    assert [unknown[k] for k in ("vendor", "brand", "model", "mac", "site", "parent", "first_seen")] == [None] * 7


def test_evidence_names_the_reply_it_comes_from() -> None:
    evidence = document(result(camera()))["devices"][0]["evidence"][0]
    assert evidence == {
        "attribute": "vendor",
        "value": "hikvision",
        "confidence": 0.97,
        "rule": "rule-vendor",
        "protocol": "sadp",
        "request": "inquiry",
        "channels": ["recorded"],
        "foreign": False,
        "address": "10.0.0.9",
        "port": 37020,
        "field": "model",
        "text": "hikvision",
        "observation": "o1",
        "source": "https://example.org/source",
        "file": "sadp.toml",
        "date": "2026-11-22",
    }


def test_a_claim_and_a_conflict_are_one_line_each_and_a_device_is_one_piece() -> None:
    devices = (camera("10.0.0.1"), camera("10.0.0.2"), recorder())
    lines = written(result(*devices)).splitlines()
    assert sum(line.startswith('        {"attribute": ') for line in lines) == 2 * (3 + 1)
    assert '      "conflicts": [],' in lines
    pieces = list(as_json_document(as_document(result(*devices), "1")))
    assert [piece.count('"capabilities":') for piece in pieces if '"capabilities":' in piece] == [1, 1, 1]


def test_undecoded_replies_keep_their_bytes() -> None:
    bad, odd = document(result())["undecoded"]
    assert (bad["encoding"], bytes.fromhex(bad["reply"]), bad["reason"]) == ("hex", b"\x1b\xff\0", "not XML")
    assert (odd["encoding"], odd["reply"]) == ("text", "<a>plain</a>\r\n")


def test_a_document_reads_back_as_it_was_written() -> None:
    text = written(ordinary())
    again = Document.model_validate_json(text).model_dump(mode="json", by_alias=True)
    assert "".join(as_json_document(again)) == text


def test_a_document_may_be_read_twice() -> None:
    made = as_document(ordinary(), "1")
    assert "".join(as_json_document(made)) == "".join(as_json_document(made)) == written(ordinary())
    assert len(Document.model_validate(made).devices) == len(list(made["devices"])) == len(ordinary().devices)


def test_a_middlebox_is_one_record_with_all_its_addresses() -> None:
    box, other = document(result(middlebox(), camera("10.0.1.9")))["devices"]
    assert box["middlebox"] == {
        "addresses": 254,
        "networks": ["10.0.0.0/24"],
        "reason": "254 of 254 addresses of 10.0.0.0/24 say the same, word for word",
    }
    assert len(box["addresses"]) == 254
    assert other["middlebox"] is None


def test_csv_writes_the_addresses_of_a_middlebox_as_a_range_and_their_number() -> None:
    header, cells = rows(as_csv(result(middlebox())))
    row = dict(zip(header, cells, strict=True))
    assert (row["addresses"], row["middlebox"]) == ("10.0.0.1-10.0.0.254", "254")


@pytest.mark.parametrize("moment", [1e30, -1e30, float("inf"), float("nan")])
def test_an_impossible_time_is_unknown(moment: float) -> None:
    odd = replace(camera(), first_seen=moment)
    assert document(result(odd))["devices"][0]["first_seen"] is None


@pytest.mark.parametrize("text", HOSTILE)
def test_json_of_a_hostile_device_is_valid_short_and_visible(text: str) -> None:
    scan = result(hostile(text), undecoded=())
    shown = written(scan)
    assert shown.isascii()
    assert len(shown) < 20_000
    assert all(value.isprintable() for value in texts(document(scan)))


@pytest.mark.parametrize("text", HOSTILE)
def test_json_lines_of_a_hostile_device_are_one_line_of_the_same_shape(text: str) -> None:
    scan = result(hostile(text), camera())
    lines = "".join(as_jsonl(scan)).split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == document(scan)["devices"]


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text), strict=True))


def test_csv_is_as_it_was_looked_at() -> None:
    assert as_csv(ordinary()) == (GOLDEN / "devices.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_of_a_hostile_device_runs_no_formula(text: str) -> None:
    written = as_csv(result(hostile(text)))
    assert all(c.isprintable() or c == "\n" for c in written)
    header, cells = rows(written)
    assert tuple(header) == COLUMNS
    assert len(cells) == len(COLUMNS)
    for cell in cells:
        assert not any(part.lstrip(" \"'")[:1] in tuple("=+-@\uff1d") and part[:1] != "'" for part in cell.split(";"))


@pytest.mark.parametrize("cell", ["=1", " =1", "+1", "-1", "@x", "a;=1", 'a,"=1', "a|+1", "\uff1d1"])
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(cell: str) -> None:
    written = write_rows(["x"], [[cell]])
    assert "'" in written
    assert cell not in rows(written)[1]


@pytest.mark.parametrize("cell", ["DS-2CD2042WD-I", "44:19:b6:00:00:01", "a=b", "0.97", "2026-11-22T10:00:00Z", ""])
def test_an_ordinary_cell_stays_as_it_is(cell: str) -> None:
    assert rows(write_rows(["x", "y"], [[cell, ""]]))[1][0] == cell


def test_no_device_is_a_header_alone() -> None:
    assert as_csv(result()) == ",".join(COLUMNS) + "\n"
    assert "".join(as_jsonl(result())) == ""


def test_order_is_that_of_the_addresses() -> None:
    devices: list[Device] = [device(a) for a in ("10.0.0.10", "not-an-address", "10.0.0.9")]
    assert [d["address"] for d in document(result(*devices))["devices"]] == ["10.0.0.9", "10.0.0.10", "not-an-address"]
