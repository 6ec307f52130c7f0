"""Every text of a page is there in every language, with the same places for its values."""

import re

import pytest
from markupsafe import Markup

from camscan.report.html.language import Language, language, languages
from tests.page_texts import texts

OTHERS = languages()[1:]


@pytest.mark.parametrize("identity", OTHERS)
def test_every_text_has_its_words(identity: str) -> None:
    known = language(identity).text
    assert texts() - known.keys() == set()
    assert known.keys() - texts() == set(), "nobody says these any more"


@pytest.mark.parametrize("identity", OTHERS)
def test_values_stand_in_the_same_places(identity: str) -> None:
    places = re.compile(r"%\((\w+)\)s")
    for english, words in language(identity).text.items():
        assert sorted(places.findall(words)) == sorted(places.findall(english)), english
        assert "%" not in places.sub("", words)


def test_danish_is_there() -> None:
    assert language("da").say("Maker") == "Producent"
    assert language("da").count(1_234_567) == "1.234.567"


def test_what_is_put_into_a_text_is_text() -> None:
    said = Language().say("at %(place)s and %(other)s", place="<b>\u202ex", other=Markup("<i>"))
    assert said == "at &lt;b&gt;\\u202ex and <i>"


def test_one_is_not_many() -> None:
    assert [Language().several("%(n)s device", "%(n)s devices", n) for n in (1, 2_000)] == ["1 device", "2,000 devices"]
