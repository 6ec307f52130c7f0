"""When two values of an attribute are one: spellings that devices vary, and a general kind with its special one."""

import re

_PACKAGING = re.compile(r"^(?:DHI?-)(?=[A-Z])")  # Dahua's packaging prefixes: the same unit reports with and without


def same_value(attribute: str, one: str, other: str) -> bool:
    """Whether two values agree. Not symmetric in spirit only: `camera` agrees with `thermal-camera`."""
    a, b = canonical(attribute, one), canonical(attribute, other)
    if a == b:
        return True
    if attribute == "kind":
        return a.endswith(f"-{b}") or b.endswith(f"-{a}")
    return attribute in ("model", "serial") and _continues(attribute, a, b)


def canonical(attribute: str, value: str) -> str:
    """The value in the form in which two spellings are compared."""
    text = " ".join(value.casefold().replace("_", " ").split())
    if attribute == "model":
        return _PACKAGING.sub("", text.upper()).casefold().replace(" ", "-")
    return text


def _continues(attribute: str, a: str, b: str) -> bool:
    """One is the other with a suffix variant (`…/16P`, `…(C)`), or the short serial is the end of the long one."""
    short, long = sorted((a, b), key=len)
    if attribute == "serial":
        return len(short) >= 9 and long.endswith(short)
    return long.startswith(short) and long[len(short)] in "/("


def more_telling(attribute: str, one: str, other: str) -> str:
    """Of two values that agree, the one that says more."""
    if attribute in ("kind", "model"):
        return max(one, other, key=lambda v: len(canonical(attribute, v)))
    return one
