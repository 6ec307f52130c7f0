"""What devices are assessed by, loaded once before a scan: a mistake in a data file must not cost a result."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from camscan.assess.policies import NO_POLICIES, Policies
from camscan.datafile import default_directory
from camscan.errors import KnowledgeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The loaded data. `dates` names the newest date of each kind of it, for `data` of a result.
    `policies` are those that the user chose."""

    policies: Policies = NO_POLICIES
    dates: Mapping[str, str] = field(default_factory=dict)


def load_assessment(directory: Path | None = None) -> Assessment:
    """All of it in a directory (the program's own by default). Raises `KnowledgeError` for the first bad datum."""
    directory = directory or default_directory()
    if not directory.is_dir():
        raise KnowledgeError(f"{directory}: not a directory")
    return Assessment()
