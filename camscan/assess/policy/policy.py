"""Published policies on makers of cameras, as data: what a text reaches, at which sites, and what it says of itself.

A text reaches a device by its maker, or by the country in which the maker has its seat, never by the brand on it.
These are facts for an audit report, not legal advice.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from camscan.assess.site import Site

Answer = Literal["covered", "not-covered", "cannot-say"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)

SCOPES = ("procurement", "use", "removal", "authorisation", "import", "sale", "export", "premises")
"""What a text forbids or orders; `premises` is one body's decision about its own buildings or streets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The ids of the vocabulary that a policy may name; of each maker the country of its seat, None where unknown."""

    seats: Mapping[str, str | None]
    brands: Container[str]
    kinds: Container[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Affiliate:
    """A maker or brand `id` that belongs to the group of the maker `of`, by what the source shows; `date` is the day
    (YYYY-MM-DD) when that was looked at."""

    id: str
    of: str
    source: str
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a text reaches: devices of these makers (None: of any), of these kinds (None: of every kind).

    `seat` is the country by which the makers were chosen, `unseated` those of which no seat is known. `equipment` names
    the kinds in words; of `unclear` ones the text does not say whether it means them. `presumed` says why a device of
    unknown kind is taken for one of these all the same. `why` makes the answer `cannot-say` wherever this reaches.
    """

    makers: frozenset[str] | None
    seat: str | None = None
    unseated: frozenset[str] = frozenset()
    kinds: frozenset[str] | None = None
    unclear: frozenset[str] = frozenset()
    equipment: str = ""
    presumed: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a site must be for the text to bind it: one of `values`. Another value is outside, or, where `why` says so,
    cannot be judged."""

    attribute: str
    values: tuple[str | bool, ...]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to the text: when (YYYY, YYYY-MM or YYYY-MM-DD), and what."""

    on: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is asked of a device. `sure` and `kind_sure` say how well maker and kind are known, 0 to 1."""

    vendor: str | None
    brand: str | None
    kind: str | None
    sure: float
    kind_sure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A device at a site, and the answer that the datum must give."""

    subject: Subject
    site: Site
    verdict: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One text. `effective` is since when it holds, `date` when its sources were looked at. `reaches_affiliates`: it
    names subsidiaries and affiliates too; otherwise nothing is said of them. `limit` is what the text further asks and
    no scan can see."""

    id: str
    name: str
    jurisdiction: str
    effective: str
    date: str
    confidence: Literal["high", "medium"]
    binds: str
    scope: tuple[str, ...]
    sentence: str
    citation: str
    sources: tuple[str, ...]
    limit: str
    note: str
    steps: tuple[Step, ...]
    reach: tuple[Reach, ...]
    conditions: tuple[Condition, ...]
    reaches_affiliates: bool
    affiliates: Mapping[str, Affiliate]
    examples: tuple[Example, ...]
