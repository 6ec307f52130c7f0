"""What the owner says of his sites, and how far removal has come month by month, for reports."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from camscan.inventory.store import Transaction
    from camscan.place import Location
    from camscan.removal import Progress, Said


class Places(NamedTuple):
    """What the owner says of each place, and removal since the first scan."""

    said: "Mapping[Location, Said]"
    progress: "tuple[Progress, ...]"


def places_in(connection: "Transaction") -> Places:
    """Those of this inventory; to go are the devices of Hikvision and Dahua."""
    from camscan.cli.kept_sites import location_of, sites_in
    from camscan.cli.site_counts import FIRST, goal_of, series
    from camscan.removal import Said

    said = {location_of(one): Said(sensitive=one.sensitive, remove_by=one.remove_by) for one in sites_in(connection)}
    return Places(said, tuple(series(connection, goal_of(connection, None, None, FIRST), "month", None)))
