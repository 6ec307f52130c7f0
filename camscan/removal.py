"""How many devices are where, and how far the removal of those that are to go has come."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from camscan.place import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Of the devices that are to go, as they were there at the start or came later: how many are gone since
    (`replaced`, looked for in vain), are still there (`left`), or stand as there while nobody looked (`unasked`)."""

    replaced: int = 0
    left: int = 0
    unasked: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.replaced + self.left + self.unasked

    def __add__(self, other: "Removal") -> "Removal":
        return Removal(
            replaced=self.replaced + other.replaced,
            left=self.left + other.left,
            unasked=self.unasked + other.unasked,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Numbers of devices that are there: all, those of the makers that are looked for, of these those sold under
    another name, those with a finding from high on, those that an advisory affects which attackers use; and of these
    two those of the makers."""

    devices: int = 0
    makers: int = 0
    rebranded: int = 0
    exposed: int = 0
    exploited: int = 0
    makers_exposed: int = 0
    makers_exploited: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            devices=self.devices + other.devices,
            makers=self.makers + other.makers,
            rebranded=self.rebranded + other.rebranded,
            exposed=self.exposed + other.exposed,
            exploited=self.exploited + other.exploited,
            makers_exposed=self.makers_exposed + other.makers_exposed,
            makers_exploited=self.makers_exploited + other.makers_exploited,
        )


Level = Literal["district", "site", "building", "room", "none"]
"""How narrow a place is; `none` is no site at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the owner says of a place: whether it is sensitive, and until when (a day) the makers' devices must go."""

    sensitive: bool | None = None
    remove_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCount:
    """One place with everything in it. Below `level`, `where` says nothing."""

    where: Location
    level: Level
    tally: Tally
    removal: Removal
    said: Said = Said()

    def days_left(self, today: date) -> int | None:
        """Until the day of removal; below 0 when it is past."""
        return None if self.said.remove_by is None else (self.said.remove_by - today).days

    def is_overdue(self, today: date) -> bool:
        """Whether the day is past and something is still there, as far as is known."""
        days = self.days_left(today)
        return days is not None and days < 0 and self.removal.total > self.removal.replaced


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far removal had come at one site, or at none, after one scan."""

    site: str | None
    scan: int
    time: float
    removal: Removal
