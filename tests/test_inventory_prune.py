"""Pruning forgets what was over before a day, and nothing else: lists, histories and comparisons of what is kept say
the same before and after."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sqlalchemy import func, select

from camscan.inventory import numbers
from camscan.inventory.decisions import Word
from camscan.inventory.groups import merge
from camscan.inventory.last_asked import last_asked
from camscan.inventory.place import Place
from camscan.inventory.pruned import Pruned, at_point, in_places
from camscan.inventory.store import opened
from camscan.inventory.tables import forgotten, metadata, observation
from camscan.place import Location
from camscan.removal import Removal, Tally
from tests.cli_rig import run
from tests.inventory_rig import (
    advisory,
    camera,
    finding,
    fresh_database,
    made,
    put,
    scanned,
    unit,
    web,
)
from tests.inventory_rig import rows as coverage
from tests.test_inventory_backup import place_of
from tests.test_inventory_check import PAGE

DAYS = range(1, 9)
FIFTH = "2026-11-23"  # the day of the fifth scan


@pytest.fixture(params=["sqlite", "postgres"])
def name(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An inventory of eight nights: one camera has a clock and gets other firmware, one moves, one goes on the third
    and one on the seventh night, one goes and comes back, and one is found open and closed again."""
    if request.param == "sqlite":
        place = str(tmp_path / "inventory.sqlite")
    else:
        place = fresh_database(request.getfixturevalue("server"), f"test_{abs(hash(request.node.nodeid))}")
    with made(place_of(place)) as inventory:
        for day in DAYS:
            put(inventory, scanned(day, *night(day)))
    return place


def night(day: int) -> Iterator[Any]:
    clock = web("10.0.0.1", PAGE % day)
    yield camera(1, None, replace(clock, time=clock.time + day), firmware=f"V5.4.{day}")
    yield camera(2, "10.0.0.2" if day < 3 else "10.0.0.22")
    if day < 3:
        yield camera(3, site="Town hall", kind="camera")
    if day < 7:
        yield camera(4, findings=(finding(),), advisories=(advisory(),))
    if day not in (2, 6):
        yield unit("10.0.0.5", web("10.0.0.5", b"HTTP/1.1 200 OK\r\n\r\nfive"))
    yield camera(6, findings=(finding(state="found" if day % 2 else "not-found"),))


def ask(name: str, *arguments: str) -> Any:
    ended = run(*arguments, "--inventory", name, "--format", "json")
    assert ended.code == 0
    return json.loads(ended.out)


def prune(name: str, *arguments: str) -> str:
    ended = run("inventory", "prune", *arguments, "--inventory", name)
    assert (ended.code, ended.out) == (0, "")
    checked = run("inventory", "check", "--inventory", name)
    assert checked.out.endswith("all hold\n")
    return ended.err


def rows(name: str) -> dict[str, int]:
    with opened(place_of(name)) as inventory, inventory.reading() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in metadata.sorted_tables
        }


def test_what_is_kept_says_the_same_as_before(name: str) -> None:
    questions = [("devices",), *(("diff", str(a), str(b)) for a in range(5, 9) for b in range(a, 9))]
    before = [ask(name, *words) for words in questions]
    gone = ask(name, "devices", "--gone")["devices"]
    histories = {word: ask(name, "history", word)["devices"] for word in ("10.0.0.1", "10.0.0.4", "10.0.0.5")}
    assert prune(name, "--older-than", FIFTH).startswith("camscan: forgot what was over before scan 5: gone devices 1,")
    assert [ask(name, *words) for words in questions] == before
    assert ask(name, "devices", "--gone")["devices"] == [one for one in gone if one["address"] != "10.0.0.3"]
    for word, (was,) in histories.items():
        (now,) = ask(name, "history", word)["devices"]
        assert now["device"] == was["device"]
        assert now["attributes"] == [one for one in was["attributes"] if not over(one)]
        assert now["judgements"] == [one for one in was["judgements"] if not over(one)]


def over(run: dict[str, Any]) -> bool:
    """Whether it ended at a scan before the fifth."""
    return run["until"] is not None and run["until"] < FIFTH


def test_what_was_forgotten_cannot_be_compared(name: str) -> None:
    prune(name, "--older-than", FIFTH)
    for words in (("diff", "4", "8"), ("diff", "2026-11-20", "8"), ("diff", "scan-2"), ("diff", "3", "--set-baseline")):
        ended = run(*words, "--inventory", name)
        assert ended.code == 2
        assert "what changed before scan 5 was pruned" in ended.err


def test_how_many_went_in_which_month_is_kept(name: str) -> None:
    prune(name, "--older-than", FIFTH)
    prune(name, "--older-than", "2026-11-26")
    with opened(place_of(name)) as inventory, inventory.reading() as connection:
        kept = sorted(tuple(row) for row in connection.execute(select(forgotten)))
    assert kept == [("2026-11", "hikvision", "", "", 1), ("2026-11", "hikvision", "camera", "Town hall", 1)]


