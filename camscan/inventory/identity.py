"""Which device of the register a device of a scan is: by serial, then MAC, then UUID, then address. Pure.

The rule is that of correlation within a scan: what contradicts is never joined, and what many carry joins nobody. A
device keeps its record when its address changes; another one at the same address gets a record of its own. What has no
identifier at all is known by its address, and is somebody else where maker or model are others.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from camscan.inventory.facts import MIDDLEBOX, single_values, storable
from camscan.model import Device

IDENTIFIERS = ("serial", "mac", "uuid")

_ENDING = "serial's end"
_ENDING_LENGTH = 9  # characters that the long and the short form of a serial share at least (`identify/sameness.py`)

SameValue = Callable[[str, str, str], bool]
"""Whether two values of an attribute agree, as correlation has it: `(attribute, one, other)`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What a device is known by. `addresses` has the main one first; `macs` are all that were claimed of it. `seen` is
    the number of the scan that saw it last, `is_there` false where it was looked for in vain since."""

    addresses: tuple[str, ...] = ()
    serial: str | None = None
    mac: str | None = None
    uuid: str | None = None
    vendor: str | None = None
    model: str | None = None
    middlebox: bool = False
    macs: frozenset[str] = frozenset()
    seen: int = 0
    is_there: bool = True


def marks_of(device: Device) -> Marks:
    """The marks of a device of a scan."""
    values = {name: value for name, (value, _) in single_values(device)}
    macs = (storable(claim.value) for claim in device.claims if claim.attribute == "mac")
    marks = known_marks(values, ())
    return replace(marks, macs=marks.macs.union(macs))


def known_marks(values: Mapping[str, str], addresses: Iterable[str], seen: int = 0, *, is_there: bool = True) -> Marks:
    """The marks of a device of the register, from its attributes."""
    main = values.get("address")
    mac = values.get("mac")
    return Marks(
        addresses=((main,) if main else ()) + tuple(addresses),
        serial=values.get("serial"),
        mac=mac,
        uuid=values.get("uuid"),
        vendor=values.get("vendor"),
        model=values.get("model"),
        middlebox=values.get("kind") == MIDDLEBOX,
        macs=frozenset([mac] if mac else ()),
        seen=seen,
        is_there=is_there,
    )


def recognise(
    found: Sequence[Marks], known: Mapping[int, Marks], same_value: SameValue, is_placeholder: Callable[[str], bool]
) -> list[int | None]:
    """For each device found the number of the one it is in the register, None for a new one. No number stands twice."""
    shared = shared_macs(found)
    found = _telling([_without_placeholders(marks, is_placeholder) for marks in found], shared)
    known = {number: _without_placeholders(marks, is_placeholder) for number, marks in known.items()}
    answer: list[int | None] = [None] * len(found)
    free = set(known)
    for attribute in ("serial", _ENDING, "mac", "uuid", "address"):
        holders = _holders(attribute, known, free)
        for index, marks in enumerate(found):
            value = _value(marks, attribute)
            if answer[index] is not None or value is None:
                continue
            candidates = [n for n in holders.get(value, ()) if n in free]
            candidates = [n for n in candidates if not _contradict(marks, known[n], attribute, same_value)]
            number = _latest(candidates, value, known) if attribute == "address" else _only(candidates, marks, known)
            if number is not None:
                answer[index] = number
                free.discard(number)
    return answer


def shared_macs(found: Iterable[Marks]) -> frozenset[str]:
    """The MACs, in small letters, that several devices of one scan are said to have: a router's, or a factory's. They
    name nobody."""
    count = Counter(mac.casefold() for marks in found for mac in marks.macs)
    return frozenset(mac for mac, devices in count.items() if devices > 1)


def _without_placeholders(marks: Marks, is_placeholder: Callable[[str], bool]) -> Marks:
    serial, mac, uuid = (
        None if value is not None and is_placeholder(value) else value
        for value in (marks.serial, marks.mac, marks.uuid)
    )
    macs = frozenset(value for value in marks.macs if not is_placeholder(value))
    return replace(marks, serial=serial, mac=mac, uuid=uuid, macs=macs)


def _telling(found: Sequence[Marks], shared: Collection[str]) -> list[Marks]:
    """The marks without identifiers that stand at several devices of the same scan."""
    serials, uuids = (Counter(_value(marks, attribute) for marks in found) for attribute in ("serial", "uuid"))
    return [
        replace(
            marks,
            serial=None if serials[_value(marks, "serial")] > 1 else marks.serial,
            uuid=None if uuids[_value(marks, "uuid")] > 1 else marks.uuid,
            mac=None if _value(marks, "mac") in shared else marks.mac,
            macs=frozenset(mac for mac in marks.macs if mac.casefold() not in shared),
        )
        for marks in found
    ]


def _holders(attribute: str, known: Mapping[int, Marks], free: set[int]) -> dict[str, list[int]]:
    holders: dict[str, list[int]] = defaultdict(list)
    for number in free:
        marks = known[number]
        values = marks.addresses if attribute == "address" else (_value(marks, attribute),)
        for value in values:
            if value is not None:
                holders[value].append(number)
    return holders


def _value(marks: Marks, attribute: str) -> str | None:
    if attribute == "address":
        return marks.addresses[0] if marks.addresses else None
    if attribute == _ENDING:
        return marks.serial.casefold()[-_ENDING_LENGTH:] if marks.serial else None
    value: str | None = getattr(marks, attribute)
    return value.casefold() if value else None


def _only(candidates: Sequence[int], marks: Marks, known: Mapping[int, Marks]) -> int | None:
    """The one that it must be: the only one, or the only one at the same address, or the only one that is not gone."""
    if len(candidates) > 1:
        here = [n for n in candidates if known[n].addresses[:1] == marks.addresses[:1]]
        candidates = here or [n for n in candidates if known[n].is_there]
    return candidates[0] if len(candidates) == 1 else None


def _latest(candidates: Sequence[int], address: str, known: Mapping[int, Marks]) -> int | None:
    """Who was seen there last: several may have stood at one address, or do, behind a router that tells them apart. Who
    goes by it goes before who has it as a further one."""
    return max(candidates, key=lambda n: (known[n].addresses[0] == address, known[n].seen, -n), default=None)


def _contradict(marks: Marks, other: Marks, by: str, same_value: SameValue) -> bool:
    if marks.middlebox != other.middlebox or _differ("serial", marks.serial, other.serial, same_value):
        return True
    if marks.macs and other.mac and other.mac not in marks.macs:
        return True
    weak = ("vendor", "model") if by == "address" else ()
    return any(_differ(name, getattr(marks, name), getattr(other, name), same_value) for name in weak)


def _differ(attribute: str, one: str | None, other: str | None, same_value: SameValue) -> bool:
    return bool(one and other) and not same_value(attribute, str(one), str(other))
