"""How a model stands in its life, from `lifecycle.toml`: never `end of life` where no source says so.

A source's own word that a model is discontinued is a finding. Else there is the newest firmware that the maker named
anywhere in the data: a device with an older one can surely be updated, and of some series nothing newer is known, which
is said just so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from camscan.assess.firmware import Firmware, compare
from camscan.assess.pattern import match
from camscan.assess.reading import Words, checked_firmware, checked_models, maybe, words_in
from camscan.assess.subject import Subject
from camscan.datafile import load_toml, need, refuse_unknown, tables
from camscan.errors import KnowledgeError
from camscan.model import Finding

FILE = "lifecycle.toml"
DISCONTINUED, NOTHING_NEWER, OLDER = "discontinued-by-maker", "no-newer-firmware-known", "firmware-older-than-known"
_REMEDIES = {
    DISCONTINUED: "Plan its replacement: the maker makes it no more, and fixes may end.",
    NOTHING_NEWER: "Ask the maker whether it is still supported; keep it where nobody else can reach it.",
    OLDER: "Update its firmware; ask the maker or the seller for the newest one of this model.",
}
FINDINGS = tuple(_REMEDIES)
_KEYS = {"date", "source", "series"}
_SERIES_KEYS = {"makers", "models", "discontinued", "newest", "last", "confidence", "source", "date", "example"}
_EXAMPLE_KEYS = {"vendor", "brand", "model", "firmware", "build", "finding"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """What a source says of some models: when they were discontinued, or the newest firmware it names, and whether
    nothing newer is named anywhere (`last`). `examples` are fields of a device and the finding expected, or none."""

    makers: tuple[str, ...]
    models: tuple[str, ...]
    discontinued: str | None
    newest: Firmware | None
    last: bool
    confidence: float
    source: str
    date: str
    examples: tuple[dict[str, str], ...]


def lifecycle_findings(subject: Subject, series: Sequence[Series]) -> tuple[Finding, ...]:
    """What the first series that fits says; nothing where none does, or where the firmware is newer than it knows."""
    numbers = (subject.model,) if subject.model and not subject.rebranded else subject.maker_models
    found = _first_of(subject.maker, numbers, tuple(series))
    said = _said(subject.firmware, found) if found else None
    if found is None or said is None:
        return ()
    identity, *evidence = said
    finding = Finding(
        id=identity,
        severity="info",
        confidence=subject.sure * found.confidence,
        evidence=tuple(evidence),
        remedy=_REMEDIES[identity],
        source=found.source,
        date=found.date,
    )
    return (finding,)


@lru_cache(maxsize=4096)  # a site has many cameras and few models
def _first_of(maker: str | None, numbers: tuple[str, ...], series: tuple[Series, ...]) -> Series | None:
    """The first series that a product of these numbers is of."""
    own = (one for one in series if maker in one.makers)
    return next((one for one in own if any(match(p, n) == "yes" for n in numbers for p in one.models)), None)


def _said(firmware: Firmware, series: Series) -> tuple[str, ...] | None:
    """The id of a finding and its evidence."""
    if series.discontinued:
        return DISCONTINUED, f"discontinued: {series.discontinued}"
    if series.newest is None:
        return None
    sign = compare(firmware, series.newest).sign
    runs = f"it runs {firmware.text}"
    if sign == -1:
        return OLDER, runs, f"the maker itself names {series.newest.text} for this series"
    if sign == 0 and series.last:
        return NOTHING_NEWER, runs, f"no firmware newer than {series.newest.text} is known to this data ({series.date})"
    return None


def load_lifecycle(directory: Path, words: Words) -> tuple[Series, ...]:
    """The series of a data directory; none where it has no such file. Raises `KnowledgeError` for the first bad one."""
    path = directory / FILE
    if not path.exists():
        return ()
    document, where = load_toml(path), str(path)
    refuse_unknown(document, _KEYS, where)
    day = need(document, "date", date, where)
    rows = tables(document.get("series", []), f"{where}: series")
    return tuple(_series(row, day, words, f"{where}: series {number}") for number, row in enumerate(rows, 1))


def _series(row: dict[str, Any], day: date, words: Words, where: str) -> Series:
    refuse_unknown(row, _SERIES_KEYS, where)
    named = maybe("newest", row, str, where)
    made = Series(
        makers=words_in("makers", row, words.makers, where),
        models=checked_models(row, where),
        discontinued=maybe("discontinued", row, str, where),
        newest=checked_firmware(named, "newest", where) if named else None,
        last=maybe("last", row, bool, where) or False,
        confidence=need(row, "confidence", float, where),
        source=need(row, "source", str, where),
        date=str(maybe("date", row, date, where) or day),
        examples=tuple(_example(one, where) for one in tables(row.get("example", []), f"{where}: example")),
    )
    for reason in _mistakes(made):
        raise KnowledgeError(f"{where}: {reason}")
    return made


def _mistakes(series: Series) -> Iterator[str]:
    if not (series.makers and series.models):
        yield "needs makers and models"
    if bool(series.discontinued) == bool(series.newest):
        yield "needs discontinued or newest, and not both"
    if not 0 < series.confidence <= 1:
        yield f"confidence {series.confidence}"
    if not series.source.strip():
        yield "source is empty"
    if not series.examples:
        yield "no example"


def _example(row: dict[str, Any], where: str) -> dict[str, str]:
    refuse_unknown(row, _EXAMPLE_KEYS, f"{where}: example")
    finding: str = need(row, "finding", str, f"{where}: example")
    if finding not in (*_REMEDIES, "none"):
        raise KnowledgeError(f"{where}: example: finding is {finding}, none of {', '.join(_REMEDIES)}, none")
    return {name: need(row, name, str, f"{where}: example") for name in row}
