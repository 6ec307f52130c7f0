"""Claims of one unit → one device record with confidence and conflicts.

How confidence is computed: of each witness (a protocol, see `witness.py`) the best claim for a value counts, and
witnesses are taken as independent, so the value's support is 1 - Π(1 - confidence); half of the strongest contrary
value's support is taken off. A sign that the device is not what it says (an `inconsistency`) caps all but its
addresses at one half. A value below `NAMED` is not stated: unknown is an answer, a guess is a defect.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from camscan.identify.correlate import Unit, is_placeholder
from camscan.identify.sameness import Groups, canonical, more_telling
from camscan.identify.witness import Witnesses
from camscan.model import Capability, Claim, Conflict, Device, Observation, Service

NAMED = 0.4
CEILING = 0.99  # no number of replies makes a thing certain
DOUBTED = 0.5  # the most that is said of a device whose replies betray an imitation
UNVERIFIED = "unverified:"  # how the source of a rule begins that rests on belief, not on a document or a reply
UNVERIFIED_LIMIT = 0.5  # the most that belief can make of a value, however often it is repeated
NETWORK = ("mac", "uuid")  # an imitation has them too
_SEVERAL = ("multicast", "broadcast", "unicast")  # ways in which one protocol may ask
OWN_ADDRESS = ("sadp", "dhdiscover")  # protocols in which a device states its own address
SINGLE = ("vendor", "brand", "model", "firmware", "build", "serial", "kind", "mac", "uuid")


def fuse(unit: Unit, evidential: frozenset[str]) -> Device:
    """The record of one unit. `evidential` names the protocols whose replies are evidence."""
    witnesses = Witnesses(unit.observations)
    chosen: dict[str, str] = {}
    confidence: dict[str, float] = {}
    conflicts = list(unit.conflicts)
    doubts = [c for c in unit.claims if c.attribute == "inconsistency"]
    for attribute in SINGLE:
        ranked = rank(attribute, unit.claims, witnesses)
        if not ranked:
            continue
        value, support = ranked[0]
        against = ranked[1][1] if len(ranked) > 1 else 0.0
        sure = min(support - against / 2, DOUBTED if doubts and attribute not in NETWORK else CEILING)
        if sure >= NAMED:
            chosen[attribute], confidence[attribute] = value, round(sure, 2)
        if against >= NAMED:
            conflicts.append(Conflict(attribute=attribute, values=tuple(ranked), reason="replies disagree"))
    conflicts += [Conflict(attribute="vendor", values=(), reason=f"inconsistent: {d.value}") for d in doubts]
    conflicts += elsewhere(unit)
    return _device(unit, chosen, confidence, conflicts, evidential)


def elsewhere(unit: Unit) -> list[Conflict]:
    """A conflict for every reply that names another address as its sender's own than the one it came from."""
    own = set(unit.addresses)
    named = {
        (o.reply.protocol, address)
        for o in unit.observations
        if o.reply.protocol in OWN_ADDRESS and own.isdisjoint(o.fields.get("address", ()))
        for address in o.fields.get("address", ())
    }
    return [
        Conflict(attribute="address", values=((address, 0.0),), reason=f"its {protocol} reply names another address")
        for protocol, address in sorted(named)
    ]


def rank(attribute: str, claims: Iterable[Claim], witnesses: Witnesses) -> list[tuple[str, float]]:
    """(value, support) of an attribute, best first; values that agree are one, in their most telling form. Of values
    that are equally sure the first by the alphabet: who answered first differs from night to night."""
    numbers = Groups(attribute)
    groups: dict[int, list[Claim]] = defaultdict(list)
    for claim in sorted(_of(attribute, claims), key=lambda c: (-c.confidence, c.value)):
        groups[numbers.number(claim.value)].append(claim)
    ranked = [(_best_form(attribute, group), _support(group, witnesses)) for group in groups.values()]
    return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))


def _of(attribute: str, claims: Iterable[Claim]) -> list[Claim]:
    identifier = attribute in ("serial", "mac", "uuid")
    return [c for c in claims if c.attribute == attribute and not (identifier and is_placeholder(c.value))]


def _best_form(attribute: str, group: Sequence[Claim]) -> str:
    value = group[0].value
    for claim in group[1:]:
        if claim.confidence >= NAMED:
            value = more_telling(attribute, value, claim.value)
    return value


