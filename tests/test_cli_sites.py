"""Sites from the command line: the file that the inventory holds, devices put by hand, counts and progress."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from camscan.assess.overview.overview import overview
from camscan.cli.dossier import dossier_of
from camscan.dossier import Dossier, Overview
from camscan.inventory.place import Place
from camscan.inventory.store import opened
from camscan.removal import Removal
from tests.cli_rig import Scanner, install, run
from tests.inventory_rig import advisory, camera, finding
from tests.report_rig import middlebox
from tests.test_cli_commands import SADP, line
from tests.test_cli_inventory import night, valid

SITES = """
# as the caretaker says
[[site]]
name = "Town hall"
district = "Centre"
networks = ["10.0.0.0/25"]
[[site]]
name = "Town hall"
building = "East"
room = "4"
networks = ["10.0.0.8/30"]
sensitive = true
remove_by = 2026-06-30
[[site]]
name = "Depot"
district = "Harbour"
networks = ["10.0.0.128/25"]
"""


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch) -> Scanner:
    return install(monkeypatch)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "register" / "inventory.sqlite"
    monkeypatch.setenv("CAMSCAN_INVENTORY", str(path))
    monkeypatch.setenv("SUDO_USER", "ada")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sites.toml"
    path.write_text(SITES, encoding="utf-8")
    return path


def where(address: str) -> tuple[str | None, ...]:
    rows = json.loads(run("devices", "-f", "json").out)["devices"]
    (one,) = [row for row in rows if row["address"] == address]
    return one["district"], one["site"], one["building"], one["room"]


def history(address: str) -> dict[str, Any]:
    (one,) = valid("history", run("history", address, "-f", "json").out)["devices"]
    return dict(one)


def test_who_is_cut_off_from_a_device_that_was_put_somewhere_by_hand_is_there_too(removal: Path) -> None:
    assert run("locate", "10.0.0.1", "--site", "Depot", "--reason", "I saw it").code == 0
    ended = run("split", "10.0.0.1", "--since", "2")
    assert ended.code == 0
    assert ended.err.endswith("; as its record was, it is at Depot by hand: `camscan locate` says otherwise\n")
    new = ended.err.split()[2]
    (told,) = json.loads(run("history", new, "-f", "json").out)["devices"]
    assert [(one["site"], one["reason"], one["ended"]) for one in told["locations"]] == [("Depot", "I saw it", None)]
    assert run("locate", new, "--clear").code == 0


def test_devices_that_are_known_go_where_the_sites_say(scanner: Scanner, place: Path, file: Path) -> None:
    night(scanner, 1, camera(1), camera(2, "10.0.0.9"), camera(3, "10.0.0.200"))
    ended = run("sites", "use", str(file))
    assert (ended.code, ended.out) == (0, "")
    assert ended.err == f"camscan: 2 sites in {place}; devices that are elsewhere now: 3, recorded as scan 2\n"
    assert where("10.0.0.1") == ("Centre", "Town hall", None, None)
    assert where("10.0.0.9") == ("Centre", "Town hall", "East", "4")
    assert where("10.0.0.200") == ("Harbour", "Depot", None, None)
    told = json.loads(run("diff", "-f", "json").out)
    assert (told["after"]["kind"], len(told["changes"])) == ("reassess", 8)
    assert run("sites", "use", str(file)).err.endswith("elsewhere now: 0\n")
    header, row = run("devices", "--site", "depot", "-f", "csv", "--columns", "address,district,room").out.splitlines()
    assert (header, row) == ("address,district,room", "10.0.0.200,Harbour,")


def test_the_file_comes_back_as_it_was_given(place: Path, file: Path) -> None:
    assert run("sites", "use", str(file), "-q").err == ""
    assert run("sites", "show", "--format", "toml").out == SITES
    table = run("sites", "show").out.splitlines()
    assert table[0].split() == ["District", "Site", "Building", "Room", "Networks", "Sensitive", "Remove", "by"]
    assert "10.0.0.8/30" in table[2]
    assert run("sites", "use", "--none").code == 0
    assert run("sites", "show").err == (
        "camscan: the inventory holds no sites; `camscan sites use FILE` gives it some\n"
    )


def test_what_is_recorded_without_a_site_file_goes_by_the_sites_of_the_inventory(
    place: Path, file: Path, tmp_path: Path
) -> None:
    recorded = tmp_path / "replies.jsonl"
    recorded.write_text(line(SADP.format(model="DS-2CD2042WD-I")), encoding="utf-8")
    file.write_text(SITES.replace('"Centre"', '"Centre"\npolicies = ["us-fcc-covered"]'), encoding="utf-8")
    run("sites", "use", str(file))
    assert run("replay", str(recorded), "--record").code == 0
    assert where("10.0.0.64") == ("Centre", "Town hall", None, None)
    assert [one["id"] for one in history("10.0.0.64")["judgements"] if one["kind"] == "verdict"] == ["us-fcc-covered"]
    other = tmp_path / "other.toml"
    other.write_text('[[site]]\nname = "elsewhere"', encoding="utf-8")
    assert run("replay", str(recorded), "--record", "--site", str(other)).code == 0
    assert where("10.0.0.64") == (None, "elsewhere", None, None)
    assert run("replay", str(recorded), "--record").code == 0
    assert where("10.0.0.64") == ("Centre", "Town hall", None, None)
    assert run("reassess", "-q").code == 0
    assert where("10.0.0.64") == ("Centre", "Town hall", None, None)


def test_a_bad_file_leaves_the_sites_as_they_were(place: Path, file: Path) -> None:
    run("sites", "use", str(file))
    bad = file.with_name("bad.toml")
    bad.write_text('[[site]]\nname = "x"\nremove_by = "soon"', encoding="utf-8")
    ended = run("sites", "use", str(bad))
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert run("sites", "show", "--format", "toml").out == SITES
    assert run("sites", "use").err == "camscan: sites use: a FILE, or --none\n"


def test_what_is_put_by_hand_stays_over_scans_and_moves(scanner: Scanner, place: Path, file: Path) -> None:
    run("sites", "use", str(file))
    night(scanner, 1, camera(1), camera(2))
    one = json.loads(run("devices", "-f", "jsonl").out.splitlines()[0])["id"]
    ended = run("locate", "10.0.0.1", "--site", "Depot", "--building", "Shed", "--room", "1", "--reason", "I saw it")
    assert ended.err == f"camscan: device {one} is at Depot / Shed / 1\n"
    assert where("10.0.0.1") == ("Harbour", "Depot", "Shed", "1")
    night(scanner, 2, camera(1, "10.0.0.77", firmware="V5.5.0"), camera(2))
    assert where("10.0.0.77") == ("Harbour", "Depot", "Shed", "1")
    run("sites", "use", str(file))
    assert where("10.0.0.77") == ("Harbour", "Depot", "Shed", "1")
    (word,) = history("10.0.0.77")["locations"]
    assert (word["who"], word["reason"], word["room"], word["ended"]) == ("ada", "I saw it", "1", None)
    assert "Put by hand" in run("history", "10.0.0.77").out
    assert run("locate", "10.0.0.77", "--clear").err == f"camscan: device {one} is where its address says\n"
    assert where("10.0.0.77") == ("Centre", "Town hall", None, None)
    assert "was not put anywhere" in run("locate", "10.0.0.77", "--clear").err
    assert history("10.0.0.77")["locations"][0]["ended"] is not None


def test_what_was_said_of_a_part_is_taken_back_with_what_was_said_of_the_whole(
    scanner: Scanner, place: Path, file: Path
) -> None:
    night(scanner, 1, camera(1, "192.168.1.1"), camera(2))
    run("locate", "10.0.0.2", "--site", "Depot", "--building", "Shed")
    run("merge", "192.168.1.1", "10.0.0.2", "--reason", "one")
    assert where("192.168.1.1") == (None, "Depot", "Shed", None)
    assert len(run("devices", "--site", "Depot", "-f", "csv").out.splitlines()) == 2
    assert run("locate", "10.0.0.2", "--clear").err.endswith("is where its address says\n")
    assert where("192.168.1.1") == (None, None, None, None)
    assert len(run("devices", "--site", "Depot", "-f", "csv").out.splitlines()) == 1
    assert "was not put anywhere" in run("locate", "10.0.0.2", "--clear").err


def test_devices_that_are_gone_are_elsewhere_without_a_word(scanner: Scanner, place: Path, file: Path) -> None:
    night(scanner, 1, camera(1), camera(2), camera(3), camera(4))
    night(scanner, 2, camera(1), camera(2), camera(3))
    run("merge", "10.0.0.1", "10.0.0.2", "--reason", "one")
    assert "elsewhere now: 2, recorded" in run("sites", "use", str(file)).err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["10.0.0.1"], "--site is missing, or --clear"),
        (["10.0.0.1", "--site", "Depot", "--room", "4"], "--room 4: in which --building?"),
        (["10.0.0.1", "--site", "Depot", "--clear"], "--clear does not go with --site"),
        (["10.0.0.1", "--site", "Depot", "--building", " "], "--building is empty"),
        (["10.0.0.1", "--site", "Nowhere"], "no site Nowhere among those in the inventory"),
        (["10.0.0.99", "--site", "Depot"], "no device 10.0.0.99 in the inventory"),
    ],
)
def test_a_mistake_of_locating_is_one_line(
    scanner: Scanner, place: Path, file: Path, arguments: list[str], reason: str
) -> None:
    run("sites", "use", str(file))
    night(scanner, 1, camera(1))
    ended = run("locate", *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"camscan: {reason}")
    assert history("10.0.0.1")["locations"] == []


@pytest.fixture
def removal(scanner: Scanner, place: Path, file: Path) -> Path:
    """Three nights: four devices of the makers and one of another at three places; two of them go, one comes."""
    run("sites", "use", str(file))
    at = {"district": "Centre", "site": "Town hall"}
    room = {**at, "building": "East", "room": "4"}
    worse = {"findings": (finding(),), "advisories": (advisory(),)}
    one, two = camera(1, **at, **worse), camera(2, brand="annke", **at)
    three, four = camera(3, "10.0.0.9", **room), camera(4, "10.0.0.10", **room)
    other = camera(5, "10.0.0.200", vendor="axis", district="Harbour", site="Depot")
    nowhere = camera(6)
    night(scanner, -40, one, two, three, four, other, nowhere)
    night(scanner, -20, one, two, four, other, nowhere)
    night(scanner, 1, one, two, other, nowhere, camera(7, **at))
    return place


def counted(*options: str) -> dict[tuple[str | None, ...], dict[str, Any]]:
    rows = valid("sites", run("sites", "-f", "json", *options).out)["sites"]
    return {tuple(row[name] for name in ("district", "site", "building", "room", "level")): row for row in rows}


def test_every_level_is_counted_and_no_site_is_one(removal: Path) -> None:
    rows = counted()
    assert list(rows) == [
        ("Centre", None, None, None, "district"),
        ("Centre", "Town hall", None, None, "site"),
        ("Centre", "Town hall", "East", None, "building"),
        ("Centre", "Town hall", "East", "4", "room"),
        ("Harbour", None, None, None, "district"),
        ("Harbour", "Depot", None, None, "site"),
        (None, None, None, None, "none"),
    ]
    centre = rows["Centre", None, None, None, "district"]
    names = ("devices", "makers", "rebranded", "exposed", "exploited", "sensitive", "remove_by")
    assert [centre[name] for name in names] == [3, 3, 1, 1, 1, True, "2026-06-30"]
    assert centre["removal"] == {"total": 5, "replaced": 2, "left": 3, "unasked": 0}
    depot = rows["Harbour", "Depot", None, None, "site"]
    assert [depot[name] for name in names] == [1, 0, 0, 0, 0, None, None]
    assert rows[None, None, None, None, "none"]["devices"] == 1


@pytest.mark.parametrize("level", ["district", "site", "building", "room"])
def test_the_rows_of_one_level_add_up_to_all(removal: Path, level: str) -> None:
    rows = counted("--by", level)
    assert {key[4] for key in rows} == {level, "none"}
    assert sum(row["devices"] for row in rows.values()) == 5
    assert sum(row["removal"]["total"] for row in rows.values()) == 6


def test_the_table_is_a_tree(removal: Path) -> None:
    table = run("sites").out.splitlines()
    assert [row.split("  ")[0] or row[:12].strip() for row in table[1:4]] == ["Centre", "Town hall", "East"]
    assert "2 of 5 replaced" in table[1]
    assert "overdue by" not in table[3]  # nothing is left in it
    assert table[-1] == "4 devices at 2 sites, 1 at none; 2 of 6 replaced"
    assert run("sites", "--by", "site", "--columns", "site,removal", "-f", "csv").out.splitlines() == [
        "site,removal", "Town hall,2 of 5 replaced", "Depot,", ",0 of 1 replaced",
    ]  # fmt: skip


def test_a_day_that_is_past_is_a_number_below_zero_in_csv(removal: Path) -> None:
    rows = run("sites", "--by", "site", "--columns", "site,days_left", "-f", "csv").out.splitlines()
    assert int(rows[1].split(",")[1]) < 0


def test_places_are_filtered(removal: Path) -> None:
    assert {key[0] for key in counted("--district", "harb*")} == {"Harbour"}
    assert {key[1] for key in counted("--by", "site", "--site", "depot")} == {"Depot"}
    assert {key[0] for key in counted("--sensitive")} == {"Centre"}
    assert {key[4] for key in counted("--overdue")} == {"district", "site"}
    assert counted("--site", "d?pot") == {}


def test_what_is_to_go_may_be_other_makers_or_what_a_policy_covers(removal: Path) -> None:
    def total(*options: str) -> int:
        return int(sum(row["removal"]["total"] for row in counted("--by", "site", *options).values()))

    assert (total("--vendor", "axis"), total("--vendor", "axis", "--vendor", "dahua")) == (1, 1)
    assert total("--policy", "us-ndaa-889") == 0
    assert run("sites", "--vendor", "nobody").err == "camscan: --vendor nobody: no maker of that id\n"


def test_removal_counts_from_a_scan_or_a_day(removal: Path) -> None:
    def replaced(since: str) -> int:
        return int(
            counted("--by", "site", "--since", since)["Centre", "Town hall", None, None, "site"]["removal"]["replaced"]
        )

    assert [replaced(since) for since in ("first", "2020-01-01", "1", "2026-10-30", "3")] == [2, 2, 2, 1, 0]
    assert run("diff", "--set-baseline", "2", "-q").code == 0
    assert replaced("baseline") == 1


def test_removal_over_time_is_told_for_each_site(removal: Path) -> None:
    points = valid("progress", run("sites", "--progress", "--every", "scan", "-f", "json").out)["points"]
    hall = [one["removal"] for one in points if one["site"] == "Town hall"]
    assert [(one["replaced"], one["total"]) for one in hall] == [(0, 4), (1, 4), (2, 5)]
    monthly = run("sites", "--progress", "--site", "town*", "-f", "csv").out.splitlines()
    assert monthly[0] == "time,scan,site,total,replaced,left,unasked"
    assert [row.split(",")[1:] for row in monthly[1:]] == [
        ["2", "Town hall", "4", "1", "3", "0"],
        ["3", "Town hall", "5", "2", "3", "0"],
    ]
    assert run("sites", "--progress", "--every", "scan").out.splitlines()[-1] == "2026-11-19  2 of 6 replaced"


def test_what_nobody_looked_for_is_neither(removal: Path, scanner: Scanner) -> None:
    night(scanner, 2, camera(1, district="Centre", site="Town hall"), partial=True)
    hall = counted()["Centre", "Town hall", None, None, "site"]
    assert hall["removal"] == {"total": 5, "replaced": 2, "left": 1, "unasked": 2}
    assert "2 of 5 replaced, 2 not looked for" in run("sites").out
    points = json.loads(run("sites", "--progress", "--every", "scan", "-f", "json").out)["points"]
    assert [one["removal"]["unasked"] for one in points if one["site"] == "Town hall"] == [0, 0, 0, 2]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--columns", "colour"], "--columns: no column colour; there are where, district, "),
        (["--since", "tomorrow"], "no scan tomorrow among the 3 recorded"),
        (["--policy", "nope"], "no policy nope; there are "),
        (["--policy", "us-ndaa-889", "--vendor", "dahua"], "--vendor and --policy do not go together"),
        (["--progress", "--sensitive"], "--progress goes with --site, --every and --since"),
    ],
)
def test_a_mistake_of_counting_is_one_line(removal: Path, arguments: list[str], reason: str) -> None:
    ended = run("sites", *arguments)
    assert (ended.code, ended.out, ended.err.count("\n")) == (2, "", 1)
    assert ended.err.startswith(f"camscan: {reason}")


def test_points_of_which_the_sightings_were_pruned_are_left_out_and_told(removal: Path) -> None:
    assert run("inventory", "prune", "--older-than", "10").code == 0
    ended = run("sites", "--progress", "--every", "scan", "-f", "json")
    assert {row["scan"] for row in json.loads(ended.out)["points"]} == {3}
    assert ended.err == "camscan: which scan saw whom before scan 3 was pruned; scans that are left out: 2\n"


def page_of(place: Path) -> tuple[Dossier, Overview]:
    with opened(Place(path=place)) as inventory:
        made = dossier_of(inventory, None, False, False)
    return made, overview(made)


def test_a_report_counts_as_sites_do_whoever_is_merged_ignored_pruned_or_no_device(
    removal: Path, scanner: Scanner
) -> None:
    hall = {"district": "Centre", "site": "Town hall"}
    box = replace(middlebox(), address="10.0.0.60", addresses=("10.0.0.60", "10.0.0.61"), **hall)  # type: ignore[arg-type]
    one, two = camera(1, **hall, findings=(finding(),), advisories=(advisory(),)), camera(2, brand="annke", **hall)
    night(scanner, 2, one, two, camera(6), camera(7, **hall), box)
    night(scanner, 3, one, two, camera(6), camera(7, **hall), box)
    assert run("ignore", "10.0.0.1", "telnet-open", "--reason", "so", "-q").code == 0
    assert run("merge", "10.0.0.1", "10.0.0.7", "--reason", "so", "-q").code == 0
    assert run("inventory", "prune", "--older-than", "0", "--keep-scans", "1").code == 0
    made, found = page_of(removal)
    rows = {(key[0], key[1]): row for key, row in counted("--by", "site").items() if row["removal"]["total"]}
    for site in found.places:
        row = rows.get((site.where.district, site.where.site))
        told = (site.tally.makers, site.tally.rebranded, site.tally.exposed, site.tally.exploited)
        assert row is None or told == tuple(row[name] for name in ("makers", "rebranded", "exposed", "exploited"))
        assert row is None or site.removal == Removal(**{n: row["removal"][n] for n in ("replaced", "left", "unasked")})
    assert len(rows) == 2
    assert sum(site.tally.makers for site in found.places) == found.total.low == 3
    assert (found.boxes, found.removal, found.pruned) == (1, Removal(replaced=2, left=3), 2)
    assert [moment.there.get("hikvision") for moment in made.moments] == [3]
