"""What the owner says of which units are one device, and which are not. It goes before what the rules make of them.

A device is told by its marks: serial, MAC and UUID, and where it has none of them its address. Where marks that should
tell one unit stand at several, or at none, nothing is joined: then nobody knows which was meant.
"""

from collections.abc import Iterable
from dataclasses import dataclass

IDENTIFIERS = ("serial", "mac", "uuid")

Mark = tuple[str, str]
"""Attribute (serial, mac, uuid or address) and value, in small letters."""

Marks = frozenset[Mark]
NO_MARKS: Marks = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrections:
    """Each of `together` are the marks of parts of one device; each of `apart` the marks of two devices that may look
    like one."""

    together: tuple[tuple[Marks, ...], ...] = ()
    apart: tuple[tuple[Marks, Marks], ...] = ()

    def keeps_apart(self, one: Marks, other: Marks) -> bool:
        """Whether two units with these marks are two devices."""
        return any((one & first and other & second) or (one & second and other & first) for first, second in self.apart)


NO_CORRECTIONS = Corrections()


def marks_of(values: Iterable[Mark]) -> Marks:
    """The marks in the form in which they are compared."""
    return frozenset((attribute, value.casefold()) for attribute, value in values)


def telling(one: Marks, other: Marks) -> tuple[Marks, Marks]:
    """What tells two devices from each other: the marks of each that the other has not, its identifiers alone where it
    has some."""
    return _strongest(one - other), _strongest(other - one)


def _strongest(marks: Marks) -> Marks:
    strong = frozenset(mark for mark in marks if mark[0] in IDENTIFIERS)
    return strong or marks
