"""Since when devices are known, and in which district they are."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from camscan.dossier import Share, Sheet


def since(devices: Sequence[Sheet]) -> tuple[Share, ...]:
    """By the year in which a scan first saw them, the oldest first; unknown last, under an empty label. When they were
    bought no device tells."""
    counts = Counter(_year(one.device.first_seen) for one in devices)
    return tuple(Share(label=year, count=counts[year]) for year in sorted(counts, key=lambda year: (not year, year)))


def _year(seconds: float | None) -> str:
    return "" if seconds is None else str(datetime.fromtimestamp(seconds, UTC).year)


def districts(devices: Sequence[Sheet]) -> tuple[Share, ...]:
    """The most devices first, those in none last, under an empty label."""
    counts = Counter(one.where.district or "" for one in devices)
    ordered = sorted(counts, key=lambda name: (not name, -counts[name], name))
    return tuple(Share(label=name, count=counts[name]) for name in ordered)
