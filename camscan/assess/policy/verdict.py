"""A device at a site against one policy: covered, not covered, or it cannot be said, with the reason in a sentence.

The device must be what the text reaches, and the site one that it binds. The maker counts, not the brand; what is not
known, or less sure than `SURE_ENOUGH`, is never guessed: then it cannot be said. Yet where it makes no difference (a
printer, whoever made it; a camera at a site that is not bound) the answer is `not-covered` all the same. Where a datum
presumes something of an unknown kind, the reason says so.
"""

from collections.abc import Iterator
from typing import NamedTuple

from camscan.assess.policy.policy import Affiliate, Answer, Condition, Policy, Reach, Subject
from camscan.assess.site import Site
from camscan.model import Device, PolicyVerdict

SURE_ENOUGH = 0.6
"""How sure maker and kind must be: from here on the tables call them likely, and no single weak sign gets so far."""

_ASKED = {
    "country": "the site's country",
    "owner": "the site's owner",
    "authority": "the body that answers for the site",
    "sensitive": "whether the site is sensitive",
}


class Said(NamedTuple):
    """An answer with its reason."""

    answer: Answer
    reason: str


def subject_of(device: Device) -> Subject:
    """What of a device a policy asks."""
    sure = device.confidence.get
    return Subject(
        vendor=device.vendor,
        brand=device.brand,
        kind=device.kind,
        sure=sure("vendor", 0.0),
        kind_sure=sure("kind", 0.0),
    )


def policy_verdict(policy: Policy, subject: Subject, site: Site) -> PolicyVerdict:
    """What the policy says of a device at a site."""
    said = _together([_reached(policy, subject), *(_bound(condition, site) for condition in policy.conditions)])
    more = _for_the_owner(policy) if said.answer == "covered" else ()
    return PolicyVerdict(
        policy=policy.id,
        verdict=said.answer,
        reason="; ".join((said.reason, *more)),
        citation=policy.citation,
        date=policy.effective,
    )


def _for_the_owner(policy: Policy) -> Iterator[str]:
    """What no scan can see: what the text asks further, and whom one binds that asks nothing of the site."""
    if policy.limit:
        yield f"{policy.limit}: for the owner to say"
    if not policy.conditions:
        yield f"it binds {policy.binds}"


def _together(said: list[Said]) -> Said:
    """All must hold: one `not-covered` decides alone, else one `cannot-say`, and the reasons are joined."""
    outside = [one for one in said if one.answer == "not-covered"]
    if outside:
        return outside[0]
    answer: Answer = "cannot-say" if any(one.answer == "cannot-say" for one in said) else "covered"
    return Said(answer, "; ".join(one.reason for one in said))


def _reached(policy: Policy, subject: Subject) -> Said:
    """The best answer of the parts of the text: each reaches something else."""
    return min((_by_part(policy, part, subject) for part in policy.reach), key=lambda said: _RANK[said.answer])


_RANK = {"covered": 0, "cannot-say": 1, "not-covered": 2}


def _by_part(policy: Policy, part: Reach, subject: Subject) -> Said:
    kind = _by_kind(part, subject)
    if kind is not None and kind.answer == "not-covered":
        return kind
    maker = _by_maker(policy, part, subject)
    return _together([maker, kind] if kind is not None else [maker])


def _by_kind(part: Reach, subject: Subject) -> Said | None:
    """None where the text reaches every kind."""
    if part.kinds is None:
        return None
    if subject.kind is None or subject.kind_sure < SURE_ENOUGH:
        weak = f" well enough ({subject.kind}, {subject.kind_sure:.0%} sure)" if subject.kind else ""
        spoken = f"its kind is not known{weak}, and the text speaks of {part.equipment}"
        return Said("covered", f"{spoken}; {part.presumed}") if part.presumed else Said("cannot-say", spoken)
    if subject.kind in part.kinds:
        return Said("covered", f"its kind is {subject.kind}")
    spoken = f"its kind is {subject.kind}, and the text speaks of {part.equipment}"
    if subject.kind in part.unclear:
        return Said("cannot-say", f"{spoken}; whether that means this kind it does not say")
    return Said("not-covered", spoken)


