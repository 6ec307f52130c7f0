"""Patterns of model numbers, as the makers' advisories mean them and as devices report them.

The makers write `x` for a digit, yet X is a letter of their model numbers too, so the data says it plainly: `?` is one
letter or digit, `@` one or more letters, `*` anything, `[…]` may be missing; all else stands for itself, without case
and without spaces, of which makers are as free.
A pattern covers the whole number. `DH-` and `DHI-` before a Dahua number are left off. A hardware revision, `(B)`, that
the pattern does not name may stand anywhere; one that it names but the device does not is neither confirmed nor denied.
"""

import re
from functools import lru_cache
from typing import Literal

Match = Literal["yes", "revision", "no"]

_ALLOWED = re.compile(r"[A-Za-z0-9 ()./_+?@*\[\]-]{2,64}")
_REVISION = re.compile(r"\([A-Z]\)")
_BRACKETED = re.compile(r"\[[^\[\]]*\]")
_PREFIX = re.compile(r"DHI?-(?=[A-Z])")
_WILD = re.compile(r"[?@*\[]")
_TOKENS = {"?": "[A-Z0-9]", "@": "[A-Z]+", "*": ".*", "[": "(?:", "]": ")?"}
MODEL_LIMIT = 64  # characters; the longest model number here has 30
OWN_LEAST = 3  # letters and digits; a pattern with fewer would take in other products
STARS_LIMIT = 4  # of one pattern: what a match may cost grows with each


@lru_cache(maxsize=4096)
def problem(pattern: str) -> str | None:
    """Why the text is no pattern; None where it is one."""
    if not _ALLOWED.fullmatch(pattern):
        return "a character that no pattern has, or too short or too long"
    if pattern.count("*") + pattern.count("@") > STARS_LIMIT:
        return f"more than {STARS_LIMIT} of * and @"
    if {"[", "]"} & set(_BRACKETED.sub("", pattern)):
        return "brackets that do not pair, or stand in one another"
    own = sum(character.isalnum() for character in _BRACKETED.sub("", pattern))
    return None if own >= OWN_LEAST else f"fewer than {OWN_LEAST} letters and digits of its own"


@lru_cache(maxsize=65_536)
def match(pattern: str, model: str) -> Match:
    """Whether the model number is of the pattern; `revision` where only a hardware revision is not confirmed."""
    head, bare, named = _parts(pattern)
    model = _bare(model[:MODEL_LIMIT])
    if not model.startswith(head):
        return "no"
    without = _REVISION.sub("", model)
    if _compiled(bare).fullmatch(model if named else without):
        return "yes"
    if named and model == without and _compiled(_REVISION.sub("", bare)).fullmatch(model):
        return "revision"
    return "no"


@lru_cache(maxsize=4096)
def _parts(pattern: str) -> tuple[str, str, bool]:
    """What every match begins with, the pattern as it is compared, and whether it names a revision."""
    bare = _bare(pattern)
    return _WILD.split(bare, maxsplit=1)[0].split("(")[0], bare, _REVISION.search(bare) is not None


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return _PREFIX.sub("", "".join(text.upper().split()), count=1)


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(_TOKENS.get(c) or re.escape(c) for c in pattern))