def test_replies_that_nobody_says_any_more_go_and_the_last_words_of_who_is_there_stay(name: str) -> None:
    prune(name, "--older-than", "2026-11-26")
    with opened(place_of(name)) as inventory, inventory.reading() as connection:
        addresses = set(connection.execute(select(observation.c.address)).scalars())
    assert addresses == {"10.0.0.1", "10.0.0.22", "10.0.0.5", "10.0.0.6"}
    assert run("reassess", "--inventory", name, "--quiet").code == 0


def test_a_dry_run_says_what_a_prune_does_and_changes_nothing(name: str) -> None:
    before = rows(name)
    would = prune(name, "--older-than", FIFTH, "--dry-run")
    assert rows(name) == before
    did = prune(name, "--older-than", FIFTH)
    assert would.replace("would forget", "forgot") == did
    assert prune(name, "--older-than", FIFTH) == "camscan: nothing is so old, and nothing was forgotten\n"
    after = rows(name)
    assert (after["scan"], after["device"], after["coverage"]) == (8, before["device"] - 1, 8)
    assert after["sighting"] < before["sighting"]


def test_the_baseline_and_the_last_scans_are_kept_whole(name: str) -> None:
    assert run("diff", "3", "--set-baseline", "--inventory", name, "--quiet").code == 0
    before = ask(name, "diff", "baseline")
    assert "before scan 3:" in prune(name, "--older-than", FIFTH)
    assert ask(name, "diff", "baseline") == before
    assert run("diff", "8", "--set-baseline", "--inventory", name, "--quiet").code == 0
    assert "before scan 6:" in prune(name, "--older-than", "0", "--keep-scans", "3")
    assert "before scan 8:" in prune(name, "--older-than", "0")


def test_a_row_that_asked_nobody_is_no_scan_that_is_kept(name: str) -> None:
    with made(place_of(name)) as inventory:
        nothing = replace(scanned(9), id="sites", coverage=(), devices=())
        put(inventory, nothing, "reassess")
    assert "before scan 8:" in prune(name, "--older-than", "0")


def test_a_whole_goes_with_its_parts_whatever_their_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbers, "CHUNK", 1)
    with made(place_of(name)) as inventory:
        with inventory.writing() as connection:
            merge(connection, 4, [3], Word(who="ada", made=1.0, reason="one box"))
            merge(connection, 1, [2], Word(who="ada", made=1.0, reason="one box"))
        put(inventory, scanned(9, camera(6)))
        put(inventory, scanned(10, camera(6)))
    assert "gone devices 5" in prune(name, "--older-than", "0")
    assert rows(name)["device"] == 1


def test_what_pruned_scans_asked_nobody_can_say(name: str, tmp_path: Path) -> None:
    with made(place_of(name)) as inventory:
        elsewhere = scanned(9, scope=("10.9.0.0/24",), coverage=coverage("10.9.0.0/24"))
        put(inventory, elsewhere)
    (tmp_path / "list.csv").write_text("address\n10.0.0.99\n10.9.0.99\n")
    question = ("reconcile", str(tmp_path / "list.csv"), "--quiet")
    assert [one["covered"]["state"] for one in missing(ask(name, *question))] == ["asked", "asked"]
    prune(name, "--older-than", "0")
    assert [one["covered"]["state"] for one in missing(ask(name, *question))] == ["cannot-say", "asked"]
    with opened(place_of(name)) as inventory, inventory.reading() as connection:
        assert [one.id for one in last_asked(connection, 30)] == ["scan-9"]


def missing(document: Any) -> list[Any]:
    return [row for row in document["rows"] if row["category"] == "list-only"]


def test_scans_go_on_after_a_prune(name: str) -> None:
    prune(name, "--older-than", "0")
    with made(place_of(name)) as inventory:
        assert put(inventory, scanned(9, camera(1, firmware="V6"), camera(3), camera(8))) == 9
    changes = ask(name, "diff")["changes"]
    told = {(one["event"], one["address"]) for one in changes if one["subject"] is None}
    gone = {("gone", address) for address in ("10.0.0.22", "10.0.0.5", "10.0.0.6")}
    assert told == {("new", "10.0.0.3"), ("new", "10.0.0.8")} | gone
    assert run("inventory", "check", "--inventory", name).code == 0


