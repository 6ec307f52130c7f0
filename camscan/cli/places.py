"""What the owner says of his sites, what `camscan sites` counts there, and how far removal has come month by month, for
reports."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camscan.inventory.store import Transaction
    from camscan.place import Location
    from camscan.removal import Progress, Said, SiteCount


class Places(NamedTuple):
    """What the owner says of each place; the sites with what is there and what is gone, and removal since the first
    scan."""

    said: "Mapping[Location, Said]"
    sites: "tuple[SiteCount, ...]"
    progress: "tuple[Progress, ...]"


def places_in(connection: "Transaction", now: float) -> Places:
    """Those of this inventory `now` (seconds since the epoch); to go are the devices of Hikvision and Dahua."""
    from camscan.cli.site_counts import FIRST, Wanted, counted, goal_of, said_of_places, series

    goal, today = goal_of(connection, None, None, FIRST), datetime.fromtimestamp(now, UTC).date()
    wanted = Wanted(by="site", district=None, site=None, sensitive=False, overdue=False, today=today)
    sites = tuple(counted(connection, goal, wanted))
    return Places(said_of_places(connection), sites, tuple(series(connection, goal, "month", None)))
