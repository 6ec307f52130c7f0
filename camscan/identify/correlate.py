"""Which observations are of one device.

What one address said belongs together, but for a router that forwards its ports to several devices, each with its own
serial (`forwarded.py`). Addresses are joined only by a real serial, MAC or UUID that stands at exactly those, when
nothing contradicts it and a copied identifier could not have made it: one speaks IPv4 and the others IPv6, or they are
two and the network itself (ARP) shows one MAC at both. Everything else stays apart with a conflict, so that a spoofer
never changes what is said of another address. What answers for a whole network is set apart before (`middlebox.py`),
and the owner may say of addresses that they are not one device (`separation.py`).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from camscan.identify.forwarded import parted
from camscan.identify.sameness import Values
from camscan.model import Claim, Conflict, Middlebox, Observation
from camscan.separation import TOGETHER, Separation

JOINING = ("serial", "mac", "uuid")
CONTRADICTING = ("serial", "mac", "model")
ADDRESSES_LIMIT = 8  # of one interface that speaks IPv4 and IPv6: link-local, stable, temporary, and some to spare
COMPARED = 32  # values of an attribute; a device that claims more of itself contradicts itself already
_PLACEHOLDER = re.compile(
    r"^(?:(?:0|f|x|[:.\- ])+|(?:01)?00:?11:?22:?33:?44:?55|0?123456789?0?|.{0,5}|unknown|none|null|n/a)$",
    re.IGNORECASE,
)


@dataclass(slots=True, kw_only=True)
class Unit:
    """The observations and claims of what is taken for one device, with the conflicts that correlation saw."""

    addresses: list[str]
    observations: list[Observation] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    middlebox: Middlebox | None = None

    def values(self, attribute: str) -> set[str]:
        """Every real value claimed for an attribute."""
        return {c.value for c in self.claims if c.attribute == attribute and not is_placeholder(c.value)}


def is_placeholder(value: str) -> bool:
    """Whether an identifier is one that many devices carry: zeros, a factory pattern, nothing."""
    return bool(_PLACEHOLDER.match(value))


def correlate(seen: Iterable[tuple[Observation, tuple[Claim, ...]]], separation: Separation = TOGETHER) -> list[Unit]:
    """Observations with their claims → units, in the order in which addresses first spoke."""
    heard: dict[str, list[tuple[Observation, tuple[Claim, ...]]]] = defaultdict(list)
    for one in seen:
        heard[one[0].reply.address].append(one)
    units = [unit for address, several in heard.items() for unit in _units(address, several)]
    survivors = _Survivors()
    for attribute, value, holders in _shared(units):
        for standing in separation.parted(survivors.of(holders)):
            if len(standing) > 1 and not _join(standing, survivors):
                _object(attribute, value, standing)
    return survivors.of(units)


def _units(address: str, several: Sequence[tuple[Observation, tuple[Claim, ...]]]) -> list[Unit]:
    """One unit, or one for each device behind the address, which then all say so."""
    serials = {
        o.id: {c.value for c in claims if c.attribute == "serial" and not is_placeholder(c.value)}
        for o, claims in several
    }
    behind = parted(several, serials)
    units = [
        Unit(
            addresses=[address],
            observations=[o for o, _ in part],
            claims=[claim for _, claims in part for claim in claims],
        )
        for part in behind.devices
    ]
    if behind.doubt:
        reason = f"{behind.doubt}, more than one device or recorder has: a forwarding router or a trap, taken for one"
        units[0].conflicts.append(Conflict(attribute="serial", values=(), reason=reason))
    if len(units) > 1:
        if all(o.reply.foreign for o, _ in several):
            reason = f"replies from {address} tell different serials: several devices have this address; kept apart"
        else:
            reason = f"the ports of {address} tell different serials: several devices behind one address; kept apart"
        values = tuple((value, 0.0) for value in sorted(set().union(*serials.values())))
        for unit in units:
            unit.conflicts.append(Conflict(attribute="serial", values=values, reason=reason))
    return units


def _shared(units: Iterable[Unit]) -> list[tuple[str, str, list[Unit]]]:
    """(attribute, value, units) for every identifier that stands in more than one unit."""
    holders: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units:
        for attribute in JOINING:
            for value in sorted(unit.values(attribute)):
                holders[attribute, value].append(unit)
    return [(*key, several) for key, several in holders.items() if len(several) > 1]


class _Survivors:
    """Which unit stands for one that was merged into it."""

    def __init__(self) -> None:
        self._merged: dict[int, Unit] = {}
        self._macs: dict[int, set[str]] = {}
        self._marks: dict[int, dict[str, Values]] = {}

    def of(self, units: Iterable[Unit]) -> list[Unit]:
        """The units that stand for these, each once."""
        return list({id(unit): unit for unit in map(self._follow, units)}.values())

    def merge(self, into: Unit, other: Unit) -> None:
        """All of the other unit is from now on the first one's."""
        into.addresses += [a for a in other.addresses if a not in into.addresses]
        into.observations += other.observations
        into.claims += other.claims
        into.conflicts += other.conflicts
        self._merged[id(other)] = into
        self._macs.pop(id(into), None)
        self._marks.pop(id(into), None)

    def network_macs(self, unit: Unit) -> set[str]:
        """MACs that the network itself showed of a unit, read once: two units may share thousands of identifiers."""
        if id(unit) not in self._macs:
            self._macs[id(unit)] = _network_macs(unit)
        return self._macs[id(unit)]

    def marks(self, unit: Unit) -> dict[str, Values]:
        """What may contradict another unit, read once as well."""
        if id(unit) not in self._marks:
            values = {name: sorted(unit.values(name))[:COMPARED] for name in CONTRADICTING}
            self._marks[id(unit)] = {name: Values.of(name, some) for name, some in values.items()}
        return self._marks[id(unit)]

    def _follow(self, unit: Unit) -> Unit:
        while id(unit) in self._merged:
            unit = self._merged[id(unit)]
        return unit


