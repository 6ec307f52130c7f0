"""Which of two firmware versions is the later, where the two can be held against each other at all.

Hikvision counts in one row (`V5.5.0`, `V5.7.3`); of Dahua's four and more numbers the first two are a line of its own
(`2.800`), and two lines say nothing of each other. Where the versions are equal, or of different lines, the day of the
build decides.
"""

import re

_VERSION = re.compile(r"V?(\d{1,4}(?:\.\d{1,9}){1,4})(?![\d.]*\d)", re.IGNORECASE)
_BUILD = re.compile(r"(?:build\D{0,6}|\b)(?:20)?(\d{2})-?(\d{2})-?(\d{2})\s*$", re.IGNORECASE)
_LINED = 4  # numbers from which on the first two are a line


def version_order(firmware: str | None, build: str | None, bound: str) -> int | None:
    """-1, 0 or 1: how the firmware and its build stand to a bound such as `V5.7.3` or `V5.7.3 build 220112`.

    None where that cannot be told.
    """
    own, wanted = _numbers(firmware or ""), _numbers(bound)
    built, wanted_built = _built(build or firmware or ""), _built(bound)
    by_version = _sign(own, wanted) if own and wanted and _line(own) == _line(wanted) else None
    by_build = _sign(built, wanted_built) if built and wanted_built else None
    if by_version == 0 and wanted_built:
        return by_build
    return by_build if by_version is None and wanted_built else by_version


def _numbers(text: str) -> tuple[int, ...]:
    found = _VERSION.match(text.strip())
    return tuple(int(part) for part in found[1].split(".")) if found else ()


def _line(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return numbers[:2] if len(numbers) >= _LINED else ()


def _built(text: str) -> tuple[int, ...]:
    found = _BUILD.search(text)
    return tuple(int(part) for part in found.groups()) if found else ()


def _sign(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    length = max(len(one), len(other))
    padded = [numbers + (0,) * (length - len(numbers)) for numbers in (one, other)]
    return (padded[0] > padded[1]) - (padded[0] < padded[1])
