"""Where a device is, as its owner says."""

from dataclasses import dataclass

WHERE = ("district", "site", "building", "room")
"""Attributes that say where a device is, the widest first: the owner says them, no reply does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where a device is, as far as the owner said."""

    district: str | None = None
    site: str | None = None
    building: str | None = None
    room: str | None = None


NOWHERE = Location()
"""At no site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Somebody's word where a device is: who said it, why, when, and until when it held, None while it does."""

    where: Location
    who: str
    reason: str | None
    made: float
    ended: float | None
