"""JSON that somebody hands over, read value by value: each knows where it stands, and says so when it is not what it
should be. Rule: whatever the text holds ends in one `UsageError`, never in another exception.
"""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any, NoReturn, TypeVar

from camscan.errors import UsageError
from camscan.intake.lines import is_text

CONTAINERS = 1_000_000  # lists and objects that any text may hold, at 64 bytes each
SPARSE = 16  # characters for each beyond these: a scan has thrice as many, and `[],[]` would become 20 times itself
SHOWN = 60  # characters of a bad value in a message, which has to stay one line
PORTS = 65535

_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)

Word = TypeVar("Word", bound=str)


def parse_json(name: str, text: str, *, without: frozenset[str] = frozenset()) -> "Value":
    """The whole text as one value; keys `without` are dropped while it is read, so that they cost no memory.

    Raises `UsageError` for what is no JSON (RFC 8259), NaN and Infinity included, for a key that stands twice, and for
    more lists and objects than `CONTAINERS` and one for each `SPARSE` characters.
    """
    most = CONTAINERS + len(text) // SPARSE
    if _containers(text, most) > most:
        raise UsageError(f"{name}: more than {most:,} lists and objects")

    def paired(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = _twice(key for key, _ in pairs)
            raise UsageError(f"{name}: not JSON: the key {twice[:SHOWN]!r} stands twice in one object")
        return {key: value for key, value in found.items() if key not in without} if without else found

    def refused(constant: str) -> NoReturn:
        raise UsageError(f"{name}: not JSON: {constant} is no number")

    try:
        return Value(json.loads(text, object_pairs_hook=paired, parse_constant=refused), name)
    except RecursionError:
        raise UsageError(f"{name}: not JSON: nested too deep") from None
    except ValueError as error:  # also for a number of thousands of digits
        raise UsageError(f"{name}: not JSON: {error}") from None


def _twice(keys: Iterable[str]) -> str:
    """The first key that has stood before."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            break
        seen.add(key)
    return key


def _containers(text: str, most: int) -> int:
    """How many lists and objects begin in the text; if more than `most`, without the brackets in strings."""
    every = text.count("[") + text.count("{")
    if every <= most:
        return every
    return every - sum(m[0].count("[") + m[0].count("{") for m in _STRING.finditer(text))


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and the file and path where it stands. Whatever it is not, raises `UsageError`."""

    value: Any
    file: str
    path: str = ""

    @property
    def where(self) -> str:
        """`scan.json: devices[3].address`."""
        return f"{self.file}: {self.path}" if self.path else self.file

    def __getitem__(self, key: str) -> "Value":
        """What stands at the key, null included."""
        if not isinstance(self.value, dict):
            raise self.bad("no object")
        path = f"{self.path}.{key[:SHOWN]}" if self.path else key[:SHOWN]
        if key not in self.value:
            raise UsageError(f"{self.file}: {path} is missing")
        return Value(self.value[key], self.file, path)

    def each(self) -> "Iterator[Value]":
        """The items of a list."""
        if not isinstance(self.value, list):
            raise self.bad("no list")
        return (Value(item, self.file, f"{self.path}[{number}]") for number, item in enumerate(self.value))

    def pairs(self) -> "Iterator[tuple[str, Value]]":
        """The keys of an object and what stands there."""
        if not isinstance(self.value, dict):
            raise self.bad("no object")
        return ((key, self[key]) for key in self.value)

    def text(self) -> str:
        """Text; JSON can spell half a character, which is none."""
        if not isinstance(self.value, str) or not is_text(self.value):
            raise self.bad("no text")
        return str(self.value)

    def texts(self) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(item.text() for item in self.each())

    def text_or_none(self) -> str | None:
        """Text, or null for what is not known."""
        return None if self.value is None else self.text()

    def one_of(self, *allowed: Word) -> Word:
        """One of these texts."""
        for word in allowed:
            if self.value == word:
                return word
        raise self.bad(f"none of {', '.join(allowed)}")

    def flag(self) -> bool:
        """True or false."""
        if not isinstance(self.value, bool):
            raise self.bad("neither true nor false")
        return self.value is True

    def count(self, most: int | None = None) -> int:
        """A whole number from 0 on."""
        if not isinstance(self.value, int) or isinstance(self.value, bool) or self.value < 0:
            raise self.bad("no whole number from 0 on")
        if most is not None and self.value > most:
            raise self.bad(f"more than {most:,}")
        return int(self.value)

    def share(self) -> float:
        """A number from 0 to 1."""
        if not isinstance(self.value, int | float) or isinstance(self.value, bool):
            raise self.bad("no number")
        if not 0 <= self.value <= 1:
            raise self.bad("not between 0 and 1")
        return float(self.value)

    def address(self) -> str:
        """An IP address, with the zone of a link-local one."""
        try:
            return str(ip_address(self.text()))
        except ValueError:
            raise self.bad("no IP address") from None

    def moment(self) -> float | None:
        """Seconds since the epoch, from a time as RFC 3339 writes it; None for null."""
        text = self.text_or_none()
        try:
            moment = None if text is None else datetime.fromisoformat(text)
            seconds = None if moment is None or moment.tzinfo is None else moment.timestamp()
        except (ValueError, OverflowError):
            raise self.bad("no time") from None
        if text is not None and (seconds is None or not math.isfinite(seconds)):
            raise self.bad("no time with its zone")
        return seconds

    def bad(self, reason: str) -> UsageError:
        """The refusal of this value: where, what stands there, why that is wrong."""
        told = json.dumps(self.value)[: SHOWN + 1] if isinstance(self.value, str | int | float | None) else None
        shown = told[:SHOWN] + "…" if told and len(told) > SHOWN else told
        return UsageError(": ".join(part for part in (self.where, shown, reason) if part))
