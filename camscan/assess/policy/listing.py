"""A policy as plain data, for `camscan policy list` and `show`, and for the page of the documents."""

from typing import Any

from camscan.assess.policy.policy import Condition, Policy, Reach


def as_data(policy: Policy) -> dict[str, Any]:
    """Everything that a reader of the policy needs, without its examples."""
    return {
        "id": policy.id,
        "name": policy.name,
        "jurisdiction": policy.jurisdiction,
        "effective": policy.effective,
        "binds": policy.binds,
        "scope": list(policy.scope),
        "sentence": policy.sentence,
        "citation": policy.citation,
        "reach": [_reach(part) for part in policy.reach],
        "affiliates": "named by the text" if policy.reaches_affiliates else "the text says nothing of them",
        "conditions": [_condition(condition) for condition in policy.conditions],
        "limit": policy.limit or None,
        "note": policy.note or None,
        "steps": [{"on": step.on, "what": step.what} for step in policy.steps],
        "sources": list(policy.sources),
        "date": policy.date,
        "confidence": policy.confidence,
    }


def _reach(part: Reach) -> dict[str, Any]:
    return {
        "who": _who(part),
        "devices": _devices(part),
        "makers": None if part.makers is None or part.seat else sorted(part.makers),
        "seat": part.seat,
        "kinds": None if part.kinds is None else sorted(part.kinds),
        "unclear": sorted(part.unclear),
        "presumed": part.presumed or None,
        "cannot_say": part.why or None,
    }


def _who(part: Reach) -> str:
    if part.seat:
        return f"makers with their seat in {part.seat}"
    return ", ".join(sorted(part.makers or ())) or "any maker"


def _devices(part: Reach) -> str:
    what = f" ({part.equipment})" if part.equipment else ""
    what += f"; of unknown kind {part.presumed}" if part.presumed else ""
    return f"{_who(part)}{what}" + (f": cannot say, {part.why}" if part.why else "")


def _condition(condition: Condition) -> str:
    values = " or ".join(str(value).lower() if isinstance(value, bool) else value for value in condition.values)
    return f"{condition.attribute} = {values}" + (f" (else cannot say: {condition.why})" if condition.why else "")
