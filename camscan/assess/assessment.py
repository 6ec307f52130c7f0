"""What devices are assessed by, loaded once before a scan: a mistake in a data file must not cost a result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from camscan.assess.advisory import Advisory
from camscan.assess.advisory_file import Words, load_advisories


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The loaded data. `dates` names the newest date of each kind of it, for `data` of a result."""

    advisories: tuple[Advisory, ...] = ()
    dates: Mapping[str, str] = field(default_factory=dict)


def load_assessment(directory: Path, words: Words) -> Assessment:
    """All of it in a directory, in the words of the vocabulary. Raises `KnowledgeError` for the first bad datum."""
    advisories = load_advisories(directory, words)
    newest = {"advisories": str(max(one.date for one in advisories))} if advisories else {}
    return Assessment(advisories=advisories, dates=newest)
