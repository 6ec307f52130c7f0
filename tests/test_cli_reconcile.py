"""`camscan reconcile`, through the command itself, on inventories of both databases and on a scan's result."""

import csv
import io
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from camscan.inventory.place import find_place
from camscan.report.document import as_document
from camscan.report.jsonl import as_json_document
from camscan.report.printable import printable
from camscan.report.reconcile import COLUMNS
from tests.cli_rig import run
from tests.inventory_rig import camera, fresh_database, made, put, scanned
from tests.report_rig import HOSTILE

GOLDEN = Path(__file__).parent / "golden"
SERIAL = "DS-2CD2042WD-I20160101AAWR"
LIST = f"""Navn;IP-adresse;Serienr.;MAC;Fabrikat;Model;Firmware;Sted;Bemærkning
Hovedindgang;10.0.0.1;{SERIAL}000000001;;Hikvision;DS-2CD2042WD-I;5.4.5;Town hall;
Kælder;10.0.0.9;{SERIAL}000000002;;HIKVISION;;V5.4.0;;flyttet?
Æblehaven;10.0.0.3;;44-19-B6-00-00-03;ANNKE;;;;
Bytte;10.0.0.4;{SERIAL}999999999;;;;;;
Væk;;000000040;;;;;;
Aldrig spurgt;10.9.9.9;;;;;;;
Savnet;10.0.0.99;;;;;;;
Anden;10.0.0.98;;;Axis;;;;
Dobbelt;;{SERIAL}000000001;;;;;;
Ingen;;;;;;;;
Slem;300.1.2.3;;;;;;;
"""
SUMMARY = (
    "9 in the list, 5 on the network: 4 in both (2 differ, at 1 address another device stands), 1 only on the network, "
    "3 only in the list (2 were asked and did not answer, 1 was not asked), 1 of other makers, "
    "1 in the list twice; 2 lines of the list could not be read"
)