def _join(units: Sequence[Unit], survivors: _Survivors) -> bool:
    """Make one unit of these, if they may be one; whether they are now."""
    first, *others = units
    if len({unit.addresses[0] for unit in units}) < len(units):
        return False
    if sum(len(unit.addresses) for unit in units) > ADDRESSES_LIMIT or not _beyond_copying(units, survivors):
        return False
    if any(_contradiction(one, other, survivors) for one, other in combinations(units, 2)):
        return False
    for other in others:
        survivors.merge(first, other)
    return True


def _object(attribute: str, value: str, units: Sequence[Unit]) -> None:
    """One identifier in several units is kept apart, and each of them says so."""
    addresses = [unit.addresses[0] for unit in units]
    for number, unit in enumerate(units):
        other = addresses[1] if number == 0 else addresses[0]
        where = other if len(units) == 2 else f"{len(units) - 1} other addresses, {other} among them"
        reason = f"the same {attribute} is claimed at {where}; kept apart"
        unit.conflicts.append(Conflict(attribute=attribute, values=((value, 0.0),), reason=reason))


def _contradiction(one: Unit, other: Unit, survivors: _Survivors) -> bool:
    mine, theirs = survivors.marks(one), survivors.marks(other)
    return any(mine[name].differ(theirs[name]) for name in CONTRADICTING)


def _beyond_copying(units: Sequence[Unit], survivors: _Survivors) -> bool:
    """One IPv4 address and the rest IPv6, or two addresses at which the network shows one MAC."""
    families = [":" in unit.addresses[0] for unit in units]
    if families.count(False) == 1:
        return True
    return len(units) == 2 and not survivors.network_macs(units[0]).isdisjoint(survivors.network_macs(units[1]))


def _network_macs(unit: Unit) -> set[str]:
    """MACs that the network itself showed, not the device's own words."""
    arp = {o.id for o in unit.observations if o.reply.protocol == "arp"}
    return {c.value for c in unit.claims if c.attribute == "mac" and c.observation in arp}
