"""The nouns of a report of the inventory: what is read of it, and what is worked out of that for the first page.

Plain frozen data. `inventory` reads, `assess/overview/` works out, `report/html/` shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from camscan.change import Comparison
from camscan.decision import Decision
from camscan.model import Action, Device, ScanResult
from camscan.place import NOWHERE, Location
from camscan.register import Listed, ScanEntry
from camscan.removal import Progress, Removal, Said, SiteCount  # fmt: skip


class Heard(NamedTuple):
    """A way in which a device was heard: what was asked, by which protocol, where."""

    protocol: str
    transport: str
    port: int | None
    request: str


class Evidence(NamedTuple):
    """The surest claim for one value of one attribute: `heard` by which protocol and question, the `text` in a `field`
    of the reply, by a `rule` with its source and date. `more` claims say the same."""

    attribute: str
    value: str
    confidence: float
    heard: str
    field: str
    text: str
    rule: str
    source: str
    date: str
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A device that is there, as it stands in the register now. The claims and replies of `device` are left out;
    `heard` tells the ways. `since` and `unconfirmed` are times by the id of a finding, advisory or policy, `since` only
    where that is younger than the device. `untold` are those of attributes that it no longer tells. `vantages` are the
    places from which it was heard. `numbers` are those of its records, its own first. `evidence` is empty where nobody
    looked for it."""

    numbers: tuple[int, ...]
    device: Device
    uuid: str | None = None
    where: Location = NOWHERE
    since: Mapping[str, float] = field(default_factory=dict)
    unconfirmed: Mapping[str, float] = field(default_factory=dict)
    untold: Mapping[str, float] = field(default_factory=dict)
    heard: tuple[Heard, ...] = ()
    vantages: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def is_middlebox(self) -> bool:
        """Whether it answers for many addresses, and so is none of the devices it may look like."""
        return self.device.middlebox is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """How many devices of each maker (None: of no known one) were there after a scan."""

    scan: int
    time: float
    there: Mapping[str | None, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a finding or an advisory is called, and who says so: `date` is that of the datum."""

    text: str
    why: str = ""
    sources: tuple[str, ...] = ()
    date: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that a report is made of, as it stands `now` (seconds since the epoch).

    `channels` are the network channels that a recorder announces, by the id of the device; a recorder that
    announces none is not in it. `asked` are the last scans as what they asked, the newest first, without devices.
    `titles` by the id of a finding, advisory or policy, `names` of makers, brands and kinds by their id. `data` are
    the data files in use, with their dates. `said` is what the owner says of each place, `sites` what `camscan
    sites` counts at each site and at none, `progress` that of removal. `every`: devices of all makers are wanted,
    not only Hikvision and Dahua. `explained`: the evidence of devices was looked for. `masked` counts by their kind
    the texts that have stand-ins, empty where nothing was redacted.
    """

    now: float
    place: str
    scans: tuple[ScanEntry, ...]
    sheets: tuple[Sheet, ...]
    gone: tuple[Listed, ...] = ()
    moments: tuple[Moment, ...] = ()
    comparison: Comparison | None = None
    decisions: tuple[Decision, ...] = ()
    asked: tuple[ScanResult, ...] = ()
    channels: Mapping[str, int] = field(default_factory=dict)
    titles: Mapping[str, Title] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[Location, Said] = field(default_factory=dict)
    sites: tuple[SiteCount, ...] = ()
    progress: tuple[Progress, ...] = ()
    every: bool = False
    explained: bool = False
    masked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How many there are: `low` at least, `high` at most, None where nobody can say."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakerCount:
    """The devices of one maker: `seen`, of these `rebranded` under another name and `recorders`; `channels` for network
    cameras that its recorders announce together, `silent` recorders that announce none."""

    maker: str
    seen: int
    rebranded: int
    recorders: int
    channels: int
    silent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unseen:
    """Networks that a channel could not ask (`not-possible`), or not to the end (`partial`), and why."""

    channel: str
    state: str
    reason: str | None
    networks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A part of all devices: how many have this label; `marked` of them stand out (the plot says how)."""

    label: str
    count: int
    marked: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """How many devices of each maker were heard from a vantage."""

    vantage: str
    by_maker: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the first page says.

    `shown` are the devices that the report is about, in the order of their addresses.
    `total` is how many there may be of the makers. `suspects` named no maker and answer where cameras do, `others`
    are devices of other makers, `unknown` of none that is known, `boxes` answer for many addresses. `exploited` and
    `exposed` count devices with something that attackers use, and with something of severity high or critical.
    `sites`, `ages` and `severities` add up to all that is shown. `sensitive` counts devices of the makers at places
    that the owner calls so, None where he says it of none; `places` are his sites with those at none, the most
    devices first; `removal` is of all of them together, and so many as `pruned` of those that are gone stand in no
    list any more.
    """

    shown: tuple[Sheet, ...]
    total: Span
    makers: tuple[MakerCount, ...]
    suspects: tuple[Sheet, ...]
    others: int
    unknown: int
    boxes: int
    exploited: int
    exposed: int
    rebranded: tuple[Share, ...]
    sites: tuple[Share, ...]
    ages: tuple[Share, ...]
    severities: tuple[Share, ...]
    sensitive: int | None
    places: tuple[SiteCount, ...]
    removal: Removal
    pruned: int
    reached: tuple[Reached, ...]
    actions: tuple[Action, ...]
    unseen: tuple[Unseen, ...]
    gone: tuple[Listed, ...]
