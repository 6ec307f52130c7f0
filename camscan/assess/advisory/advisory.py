"""A published vulnerability, as camscan knows it: whom it concerns, how bad it is, and where that stands."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from camscan.assess.advisory.affected import Affected, Verdict

Login = Literal[
    "none", "low", "admin", "local", "physical", "mitm", "hash-known", "default-credentials", "unknown",
]  # fmt: skip
"""What an attacker needs beyond reaching the device; `low` is any account, `mitm` a place between it and its user."""
_BANDS = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"))  # of CVSS 3 and 4
UNSCORED = "high"  # what no source scores counts as this: unknown is not harmless


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A device as fields of its replies, and the verdict expected; None where nothing is to be said of it."""

    device: dict[str, str]
    verdict: Verdict | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Advisory:
    """One vulnerability, equal to itself only: it is loaded once.

    `makers` made the firmware; `brands` narrows it to what is sold under these names. `kinds` are the kinds of device
    it concerns, where that is known; `kev` is the day CISA listed it as exploited; `unseen` says why no scan can tell.
    `confidence` is that of the data: high where the record itself was read.
    """

    id: str
    title: str
    makers: tuple[str, ...]
    brands: tuple[str, ...]
    kinds: tuple[str, ...]
    component: str
    unseen: str | None
    cvss: float | None
    cvss_vector: str | None
    cvss_source: str | None
    kev: date | None
    published: date | None
    login: Login
    confidence: Literal["high", "medium"]
    date: date
    sources: tuple[str, ...]
    note: str
    affected: tuple[Affected, ...]
    examples: tuple[Example, ...]

    @property
    def severity(self) -> str:
        """One of SEVERITIES, by the bands of CVSS; what is known to be exploited is critical."""
        if self.kev is not None:
            return "critical"
        if self.cvss is None:
            return UNSCORED
        return next((name for least, name in _BANDS if self.cvss >= least), "low")
