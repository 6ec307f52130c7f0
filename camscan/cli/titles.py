"""What the data in use call findings, advisories, makers and brands, for reports."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from camscan.cli.known import Known
    from camscan.dossier import Title


def titles_of(known: "Known") -> "dict[str, Title]":
    """By the id of a finding or an advisory."""
    return dict(_titles(known))


def names_of(known: "Known") -> dict[str, str]:
    """By the id of a maker or a brand."""
    words = known.knowledge.vocabulary
    return {name.id: name.name for table in (words.brands, words.makers) for name in table.values()}


def _titles(known: "Known") -> "Iterator[tuple[str, Title]]":
    from camscan.dossier import Title

    for one in known.assessment.exposures:
        yield one.id, Title(text=one.title, why=one.why, sources=(one.source,), date=one.date)
    for advisory in known.assessment.advisories:
        yield advisory.id, Title(text=advisory.title, sources=advisory.sources, date=str(advisory.date))
