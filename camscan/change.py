"""What happened to devices between two scans, as the register sees it, and what is written of it to somebody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from camscan.register import ScanEntry

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
