"""`camscan report`: what stands on the page, of inventories of both kinds."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from camscan.assess.overview.overview import overview
from camscan.cli.places import places_in
from camscan.cli.report import Language
from camscan.dossier import Dossier
from camscan.inventory.decisions import Word
from camscan.inventory.groups import merge
from camscan.inventory.sheets import sheets
from camscan.inventory.store import Inventory
from camscan.inventory.timeline import timeline
from camscan.report.html.language import languages
from camscan.report.sites import site_record
from tests import inventory_rig as rig
from tests.cli_rig import run

SADP = (
    b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Types>inquiry</Types><DeviceType>1</DeviceType>'
    b"<DeviceDescription>DS-7616NI-Q2</DeviceDescription><DigitalChannelNum>16</DigitalChannelNum>"
    b"<IPv4Address>10.0.0.9</IPv4Address></ProbeMatch>"
)


EMPTY = Dossier(now=0.0, place="", scans=(), sheets=())


def place(inventory: Inventory) -> str:
    found = inventory.place
    return str(found.path) if found.path else str(found.url)


def page(inventory: Inventory, *options: str) -> str:
    ended = run("report", "--html", "-", "--inventory", place(inventory), "--quiet", *options)
    assert ended.code == 0, ended.err
    return re.sub(r"\s+", " ", ended.out)


def recorder() -> object:
    said = rig.reply("10.0.0.9", data=SADP)
    return rig.camera(9, "10.0.0.9", said, kind="recorder", model="DS-7616NI-Q2")


def test_a_range_of_what_was_seen_and_announced(inventory: Inventory) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1), rig.camera(2), recorder()))
    text = page(inventory)
    assert "<h1> 3 to 19 devices </h1>" in text
    assert '<td class="number">0 to 16</td>' in text
    assert "There is no earlier scan to compare with." in text


def test_who_is_gone_counts_nowhere_and_what_changed_is_told(inventory: Inventory) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1), rig.camera(2)))
    rig.put(inventory, rig.scanned(2, rig.camera(1, findings=(rig.finding(),)), rig.camera(3)))
    text = page(inventory)
    assert "<h1> 2 devices </h1>" in text
    assert "<li><b>1</b> Gone: asked, and did not answer</li>" in text
    assert "1 device that is gone" in text
    assert "<b>telnet-open</b> high, since 2026-11-20: tcp port 23 speaks telnet" in text


def test_what_is_ignored_is_apart_with_who_and_why(inventory: Inventory) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1, findings=(rig.finding(),))))
    ended = run(
        "ignore", "10.0.0.1", "telnet-open", "--reason", "<i>replaced</i> soon", "--who", "Ann",
        "--inventory", place(inventory),
    )  # fmt: skip
    assert ended.code == 0, ended.err
    text = page(inventory)
    assert "Nothing calls for anything." in text
    assert "Ignored by decision" in text
    assert text.count("&lt;i&gt;replaced&lt;/i&gt; soon") == 2
    assert "<td class=s0>nothing found" in text


def test_evidence_comes_from_the_replies_that_are_kept(inventory: Inventory) -> None:
    rig.put(inventory, rig.scanned(1, recorder()))
    assert "<td>sadp inquiry<td>" in page(inventory)
    text = page(inventory, "--no-evidence")
    assert "<td>sadp inquiry<td>" not in text
    assert "left out of a report of so many devices" in text
    assert "<dd>sadp udp/37020 (inquiry)" in text


def test_a_device_stands_as_the_register_has_it(inventory: Inventory) -> None:
    affected, doubted = rig.advisory(), rig.advisory("CVE-2017-7921", "cannot-say")
    fixed = rig.advisory("CVE-2022-30563", "fixed")
    first = rig.camera(1, advisories=(affected, doubted, fixed), findings=(rig.finding("clock-wrong", "cannot-say"),))
    rig.put(inventory, rig.scanned(1, first))
    rig.put(inventory, rig.scanned(2, rig.camera(1, advisories=(affected,), findings=(rig.finding(),))))
    with inventory.reading() as connection:
        (one,) = sheets(connection, now=rig.TODAY)
        moments = timeline(connection)
    assert one.device.serial == rig.camera(1).serial
    assert one.device.confidence["vendor"] == 0.97
    assert [(row.id, row.verdict, row.kev) for row in one.device.advisories if row.is_open] == [
        ("CVE-2021-36260", "affected", True)
    ]
    assert "CVE-2022-30563" not in {row.id for row in one.device.advisories}
    assert [row.evidence for row in one.device.findings if row.is_open] == [("tcp port 23 speaks telnet",)]
    assert dict(one.since) == {"telnet-open": rig.START + 2 * rig.DAY + 60}
    assert [(way.protocol, way.port, way.request) for way in one.heard] == [("http", 80, "root")]
    assert one.vantages == ("laptop",)
    assert [dict(moment.there) for moment in moments] == [{"hikvision": 1}, {"hikvision": 1}]


def test_a_line_of_time_ends_where_a_device_was_missed(inventory: Inventory) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1), rig.camera(2)))
    rig.put(inventory, rig.scanned(2, rig.camera(1)))
    rig.put(inventory, rig.scanned(3, rig.camera(1), rig.camera(2), rig.unit("10.0.0.7")))
    with inventory.reading() as connection:
        there = [dict(moment.there) for moment in timeline(connection)]
    assert there == [{"hikvision": 2}, {"hikvision": 1}, {"hikvision": 2, None: 1}]


def test_an_empty_inventory_makes_a_page(inventory: Inventory) -> None:
    text = page(inventory)
    assert "<h1> 0 devices, or more </h1>" in text
    assert "None was seen." in text


def test_one_line_where_it_cannot_be(tmp_path: Path) -> None:
    ended = run("report", "--html", str(tmp_path / "x.html"), "--inventory", str(tmp_path / "none.sqlite"))
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    assert not (tmp_path / "x.html").exists()
    assert run("report").code == 2


def test_a_scan_that_nobody_knows_is_one_line(inventory: Inventory, tmp_path: Path) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1)))
    ended = run(
        "report", "--html", str(tmp_path / "x.html"), "--since", "77", "--inventory", place(inventory), "--quiet"
    )
    assert ended.code == 2
    assert "no scan 77" in ended.err
    assert list(tmp_path.glob("*.html")) == []


def test_the_option_knows_every_language() -> None:
    assert {one.value for one in Language} == set(languages())


@pytest.mark.parametrize("every", [False, True])
def test_all_means_every_maker(inventory: Inventory, every: bool) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1), rig.camera(2, vendor="axis", brand="axis", model="P3245")))
    assert ("P3245" in page(inventory, *(["--all"] if every else []))) is every


SITES = """
[[site]]
name = "Town hall"
district = "Centre"
networks = ["10.0.0.0/25"]
remove_by = 2026-06-30
[[site]]
name = "Town hall"
building = "East <b>"
networks = ["10.0.0.2/32"]
sensitive = true
"""


def test_sites_and_removal_are_those_of_the_inventory(inventory: Inventory, tmp_path: Path) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1), rig.camera(2), rig.camera(3), rig.camera(200)))
    rig.put(inventory, rig.scanned(2, rig.camera(1), rig.camera(2), rig.camera(200)))
    before = page(inventory)
    assert '<b class="words">not known</b> at sensitive sites' in before
    assert "Nobody has said where the sites are" in before
    (tmp_path / "sites.toml").write_text(SITES, encoding="utf-8")
    ended = run("sites", "use", str(tmp_path / "sites.toml"), "--inventory", place(inventory))
    assert ended.code == 0, ended.err
    text = page(inventory)
    assert "<b>1</b> at sensitive sites" in text
    assert "1 device is at a sensitive site." in text
    assert "<dt>Site<dd>Town hall, East &lt;b&gt;, Centre" in text
    assert '2026-06-30 <span class="mark another">overdue</span>' in text
    assert "<b>1</b> of 4 replaced" in text
    assert "came later: 4. Gone: 1, left: 3, not looked for by the last scan of their site: 0." in text
    told = json.loads(run("sites", "--by", "site", "-f", "json", "--inventory", place(inventory)).out)["sites"]
    cells = [str(row["removal"][name]) for row in told for name in ("left", "unasked")]
    shown = re.findall(r"\d+ of \d+</td><td class=\"number\">(\d+)</td><td class=\"number\">(\d+)</td></tr>", text)
    assert sorted(cells) == sorted(cell for pair in shown for cell in pair)


PLACES = """
[[site]]
name = "Town hall"
district = "Centre"
networks = ["10.0.0.0/24"]

