"""Where devices are and how far removal has come, for reports: what `camscan sites` counts, at the level of sites."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camscan.inventory.store import Transaction
    from camscan.register import Location, Progress, Said, SiteCount


class Places(NamedTuple):
    """The sites, what the owner says of each place, and removal month by month since the first scan."""

    sites: "tuple[SiteCount, ...]"
    said: "Mapping[Location, Said]"
    progress: "tuple[Progress, ...]"


def places_in(connection: "Transaction", now: float) -> Places:
    """Those of this inventory; to go are the devices of Hikvision and Dahua. `now` in seconds since the epoch."""
    from camscan.cli.kept_sites import location_of, sites_in
    from camscan.cli.site_counts import FIRST, Wanted, counted, goal_of, series
    from camscan.register import Said

    goal = goal_of(connection, None, None, FIRST)
    wanted = Wanted("site", None, None, False, False, datetime.fromtimestamp(now, UTC).date())
    said = {location_of(one): Said(sensitive=one.sensitive, remove_by=one.remove_by) for one in sites_in(connection)}
    return Places(tuple(counted(connection, goal, wanted)), said, tuple(series(connection, goal, "month", None)))
