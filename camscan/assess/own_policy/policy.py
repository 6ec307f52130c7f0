"""A policy of one's own, as a file that a person writes and edits: what devices may be, and which are approved.

Every part may be missing; a part that is missing asks nothing.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Unknown = Literal["fail", "pass"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """The oldest firmware, `V5.7.3` or `V5.7.3 build 220112`, that a model of this pattern may run."""

    model: str
    least: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """No finding whose id is of this pattern may be so severe."""

    finding: str
    least: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """One device, by what is known of it, approved to the end of a day."""

    serial: str | None
    mac: str | None
    address: str | None
    until: date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPolicy:
    """The whole. `unknown` says whether a device fails where a rule cannot be judged. Of `kinds` and `makers` a device
    must be to be judged at all, or unknown. None is no rule; an empty list of what is allowed allows nothing."""

    name: str
    date: date
    unknown: Unknown
    kinds: frozenset[str] | None
    makers: frozenset[str] | None
    makers_allowed: tuple[str, ...] | None
    makers_denied: tuple[str, ...]
    models_allowed: tuple[str, ...] | None
    floors: tuple[Floor, ...]
    capabilities_denied: tuple[str, ...]
    bans: tuple[Ban, ...]
    approved: tuple[Approval, ...]
