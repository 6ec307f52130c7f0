"""What every transport is given: the scope it asks, the pace it keeps, the ledger it writes, what it left out.

Rule: no packet leaves before one of the three `check` methods has passed its destination, and none to a host that has
had its share, of packets or of our patience.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, ip_address
from ssl import SSLSession

from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.scope import Containment, Interface, Network, Scope
from camscan.transport.ledger import Ledger
from camscan.transport.load import Load
from camscan.transport.pace import Pace
from camscan.transport.patience import HOST_SECONDS, Patience
from camscan.transport.unsent import Unsent

PACKETS_PER_HOST = 500
"""Datagrams, connections and turns that one host may cost: twice what the busiest recorder does, and more than a host
takes where every port speaks HTTP under everything (about 400). Whoever would cost more leads us round in circles."""

_EVERYBODY = IPv4Address("255.255.255.255")


def _fresh_id() -> str:
    from uuid import uuid4  # not every scan needs one, and it brings half a platform along

    return str(uuid4())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The way out of this program.

    `clock` is seconds since the epoch, `message_id` makes a fresh id. `patience` is how long each host was waited for,
    `load` whether it is at its limits. `dropped` counts, by protocol, replies of excluded senders, `lost` those that
    were too many to be kept; `unsent` counts packets of a sweep that did not leave, because this machine refused or the
    host has had its share. `tls_modes` remembers which kind of TLS an endpoint took, so that a weak device is not asked
    twice, and `tls_sessions` where it may go on; None for an endpoint that stumbles over them.
    """

    scope: Scope
    pace: Pace
    ledger: Ledger
    clock: Callable[[], float] = time.time
    message_id: Callable[[], str] = _fresh_id
    dropped: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    unsent: Unsent = field(default_factory=Unsent)
    patience: Patience = field(default_factory=Patience)
    load: Load = field(default_factory=Load)
    tls_modes: dict[tuple[str, int], str] = field(default_factory=dict)
    tls_sessions: dict[tuple[str, int], SSLSession | None] = field(default_factory=dict)

    def check(self, address: str) -> None:
        """Passes a unicast address in scope. Raises `OutOfScopeError` for any other."""
        if not self.scope.permits(address):
            raise OutOfScopeError(f"{address} is outside the scope: nothing is sent to it")

    def at(self, rate: float) -> "Wire":
        """The same way out at another rate, in packets a second."""
        return replace(self, pace=self.pace.beside(rate))

    def within(self, rate: float) -> "Wire":
        """The same way out for questions of a kind of which no more than `rate` a second may leave."""
        return replace(self, pace=self.pace.within(rate))

    def check_network(self, network: Network) -> None:
        """Passes a network all of which is swept. Raises `OutOfScopeError` otherwise."""
        if not Containment(self.scope.swept).holds(network):
            raise OutOfScopeError(f"{network} is outside the scope: nothing is sent to it")

    def afford(self, address: str) -> None:
        """Passes a host that has not had its share yet. Raises `NotPossibleError` for any other."""
        spent = self._spent(address)
        if spent:
            raise NotPossibleError(spent)

    def spares(self, address: str, packets: int = 1) -> bool:
        """Whether a sweep must pass over a host that has had its share; then its packets are counted as unsent."""
        spent = self._spent(address)
        if spent:
            self.unsent.add(address, spent, packets)
        return spent is not None

    def _spent(self, address: str) -> str | None:
        """Why a host is left alone, None for one that is not."""
        if self.ledger.count(address) >= PACKETS_PER_HOST:
            return f"left alone after {PACKETS_PER_HOST} packets"
        if not self.patience.left(address):
            return f"left alone after {HOST_SECONDS:.0f} seconds of waiting for it"
        return None

    def check_multicast(self, interface: Interface | None, group: str) -> None:
        """Passes a group on a segment in scope. Raises `OutOfScopeError` otherwise."""
        allowed = interface is not None and self.scope.permits_segment(interface.name)
        if not (allowed and ip_address(group).is_multicast):
            where = interface.name if interface else "no interface"
            raise OutOfScopeError(f"multicast to {group} by {where} is outside the scope: nothing is sent to it")

    def check_broadcast(self, interface: Interface | None, destination: str) -> None:
        """Passes a broadcast that reaches only networks in scope. Raises `OutOfScopeError` otherwise."""
        address = ip_address(destination)
        networks = [a.network for a in interface.ipv4] if interface else []
        reached = [n for n in networks if address in (n.broadcast_address, _EVERYBODY)]
        if not (interface and reached and all(self.scope.permits_broadcast(interface.name, n) for n in reached)):
            raise OutOfScopeError(f"broadcast to {destination} reaches outside the scope: nothing is sent to it")

    def accepts(self, sender: str, protocol: str) -> bool:
        """Whether a reply may be kept: not from an excluded address. One that may not is counted."""
        excluded = self.scope.excludes(ip_address(sender.split("%")[0]))
        if excluded:
            self.dropped[protocol] += 1
        return not excluded