@pytest.fixture(params=["sqlite", "postgres"])
def inventory(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two nights: six cameras, of which the last is gone in the second."""
    place = str(tmp_path / "inventory.sqlite")
    if request.param == "postgres":
        place = fresh_database(request.getfixturevalue("server"), f"test_{abs(hash(request.node.nodeid))}")
    cameras = [camera(n, site="Town hall" if n == 1 else None, brand="annke" if n == 3 else None) for n in range(1, 6)]
    with made(find_place(place)) as opened:
        put(opened, scanned(1, *cameras, camera(40)))
        put(opened, scanned(2, *cameras))
    monkeypatch.setenv("CAMSCAN_INVENTORY", place)
    return place


@pytest.fixture
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "register.csv").write_bytes(LIST.encode("cp1252"))
    monkeypatch.chdir(tmp_path)
    return "register.csv"


def document(*arguments: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(run("reconcile", *arguments, "-f", "json", "-q").out)
    schema = json.loads(run("schema", "reconcile").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(data)
    return data


def test_the_table_is_as_it_was_looked_at(inventory: str, register: str) -> None:
    ended = run("reconcile", register)
    shown = ended.out.splitlines(keepends=True)
    assert shown[1].startswith("network: inventory ")
    assert "".join([shown[0], *shown[2:]]) == (GOLDEN / "reconcile.txt").read_text(encoding="utf-8")
    assert ended.code == 0
    assert ended.err.splitlines() == [
        "camscan: register.csv (Windows-1252): Navn → name, IP-adresse → address, Serienr. → serial, MAC → mac, "
        "Fabrikat → vendor, Model → model, Firmware → firmware, Sted → site; not used: Bemærkning",
        "camscan: register.csv:11: neither an address nor a serial nor a MAC (line not used)",
        "camscan: register.csv:12: address 300.1.2.3 is no IP address (line not used)",
    ]


def test_the_document_has_all_of_it(inventory: str, register: str) -> None:
    found = document(register)
    assert found["summary"]["text"] == SUMMARY
    assert found["summary"]["covered"] == {"asked": 2, "partly": 0, "cannot_say": 0, "not_asked": 1}
    rows = {row["listed"]["line"]: row for row in found["rows"] if row["listed"]}
    assert rows[3]["differences"] == [
        {"field": "address", "listed": "10.0.0.9", "network": "10.0.0.2"},
        {"field": "firmware", "listed": "V5.4.0", "network": "V5.4.5"},
    ]
    assert (rows[4]["category"], rows[4]["by"], rows[4]["device"]["brand"]) == ("matched", "mac", "annke")
    assert (rows[5]["category"], rows[5]["another_device"]) == ("differing", True)
    assert rows[6]["last_known"]["gone"] == "2026-11-20T11:07:40Z"
    assert rows[8]["covered"] == {"state": "asked", "reason": "by tcp connect", "time": "2026-11-20T11:07:40Z"}
    assert (rows[9]["category"], rows[10]["repeats_line"]) == ("other", 2)
    assert found["list"]["refused"] == 2
    (alone,) = [row for row in found["rows"] if row["category"] == "network-only"]
    assert alone["device"]["address"] == "10.0.0.5"


def test_lines_and_cells_say_the_same(inventory: str, register: str) -> None:
    rows = document(register)["rows"]
    assert [json.loads(line) for line in run("reconcile", register, "-f", "jsonl", "-q").out.splitlines()] == rows
    cells = list(csv.DictReader(io.StringIO(run("reconcile", register, "-f", "csv", "-q").out)))
    assert tuple(cells[0]) == COLUMNS
    assert [row["category"] for row in cells] == [row["category"] for row in rows]
    moved = next(row for row in cells if row["line"] == "3")
    assert (moved["differences"], moved["listed_address"], moved["address"]) == (
        "address firmware", "10.0.0.9", "10.0.0.2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "code"),
    [("network-only", 1), ("list-only", 1), ("differing", 1), ("any", 1), (None, 0)],
)
def test_cron_is_told_by_the_exit_code(inventory: str, register: str, wanted: str | None, code: int) -> None:
    options = ["--fail-on", wanted] if wanted else []
    assert run("reconcile", register, "--quiet", *options).code == code


def test_a_list_that_is_right_fails_nothing(inventory: str, tmp_path: Path) -> None:
    right = tmp_path / "right.csv"
    right.write_text(run("devices", "-f", "csv").out)
    ended = run("reconcile", str(right), "--fail-on", "any")
    assert (ended.code, ended.out.splitlines()[0]) == (
        0, "5 in the list, 5 on the network: 5 in both, 0 only on the network, 0 only in the list",
    )  # fmt: skip


def test_a_result_of_a_scan_stands_for_the_network(register: str, tmp_path: Path) -> None:
    result = tmp_path / "scan.json"
    scan = scanned(2, *(camera(n) for n in range(1, 6)))
    result.write_text("".join(as_json_document(as_document(scan, "1"))))
    found = document(register, "--from", str(result))
    assert found["network"] == {"source": "scan scan-2", "asked": "2026-11-20T11:07:40Z", "all_kinds": False}
    assert (found["summary"]["matched"], found["summary"]["differing"], found["summary"]["list_only"]) == (2, 2, 3)


def test_a_list_comes_by_a_pipe_and_its_columns_are_said(inventory: str) -> None:
    ended = run("reconcile", "-", "--map", "address=Wo", "-f", "json", stdin="Wo|Farbe\n10.0.0.1|rot\n")
    assert json.loads(ended.out)["summary"]["matched"] == 1
    assert ended.err.splitlines()[0] == "camscan: stdin (UTF-8): Wo → address; not used: Farbe"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["none.csv"], "none.csv: No such file or directory"),
        (["register.csv", "--map", "colour=x"], "--map colour=x: no meaning colour; there are serial, mac"),
        (["register.csv", "--map", "address=x"], "--map: register.csv has no column x; there are Navn, IP-adresse"),
        (["register.csv", "--from", "register.csv"], "register.csv: not JSON"),
        (["register.csv", "--from", "x", "--inventory", "y"], "--from and --inventory do not go together"),
        (["-", "--from", "-"], "stdin can be read only once: `-` stands twice"),
        (["register.csv", "--output", "register.csv"], "register.csv: --output and --register are one file"),
        (["register.csv", "--inventory", "/nonexistent/x"], "inventory /nonexistent/x: there is none yet"),
    ],
)
def test_a_mistake_is_one_line(register: str, arguments: list[str], reason: str) -> None:
    ended = run("reconcile", *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"camscan: {reason}")
    assert Path(register).read_bytes() == LIST.encode("cp1252")


class Page(HTMLParser):
    """What a browser would see: the text, the elements, and each table with its caption and heads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.cells: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += attrs
        if tag not in ("meta",):
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


def test_a_page_stands_alone(inventory: str, register: str, tmp_path: Path) -> None:
    ended = run("reconcile", register, "--format", "html", "--output", "page.html", "--quiet")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    text = (tmp_path / "page.html").read_text()
    page = Page(text)
    assert page.open == []
    assert not {"script", "img", "link", "iframe", "object"} & set(page.elements)
    assert all((value or "").startswith("#") for name, value in page.attributes if name in ("href", "src"))
    assert "url(" not in text
    assert "@import" not in text
    assert SUMMARY in page.text
    assert page.elements.count("table") == page.elements.count("caption")
    scopes = [value for name, value in page.attributes if name == "scope"]
    assert len(scopes) == page.elements.count("th")
    ids = [value for name, value in page.attributes if name == "id"]
    targets = [value for name, value in page.attributes if name in ("href", "aria-labelledby")]
    assert len(ids) == len(set(ids))
    assert {(target or "").removeprefix("#") for target in targets} <= set(ids)


def test_hostile_words_are_shown_as_words(tmp_path: Path) -> None:
    """In the list, and from a device."""
    devices = [
        replace(camera(n), model=text, firmware=text, brand=text, site=text) for n, text in enumerate(HOSTILE, 1)
    ]
    with made(find_place(str(tmp_path / "i.sqlite"))) as opened:
        put(opened, scanned(1, *devices))
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["ip", "name", "model", "site", *HOSTILE])
    words = [text.encode("utf-8", "replace").decode().replace("\0", "") for text in HOSTILE]
    writer.writerows([f"10.0.{n % 2}.{n}", text, text, text] for n, text in enumerate(words, 1))
    (tmp_path / "l.csv").write_text(stream.getvalue().replace("\0", "").replace("\ud800", "?"))
    ended = run("reconcile", str(tmp_path / "l.csv"), "--inventory", str(tmp_path / "i.sqlite"), "-f", "html")
    page = Page(ended.out)
    assert page.open == []
    assert "script" not in page.elements
    assert page.elements.count("bdi") > 2 * len(HOSTILE)
    shown = {cell.strip() for cell in page.cells}
    for text in HOSTILE:
        if "\ud800" not in text:
            assert printable(text).strip() in shown
    assert all(character.isprintable() or character == "\n" for character in ended.out)
    assert max(map(len, page.cells)) < 1000
    for form in ("table", "csv", "json"):
        plain = run("reconcile", str(tmp_path / "l.csv"), "--inventory", str(tmp_path / "i.sqlite"), "-f", form)
        assert plain.code == 0
        assert all(character.isprintable() or character == "\n" for character in plain.out + plain.err)


