"""The templates of a report: each page says the numbers of the full one, and nothing that it must not."""

import re
from dataclasses import replace
from datetime import date

import pytest

from camscan.model import Ignored
from camscan.removal import Said
from camscan.report.html import words
from camscan.report.html.report import FULL
from tests import inventory_rig as rig
from tests.dossier_rig import dossier, unit
from tests.templates_rig import ALL, HALL, known, page, rendered, seen, tile, worked_out


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


def test_the_sites_of_the_board_are_counted_as_those_of_the_full_page() -> None:
    for name, exploited in (("Town hall", "0"), ("at no site", "2")):
        board, full = (
            re.search(rf'<tr><th scope="row">{name}</th>(.*?)</tr>', page(which)) for which in ("board", FULL)
        )
        assert board and full
        few, many = (re.findall(r'<td class="number">([^<]*)</td>', one.group(1)) for one in (board, full))
        assert (few[0], few[1]) == (many[0], many[2])
        assert few[1] == exploited


def test_a_records_request_reads_the_numbers_of_the_full_page() -> None:
    _, found, worked = worked_out()
    text = seen(page("foi"))
    assert f"21 or more : hikvision ({found.makers[0].seen}), dahua ({found.makers[1].seen})" in text
    assert f"{found.exploited} to {found.exploited + 1} " in text
    assert f"annke ({found.rebranded[0].count})" in text
    assert f"Of {found.removal.total} gone: {found.removal.replaced}, left: {found.removal.left}, not" in text
    assert f"Known of {worked.abilities['ptz'].total} devices (by their own word: 4, by" in text
    assert "At 1 site. 13 devices are at no known site." in text
    assert "All together 21" in text
    assert "By district: Centre (8), in no district (13)" in text
    assert "To go by 2027-01-01: 8 devices." in text


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
    assert f"being turned and zoomed from afar {worked.abilities['ptz'].total} 4 say so not known" in text
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


def test_what_the_owner_lives_with_does_not_make_a_records_request_say_none() -> None:
    mine = Ignored(who="me", reason="so", until=None)
    text = seen(rendered("foi", dossier(unit(1, advisories=(replace(rig.advisory(), ignored=mine),)), unit(2))))
    asked = text.partition("Do any have known vulnerabilities that attackers use?")[2]
    assert asked.startswith(" 0 . 1 more, with which its owner has decided to live. Worked out")


def test_a_day_of_removal_is_that_of_the_part_and_not_of_the_whole_site() -> None:
    room = replace(HALL, building="East", room="4")
    sheets = [replace(unit(n, site=HALL.site), where=where) for n, where in enumerate((HALL, HALL, room), 1)]
    said = {HALL: Said(remove_by=date(2028, 1, 1)), room: Said(remove_by=date(2027, 1, 1))}
    text = seen(rendered("foi", dossier(*sheets, said=said)))
    assert "To go by 2027-01-01: 1 device. To go by 2028-01-01: 2 devices." in text
