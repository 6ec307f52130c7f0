"""Whether a host is under load, by how quickly it accepts connections, and how long to leave it in peace.

A connection that takes much longer than the quickest one did, or is refused at a port that was open, shows a device at
its limits: it rests before the next one, twice as long each time, and no longer once it is quick again.
"""

from collections import OrderedDict
from dataclasses import dataclass

from camscan.transport.ledger import ADDRESSES_LIMIT

SLOWER = 5  # times the quickest connection: a queue that has grown, not the jitter of a radio
NOTICED = 0.1  # seconds; quicker connections are no sign of load, whatever the quickest was
FIRST_REST = 0.5  # seconds
LONGEST_REST = 4.0


@dataclass(slots=True)
class _Host:
    quickest: float = float("inf")
    rest: float = 0.0


class Load:
    """What the connections to each host tell; only the latest `ADDRESSES_LIMIT` hosts are known. Times in seconds."""

    def __init__(self) -> None:
        self._hosts: OrderedDict[str, _Host] = OrderedDict()

    def rest(self, address: str) -> float:
        """How long to wait before the next connection to this host."""
        host = self._hosts.get(address)
        return host.rest if host else 0.0

    def accepted(self, address: str, seconds: float) -> None:
        """A connection was made, and took so long."""
        host = self._of(address)
        slow = seconds > max(NOTICED, SLOWER * host.quickest)
        host.quickest = min(host.quickest, seconds)
        host.rest = _longer(host.rest) if slow else 0.0

    def refused(self, address: str) -> None:
        """A connection was refused, or not answered, at a port that had been open."""
        host = self._of(address)
        host.rest = _longer(host.rest)

    def _of(self, address: str) -> _Host:
        host = self._hosts.setdefault(address, _Host())
        self._hosts.move_to_end(address)
        if len(self._hosts) > ADDRESSES_LIMIT:
            self._hosts.popitem(last=False)
        return host


def _longer(rest: float) -> float:
    return min(LONGEST_REST, max(FIRST_REST, 2 * rest))