def _support(group: Sequence[Claim], witnesses: Witnesses) -> float:
    """How much the claims for one value weigh together; what is only believed lifts it to a half and no further."""
    sourced = [claim for claim in group if not claim.source.startswith(UNVERIFIED)]
    return max(_together(sourced, witnesses), min(_together(group, witnesses), UNVERIFIED_LIMIT))


def _together(group: Sequence[Claim], witnesses: Witnesses) -> float:
    best: dict[str, float] = defaultdict(float)
    for claim in group:
        witness = witnesses.of(claim)
        best[witness] = max(best[witness], claim.confidence)
    doubt = 1.0
    for confidence in best.values():
        doubt *= 1 - confidence
    return min(1 - doubt, CEILING)


def _device(
    unit: Unit,
    chosen: Mapping[str, str],
    confidence: Mapping[str, float],
    conflicts: Sequence[Conflict],
    evidential: frozenset[str],
) -> Device:
    times = [o.reply.time for o in unit.observations if o.reply.time is not None]
    return Device(
        id=_identity(chosen, unit.addresses[0]),
        address=unit.addresses[0],
        addresses=tuple(unit.addresses),
        mac=chosen.get("mac"),
        vendor=chosen.get("vendor"),
        brand=chosen.get("brand"),
        model=chosen.get("model"),
        firmware=chosen.get("firmware"),
        build=chosen.get("build"),
        serial=chosen.get("serial"),
        kind=chosen.get("kind"),
        capabilities=capabilities(unit.claims),
        confidence=dict(confidence),
        claims=tuple(unit.claims),
        conflicts=tuple(dict.fromkeys(conflicts)),
        services=services(unit.observations, evidential),
        observations=tuple(unit.observations),
        channels=channels(unit.observations, evidential),
        foreign=any(o.reply.foreign for o in unit.observations),
        middlebox=unit.middlebox,
        findings=(),
        advisories=(),
        verdicts=(),
        first_seen=min(times, default=None),
        last_seen=max(times, default=None),
    )


def _identity(chosen: Mapping[str, str], address: str) -> str:
    """Serial, then MAC, then UUID, then address: what stays when DHCP moves the device comes first."""
    for attribute in ("serial", "mac", "uuid"):
        if attribute in chosen:
            return f"{attribute}-{canonical(attribute, chosen[attribute]).replace(' ', '-')}"
    return f"address-{address}"


def capabilities(claims: Iterable[Claim]) -> tuple[Capability, ...]:
    """What the device can do. A rule that reads a model number infers; a reply that says so is an observation."""
    found: dict[str, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.attribute == "capability" and claim.confidence >= NAMED:
            found[claim.value].append(claim)
    return tuple(
        Capability(
            id=name,
            state="inferred" if all(c.field == "model" for c in group) else "observed",
            enabled=None,
            evidence=tuple(dict.fromkeys(c.rule for c in group)),
        )
        for name, group in sorted(found.items())
    )


def services(observations: Iterable[Observation], evidential: frozenset[str]) -> tuple[Service, ...]:
    """Ports and what was heard there; a bare open port only where nothing more is known of it."""
    found: dict[tuple[str, int, str], list[str]] = defaultdict(list)
    for o in observations:
        if o.reply.port is not None and o.problem is None and o.reply.transport in ("tcp", "udp"):
            found[o.reply.address, o.reply.port, o.reply.transport].append(o.reply.protocol)
    return tuple(
        Service(address=address, port=port, transport=transport, protocol=name)
        for (address, port, transport), names in sorted(found.items())
        for name in dict.fromkeys([n for n in names if n in evidential] or names)
    )


def channels(observations: Sequence[Observation], evidential: frozenset[str]) -> tuple[str, ...]:
    """How the device was found, in alphabetical order: `arp`, `http`, `sadp multicast`, `sadp unicast` …

    Channels whose replies are no evidence (an open port, an echo) stand only where there is no other.
    """
    telling = [o for o in observations if o.reply.protocol in evidential] or observations
    return tuple(sorted({_way(o.reply.protocol, channel) for o in telling for channel in o.channels}))


def _way(protocol: str, channel: str) -> str:
    return f"{protocol} {channel}" if protocol != "arp" and channel in _SEVERAL else protocol