def test_a_file_shrinks(tmp_path: Path) -> None:
    path = tmp_path / "inventory.sqlite"
    with made(Place(path=path)) as inventory:
        put(inventory, scanned(1, *map(camera, range(1, 200))))
        put(inventory, scanned(2, camera(1)))
        put(inventory, scanned(3, camera(1)))
    before = path.stat().st_size
    prune(str(path), "--older-than", "0")
    assert path.stat().st_size < before / 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Missing option"),
        (("--older-than", "soon"), "neither a day"),
        (("--older-than", "2999-01-01"), "still to come"),
        (("--older-than", "30", "--keep-scans", "0"), "keep-scans"),
    ],
)
def test_what_is_to_go_must_be_said(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    path = tmp_path / "inventory.sqlite"
    with made(Place(path=path)) as inventory:
        put(inventory, scanned(1, camera(1)))
    ended = run("inventory", "prune", *words, "--inventory", str(path))
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert said in ended.err


def test_an_export_has_every_row_and_keeps_to_its_schema(name: str, tmp_path: Path) -> None:
    prune(name, "--older-than", FIFTH)
    output, replies = tmp_path / "export.jsonl", tmp_path / "replies.jsonl"
    ended = run("inventory", "export", "-o", str(output), "--replies", str(replies), "--inventory", name)
    assert (ended.code, ended.out) == (0, "")
    schema = jsonschema.Draft202012Validator(json.loads(run("schema", "inventory-export").out))
    records = [json.loads(text) for text in output.read_text(encoding="ascii").splitlines()]
    for record in records:
        schema.validate(record)
    there = rows(name)
    of = {kind: [one for one in records if one["record"] == kind] for kind in ("scan", "device", "reply", "forgotten")}
    assert {kind: len(found) for kind, found in of.items()} == {
        "scan": there["scan"], "device": there["device"], "reply": there["observation"], "forgotten": 1,
    }  # fmt: skip
    inside = {"coverage": of["scan"], **dict.fromkeys(("seen_by", "attributes", "judgements", "said"), of["device"])}
    assert {key: sum(len(one[key]) for one in found) for key, found in inside.items()} == {
        "coverage": there["coverage"], "seen_by": there["sighting"], "attributes": there["attribute"],
        "judgements": there["judgement"], "said": there["heard"],
    }  # fmt: skip
    assert records[0]["kept_from"] == 5
    assert (output.stat().st_mode & 0o777, replies.stat().st_mode & 0o777) == (0o600, 0o600)


def test_a_replay_reads_what_every_device_said_last(name: str, tmp_path: Path) -> None:
    replies = tmp_path / "replies.jsonl"
    assert run("inventory", "export", "--replies", str(replies), "--inventory", name).code == 0
    lines = [json.loads(text) for text in replies.read_text(encoding="ascii").splitlines()]
    clock = [one["reply"] for one in lines if one["address"] == "10.0.0.1"]
    assert clock == [(PAGE % 8).decode()]
    ended = run("replay", str(replies), "--format", "jsonl", "--quiet")
    assert (ended.code, len(ended.out.splitlines())) == (0, len({one["address"] for one in lines}))


def test_what_was_replaced_stays_replaced(name: str) -> None:
    questions = [("sites",), ("sites", "--progress")]
    before = [ask(name, *words) for words in questions]
    prune(name, "--older-than", FIFTH)
    assert [ask(name, *words) for words in questions] == before
    assert not any(one["removal"]["replaced"] for one in ask(name, "sites", "--since", "7")["sites"])
    prune(name, "--older-than", "0")
    assert [ask(name, *words) for words in questions] == before
    assert sum(one["removal"]["replaced"] for one in before[0]["sites"]) == 2
    assert not any(one["removal"]["total"] for one in ask(name, "sites", "--vendor", "dahua")["sites"])


def test_of_a_policy_nobody_can_say_what_it_covered_of_what_was_pruned(name: str) -> None:
    words = ("sites", "--policy", "us-ndaa-889", "--inventory", name)
    assert run(*words).err == ""
    prune(name, "--older-than", "0")
    ended = run(*words)
    assert (ended.code, ended.err) == (
        0, "camscan: not counted: 2 pruned, of which nobody knows any more whether us-ndaa-889 covered them\n",
    )  # fmt: skip
    assert run(*words, "--since", "8").err == ""


def test_what_was_pruned_was_there_until_its_month_and_is_gone_since() -> None:
    gone = [Pruned("2026-11", "hall", 2), Pruned("2027-01", None, 1)]
    hall, nowhere = Removal(left=1), Removal(left=1)
    months = [datetime(2026, 10, 31, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
    assert [at_point({"hall": hall}, gone, one.timestamp()) for one in months] == [
        {"hall": hall + Removal(left=2), None: nowhere},
        {"hall": hall + Removal(replaced=2), None: nowhere},
        {"hall": hall + Removal(replaced=2), None: Removal(replaced=1)},
    ]


def test_what_was_pruned_counts_in_the_district_where_its_site_is_now() -> None:
    gone = [Pruned("2026-11", "hall", 2), Pruned("2026-12", "hall", 1), Pruned("2026-12", "depot", 4)]
    hall = Location(district="Centre", site="hall")
    found = in_places({hall: (Tally(devices=1), Removal(left=1))}, gone, [Location(district="Harbour", site="depot")])
    assert found == {
        hall: (Tally(devices=1), Removal(left=1, replaced=3)),
        Location(district="Harbour", site="depot"): (Tally(), Removal(replaced=4)),
    }