[[site]]
name = "Depot"
networks = ["10.0.0.200/32"]
remove_by = 2026-06-30
"""


def test_the_report_counts_as_sites_does_whoever_went_moved_was_merged_or_pruned(
    inventory: Inventory, tmp_path: Path
) -> None:
    where = place(inventory)
    (tmp_path / "sites.toml").write_text(PLACES, encoding="utf-8")
    cameras = {number: rig.camera(number, findings=(rig.finding(),)) for number in (1, 2, 3, 4, 5, 6, 200)}
    replaced = rig.camera(7, "10.0.0.4", vendor="axis", model="M3045", advisories=(rig.advisory(),))
    nights = [
        [*cameras.values()],
        [one for number, one in cameras.items() if number != 3],  # gone, and pruned below
        [one for number, one in cameras.items() if number not in (3, 4)] + [replaced],
        [one for number, one in cameras.items() if number not in (3, 4, 6)] + [replaced],
    ]
    rig.put(inventory, rig.scanned(1, *nights[0]))
    for arguments in (
        ("sites", "use", str(tmp_path / "sites.toml")),
        ("merge", "10.0.0.1", "10.0.0.2", "10.0.0.200"),
        ("ignore", "10.0.0.5", "telnet-open", "--reason", "soon"),
    ):
        ended = run(*arguments, "--inventory", where)
        assert ended.code == 0, ended.err
    for day, devices in enumerate(nights[1:], 2):
        rig.put(inventory, rig.scanned(day, *devices))
    rig.put(inventory, rig.scanned(5, cameras[5], replaced, partial=True, coverage=rig.rows(state="partial")))
    ended = run("inventory", "prune", "--older-than", "0", "--keep-scans", "3", "--inventory", where)
    assert "gone devices 1," in ended.err + ended.out
    counted = json.loads(run("sites", "--by", "site", "-f", "json", "--inventory", where).out)["sites"]
    with inventory.reading() as connection:
        found = overview(
            replace(
                EMPTY, sheets=tuple(sheets(connection, now=rig.TODAY)), sites=places_in(connection, rig.TODAY).sites
            )
        )
    rows = [site_record(one, datetime.now(UTC).date()) for one in found.places]
    assert sorted(rows, key=str) == sorted((row for row in counted if row["site"] is not None), key=str)
    assert [row["site"] for row in counted] == ["Town hall", "Depot", None]  # the last is of another maker
    assert sum(row["exposed"] for row in rows) == found.exposed
    assert (found.exposed, found.removal.replaced, found.removal.left, found.removal.unasked) == (1, 3, 1, 1)
    text = page(inventory)
    assert "<b>3</b> of 5 replaced" in text
    assert "Gone: 3, left: 1, not looked for by the last scan of their site: 1." in text


def test_a_whole_and_its_parts_are_one_device(inventory: Inventory) -> None:
    one = rig.camera(1, findings=(rig.finding(),))
    other = rig.camera(2, model=None, vendor="hikvision", findings=(rig.finding("clock-wrong"),))
    rig.put(inventory, rig.scanned(1, one, other))
    ended = run(
        "merge", "10.0.0.1", "10.0.0.2", "--reason", "both its ports", "--inventory", place(inventory),
    )  # fmt: skip
    assert ended.code == 0, ended.err
    with inventory.reading() as connection:
        (whole,) = sheets(connection, now=rig.TODAY)
        assert [dict(moment.there) for moment in timeline(connection)] == [{"hikvision": 1}]
    assert whole.device.addresses == ("10.0.0.1", "10.0.0.2")
    assert sorted(row.id for row in whole.device.findings) == ["clock-wrong", "telnet-open"]
    assert len(whole.numbers) == 2
    assert "<h1> 1 device </h1>" in page(inventory)


def test_the_maker_of_a_whole_without_one_is_that_of_its_part_over_time_too(inventory: Inventory) -> None:
    rig.put(inventory, rig.scanned(1, rig.unit("10.0.0.1"), rig.camera(2)))
    with inventory.writing() as connection:
        merge(connection, 1, [2], Word(who="J. Jensen", made=rig.TODAY))
    with inventory.reading() as connection:
        assert [dict(moment.there) for moment in timeline(connection)] == [{"hikvision": 1}]
