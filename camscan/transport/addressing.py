"""Whom the frames of a batch go to on the wire: all to the router, or each to a host's own MAC address."""

import numpy as np
from numpy.typing import NDArray

from camscan.transport.link import Link
from camscan.transport.space import Words


class Addressing:
    """Look-up of MAC addresses for a batch of IPv4 addresses."""

    def __init__(self, link: Link) -> None:
        self._router = None if link.router is None else np.frombuffer(link.router, np.uint8)
        known = sorted(link.hosts)
        self._known = np.array(known, np.uint32)
        self._macs = np.frombuffer(b"".join(link.hosts[a] for a in known), np.uint8).reshape(-1, 6)

    def macs(self, addresses: Words) -> NDArray[np.uint8]:
        """Six bytes for all, or six for each. Every address must be known where there is no router."""
        if self._router is not None:
            return self._router
        return self._macs[np.searchsorted(self._known, addresses)]
