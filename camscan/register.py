"""The nouns of the inventory: what it tells of scans, devices and changes, as plain data.

`inventory` makes them from its tables, `report` renders them; neither knows the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from camscan.model import Ignored

Kind = Literal["scan", "replay", "reassess"]
"""Where a row of the register comes from: a network, recorded replies, or what is stored, judged anew."""

WHERE = ("district", "site", "building", "room")
"""Attributes that say where a device is, the widest first: the owner says them, no reply does."""

SINGLE = ("vendor", "brand", "model", "firmware", "build", "serial", "mac", "uuid", "kind", "address", *WHERE)
"""Attributes of which a device has one value at a time."""

SEVERAL = ("addresses", "services", "capabilities")
"""Attributes of which it has many, each with a history of its own."""

PRESENCE = "presence"
"""The attribute whose runs say when a device was there: ended where it was looked for in vain."""


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
class ScanEntry:
    """One row of the register. Times in seconds since the epoch, None where nobody knows; `recorded` is when it was
    written. `complete`: nothing in scope was left out, so that silence means something."""

    number: int
    id: str
    kind: Kind
    started: float | None
    ended: float | None
    recorded: float
    scope: tuple[str, ...]
    vantage: str | None
    partial: bool
    failure: str | None
    complete: bool
    data: Mapping[str, str]
    tool_version: str

    @property
    def time(self) -> float:
        """When what it says was so: its end, as far as that is known."""
        return self.ended if self.ended is not None else self.recorded


DecisionKind = Literal["approve", "ignore", "note", "tag", "merge", "split", "cut"]
"""What an owner may say of a device: that it may be there, that he lives with something, a remark, a word for it; that
it is a part of another, that some of its addresses are another device, that since a scan it is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing that somebody has decided. `device` is an id, None for every device. `subject` is the id of the
    finding, advisory or policy that is ignored, the tag, the id of the whole, the addresses, or the scan. Times in
    seconds since the epoch; `expires` None: for ever; `withdrawn` None: not taken back."""

    number: int
    kind: DecisionKind
    device: str | None
    subject: str | None
    reason: str
    who: str
    made: float
    expires: float | None = None
    withdrawn: float | None = None
    withdrawn_by: str | None = None
    withdrawn_reason: str | None = None

    @property
    def end(self) -> float | None:
        """Until when it holds, None for ever."""
        return min((time for time in (self.expires, self.withdrawn) if time is not None), default=None)

    def holds(self, time: float) -> bool:
        """Whether it holds at this time. What came before it was made is covered too, for who approves of what a scan
        has shown does not want to read of it again; but not by what was taken back."""
        if self.withdrawn is not None and time < self.made:
            return False
        return self.end is None or time < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A device as the register knows it: `values` holds the last known of each attribute, members joined by spaces.
    `gone` is when it was looked for in vain, None while it is there. `findings` and `advisories` are the ids of what
    is found on it and of what affects it, without the `ignored` ones. `approved` and `tags` are what its owner says."""

    id: str
    values: Mapping[str, str]
    first_seen: float
    last_seen: float
    gone: float | None
    findings: tuple[str, ...] = ()
    advisories: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    approved: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One value of one attribute, from when to when. `until` is None while it holds; `untold` is since when the device
    no longer says it, although nothing else has taken its place."""

    attribute: str
    value: str
    confidence: float | None
    since: float
    until: float | None
    untold: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One finding, advisory or verdict and its state, from when to when; `last` is when the device was last seen with
    it. `unconfirmed` is since when it cannot be said any more, although it was not found to be over. `said` and `basis`
    hold what explains it: reason, evidence, remedy, source, date."""

    kind: Literal["finding", "advisory", "verdict"]
    id: str
    state: str
    severity: str | None
    since: float
    until: float | None
    last: float
    unconfirmed: float | None
    said: Mapping[str, object]
    basis: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Somebody's word where a device is: who said it, why, when, and until when it held, None while it does."""

    where: Location
    who: str
    reason: str | None
    made: float
    ended: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A finding or an advisory that stands on a device, `since` when; `exploited`: by CISA's list. `unconfirmed` is
    since when it cannot be said any more. `said` is what is said of this device (evidence, reason, confidence), `basis`
    what of every one (remedy, source and date; the firmware that is fixed). `ignored` where its owner lives with it."""

    kind: Literal["finding", "advisory"]
    id: str
    severity: str | None
    exploited: bool
    since: float
    unconfirmed: float | None
    said: Mapping[str, object]
    basis: Mapping[str, object]
    ignored: Ignored | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A device of the register and what stands on it, in the order of the ids."""

    device: Listed
    standing: tuple[Standing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything the register knows of one record, with what was decided on it, the withdrawn and expired included.
    By a word of its owner it is a part of `whole`, or `parts` are of it; these are ids."""

    device: Listed
    runs: tuple[Run, ...]
    judged: tuple[Judged, ...]
    scans: int
    decisions: tuple[Decision, ...] = ()
    whole: str | None = None
    parts: tuple[str, ...] = ()
    located: tuple[Located, ...] = ()


BAD = ("found", "affected")
"""The states of a finding and of an advisory that call for something to be done."""

Event = Literal[
    "new", "returned", "gone", "moved", "changed", "exposed", "no-longer-exposed", "affected", "no-longer-affected",
    "severity-raised", "newly-exploited", "exception-ended", "approval-ended",
]  # fmt: skip
"""What can happen to a device between two scans, as the register sees it."""

EVENTS: tuple[Event, ...] = (
    "new", "returned", "gone", "moved", "changed", "exposed", "no-longer-exposed", "affected", "no-longer-affected",
    "severity-raised", "newly-exploited", "exception-ended", "approval-ended",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that happened to one device. `subject` is the attribute, or the id of the finding or advisory; `before`
    and `after` its values, None where there is none; `severity` is that of a finding or an advisory. `gone`: the device
    was looked for in vain, and what is said of it is what it was like. `approved`: its owner said that it may be
    there."""

    event: Event
    device: str
    address: str | None
    name: str
    subject: str | None = None
    before: str | None = None
    after: str | None = None
    severity: str | None = None
    gone: bool = False
    approved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message about what a scan changed, to a target of the owner's file, by its name. `key` is its own for ever;
    `queued` in seconds since the epoch; `tries` counts how often it was sent, taken or not."""

    key: str
    scan: int
    target: str
    subject: str
    body: str
    queued: float
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What the register knows after `after` and did not after `before`, None for what was before the first scan.
    `unasked` counts the devices that were there and that `after` did not look for, by the reason: of these nothing is
    said."""

    before: ScanEntry | None
    after: ScanEntry
    changes: tuple[Change, ...]
    unasked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A row of the inventory that is not as it must be: the rule that it breaks, and which row."""

    rule: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of the inventory looked at (rows by table), by which rules, and what breaks them. `notes` say what
    could not be checked."""

    rows: Mapping[str, int]
    rules: tuple[str, ...]
    broken: tuple[Broken, ...]
    notes: tuple[str, ...] = ()


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
    another name, those with a finding from high on, those that an advisory affects which attackers use."""

    devices: int = 0
    makers: int = 0
    rebranded: int = 0
    exposed: int = 0
    exploited: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            devices=self.devices + other.devices,
            makers=self.makers + other.makers,
            rebranded=self.rebranded + other.rebranded,
            exposed=self.exposed + other.exposed,
            exploited=self.exploited + other.exploited,
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
