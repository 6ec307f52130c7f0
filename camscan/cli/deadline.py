"""`--deadline`: by when a scan must be over, with what it found delivered and recorded."""

import re

from camscan.errors import UsageError

OPTION = "--deadline"
RESERVED = 0.05  # of the time, for judging, recording and writing: a site of 10,000 devices takes a minute
MOST_RESERVED = 120.0  # seconds
DEADLINE_OVER = "not asked to the end: the deadline was over"

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}
_DURATION = re.compile(r"(?=\d)(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s)?", re.ASCII)


def parse_duration(text: str) -> float:
    """`2h`, `90m`, `45s` or `1h30m` in seconds. Raises `UsageError` for anything else, and for nothing."""
    found = _DURATION.fullmatch(text)
    numbers = found.groups() if found else ()
    seconds = sum(int(n) * unit for n, unit in zip(numbers, _UNITS.values(), strict=False) if n)
    if not seconds:
        raise UsageError(f"{OPTION} {text}: not a duration such as 2h, 90m, 45s or 1h30m")
    return seconds


def asking_seconds(deadline: float) -> float:
    """How long questions may be asked, so that what is left is enough for the rest."""
    return deadline - min(deadline * RESERVED, MOST_RESERVED)
