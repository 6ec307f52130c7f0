"""What a device is taken for, and by which reply: of each value the surest claim, and how many more there are. Of what
it is capable of its own word comes before its model number.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from camscan.dossier import Evidence
from camscan.model import Claim, Device, Observation

SHOWN = ("vendor", "brand", "model", "firmware", "build", "serial", "mac", "kind", "maker_model", "inconsistency")
"""The attributes that a page tells the evidence of; camscan explain has them all."""

CAPABILITY = "capability"
FROM_MODEL = "model"
"""The field of a claim that reads a model number: it infers what a device can do, and nobody has said it."""
_TOLD = (*SHOWN, CAPABILITY)


def evidence_of(device: Device) -> tuple[Evidence, ...]:
    """In the order of the attributes, the surest value first; a second value speaks against the first. Then what it is
    capable of."""
    seen = {one.id: one for one in device.observations}
    return tuple(_evidence(claims, seen[claims[0].observation]) for claims in _by_value(device.claims))


def _by_value(claims: Iterable[Claim]) -> Iterator[list[Claim]]:
    groups: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in sorted(claims, key=_surest):
        if claim.attribute in _TOLD:
            groups[claim.attribute, claim.value].append(claim)
    yield from sorted(groups.values(), key=lambda some: (_TOLD.index(some[0].attribute), -some[0].confidence))


def _surest(claim: Claim) -> tuple[bool, float]:
    return claim.attribute == CAPABILITY and claim.field == FROM_MODEL, -claim.confidence


def _evidence(claims: list[Claim], seen: Observation) -> Evidence:
    best = claims[0]
    return Evidence(
        attribute=best.attribute,
        value=best.value,
        confidence=best.confidence,
        heard=" ".join(part for part in (seen.reply.protocol, seen.reply.request) if part),
        field=best.field,
        text=best.text,
        rule=best.rule,
        source=best.source,
        date=best.date or "",
        more=len(claims) - 1,
    )
