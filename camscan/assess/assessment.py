"""What devices are assessed by, loaded once before a scan: a mistake in a data file must not cost a result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from camscan.assess.advisory.advisory import Advisory
from camscan.assess.advisory.file import load_advisories
from camscan.assess.exposure.exposures import Exposure
from camscan.assess.exposure.file import load_exposures
from camscan.assess.lifecycle import Series, load_lifecycle
from camscan.assess.policy.policies import NO_POLICIES, Policies
from camscan.assess.reading import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The loaded data. `dates` names the newest date of each kind of it, for `data` of a result.
    `policies` are those that the user chose."""

    advisories: tuple[Advisory, ...] = ()
    lifecycle: tuple[Series, ...] = ()
    exposures: tuple[Exposure, ...] = ()
    policies: Policies = NO_POLICIES
    dates: Mapping[str, str] = field(default_factory=dict)


def load_assessment(directory: Path, words: Words) -> Assessment:
    """All of it in a directory, in the words of the vocabulary. Raises `KnowledgeError` for the first bad datum."""
    advisories = load_advisories(directory, words)
    lifecycle = load_lifecycle(directory, words)
    exposures = load_exposures(directory, words)
    dated = {
        "advisories": [str(one.date) for one in advisories],
        "lifecycle": [one.date for one in lifecycle],
        "exposures": [one.date for one in exposures],
    }
    return Assessment(
        advisories=advisories,
        lifecycle=lifecycle,
        exposures=exposures,
        dates={name: max(dates) for name, dates in dated.items() if dates},
    )
