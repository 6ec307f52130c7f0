"""Sites: what the owner says of a place, by which texts that bind only some places are judged.

Nothing here is found out by a scan and nothing is guessed: an attribute that nobody stated is None, and what depends on
it cannot be said. Which site a device belongs to is told by its address.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Literal, get_args

from camscan.scope import Network

Owner = Literal["federal", "state", "municipal", "private"]
OWNERS: tuple[Owner, ...] = get_args(Owner)
"""Who owns a site; `federal` is the national government, whatever it is called there."""

ATTRIBUTES = ("country", "owner", "authority", "sensitive")
"""What a text may ask of a site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place, or a part of one: entries of one name may differ in `building` and `room`. `district` is what holds
    several sites, such as a borough. `country` is an ISO 3166 code, `authority` the body that answers for it,
    `sensitive` whether its owner counts it among the sites that a text calls so, `contact` whom to call, `remove_by`
    the day until which devices of the makers are to be gone, `vantage` the place in the network from which it is
    scanned. `networks` are empty for the site of all that no other holds; `policies` are held against its devices
    whatever else was chosen. `is_part`: there are other entries of this name, or it is a building; without networks
    such a one holds nothing."""

    name: str | None = None
    networks: tuple[Network, ...] = ()
    district: str | None = None
    building: str | None = None
    room: str | None = None
    country: str | None = None
    owner: Owner | None = None
    authority: str | None = None
    sensitive: bool | None = None
    contact: str | None = None
    remove_by: date | None = None
    vantage: str | None = None
    policies: tuple[str, ...] = ()
    is_part: bool = False

    @property
    def spot(self) -> tuple[str | None, str | None, str | None]:
        """What no two entries have in common: site, building and room."""
        return self.name, self.building, self.room


NOWHERE = Site()
"""Where nobody has said anything of."""


class SiteIndex:
    """Sites to be asked for many addresses: a look at each prefix length in use, not at each network."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._rest = NOWHERE
        self._holders: dict[tuple[int, int], dict[int, Site]] = defaultdict(dict)
        for site in sites:
            if not site.networks and not site.is_part:
                self._rest = site
            for network in site.networks:
                held = self._holders[network.version, network.prefixlen]
                held[int(network.network_address) >> (network.max_prefixlen - network.prefixlen)] = site
        self._longest_first = sorted(self._holders, reverse=True)

    def of(self, address: str) -> Site:
        """The site with the smallest network that holds the address, else the one of all that no other holds, else
        `NOWHERE`."""
        try:
            place = ip_address(address.split("%")[0])
        except ValueError:
            return self._rest
        for version, length in self._longest_first:
            if version == place.version:
                site = self._holders[version, length].get(int(place) >> (place.max_prefixlen - length))
                if site is not None:
                    return site
        return self._rest


def site_of(address: str, sites: Iterable[Site]) -> Site:
    """The same of one address."""
    return SiteIndex(sites).of(address)
