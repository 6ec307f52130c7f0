"""The templates of a report: what holds for each, in every language; what is made of strangers' words is text."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest

from camscan.assess.answers.told import ASKED
from camscan.cli.known import load_known
from camscan.cli.report import OF_EVERY_MAKER
from camscan.model import Capability
from camscan.place import Location
from camscan.report.html import words
from camscan.report.html.language import language
from camscan.report.html.report import FULL
from tests.dossier_rig import COMPLETE, dossier, unit
from tests.page_texts import texts
from tests.report_rig import HOSTILE
from tests.templates_rig import ALL, OTHERS, page, rendered


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
def test_where_nothing_was_scanned_the_page_says_that_first(template: str) -> None:
    said = "No scan is recorded: nothing here says anything of a network."
    assert said in rendered(template, dossier(scans=()))
    assert said not in page(template)
    assert "<dd>40 (41 rows" in rendered(
        template, dossier(scans=(*[COMPLETE] * 40, replace(COMPLETE, kind="reassess")))
    )


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
@pytest.mark.parametrize("spoken", ["en", "da"])
def test_an_apostrophe_is_one(template: str, spoken: str) -> None:
    able = tuple(Capability(id=name, state="observed", enabled=None, evidence=()) for name in words.ABILITY)
    text = rendered(template, dossier(unit(1, model="M", capabilities=able)), in_language=spoken)
    assert "&amp;#39;" not in text


@pytest.mark.parametrize("template", ALL)
def test_a_page_loads_nothing(template: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page(template))
    assert policy is not None
    assert policy.group(1).startswith("default-src 'none'")
    assert ("script-src" in policy.group(1)) is (template == FULL)
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:|//)", page(template))


@pytest.mark.parametrize("template", OF_EVERY_MAKER)
@pytest.mark.parametrize("every", [False, True])
def test_devices_of_every_maker_where_they_are_wanted(template: str, every: bool) -> None:
    other = unit(99, vendor="axis", brand="axis", model="P3245")
    text = rendered(template, replace(dossier(unit(1, model="M"), other), every=every))
    assert re.search(r"<h1> 1 device </h1>", text)
    assert ("P3245" in text) is ("Below stand 2 devices, of whatever maker." in text) is every
