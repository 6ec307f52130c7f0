"""A check of the inventory finds each way in which it can be broken, and names the row."""

import json
import sqlite3
from pathlib import Path

import jsonschema
import pytest

import camscan
from camscan.cli.inventory.check import checked_by_this_version
from camscan.inventory.place import Place
from camscan.inventory.record import record
from camscan.inventory.scan_row import Entry
from camscan.inventory.store import Inventory
from tests.cli_rig import run
from tests.inventory_rig import (
    advisory,
    camera,
    entry,
    finding,
    fresh_database,
    made,
    put,
    scanned,
    unit,
    web,
)

PAGE = b"HTTP/1.1 200 OK\r\nDate: Sun, 29 Nov 2026 08:00:0%d GMT\r\n\r\n"


def fill(inventory: Inventory) -> None:
    """Three nights: a camera that stays and gets other firmware, one that moves, one that goes, one that comes back."""
    bad = {"findings": (finding(),), "advisories": (advisory(),)}
    put(inventory, scanned(1, camera(1), camera(2), camera(3, **bad), unit("10.0.0.4", web("10.0.0.4", PAGE % 1))))
    put(inventory, scanned(2, camera(1, firmware="V5.5.0"), camera(2, "10.0.0.9")))
    put(inventory, scanned(3, camera(1), camera(2, "10.0.0.9"), unit("10.0.0.4", web("10.0.0.4", PAGE % 3))))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with made(Place(path=tmp_path / "inventory.sqlite")) as inventory:
        fill(inventory)
    return tmp_path / "inventory.sqlite"


def sql(path: Path, *statements: str) -> None:
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def of_this_version(path: Path) -> None:
    sql(path, f"UPDATE scan SET tool_version = '{camscan.__version__}'")  # noqa: S608


def test_what_was_recorded_is_whole_in_both_databases(path: Path, server: str) -> None:
    url = fresh_database(server, "whole")
    with made(Place(url=url.replace("postgresql://", "postgresql+psycopg://"))) as inventory:
        fill(inventory)
        with inventory.reading() as connection:
            checked = checked_by_this_version(connection)
    assert (checked.broken, checked.rows["scan"], checked.rows["device"]) == ((), 3, 4)
    of_this_version(path)
    ended = run("inventory", "check", "--inventory", str(path))
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("3 scans, 4 devices, 9 sightings, ")
    assert ended.out.endswith("rules, all hold\n")


BREAKS = (
    ("DELETE FROM device WHERE number = 3", "attribute-device-is-there"),
    ("DELETE FROM scan WHERE number = 1", "device-first_scan-is-there"),
    ("DELETE FROM observation WHERE id = 1", "heard-observation-is-there"),
    ("UPDATE attribute SET until = since WHERE until > 0", "attribute-ends-after-it-began"),
    ("UPDATE judgement SET until = since", "judgement-ends-after-it-began"),
    ("UPDATE attribute SET untold = since", "attribute-untold-while-it-lasts"),
    ("UPDATE judgement SET unconfirmed = since", "judgement-unconfirmed-while-it-lasts"),
    ("UPDATE heard SET until = since", "heard-ends-after-it-began"),
    ("UPDATE attribute SET until = NULL WHERE name = 'firmware'", "one-open-value"),
    ("UPDATE attribute SET until = NULL WHERE name = 'presence'", "one-open-value"),
    ("UPDATE attribute SET name = 'services', value = 'x'", "one-open-member"),
    ("UPDATE judgement SET kind = 'finding', name = 'x'", "one-open-judgement"),
    (
        "INSERT INTO heard SELECT device, observation, 2, NULL, vantages, missed FROM heard WHERE since = 1",
        "one-open-hearing",
    ),
    ("UPDATE attribute SET until = 3 WHERE name = 'firmware' AND until = 2", "one-value-at-a-time"),
    ("UPDATE judgement SET kind = 'finding', name = 'x', until = since + 1", "one-judgement-at-a-time"),
    ("UPDATE device SET last_scan = 2", "last-scan-is-last-sighting"),
    ("DELETE FROM sighting WHERE device = 1 AND scan = 3", "last-scan-is-last-sighting"),
    ("UPDATE device SET first_scan = 3 WHERE number = 4", "nothing-before-first-seen"),
    ("DELETE FROM attribute WHERE name = 'presence'", "was-there-once"),
    ("UPDATE attribute SET until = 3 WHERE name = 'address'", "who-is-there-has-an-address"),
    ("DELETE FROM heard", "every-reply-has-a-device"),
    ("UPDATE device SET merged_into = number", "a-whole-is-no-part"),
    ("INSERT INTO setting VALUES ('baseline', '7')", "baseline-is-a-scan"),
    ("UPDATE scan SET scope = '{'", "texts-are-json"),
    ("UPDATE scan SET data = '[]'", "texts-are-json"),
    ("UPDATE heard SET vantages = '7'", "texts-are-json"),
    ("UPDATE phrase SET text = text || ' '", "phrases-are-what-they-say"),
    ("UPDATE observation SET first_data = x'00'", "replies-can-be-unpacked"),
    ("UPDATE observation SET latest_data = x'00'", "replies-can-be-unpacked"),
    ("UPDATE observation SET latest_sum = 7", "replies-are-what-they-say"),
    ("UPDATE observation SET address = '10.0.0.77'", "replies-are-what-they-say"),
)


