"""Advisories as plain data, for listings and for explanations, and the choice among them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from camscan.assess.advisory.advisory import Advisory
from camscan.assess.advisory.affected import Affected
from camscan.assess.pattern import match

_HIDDEN = ("affected", "examples")
_BOUNDS = ("since", "until", "before", "fixed")


def chosen(
    advisories: Iterable[Advisory],
    *,
    ids: frozenset[str] = frozenset(),
    maker: str | None = None,
    model: str | None = None,
    exploited: bool = False,
) -> list[Advisory]:
    """Those that meet every condition given. `maker` may be a brand; `model` is a model number as devices report it."""
    return [
        one
        for one in advisories
        if (not ids or one.id in ids)
        and (maker is None or maker in (*one.makers, *one.brands))
        and (model is None or _names(one, model))
        and (one.kev is not None or not exploited)
    ]


def _names(advisory: Advisory, model: str) -> bool:
    return any(match(pattern, model) != "no" for one in advisory.affected for pattern in one.models)


def as_data(advisory: Advisory) -> dict[str, Any]:
    """Everything a file says but its examples, days as text."""
    fields = {name: _plain(getattr(advisory, name)) for name in advisory.__slots__ if name not in _HIDDEN}
    return fields | {"severity": advisory.severity, "affected": [_statement(one) for one in advisory.affected]}


def _statement(affected: Affected) -> dict[str, Any]:
    fields = {name: _plain(getattr(affected, name)) for name in affected.__slots__}
    bounds = {name: bound.text if (bound := getattr(affected, name)) else None for name in _BOUNDS}
    return fields | bounds | {"only": [bound.text for bound in affected.only]}


def _plain(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
