"""What a firmware version and its build say of age, as far as two of them can be compared at all.

Hikvision writes `V5.5.0` and `build 170725`; Dahua a line, a number and a date: `2.800.0000000.25.R`, `2021-05-01`, in
file names `2.623.00AC004.0.R.200316`. Numbers of two lines say nothing of each other, dates do. Where
version and build disagree (an older series, built after the fix of a newer one) neither is believed: unknown stays
unknown. The forms are those of the makers' advisories and of replies that owners published.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_WORDED = re.compile(r"[\s,_]*(?:build(?:\s*date)?\s*[:=]?\s*)(\d{4}-\d{2}-\d{2}|\d{8}|\d{6})$", re.IGNORECASE)
_DATE = re.compile(r"(?:20)?(\d{2})-?(\d{2})-?(\d{2})")
_LINE = re.compile(r"(\d{1,2})\.(\d{2,4})\.([0-9A-Z]{1,9})\.(\d{1,3})(?:\.[RT])?(?:\.(\d{8}|\d{6}))?", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,4}(?:\.\d{1,5}){0,4})(?:-(\d{1,3}))?(?:[\s_]*SP(\d))?", re.IGNORECASE)
_SHORT_CODE = (
    4  # digits: older firmware writes `0001` where its discovery reply says `1`; seven digits are another form
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The numbers of a version, most telling first. `line` is the code within them that only equals itself."""

    numbers: tuple[int, ...]
    line: str = ""

    @property
    def series(self) -> tuple[tuple[int, ...], str]:
        """What two versions share whose last numbers can be held against each other: `2.800` and `0000000`."""
        return self.numbers[:2], self.line


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmware:
    """A version and the day it was built (as 20170725), each None where it is not known or cannot be read."""

    text: str
    version: Version | None
    built: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """How one firmware stands to another: `sign` is -1, 0 or 1; None where that cannot be told, and `why`."""

    sign: int | None
    why: str = ""


@lru_cache(maxsize=4096)
def read_firmware(version: str | None, build: str | None = None) -> Firmware:
    """A device's firmware and build, or both in one text, as an advisory writes them: `V5.4.0 build 160530`."""
    text = " ".join((version or "").split())
    named = _WORDED.search(text)
    bare = text[: named.start()] if named else text
    line = _LINE.fullmatch(bare.upper().removeprefix("V"))
    dates = (build, named and named[1], line and line[5])
    built = next((day for date in dates if date and (day := _day(date)) is not None), None)
    shown = " ".join(part for part in (text, (build or "").strip()) if part)
    return Firmware(text=shown, version=_of_line(line) if line else _of_numbers(bare), built=built)


def _day(text: str) -> int | None:
    """`build 170725`, `2021-05-01`, `20170713` → 20170725 …; None for what is no day."""
    found = _DATE.fullmatch(text.strip().lower().removeprefix("build").strip())
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups())
    return (2000 + year) * 10_000 + month * 100 + day if 1 <= month <= 12 and 1 <= day <= 31 else None


def _of_line(line: re.Match[str]) -> Version:
    code = line[3].upper()
    if code.isdigit() and len(code) <= _SHORT_CODE:
        code = str(int(code))
    return Version(numbers=(int(line[1]), int(line[2]), int(line[4])), line=code)


def _of_numbers(text: str) -> Version | None:
    found = _NUMBERS.fullmatch(text.upper().removeprefix("V").strip())
    if found is None:
        return None
    numbers = [int(part) for part in found[1].split(".")]
    if found[3]:  # a service pack counts behind three numbers: V5.7.23 SP2 is later than V5.7.23
        numbers += [0] * (3 - len(numbers))
    return Version(numbers=tuple(numbers + [int(part) for part in (found[2], found[3]) if part]))


def compare(firmware: Firmware, bound: Firmware) -> Order:
    """How the firmware stands to a bound, by what the bound states: a version, a build or both."""
    by_build = _by_build(firmware, bound)
    if bound.version is None:
        return by_build
    by_version = _by_version(firmware, bound.version)
    if by_version is _OTHER_LINE and by_build.sign is not None:
        return by_build
    if bound.built is None or by_version.sign is None:
        return by_version
    if by_version.sign == 0:
        return by_build
    if by_build.sign == -by_version.sign:
        earlier, later = ("version", "build") if by_version.sign < 0 else ("build", "version")
        return Order(sign=None, why=f"its {earlier} is earlier but its {later} later than {bound.text}")
    return by_version


def _by_build(firmware: Firmware, bound: Firmware) -> Order:
    if bound.built is None:
        return Order(sign=None, why=f"{bound.text} states no build")
    if firmware.built is None:
        return Order(sign=None, why="the day its firmware was built is not known")
    return Order(sign=_sign(firmware.built, bound.built))


def _by_version(firmware: Firmware, bound: Version) -> Order:
    own = firmware.version
    if own is None:
        return Order(sign=None, why="its firmware version is not known" if not firmware.text else _UNREADABLE)
    if bool(own.line) != bool(bound.line):
        return Order(sign=None, why="its firmware version is counted in another way")
    if own.line and own.series != bound.series:
        return _OTHER_LINE
    return Order(sign=_sign(_padded(own.numbers), _padded(bound.numbers)))


_OTHER_LINE = Order(sign=None, why="its firmware is of another line and its build not known")
_UNREADABLE = "its firmware version is written in a way that cannot be compared"
_LONGEST = 8  # numbers of a version; the patterns above find no more than seven


def _padded(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return numbers + (0,) * (_LONGEST - len(numbers))


def _sign(own: int | tuple[int, ...], other: int | tuple[int, ...]) -> int:
    return (own > other) - (own < other)  # type: ignore[operator]  # both are numbers, or both are tuples
