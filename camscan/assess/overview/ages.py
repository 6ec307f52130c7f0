"""How old firmware is, by the day on which it was built, where version or build tell it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime

from camscan.assess.firmware import read_firmware
from camscan.dossier import Share, Sheet

BANDS = ((1, "under-1"), (2, "1-to-2"), (3, "2-to-3"), (5, "3-to-5"), (8, "5-to-8"))
"""Years below which firmware is in a band."""

OLDEST, UNKNOWN = "over-8", "unknown"
LABELS = (*(label for _, label in BANDS), OLDEST, UNKNOWN)
YEAR = 365.25  # days


def ages(devices: Sequence[Sheet], now: float) -> tuple[Share, ...]:
    """A share for each band, the youngest first."""
    today = datetime.fromtimestamp(now, UTC).date()
    counts = Counter(_band(one, today) for one in devices)
    return tuple(Share(label=label, count=counts[label]) for label in LABELS)


def _band(one: Sheet, today: date) -> str:
    built = built_on(one)
    if built is None or built > today:
        return UNKNOWN
    years = (today - built).days / YEAR
    return next((label for least, label in BANDS if years < least), OLDEST)


def built_on(one: Sheet) -> date | None:
    """The day on which its firmware was built, None where that is not known."""
    day = read_firmware(one.device.firmware, one.device.build).built
    if day is None:
        return None
    try:
        return date(day // 10_000, day // 100 % 100, day % 100)
    except ValueError:  # a 30 February
        return None
