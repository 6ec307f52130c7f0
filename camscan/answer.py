"""The nouns of the answers that a report gives to one kind of reader: the board, a records request, an assessment of
data protection, whoever replaces the devices.

Plain frozen data. `assess/answers/` works them out of a dossier, `report/html/` puts them into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from camscan.dossier import Share, Sheet, Span
from camscan.place import Location
from camscan.removal import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Spans:
    """Numbers of devices of which the least is what is known, and the most that with all of whom nobody can say.
    `sensitive` is None where nobody says of any place whether it is."""

    rebranded: Span
    sensitive: Span | None
    exploited: Span
    exposed: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCount:
    """Devices of one model, None where nobody can say which; `brands` are other names it was sold under, `abilities`
    the ids of what any of them is known to be capable of."""

    maker: str | None
    model: str | None
    kind: str | None
    brands: tuple[str, ...]
    abilities: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a statement rests on: a rule, its public source, and the day on which that was looked at."""

    rule: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ability:
    """What devices are capable of, by its id: how many say so (`observed`), of how many the model number does
    (`inferred`), and of how many the inventory knows it while nobody looked by what (`untraced`). Of these it is
    `enabled` or `disabled` as far as they say. Whoever is not counted here may have it all the same."""

    id: str
    observed: int = 0
    inferred: int = 0
    untraced: int = 0
    enabled: int = 0
    disabled: int = 0
    models: tuple[Share, ...] = ()
    sites: tuple[Share, ...] = ()
    grounds: tuple[Ground, ...] = ()

    @property
    def total(self) -> int:
        """All of which it is known."""
        return self.observed + self.inferred + self.untraced


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An exposure as a question: of how many devices it is so, is not so, and cannot be said; `reasons` are why not,
    the most frequent first. They add up to all devices. What the owner lives with is so all the same."""

    id: str
    so: int
    not_so: int
    unsaid: int
    reasons: tuple[Share, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyCount:
    """How many devices a policy covers, does not, and of how many that cannot be said; `unjudged` were not held against
    it."""

    policy: str
    covered: int
    not_covered: int
    unsure: int
    unjudged: int
    citation: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something that only people can decide, by its id: `count` of things that wait for it."""

    id: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCount:
    """The devices at one place, not counting those in a narrower one, and how many of each kind they are; `unnamed` are
    those of unknown model, which stand under their kind too; `gone` were there and have been looked for in vain."""

    where: Location
    said: Said
    devices: tuple[Sheet, ...]
    cameras: int
    recorders: int
    others: int
    unnamed: int
    gone: int

    @property
    def total(self) -> int:
        """All that are there."""
        return len(self.devices)

    def days_left(self, today: date) -> int | None:
        """Until the day of removal; below 0 when it is past."""
        return None if self.said.remove_by is None else (self.said.remove_by - today).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All of them, about the devices that the report shows. `kinds` and `since` (years of the first sight, the oldest
    first) add up to these, so do `models`, `districts`, and `places`, at which they are to be replaced."""

    spans: Spans
    models: tuple[ModelCount, ...]
    kinds: tuple[Share, ...]
    since: tuple[Share, ...]
    districts: tuple[Share, ...]
    abilities: Mapping[str, Ability]
    told: Mapping[str, Told]
    policies: tuple[PolicyCount, ...]
    choices: tuple[Choice, ...]
    places: tuple[PlaceCount, ...]
