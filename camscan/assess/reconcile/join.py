"""Which line of a list is which device: by serial, then MAC, then address; one line, one device.

The rule: the strongest mark decides, and of several that it fits the one whose other marks agree too, then the one seen
last; of several lines the first. A serial or a MAC is not contradicted by anything, for people mistype; an address is:
where serial or MAC speak against it, another device stands there. Each stage is one look-up for each line, however many
devices there are.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from camscan.assess.reconcile.knowing import Knowing
from camscan.reconciliation import MARKS, Entry, Mark, Unit

ALIKE = 16  # devices under one key that are looked at one by one; where more share it, it tells none of them

_ENDING = 9  # characters that the long and the short form of a serial share at least (`identify/sameness.py`)

Marks = Mapping[str, tuple[str, ...]]
"""The values of each mark in the form in which they are compared."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The places of a line and of a device in their lists, by which mark, and whether it is another one than listed."""

    entry: int
    unit: int
    by: Mark
    another: bool = False


@dataclass(frozen=True, slots=True)
class _Stage:
    """`keys` names the marks that must agree together. `agrees` is asked of each pair; `sole`: only where it is true of
    one device."""

    by: Mark
    keys: tuple[str, ...]
    agrees: Callable[[Entry, Unit], bool] | None = None
    sole: bool = False
    another: bool = False


def join(entries: Sequence[Entry], units: Sequence[Unit], knowing: Knowing) -> list[Joined]:
    """The pairs, in the order of the lines."""
    order = sorted(range(len(units)), key=lambda place: (-(units[place].last_seen or 0.0), units[place].id))
    listed = [marks_of_entry(entry) for entry in entries]
    known = {place: marks_of_unit(units[place], knowing) for place in _meant(listed, units, order)}
    found: dict[int, Joined] = {}
    free = dict.fromkeys(known)
    for stage in _stages(knowing):
        holders = _Holders(stage, ((place, known[place]) for place in free), units)
        for place, entry in enumerate(entries):
            if place in found:
                continue
            unit = holders.take(entry, _together(listed[place], stage.keys))
            if unit is not None:
                found[place] = Joined(place, unit, stage.by, stage.another)
                del free[unit]
    return [found[place] for place in sorted(found)]


def _meant(listed: Sequence[Marks], units: Sequence[Unit], order: Iterable[int]) -> Iterator[int]:
    """Of all devices those of which a line has a mark: of most of a large network nobody says anything."""
    said = {name: {value for marks in listed for value in marks[name]} for name in (*MARKS, "ending")}
    for place in order:
        marks = _marks(units[place].serials, units[place].macs, units[place].addresses)
        if any(not said[name].isdisjoint(marks[name]) for name in said):
            yield place


def _stages(knowing: Knowing) -> tuple[_Stage, ...]:
    def same_serial(entry: Entry, unit: Unit) -> bool:
        return has_serial(unit, entry.serial or "", knowing)

    def uncontradicted(entry: Entry, unit: Unit) -> bool:
        return not contradicted(entry, unit, knowing)

    return (
        _Stage("serial", ("serial", "mac")),
        _Stage("serial", ("serial", "address")),
        _Stage("serial", ("serial",)),
        _Stage("serial", ("ending", "mac"), same_serial),
        _Stage("serial", ("ending", "address"), same_serial),
        _Stage("serial", ("ending",), same_serial, sole=True),
        _Stage("mac", ("mac", "address")),
        _Stage("mac", ("mac",)),
        _Stage("address", ("address",), uncontradicted),
        _Stage("address", ("address",), another=True),
    )


def contradicted(entry: Entry, unit: Unit, knowing: Knowing) -> bool:
    """Whether serial or MAC say that they are two devices."""
    serials, macs = (telling(values, knowing) for values in (unit.serials, unit.macs))
    if entry.serial and serials and not has_serial(unit, entry.serial, knowing):
        return True
    return entry.mac is not None and bool(macs) and entry.mac not in map(str.casefold, macs)


def telling(values: Iterable[str], knowing: Knowing) -> tuple[str, ...]:
    """The identifiers that are no placeholders."""
    return tuple(value for value in values if not knowing.is_placeholder(value))


def has_serial(unit: Unit, serial: str, knowing: Knowing) -> bool:
    """Whether it is a serial of the device, or of a part of it, in the short or the long form."""
    listed, *known = ("".join(text.split()) for text in (serial, *unit.serials))
    return any(knowing.same_value("serial", listed, one) for one in known)


class _Holders:
    """The free devices by the key of a stage, those to be taken first last."""

    def __init__(self, stage: _Stage, known: Iterable[tuple[int, Marks]], units: Sequence[Unit]) -> None:
        self._stage = stage
        self._units = units
        self._taken: set[int] = set()
        self._places: dict[Hashable, list[int]] = defaultdict(list)
        for place, marks in known:
            for key in _together(marks, stage.keys):
                self._places[key].append(place)
        for places in self._places.values():
            places.reverse()

    def take(self, entry: Entry, keys: Iterable[Hashable]) -> int | None:
        """The first one that fits, which is free no more."""
        for key in keys:
            places = self._places.get(key, [])
            while places and places[-1] in self._taken:
                places.pop()
            place = self._fitting(entry, places)
            if place is not None:
                self._taken.add(place)
                return place
        return None

    def _fitting(self, entry: Entry, places: Sequence[int]) -> int | None:
        if self._stage.agrees is None:
            return places[-1] if places else None
        some = [place for place in places[-ALIKE:] if place not in self._taken]
        fitting = [place for place in some if self._stage.agrees(entry, self._units[place])]
        if self._stage.sole and (len(fitting) > 1 or len(places) > ALIKE):
            return None
        return fitting[-1] if fitting else None


def _together(marks: Marks, names: Sequence[str]) -> Iterator[Hashable]:
    """Every value of a mark, or every pair of values of two."""
    if len(names) == 1:
        yield from marks[names[0]]
    else:
        yield from ((one, other) for one in marks[names[0]] for other in marks[names[1]])


def marks_of_entry(entry: Entry) -> Marks:
    """What a line is known by."""
    told = ((value,) if value else () for value in (entry.serial, entry.mac, entry.address))
    return _marks(*told)


def marks_of_unit(unit: Unit, knowing: Knowing) -> Marks:
    """What a device is known by; what many carry tells none."""
    return _marks(telling(unit.serials, knowing), telling(unit.macs, knowing), unit.addresses)


def _marks(serials: tuple[str, ...], macs: tuple[str, ...], addresses: tuple[str, ...]) -> Marks:
    whole = tuple("".join(serial.casefold().split()) for serial in serials)
    return {
        "serial": tuple(filter(None, whole)),
        "ending": tuple(dict.fromkeys(serial[-_ENDING:] for serial in whole if len(serial) >= _ENDING)),
        "mac": tuple(mac.casefold() for mac in macs),
        "address": addresses,
    }
