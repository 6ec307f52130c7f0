"""The nouns of the inventory: what it tells of scans, devices and changes, as plain data.

`inventory` makes them from its tables, `report` renders them; neither knows the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from camscan.decision import Decision
from camscan.model import Ignored
from camscan.place import WHERE, Located

Kind = Literal["scan", "replay", "reassess"]
"""Where a row of the register comes from: a network, recorded replies, or what is stored, judged anew."""

SINGLE = ("vendor", "brand", "model", "firmware", "build", "serial", "mac", "uuid", "kind", "address", *WHERE)
"""Attributes of which a device has one value at a time."""

SEVERAL = ("addresses", "services", "capabilities")
"""Attributes of which it has many, each with a history of its own."""


class Able(NamedTuple):
    """How it is known that a device is capable of something: `state` as in `Capability`, None where the register was
    told before it kept that; `enabled` None where nothing said so."""

    state: Literal["observed", "inferred"] | None = None
    enabled: bool | None = None


UNTOLD = Able()
"""Of what is no capability, or nobody knows how."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A device as the register knows it: `values` holds the last known of each attribute, members joined by spaces;
    `able` is how each capability among them is known. `gone` is when it was looked for in vain, None while it is there.
    `findings` and `advisories` are the ids of what is found on it and of what affects it, without the `ignored` ones.
    `approved` and `tags` are what its owner says. Where he has put it together of several, `further_serials` and
    `further_macs` are what these have beside those of `values`."""

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
    able: Mapping[str, Able] = field(default_factory=dict)
    further_serials: tuple[str, ...] = ()
    further_macs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One value of one attribute, from when to when. `until` is None while it holds; `untold` is since when the device
    no longer says it, although nothing else has taken its place. `able` is how a capability is known."""

    attribute: str
    value: str
    confidence: float | None
    since: float
    until: float | None
    untold: float | None = None
    able: Able = UNTOLD


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
