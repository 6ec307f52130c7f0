"""The nouns of the inventory: what it tells of scans, devices and changes, as plain data.

`inventory` makes them from its tables, `report` renders them; neither knows the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from camscan.model import Ignored

Kind = Literal["scan", "replay", "reassess", "correction"]
"""Where a row of the register comes from: a network, recorded replies, what is stored, judged anew, or a word of the
owner on which devices are one."""

SINGLE = ("vendor", "brand", "model", "firmware", "build", "serial", "mac", "uuid", "kind", "address", "site")
"""Attributes of which a device has one value at a time."""

SEVERAL = ("addresses", "services", "capabilities")
"""Attributes of which it has many, each with a history of its own."""

PRESENCE = "presence"
"""The attribute whose runs say when a device was there: ended where it was looked for in vain."""


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


CorrectionKind = Literal["merge", "split"]
"""What an owner may say of two devices: that they are one, or that one is two."""

DecisionKind = Literal["approve", "ignore", "note", "tag"]
"""What an owner may say of a device: that it may be there, that he lives with something, a remark, a word for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing that somebody has decided. `device` is an id, None for every device. `subject` is the id of the
    finding, advisory or policy that is ignored, or the tag. Times in seconds since the epoch; `expires` None: for ever;
    `withdrawn` None: not taken back."""

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
        """Whether it holds at this time. What came before it was made is covered too: who approves of what a scan has
        shown does not want to read of it again."""
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
    """Everything the register knows of one device, with what was decided on it, the withdrawn and expired included.
    `joined_into` is the id of the device that it is a part of by a word of its owner."""

    device: Listed
    runs: tuple[Run, ...]
    judged: tuple[Judged, ...]
    scans: int
    decisions: tuple[Decision, ...] = ()
    joined_into: str | None = None


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
class Comparison:
    """What the register knows after `after` and did not after `before`. `unasked` counts the devices that were there
    and that `after` did not look for, by the reason: of these nothing is said."""

    before: ScanEntry
    after: ScanEntry
    changes: tuple[Change, ...]
    unasked: Mapping[str, int] = field(default_factory=dict)
