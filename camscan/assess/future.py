"""Days that have not come yet: nobody can have looked at a source, or published one, on them.

Only the check of the data asks. A scan does not: its clock may be wrong, and that must cost no result.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

AHEAD = timedelta(days=1)  # where the day begins first, it is tomorrow already


def not_yet(days: Iterable[tuple[str, date | str | None]], today: date) -> Iterator[str]:
    """What is wrong with those of the named days that lie ahead of today (UTC); a text is `YYYY-MM-DD`."""
    latest = str(today + AHEAD)
    for name, day in days:
        if day is not None and str(day)[:10] > latest:
            yield f"{name} is {day}, which is in the future"
