"""What a search may cost is known before it is run: no pattern that a text can keep busy gets past the loader."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.identify.effort import ENDLESS, worst_steps
from camscan.identify.patterns import DEPTH_LIMIT, LENGTH_LIMIT, compile_pattern
from camscan.identify.soundness import STEPS_LIMIT
from tests.backtracker import Backtracker

LENGTH = 1024
TEXT = 12
FACTOR = 10  # the backtracker counts the groups it enters too
AFFORDABLE = 100_000


@pytest.mark.parametrize(
    "pattern",
    [
        "a*" * 30 + "b",
        "(?:a*)*b",
        "(?:a|a)*b",
        "(?:[ab]|ab)*c",
        "(?:a+a+)+b",
        "(?:a{0,50}){0,50}b",
        "(?:a?){40}a{40}b",
        r"^(?:\w+\s?)*$",
        r"^(?:\.[0-9.]+)*$",
        r"^(?:(?m:$)|[^x])*(?:\w*\n)*y",
        ".*.*=.*;",
        "(?i:(?:kx?|\u212ax?)*)s",
        "(?:(?:(?:(?:(?:(?:ab)*c)*d)*e)*f)*g)*h",
    ],
)
def test_a_pattern_that_a_text_can_keep_busy_costs_too_much(pattern: str) -> None:
    assert worst_steps(pattern, LENGTH) > STEPS_LIMIT


@pytest.mark.parametrize(
    "pattern",
    [
        r"^V\d+(?:\.\d+)+$",
        r"^IPC-[A-Z]+\d{4}[A-Z0-9]*(?:-[A-Z0-9]+)*-(?:SA)?W(?:-|$)",
        r"^(?P<firmware>[Vv]?\d+(?:\.\d+)+[0-9A-Za-z_.()-]{0,24})$",
        r"^(?:[^<]|<!--)*x",
        "^(?:[a-z]*,)*[a-z]*$",
        "(?i:hikvision)",
        "^[^;]*; [^;]*; .*x",
    ],
)
def test_a_pattern_that_a_look_ahead_decides_is_cheap(pattern: str) -> None:
    assert worst_steps(pattern, LENGTH) < 2 * LENGTH * LENGTH


def test_attempts_that_read_over_no_other_start_share_the_text() -> None:
    shared, each = (worst_steps(p, 16_384) for p in (r"<s>(?:[^<]|<!--)*x", r"<s>(?:[^>]|<!--)*x"))
    assert shared < 16_384 * 1_000
    assert each > 16_384 * 16_384


def test_the_cost_grows_with_the_text() -> None:
    costs = [worst_steps("a.*b.*c", length) for length in (16, 64, 256, 1024)]
    assert costs == sorted(costs)
    assert costs[-1] > 1000 * costs[0]


_ATOMS = st.sampled_from(["a", "b", "c", "[ab]", "[bc]", "[^a]", "."])
_SUFFIXES = st.sampled_from(["", "", "*", "+", "?", "{0,2}", "{1,3}", "{2,}", "*?"])


def _repeated(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, min_size=1, max_size=3).map("".join)
    either = st.tuples(some, some).map("|".join)
    return st.tuples(st.one_of(some, either), _SUFFIXES).map(lambda pair: f"(?:{pair[0]}){pair[1]}")


PATTERNS = st.tuples(
    st.sampled_from(["", "^"]),
    st.recursive(st.tuples(_ATOMS, _SUFFIXES).map("".join), _repeated, max_leaves=6),
    st.sampled_from(["", "a", "c", "$"]),
).map("".join)
TEXTS = st.tuples(st.text("abc", min_size=1, max_size=3), st.text("abc", max_size=3)).map(
    lambda pair: (pair[0] * TEXT)[: TEXT - len(pair[1])] + pair[1]
)


@given(PATTERNS, TEXTS)
def test_no_search_takes_more_steps_than_was_estimated(text: str, searched: str) -> None:
    estimate = worst_steps(text, TEXT)
    if estimate > AFFORDABLE:
        return
    backtracker = Backtracker(text, FACTOR * estimate)
    assert backtracker.search(searched) == bool(re.search(text, searched))


def test_whatever_compiles_is_estimated_in_bounded_depth() -> None:
    assert worst_steps("(?:" * 10 + "a" + "|b)?" * 10, LENGTH) == ENDLESS
    with pytest.raises(ValueError, match="nested too deeply"):
        compile_pattern("(?:" * DEPTH_LIMIT + "a" + "|b)?" * DEPTH_LIMIT)
    with pytest.raises(ValueError, match="longer than 2,048 characters"):
        compile_pattern("a" * (LENGTH_LIMIT + 1))
    assert compile_pattern("a" * LENGTH_LIMIT)
