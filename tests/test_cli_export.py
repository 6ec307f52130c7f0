"""`camscan export`, through the command itself, on inventories of both databases."""

import csv
import io
import json
import sys
from pathlib import Path

import jsonschema
import pytest

from camscan.cli.export import Form
from camscan.inventory.place import find_place
from camscan.report.export.formats import FORMATS
from tests.cli_rig import run
from tests.inventory_rig import advisory, camera, finding, fresh_database, made, put, scanned


@pytest.fixture(params=["sqlite", "postgres"])
def inventory(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two nights: of three cameras the last is gone in the second; two lay something open."""
    place = str(tmp_path / "inventory.sqlite")
    if request.param == "postgres":
        place = fresh_database(request.getfixturevalue("server"), f"test_{abs(hash(request.node.nodeid))}")
    open_one = camera(1, site="Town hall", findings=(finding(),), advisories=(advisory(),))
    other = camera(2, site="Library", findings=(finding(), finding("ftp-open", severity="low")))
    with made(find_place(place)) as opened:
        put(opened, scanned(1, camera(1, site="Town hall"), other, camera(3)))
        put(opened, scanned(2, open_one, other))
    monkeypatch.setenv("CAMSCAN_INVENTORY", place)
    return place


def test_the_command_takes_every_form() -> None:
    assert [form.value for form in Form] == list(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
def test_every_form_can_be_written(inventory: str, name: str) -> None:
    ended = run("export", "--format", name)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == run("export", "--format", name).out
    assert ended.out


def test_a_line_of_json_tells_what_stands_and_since_when(inventory: str) -> None:
    one, _ = map(json.loads, run("export", "--format", "jsonl").out.splitlines())
    jsonschema.Draft202012Validator(json.loads(run("schema", "export").out)).validate(one)
    assert [(entry["id"], entry["since"][:10], entry["exploited"]) for entry in one["standing"]] == [
        ("CVE-2021-36260", "2026-11-20", True), ("telnet-open", "2026-11-20", False),
    ]  # fmt: skip
    assert one["standing"][0]["remedy"] == "Firmware V5.5.0 or later."
    assert one["standing"][1]["reasons"] == ["tcp port 23 speaks telnet"]


def test_what_is_ignored_is_told_with_who_and_why(inventory: str) -> None:
    assert run("ignore", "10.0.0.1", "telnet-open", "--reason", "goes in March", "--who", "anna").code == 0
    one, _ = map(json.loads, run("export", "--format", "jsonl").out.splitlines())
    assert (one["ignored"], one["findings"]) == (["telnet-open"], [])
    assert one["standing"][1]["ignored"] == {"who": "anna", "reason": "goes in March", "until": None}


@pytest.mark.parametrize(
    ("filters", "addresses"),
    [
        ((), ["10.0.0.1", "10.0.0.2"]),
        (("--site", "town*"), ["10.0.0.1"]),
        (("--gone",), ["10.0.0.3"]),
        (("--vendor", "dahua"), []),
        (("--seen-since", "2027-01-01"), []),
    ],
)
def test_the_filters_are_those_of_devices(inventory: str, filters: tuple[str, ...], addresses: list[str]) -> None:
    written = csv.DictReader(io.StringIO(run("export", "--format", "csv", *filters).out))
    assert [row["address"] for row in written] == addresses


def test_a_file_is_written_whole(inventory: str, tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    assert run("export", "--format", "netbox", "--output", str(path)).out == ""
    assert len(path.read_text(encoding="utf-8").splitlines()) == 3


def test_makers_are_written_by_their_names(inventory: str) -> None:
    (row, _) = csv.DictReader(io.StringIO(run("export", "--format", "netbox").out))
    assert (row["manufacturer"], row["site"]) == ("Hikvision", "Town hall")


def test_the_list_names_every_form_without_an_inventory(tmp_path: Path) -> None:
    ended = run("export", "--list", "--inventory", str(tmp_path / "none.sqlite"))
    assert ended.code == 0
    assert [line for line in ended.out.splitlines() if line and not line.startswith(" ")] == list(FORMATS)
    assert ended.out.count("    standard: ") == len(FORMATS)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((), "--format is missing"), (("--format", "pdf"), "'pdf' is not one of 'csv', 'jsonl'")],
)
def test_a_form_that_there_is_not_is_told(arguments: tuple[str, ...], said: str) -> None:
    ended = run("export", *arguments)
    assert ended.code == 2
    assert said in ended.err
    assert len(ended.err.splitlines()) == 1


def test_without_the_library_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with made(find_place(str(tmp_path / "inventory.sqlite"))) as opened:
        put(opened, scanned(1, camera(1)))
    for name in [name for name in sys.modules if name.split(".")[0] == "cyclonedx"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "camscan.report.export.cyclonedx", raising=False)
    monkeypatch.setitem(sys.modules, "cyclonedx", None)
    ended = run("export", "--format", "cyclonedx", "--inventory", str(tmp_path / "inventory.sqlite"))
    assert ended.code == 4
    assert "pip install 'camscan[cyclonedx]'" in ended.err