def _by_maker(policy: Policy, part: Reach, subject: Subject) -> Said:
    if part.makers is None:
        return _meant(part, "", "the text names no maker")
    if subject.vendor is None:
        sold = f"; sold as {subject.brand}, but the maker counts" if subject.brand else ""
        return Said("cannot-say", f"its maker is not known{sold}")
    made = f"made by {subject.vendor} ({subject.sure:.0%} sure)"
    if subject.sure < SURE_ENOUGH:
        return Said("cannot-say", f"{made}, and a verdict takes {SURE_ENOUGH:.0%}")
    if subject.brand not in (None, subject.vendor):
        made += f", sold as {subject.brand}: the maker counts"
    return _by_seat(part, subject, made) if part.seat else _by_name(policy, part, subject, made)


def _by_seat(part: Reach, subject: Subject, made: str) -> Said:
    if subject.vendor in part.unseated:
        return Said("cannot-say", f"{made}; in which country {subject.vendor} has its seat is not known")
    if part.makers is not None and subject.vendor in part.makers:
        return _meant(part, made, f"{subject.vendor} has its seat in {part.seat}")
    return Said("not-covered", f"{made}; {subject.vendor} does not have its seat in {part.seat}")


def _by_name(policy: Policy, part: Reach, subject: Subject, made: str) -> Said:
    makers = part.makers or frozenset()
    affiliate = _affiliate(policy, subject)
    if affiliate is not None and affiliate.of in makers:
        who = f"{made}; {affiliate.id} is an affiliate of {affiliate.of}, to be verified ({affiliate.source})"
        if policy.reaches_affiliates:
            return Said("covered", f"{who}: the text names affiliates too")
        return Said("cannot-say", f"{who}: whether the text reaches affiliates it does not say")
    if subject.vendor in makers:
        return _meant(part, made, f"the text names {subject.vendor}")
    return Said("not-covered", f"{made}; the text does not name {subject.vendor}")


def _meant(part: Reach, made: str, why: str) -> Said:
    """The text reaches what this maker makes, unless the datum says what stands against saying so."""
    reasons = (made, part.why or why)
    return Said("cannot-say" if part.why else "covered", "; ".join(reason for reason in reasons if reason))


def _affiliate(policy: Policy, subject: Subject) -> Affiliate | None:
    """The company of the maker's group that sold it, or that made it."""
    seller = policy.affiliates.get(subject.brand or "")
    return seller if seller and seller.of == subject.vendor else policy.affiliates.get(subject.vendor or "")


def _bound(condition: Condition, site: Site) -> Said:
    value = getattr(site, condition.attribute)
    if value is None:
        return Said("cannot-say", f"{_ASKED[condition.attribute]} is not known ({condition.attribute} in a site file)")
    stated = _stated(condition.attribute, value)
    if _folded(value) in {_folded(wanted) for wanted in condition.values}:
        return Said("covered", stated)
    if condition.why:
        return Said("cannot-say", f"{stated}: {condition.why}")
    wanted = " or ".join(_wanted(value) for value in condition.values)
    return Said("not-covered", f"{stated}; the text binds only where it is {wanted}")


def _folded(value: str | bool) -> str | bool:
    """Case, spaces and punctuation do not matter in the name of a body."""
    return value if isinstance(value, bool) else "".join(c for c in value.casefold() if c.isalnum())


def _stated(attribute: str, value: str | bool) -> str:
    return f"the site is {_wanted(value)}" if attribute == "sensitive" else f"the site's {attribute} is {value}"


def _wanted(value: str | bool) -> str:
    return value if isinstance(value, str) else "sensitive" if value else "not sensitive"


def failing(policy: Policy) -> Iterator[str]:
    """The examples of the datum that come out otherwise, and how."""
    for number, example in enumerate(policy.examples, 1):
        made = policy_verdict(policy, example.subject, example.site)
        if made.verdict != example.verdict:
            yield f"example {number}: {example.verdict} expected, {made.verdict} came out: {made.reason}"
