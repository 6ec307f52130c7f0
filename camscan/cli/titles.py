"""What the data in use call findings, advisories, makers, brands and kinds, for reports."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camscan.assess.assessment import Assessment
    from camscan.dossier import Title
    from camscan.identify.vocabulary import Vocabulary


def titles_of() -> "dict[str, Title]":
    """By the id of a finding or an advisory."""
    return dict(_titles(_assessment()))


def names_of() -> dict[str, str]:
    """By the id of a maker or a brand."""
    words = _vocabulary()
    return {name.id: name.name for table in (words.brands, words.makers) for name in table.values()}


def data_dates() -> dict[str, str]:
    """The newest date of each kind of data."""
    return dict(_assessment().dates)


def _titles(known: "Assessment") -> "Iterator[tuple[str, Title]]":
    from camscan.dossier import Title

    for one in known.exposures:
        yield one.id, Title(text=one.title, why=one.why, sources=(one.source,), date=one.date)
    for advisory in known.advisories:
        yield advisory.id, Title(text=advisory.title, sources=advisory.sources, date=str(advisory.date))


@cache
def _vocabulary() -> "Vocabulary":
    from camscan.cli.data import data_directory
    from camscan.identify.vocabulary import load_vocabulary

    return load_vocabulary(data_directory() / "vendors.toml")


@cache
def _assessment() -> "Assessment":
    from camscan.assess.assessment import load_assessment
    from camscan.cli.data import data_directory
    from camscan.cli.known import words_of

    return load_assessment(data_directory(), words_of(_vocabulary()))
