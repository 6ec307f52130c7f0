"""Devices by a label of theirs."""

from collections import Counter
from collections.abc import Iterable

from camscan.dossier import Share


def shares(labels: Iterable[str | None]) -> tuple[Share, ...]:
    """The most frequent first, what is not known last, under an empty label."""
    counts = Counter(label or "" for label in labels)
    ordered = sorted(counts, key=lambda label: (not label, -counts[label], label))
    return tuple(Share(label=label, count=counts[label]) for label in ordered)
