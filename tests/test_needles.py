"""What a pattern requires: never more than is true, and enough to be found by."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camscan.identify.knowledge_base import load_knowledge
from camscan.identify.needles import Needle, fold, needle, widths
from camscan.identify.patterns import compile_pattern
from camscan.identify.rule import each

INF = float("inf")

TRICKY = [
    r"^(?:AB|CD\d)x?[yz]{2}",
    r"(?:one|two|three) words",
    r"^(?i:straße|kiosk)",
    r"(?i)SKi\b",
    r"^a?b?c?d?e?f?abc",
    r"^(?:a|ab|abc)(?:d|)ef$",
    r"(?m)^abc$",
    r"(?m:^)abc",
    r"^abc|xyz$",
    r"^abc|^abd",
    r"x(?:abc){1,3}y",
    r"x(?:abc){0,3}yz\.t",
    r"[^a]bcd",
    r"(?s)a.c\nd$",
    r"^\s*<abc\b[^>]{0,20}>",
    r"é\wabc",
    r"^[Kk]elvin [1-9]$",
    r"(?:(?:abc|abcd)+|efgh)\d",
    r"^(?P<a>AXIS )?(?P<b>[A-Z]{1,3})-\d*?x$",
    r"a$|^b\Z",
    r"",
    r"^$",
]


@pytest.mark.parametrize(
    ("pattern", "texts", "leading"),
    [
        ("^DS-2CD", {"ds-2cd"}, True),
        ("^i?DS-2C[DV]", {"ds-2cd", "ds-2cv", "ids-2c"}, True),
        ("^(?:DHI?-)?IPC-H", {"dh-ipc-h", "dhi-ipc-", "ipc-"}, True),
        (r"^(?:tool:|framerate:)", {"tool", "framerat"}, True),
        (r"^AXIS(?: [A-Z])?", {"axis"}, True),
        (r"\bseajs\b|\bdoc/page/", {"seajs", "doc/page/"}, False),
        ("(?i:Dahua)", {"dahua"}, False),
        (r"^[A-Z]+(?:abcd|efgh)\d", {"abcd", "efgh"}, False),
        (r"^\d{3}-TURRET", {"-turret"}, False),
    ],
)
def test_the_most_telling_text_is_found(pattern: str, texts: set[str], leading: bool) -> None:
    assert needle(pattern) == Needle(texts=frozenset(texts), leading=leading)


@pytest.mark.parametrize(
    "pattern", [".", "^[A-Z]{3}", r"\d+", "^(?:abc)?", "(?:abc)*", "ab|cde", "", "^a*b*", "^(?:a|)"]
)
def test_a_pattern_that_requires_no_text_has_no_needle(pattern: str) -> None:
    assert needle(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^[A-Z]{2}\d{3}$", (5, 6)),
        (r"^[A-Z]{2}\d{1,3}\Z", (3, 6)),
        (r"^[A-Z]{2}\d{3}", (5, INF)),
        (r"[A-Z]{2}\d{3}$", (5, INF)),
        (r"(?m)^ab$", (2, INF)),
        (r"^ab$|c", (1, INF)),
    ],
)
def test_widths_hold_only_where_both_ends_are_tied(pattern: str, expected: tuple[int, float]) -> None:
    assert widths(pattern) == expected


def holds(found: Needle, value: str) -> bool:
    text = fold(value)
    return any(text.startswith(one) if found.leading else one in text for one in found.texts)


def check(pattern: str, value: str) -> None:
    """Where the pattern matches, the needle stands in the value and the widths allow it."""
    if not re.search(pattern, value):
        return
    found = needle(pattern)
    least, most = widths(pattern)
    assert found is None or holds(found, value), (pattern, found)
    assert least <= len(value) <= most


@pytest.mark.parametrize("text", TRICKY)
@given(data=st.data())
@settings(deadline=None, max_examples=30)
def test_a_needle_is_never_too_strong(text: str, data: st.DataObject) -> None:
    check(text, data.draw(st.from_regex(text)))
    check(text, data.draw(st.from_regex(text)).upper())


SHIPPED = sorted(
    {
        pattern
        for rules in load_knowledge().rules.values()
        for r in rules
        for t in (r.when, r.unless)
        for _, pattern in each(t)
    }
)


@given(data=st.data())
@settings(deadline=None, max_examples=300)
def test_no_needle_of_the_shipped_rules_is_too_strong(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(SHIPPED))
    check(pattern, data.draw(st.from_regex(pattern)))


def test_folding_finds_every_letter_that_a_pattern_without_case_matches() -> None:
    odd = [c for c in map(chr, range(0x80, 0x110000)) if re.fullmatch("(?i:[a-z])", c)]
    assert odd
    assert all(fold(c).isascii() and re.fullmatch(f"(?i:{fold(c)})", c) for c in odd)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("(?=a)b", "look-around"),
        ("(?<!a)b", "look-around"),
        (r"x(?:y|(?!a)b)", "look-around"),
        (r"(a)\1", "a reference back"),
        ("(a)?(?(1)b|c)", "a reference back"),
        ("(?>ab)", "an atomic group"),
        ("a++", "a possessive repeat"),
        ("[[a]", "nested set"),
        ("(?L)a", "inline flags"),
        ("a{99999999999}", "too large"),
        ("(" * 1000 + ")" * 1000, "nested too deeply"),
        ("(a", "missing"),
    ],
)
def test_a_pattern_that_is_not_allowed_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        compile_pattern(text)