@pytest.mark.parametrize(("statement", "rule"), BREAKS)
def test_each_rule_is_found_broken(path: Path, statement: str, rule: str) -> None:
    of_this_version(path)
    sql(path, statement)
    ended = run("inventory", "check", "--inventory", str(path))
    assert (ended.code, ended.err) == (1, "")
    assert any(line.startswith(f"{rule}: ") for line in ended.out.splitlines())
    assert f"{ended.out.count(chr(10)) - 1} broken" in ended.out.splitlines()[-1]


def test_the_row_that_breaks_a_rule_is_named(path: Path) -> None:
    sql(path, "UPDATE device SET last_scan = 2 WHERE number = 1")
    out = run("inventory", "check", "--inventory", str(path)).out
    assert (
        "last-scan-is-last-sighting: number 1, first_scan 1, last_scan 2, first 1, last 3 was seen at another time\n"
        in out
    )


def test_a_rule_that_is_broken_throughout_says_how_often(path: Path) -> None:
    sql(path, "UPDATE attribute SET device = 99")
    lines = run("inventory", "check", "--inventory", str(path)).out.splitlines()
    told = [line for line in lines if line.startswith("attribute-device-is-there: ")]
    assert len(told) == 21
    assert told[-1].endswith(" more")


def test_ids_of_replies_are_compared_only_where_no_other_version_has_taken_them(path: Path) -> None:
    sql(path, "UPDATE observation SET address = '10.0.0.77'", "UPDATE scan SET tool_version = '0.0.9' WHERE number = 1")
    ended = run("inventory", "check", "--inventory", str(path))
    assert ended.code == 0
    assert "scans of other versions" in ended.out


def test_the_json_of_a_check_keeps_to_its_schema(path: Path) -> None:
    sql(path, "DELETE FROM scan WHERE number = 1")
    ended = run("inventory", "check", "--inventory", str(path), "-f", "json")
    document = json.loads(ended.out)
    jsonschema.Draft202012Validator(json.loads(run("schema", "inventory-check").out)).validate(document)
    assert (ended.code, document["rows"]["scan"]) == (1, 2)
    assert {one["rule"] for one in document["broken"]} >= {"device-first_scan-is-there", "sighting-scan-is-there"}


def test_an_index_that_lacks_a_row_is_damage(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_master SET sql = replace(sql, '(device)', '(since)') WHERE name LIKE '%e_device'")
    connection.close()
    ended = run("inventory", "check", "--inventory", str(path))
    assert (ended.code, ended.out, ended.err.count("\n")) == (4, "", 1)
    assert "damaged" in ended.err


def test_a_scan_that_was_killed_after_it_was_recorded_is_recorded_once(tmp_path: Path) -> None:
    with made(Place(path=tmp_path / "inventory.sqlite")) as inventory:
        assert put(inventory, scanned(1, camera(1))) == 1
        assert put(inventory, scanned(2, camera(1))) == 2
        assert put(inventory, scanned(1, camera(1))) == 1
        cut = scanned(3, camera(1), partial=True, coverage=())
        assert [put(inventory, cut), put(inventory, cut)] == [3, 3]
        assert put(inventory, scanned(3, camera(1))) == 4  # it went on: as it was cut short, and whole
        recorded: Entry = entry("replay")
        assert record(inventory, scanned(3, camera(1)), recorded).scan == 5