@pytest.mark.parametrize("into", ["10.0.0.1", "10.0.0.2"])
def test_a_line_that_names_a_part_of_a_merged_device_is_that_device(inventory: str, tmp_path: Path, into: str) -> None:
    part = "10.0.0.1" if into == "10.0.0.2" else "10.0.0.2"
    number = int(part[-1])
    assert run("merge", into, part).code == 0
    (tmp_path / "parts.csv").write_text(
        f"IP,Serial,MAC\n10.0.0.99,{SERIAL}{number:09},\n10.0.0.98,,44:19:b6:00:00:0{number}\n", encoding="utf-8"
    )
    first, second, *_ = sorted(
        document(str(tmp_path / "parts.csv"))["rows"], key=lambda row: (row["listed"] or {"line": 9})["line"]
    )
    assert [one["field"] for one in first["differences"]] == ["address"]
    assert (first["device"]["address"], first["device"]["further_serials"]) == (into, [f"{SERIAL}{number:09}"])
    assert (second["category"], second["repeats_line"]) == ("repeated", 2)


def test_a_part_that_went_is_known_by_its_serial_all_the_same(inventory: str, tmp_path: Path) -> None:
    assert run("merge", "10.0.0.1", "10.0.0.40").code == 0  # the last is gone since the second night
    (tmp_path / "parts.csv").write_text(f"IP,Serial\n10.0.0.99,{SERIAL}000000040\n", encoding="utf-8")
    (row,) = (row for row in document(str(tmp_path / "parts.csv"))["rows"] if row["listed"])
    assert (row["category"], row["by"], row["device"]["address"]) == ("differing", "serial", "10.0.0.1")
