"""Which observations are of one device.

What one address said belongs together. Two addresses are joined only by a real serial, MAC or UUID that stands at
exactly those two, when nothing contradicts it and a copied identifier could not have made it: one speaks IPv4 and the
other IPv6, or the network itself (ARP) shows one MAC at both. Everything else stays two devices with a conflict, so
that a spoofer never changes what is said of another address.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from camscan.identify.sameness import same_value
from camscan.model import Claim, Conflict, Observation

JOINING = ("serial", "mac", "uuid")
CONTRADICTING = ("serial", "mac", "model")
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

    def values(self, attribute: str) -> set[str]:
        """Every real value claimed for an attribute."""
        return {c.value for c in self.claims if c.attribute == attribute and not is_placeholder(c.value)}


def is_placeholder(value: str) -> bool:
    """Whether an identifier is one that many devices carry: zeros, a factory pattern, nothing."""
    return bool(_PLACEHOLDER.match(value))


def correlate(seen: Iterable[tuple[Observation, tuple[Claim, ...]]]) -> list[Unit]:
    """Observations with their claims → units, in the order in which addresses first spoke."""
    units: dict[str, Unit] = {}
    for observation, claims in seen:
        address = observation.reply.address
        unit = units.setdefault(address, Unit(addresses=[address]))
        unit.observations.append(observation)
        unit.claims.extend(claims)
    for attribute, value, addresses in _shared(units):
        if len(addresses) == 2:
            _join_or_object(units, attribute, value, addresses)
        else:
            _object(units, attribute, value, addresses)
    return list({id(unit): unit for unit in units.values()}.values())


def _shared(units: Mapping[str, Unit]) -> list[tuple[str, str, list[str]]]:
    """(attribute, value, addresses) for every identifier that stands at more than one address."""
    holders: dict[tuple[str, str], list[str]] = defaultdict(list)
    for address, unit in units.items():
        for attribute in JOINING:
            for value in sorted(unit.values(attribute)):
                holders[attribute, value].append(address)
    return [(*key, addresses) for key, addresses in holders.items() if len(addresses) > 1]


def _join_or_object(units: dict[str, Unit], attribute: str, value: str, addresses: list[str]) -> None:
    first, second = units[addresses[0]], units[addresses[1]]
    if first is second:
        return
    if _contradiction(first, second) or not _beyond_copying(first, second):
        _object(units, attribute, value, addresses)
        return
    _merge(first, second)
    for address in second.addresses:
        units[address] = first


def _object(units: Mapping[str, Unit], attribute: str, value: str, addresses: list[str]) -> None:
    """One identifier at several addresses is kept apart, and each of them says so."""
    for address in addresses:
        other = addresses[1] if address == addresses[0] else addresses[0]
        where = other if len(addresses) == 2 else f"{len(addresses) - 1} other addresses, {other} among them"
        reason = f"the same {attribute} is claimed at {where}; kept apart"
        units[address].conflicts.append(Conflict(attribute=attribute, values=((value, 0.0),), reason=reason))


def _contradiction(one: Unit, other: Unit) -> bool:
    for attribute in CONTRADICTING:
        mine, theirs = one.values(attribute), other.values(attribute)
        if mine and theirs and not any(same_value(attribute, a, b) for a in mine for b in theirs):
            return True
    return False


def _beyond_copying(one: Unit, other: Unit) -> bool:
    families = {":" in one.addresses[0], ":" in other.addresses[0]}
    return len(families) == 2 or bool(_network_mac(one) & _network_mac(other))


def _network_mac(unit: Unit) -> set[str]:
    """MACs that the network itself showed, not the device's own words."""
    arp = {o.id for o in unit.observations if o.reply.protocol == "arp"}
    return {c.value for c in unit.claims if c.attribute == "mac" and c.observation in arp}


def _merge(into: Unit, other: Unit) -> None:
    into.addresses += [a for a in other.addresses if a not in into.addresses]
    into.observations += other.observations
    into.claims += other.claims
    into.conflicts += other.conflicts
