"""Whether two plans are one: only what was planned the same way can be gone on with."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from camscan.discover.plan import Plan

KEPT = 10_000  # items of a kind in the description: more make no line that a person reads
SHOWN = 3  # items of a difference: enough to know which mistake it was


def described(plan: Plan) -> dict[str, Any]:
    """What must be the same for a scan to be gone on with: for people, the first of many, and as a digest of it all."""
    scope, steps = plan.scope, [step for step in plan.steps if step.not_possible is None]
    ways = [[s.channel, s.interface, s.networks, s.requests, s.engine, s.not_possible] for s in plan.steps]
    named: dict[str, list[str]] = {
        "vantage": [plan.vantage] if plan.vantage else [],
        "targets": [str(network) for network in scope.swept],
        "exclusions": [str(network) for network in scope.excluded],
        "segments": [f"{interface.name} {network}" for interface, network in scope.segments],
        "interfaces": list(dict.fromkeys(s.interface for s in steps if s.interface)),
        "engines": list(dict.fromkeys(s.engine for s in steps if s.engine)),
        "steps": [f"{s.channel} by {s.interface}" for s in plan.steps],
        "questions": list(dict.fromkeys(f"{s.protocol} {request}" for s in steps for request in s.requests)),
    }
    digest = sha256(json.dumps([named, ways]).encode()).hexdigest()
    return {**{name: items[:KEPT] for name, items in named.items()}, "digest": digest}


def differences(then: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What is not the same, for people: `exclusions: now without 10.0.0.5/32`. Nothing where all is."""
    for name, value in now.items():
        if then.get(name) == value:
            continue
        before, after = dict.fromkeys(_items(then.get(name))), dict.fromkeys(_items(value))
        gone, new = [i for i in before if i not in after], [i for i in after if i not in before]
        said = [f"without {_listed(gone)}"] * bool(gone) + [f"with {_listed(new)}"] * bool(new)
        yield f"{name}: now {' and '.join(said) or 'in another order'}" if before else f"{name}: not the same"


def _items(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def _listed(items: list[str], limit: int = SHOWN) -> str:
    return ", ".join(items[:limit]) + (f" and {len(items) - limit} more" if len(items) > limit else "")
