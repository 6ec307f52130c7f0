"""The templates of a report: each page says the numbers of the full one, in every language, and what is made of
strangers' words is text."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest

from camscan.answer import Answers
from camscan.assess.answers.answers import answers
from camscan.assess.answers.told import ASKED
from camscan.assess.overview.overview import overview
from camscan.cli.known import load_known
from camscan.cli.report import Template
from camscan.dossier import Dossier, Overview
from camscan.inventory.store import Inventory
from camscan.model import Capability
from camscan.place import Location
from camscan.register import Listed
from camscan.removal import Said
from camscan.report.html import words
from camscan.report.html.language import language
from camscan.report.html.report import FULL, as_report_page
from tests import inventory_rig as rig
from tests.cli_rig import run
from tests.dossier_rig import dossier, unit
from tests.page_texts import texts
from tests.report_rig import HOSTILE

ALL = [one.value for one in Template]
OTHERS = [name for name in ALL if name != FULL]
HALL = Location(district="Centre", site="Town hall")
FIRST = 1_795_000_000.0


def known() -> Dossier:
    """21 devices at a site and at none, and two that are gone; every number differs from the others."""
    sheets = [
        replace(
            unit(
                n,
                vendor="hikvision" if n % 3 else "dahua",
                brand="annke" if n % 4 == 0 else None if n % 7 == 0 else "hikvision" if n % 3 else "dahua",
                model=f"M{n % 3}" if n % 6 else None,
                kind="recorder" if n == 11 else "camera",
                serial=f"SERIAL{n:04}",
                mac=f"44:19:b6:00:00:{n:02x}",
                site="Town hall" if n < 9 else None,
                firmware="V5.4.5",
                build="build 160530",
                capabilities=(Capability(id="ptz", state="observed", enabled=None, evidence=()),) if n % 5 == 0 else (),
                findings=(rig.finding(), rig.finding("cloud-enabled", severity="medium")) if n % 8 == 0 else (),
                advisories=(rig.advisory(),) if n % 9 == 0 else (rig.advisory(verdict="cannot-say"),) if n == 4 else (),
                first_seen=FIRST,
                last_seen=FIRST,
            ),
            where=HALL if n < 9 else Location(),
        )
        for n in range(1, 22)
    ]
    gone = [
        Listed(id=str(n), values={"vendor": "dahua", "address": f"10.9.9.{n}", "serial": f"GONE{n}"}, first_seen=1,
               last_seen=2, gone=3)
        for n in (1, 2)
    ]  # fmt: skip
    return dossier(*sheets, gone=tuple(gone), said={HALL: Said(sensitive=True, remove_by=date(2027, 1, 1))})


@cache
def worked_out() -> tuple[Dossier, Overview, Answers]:
    made = known()
    found = overview(made)
    return made, found, answers(made, found)


def rendered(template: str, of: Dossier | None = None, in_language: str = "en", title: str | None = None) -> str:
    made = known() if of is None else of
    found = overview(made)
    pieces = as_report_page(made, found, answers(made, found), title, in_language, template)
    return re.sub(r"\s+", " ", "".join(pieces))


@cache
def page(template: str) -> str:
    return rendered(template)


def seen(text: str) -> str:
    """What a reader sees: no tags, no style."""
    body = text.partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def tile(text: str, label: str) -> str:
    found = re.search(rf"<b[^>]*>([^<]*)</b> {re.escape(label)}", text)
    assert found is not None, label
    return found.group(1)


def test_there_is_a_template_for_every_choice() -> None:
    folder = files("camscan.report.html") / "templates" / "report"
    there = {one.name.removesuffix(".html") for one in folder.iterdir() if one.name.endswith(".html")}
    assert there - {"layout"} == set(ALL)


def test_every_capability_has_a_name_and_stands_once_under_what_it_concerns() -> None:
    placed = [one for some in words.ABILITIES_BY_CONCERN.values() for one in some]
    assert sorted(placed) == sorted(words.ABILITY) == sorted(load_known().knowledge.vocabulary.capabilities)
    assert words.ABILITIES_BY_CONCERN.keys() == words.CONCERN.keys()
    assert words.TOLD.keys() == set(ASKED)


@pytest.mark.parametrize("template", ALL)
def test_each_page_begins_with_the_number_of_the_full_one(template: str) -> None:
    head = re.search(r"<h1>(.*?)</h1>", page(FULL))
    assert head is not None
    assert head.group(1).strip() == "21 devices, or more"
    assert head.group(0) in page(template)


def test_the_board_reads_the_numbers_of_the_full_page() -> None:
    for label in (
        "under another brand", "at sensitive sites", "affected by exploited vulnerabilities",
        "with an exposure of severity high or critical", "of 23 replaced",
    ):  # fmt: skip
        least = tile(page("board"), label).split(" to ")[0]
        assert least == tile(page(FULL), label), label
    assert tile(page("board"), "devices") == "21 or more"
    assert tile(page("board"), "affected by exploited vulnerabilities") == "2 to 3"
    assert not re.search(r"10\.0\.0\.\d", page("board")), "no device stands in it"


def test_a_records_request_reads_the_numbers_of_the_full_page() -> None:
    _, found, worked = worked_out()
    text = seen(page("foi"))
    assert f"21 or more : hikvision {found.makers[0].seen}, dahua {found.makers[1].seen}" in text
    assert f"{found.exploited} to {found.exploited + 1} " in text
    assert f"annke {found.rebranded[0].count}" in text
    assert f"{found.removal.replaced} of {found.removal.total} are gone, {found.removal.left} are left" in text
    assert f"{worked.abilities['ptz'].total} devices can, at least" in text
    assert "All together 21" in text
    assert "By district: Centre (8), in no district (13)" in text
    assert "By 2027-01-01: 8 devices." in text


def test_the_replacement_list_reads_the_numbers_of_the_full_page() -> None:
    _, found, worked = worked_out()
    total = re.search(r'colspan="4">All together</th>((?:<td class="number">\d+</td>)+)', page("replacement"))
    assert total is not None
    cameras, recorders, others, to_go, unnamed, gone = map(int, re.findall(r"\d+", total.group(1)))
    assert to_go == found.total.low == cameras + recorders + others
    assert gone == found.removal.replaced
    assert recorders == sum(one.recorders for one in found.makers)
    assert unnamed == sum(one.unnamed for one in worked.places) == 3
    listed = page("replacement").partition('id="devices"')[2].partition('id="gone"')[0]
    assert len(re.findall(r'<td class="code">10\.0\.0\.', listed)) == to_go


def test_the_capabilities_read_the_numbers_of_the_full_page() -> None:
    _, found, worked = worked_out()
    text = seen(page("dpia"))
    assert f"Capabilities known of {len(found.shown)} devices" in text
    assert f"being turned and zoomed from afar {worked.abilities['ptz'].total} 4 not looked up not known" in text
    assert "reading number plates Cannot be said of any." in text
    assert "replaces no assessment" in text


def test_the_technical_page_names_every_address_and_finding_of_the_full_one() -> None:
    for reason in ("telnet-open", "cloud-enabled", "CVE-2021-36260"):
        devices = re.compile(rf"<code>{reason}</code>.*?<summary>(\d+) devices?</summary>")
        assert (
            [m.group(1) for m in devices.finditer(page("technical"))][:1]
            == [m.group(1) for m in devices.finditer(page(FULL))][:1]
            != []
        )
    for n in range(1, 22):
        assert f'<tr id="d{n}"' in page("technical")


def test_no_number_of_addresses_is_too_many_for_the_technical_page() -> None:
    many = dossier(*(unit(n, findings=(rig.finding(),)) for n in range(1, 100)))
    places = re.search(r'<p class="places">(.*?)</p>', rendered("technical", many))
    assert places is not None
    assert places.group(1).count("<a ") == 99


def test_what_goes_to_strangers_has_no_address_serial_mac_or_place() -> None:
    made = known()
    text = rendered("foi", replace(made, place="/srv/secret/cameras.sqlite"), title="Example Council")
    assert "Example Council" in text
    for one in made.sheets:
        for word in (one.device.address, one.device.serial, one.device.mac, one.where.site):
            assert word is None or word not in text, word
    assert "GONE" not in text
    assert "10.9.9" not in text
    assert "/srv/secret" not in text
    assert not re.search(r"\b(?:\d{1,3}\.){3}\d{1,3}\b", text)


def test_what_nobody_sees_is_never_a_no() -> None:
    bare = dossier(unit(1))
    assert rendered("foi", bare).count("Cannot be said: of no device is it known, and of none is it excluded.") == 9
    assert rendered("dpia", bare).count("Cannot be said of any.") == len(words.ABILITY)
    assert "It is so of 0, not so of 0, and of 1 it cannot be said." in rendered("foi", bare)


@pytest.mark.parametrize("template", ALL)
@pytest.mark.parametrize("every", [False, True])
def test_devices_of_every_maker_where_they_are_wanted(template: str, every: bool) -> None:
    other = unit(99, vendor="axis", brand="axis", model="P3245")
    text = rendered(template, replace(dossier(unit(1, model="M"), other), every=every))
    assert re.search(r"<h1> 1 device </h1>", text)
    assert ("P3245" in text) is (every and template != "board")


@pytest.mark.parametrize("template", OTHERS)
def test_strange_words_are_text(template: str) -> None:
    sheets = [
        replace(
            unit(n, vendor="dahua", brand=text, model=text, firmware=text, serial=text, kind=text, site=text),
            where=Location(district=text, site=text, building=text, room=text),
        )
        for n, text in enumerate(HOSTILE, 1)
    ]
    text = rendered(template, dossier(*sheets), title=HOSTILE[2])
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert not re.search("[\x00-\x1f\u202e\u200b\u2066\x85\u2028\ud800]", text)


@pytest.mark.parametrize("template", OTHERS)
def test_an_empty_inventory_makes_a_page(template: str) -> None:
    assert "0 devices, or more" in rendered(template, dossier(scans=()))


@pytest.mark.parametrize("template", ALL)
def test_danish_pages_speak_danish(template: str) -> None:
    danish = language("da").text
    text = rendered(template, in_language="da")
    assert '<html lang="da">' in text
    said = re.sub(r"<(\w+)[^>]* lang=\"?en\"?.*?</\1>", "", text)
    english = [one for one in texts() if len(one) > 12 and "%(" not in one and danish[one] != one]
    assert [one for one in english if f">{one}<" in said] == []


@pytest.mark.parametrize("template", ALL)
def test_a_page_loads_nothing(template: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page(template))
    assert policy is not None
    assert policy.group(1).startswith("default-src 'none'")
    assert ("script-src" in policy.group(1)) is (template == FULL)
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:|//)", page(template))


@pytest.mark.parametrize("template", OTHERS)
def test_the_command_writes_each(template: str, inventory: Inventory, tmp_path: Path) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1), rig.camera(2)))
    rig.put(inventory, rig.scanned(2, rig.camera(1)))
    target = tmp_path / "page.html"
    place = str(inventory.place.path or inventory.place.url)
    ended = run(
        "report", "--html", str(target), "--template", template, "--title", "Example Council", "--since", "1",
        "--inventory", place,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    text = re.sub(r"\s+", " ", target.read_text(encoding="utf-8"))
    assert "<h1> 1 device <span" in text
    assert "Example Council" in text


SADP = (
    b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Types>inquiry</Types>'
    b"<DeviceDescription>DS-2DE4A425IW-DE</DeviceDescription><IPv4Address>10.0.0.1</IPv4Address></ProbeMatch>"
)


def test_by_what_a_capability_is_known_is_read_of_the_replies(inventory: Inventory) -> None:
    able = (Capability(id="ptz", state="inferred", enabled=None, evidence=()),)
    model = "DS-2DE4A425IW-DE"
    rig.put(
        inventory,
        rig.scanned(1, rig.camera(1, None, rig.reply("10.0.0.1", data=SADP), model=model, capabilities=able)),
    )
    place = str(inventory.place.path or inventory.place.url)
    told = {}
    for option in ("--evidence", "--no-evidence"):
        ended = run("report", "--html", "-", "--template", "dpia", option, "--inventory", place, "--quiet")
        assert ended.code == 0, ended.err
        told[option] = seen(re.sub(r"\s+", " ", ended.out))
    assert "being turned and zoomed from afar 1 1 by the model number not known" in told["--evidence"]
    assert "being turned and zoomed from afar 1 1 not looked up not known" in told["--no-evidence"]
