"""The nouns of a reconciliation: an owner's list of devices held against what is on the network, line by line.

Plain frozen data. `intake/owner_list.py` reads the list, `assess/reconcile/` works the rest out, `report/reconcile.py`
shows it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Category = Literal["matched", "differing", "network-only", "list-only", "other", "repeated"]
CATEGORIES: tuple[Category, ...] = ("matched", "differing", "network-only", "list-only", "other", "repeated")
"""In both; in both and not the same; on the network alone; in the list alone; in the list alone and none of what is
looked for; said before by another line."""

CoveredState = Literal["asked", "partly", "not-asked", "cannot-say"]
COVERED: tuple[CoveredState, ...] = ("asked", "partly", "cannot-say", "not-asked")
"""Of several that are true of one address, the first holds."""

Mark = Literal["serial", "mac", "address"]
MARKS: tuple[Mark, ...] = ("serial", "mac", "address")
"""What a device is known by, the strongest first."""

MEANINGS = (
    *MARKS, "name", "tag", "vendor", "brand", "model", "firmware", "kind", "site", "building", "room",
)  # fmt: skip
"""What a column of a list may hold; `tag` is the owner's own number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the owner's list. `address` and `mac` as camscan writes them, all else as it stands there."""

    line: int
    address: str | None = None
    serial: str | None = None
    mac: str | None = None
    name: str | None = None
    tag: str | None = None
    vendor: str | None = None
    brand: str | None = None
    model: str | None = None
    firmware: str | None = None
    kind: str | None = None
    site: str | None = None
    building: str | None = None
    room: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What of a line could not be used, and why. `lines` is how many of the file it takes; `refused`: all of it."""

    line: int
    reason: str
    refused: bool
    lines: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerList:
    """A list as it was understood. `columns` are the names in its head by meaning, `unused` those that mean nothing
    here."""

    name: str
    entries: tuple[Entry, ...]
    remarks: tuple[Remark, ...]
    columns: Mapping[str, str]
    unused: tuple[str, ...]
    encoding: str

    @property
    def refused(self) -> int:
        """How many lines are no entry."""
        return sum(remark.lines for remark in self.remarks if remark.refused)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A device of the network. `addresses` has the main one first; `further_serials` and `further_macs` are those of
    its parts, where its owner has put it together of several. Times in seconds since the epoch; `gone` is when it was
    looked for in vain, None while it is there."""

    id: str
    addresses: tuple[str, ...]
    serial: str | None = None
    mac: str | None = None
    vendor: str | None = None
    brand: str | None = None
    model: str | None = None
    firmware: str | None = None
    build: str | None = None
    kind: str | None = None
    site: str | None = None
    last_seen: float | None = None
    gone: float | None = None
    further_serials: tuple[str, ...] = ()
    further_macs: tuple[str, ...] = ()

    @property
    def serials(self) -> tuple[str, ...]:
        """All of them, the main one first."""
        return (self.serial, *self.further_serials) if self.serial else self.further_serials

    @property
    def macs(self) -> tuple[str, ...]:
        """Likewise."""
        return (self.mac, *self.further_macs) if self.mac else self.further_macs

    @property
    def address(self) -> str | None:
        """The main one."""
        return self.addresses[0] if self.addresses else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What the list says and the network does not."""

    field: str
    listed: str
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """Whether the scans asked an address, with the reason. `time` is when, in seconds since the epoch."""

    state: CoveredState
    reason: str
    time: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the list, a device, or the two together.

    `by` is the strongest mark by which they were joined. `another`: the address alone joins them, and a serial or MAC
    speaks against it, so that another device stands there than the list says. `known` is a device that is gone and was
    the one that is listed. `repeats` is the line that says the same.
    """

    category: Category
    entry: Entry | None = None
    unit: Unit | None = None
    by: Mark | None = None
    differences: tuple[Difference, ...] = ()
    another: bool = False
    covered: Covered | None = None
    reason: str | None = None
    known: Unit | None = None
    repeats: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """An identifier that stands on several lines of the list."""

    mark: Mark
    value: str
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A list against a network. `source` names where the devices come from, `asked` when the newest scan was made in
    seconds since the epoch; `every`: devices of all kinds count, not only Hikvision and Dahua."""

    listed: OwnerList
    source: str
    asked: float | None
    every: bool
    rows: tuple[Row, ...]
    twice: tuple[Twice, ...] = field(default=())

    def of(self, *categories: Category) -> tuple[Row, ...]:
        """The rows of some categories."""
        return tuple(row for row in self.rows if row.category in categories)

    def counts(self) -> dict[Category, int]:
        """How many rows each category has."""
        found = Counter(row.category for row in self.rows)
        return {category: found[category] for category in CATEGORIES}

    def covered(self) -> dict[CoveredState, int]:
        """How many of those in the list alone were asked, and how far."""
        found = Counter(row.covered.state for row in self.of("list-only") if row.covered is not None)
        return {state: found[state] for state in COVERED}
