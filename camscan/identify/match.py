"""One reply → one observation → claims: decode, hold the fields against the rules, then let the claims speak further.

A model number, a firmware string, a serial and a MAC say things by themselves; those derived claims carry the id of the
rule that made them and never exceed the confidence of the claim they were read from.
"""

import re
from collections.abc import Iterator, Mapping

from camscan.identify.field_names import DERIVED, RAW_FIELDS, longest_value
from camscan.identify.knowledge_base import Knowledge
from camscan.identify.oui import normal_mac
from camscan.identify.rule import Match
from camscan.model import Claim, Observation
from camscan.probe import Protocol
from camscan.protocols.content import content_id
from camscan.protocols.reading import Reading, read
from camscan.reply import Fields, Reply

NO_PROTOCOL = Reading(fields={}, problem="no such protocol")

PREFIX_RULE = "oui"
"""The rule id of every claim that a MAC's registered prefix makes."""

_PLAIN = {
    "model": re.compile(r"[^\W_][\w ./()+&,#:-]{0,63}"),
    "firmware": re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/()+,:-]{0,63}"),
    "serial": re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/()+:-]{0,79}"),
}
"""What a model, a firmware and a serial are written with; a device that sends a formula or an escape sequence names
nothing, and its bytes stay in the evidence."""


def observe(reply: Reply, protocols: Mapping[str, Protocol], identity: str | None = None) -> Observation:
    """What the reply says; a reply that does not decode is kept with the reason. `identity` is its `content_id`, where
    that is known already."""
    identity = identity or content_id(reply, protocols)
    protocol = protocols.get(reply.protocol)
    reading = read(protocol, reply.data) if protocol else NO_PROTOCOL
    channels = (reply.channel,)
    return Observation(id=identity, reply=reply, fields=reading.fields, channels=channels, problem=reading.problem)


def claim(observation: Observation, knowledge: Knowledge) -> tuple[Claim, ...]:
    """Everything the rules say of one observation, derived claims included."""
    fields = searchable(observation.fields)
    direct = [
        made
        for match in knowledge.rule_set(observation.reply.protocol).matches(fields)
        for made in _claims(match, observation.id, 1.0, knowledge)
    ]
    derived = _derived(direct, fields, observation.id, knowledge)
    return tuple(_unique([*direct, *derived, *_prefix(direct, knowledge)]))


def searchable(fields: Fields) -> Fields:
    """The fields without the values that are too long to be held against a rule."""
    return {
        name: short
        for name, values in fields.items()
        if (short := tuple(value for value in values if len(value) <= longest_value(name)))
    }


def _claims(match: Match, observation: str, ceiling: float, knowledge: Knowledge) -> Iterator[Claim]:
    for attribute in match.claims:
        value = value_of(match, attribute, knowledge)
        if value is None:
            continue
        yield Claim(
            attribute=attribute,
            value=value,
            confidence=min(match.rule.confidence, ceiling),
            rule=match.rule.id,
            observation=observation,
            field=match.field,
            text=match.text,
            source=match.rule.source,
            file=match.rule.file,
            date=match.rule.date,
        )


def value_of(match: Match, attribute: str, knowledge: Knowledge) -> str | None:
    """What is claimed of an attribute, as the program writes it; None where the device's own word names nothing."""
    text = match.claims[attribute]
    if attribute in _PLAIN:
        return text if _PLAIN[attribute].fullmatch(text) else None
    if attribute == "mac":
        return normal_mac(text) or text
    if attribute == "brand" and match.rule.is_word(attribute):
        return knowledge.vocabulary.brand_id(text)
    if attribute == "vendor" and match.rule.is_word(attribute):
        return _maker(text, match.rule.asked_maker(attribute), knowledge)
    return text


def _maker(text: str, asked: str | None, knowledge: Knowledge) -> str | None:
    """The maker that a word of the device's tells: a brand of one maker, a brand of the maker asked for, or a MAC."""
    if asked:
        return asked if knowledge.vocabulary.is_made_by(text, asked) else None
    entry = knowledge.oui.lookup(text)
    return entry.vendor if entry else knowledge.vocabulary.maker_of(text)


def _derived(direct: list[Claim], raw: Fields, observation: str, knowledge: Knowledge) -> Iterator[Claim]:
    """What the claimed model, firmware and serial say by themselves."""
    fields: dict[str, tuple[str, ...]] = {name: raw[name] for name in RAW_FIELDS if name in raw}
    ceiling: dict[str, float] = {}
    for made in direct:
        fields[made.attribute] = (*fields.get(made.attribute, ()), made.value)
        ceiling[made.attribute] = max(ceiling.get(made.attribute, 0.0), made.confidence)
    for name in DERIVED:
        for match in knowledge.rule_set(name).matches(fields):
            yield from _claims(match, observation, ceiling.get(match.field, 1.0), knowledge)


def _prefix(direct: list[Claim], knowledge: Knowledge) -> Iterator[Claim]:
    """What the MAC's registered prefix says: who had the interface made, no more."""
    for mac in (made for made in direct if made.attribute == "mac"):
        for attribute, value, confidence in knowledge.oui.oui_claims(mac.value):
            yield Claim(
                attribute=attribute,
                value=value,
                confidence=confidence,
                rule=PREFIX_RULE,
                observation=mac.observation,
                field="mac",
                text=mac.value,
                source=knowledge.oui.source,
                file="oui.toml",
                date=knowledge.oui.date,
            )


def _unique(claims: list[Claim]) -> Iterator[Claim]:
    seen: set[tuple[str, str, str]] = set()
    for made in claims:
        key = (made.attribute, made.value, made.rule)
        if key not in seen:
            seen.add(key)
            yield made
