import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.report.printable import LIMIT, printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("DS-2CD2042WD-I", "DS-2CD2042WD-I"),
        ("Überwachung 北京", "Überwachung 北京"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\r\nb", "a\\x0d\\x0ab"),
        ("\x9bH", "\\x9bH"),
        ("\u202egnp", "\\u202egnp"),
        ("a\u200bb\u00a0c", "a\\u200bb\\xa0c"),
        ("\ud800", "\\ud800"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_shows_text_and_escapes_what_cannot_be_seen(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_long_text_is_cut_and_marked() -> None:
    assert printable("x" * 10_000) == "x" * (LIMIT - 1) + "…"
    assert printable("x" * LIMIT) == "x" * LIMIT


def test_a_cut_never_splits_an_escape() -> None:
    assert printable("ab\x1b\x1b", limit=8) == "ab\\x1b…"
    assert printable("abcd\x1bx", limit=8) == "abcd…"


@given(st.text(alphabet=st.characters()), st.integers(min_value=8, max_value=60))
def test_whatever_comes_in_the_result_is_short_and_visible(text: str, limit: int) -> None:
    shown = printable(text, limit)
    assert len(shown) <= limit
    assert shown.isprintable()
    assert shown.encode("utf-8").decode("utf-8") == shown
