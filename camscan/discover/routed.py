"""Whether a router stands between this machine and whoever replied: what gets here through one gets to others too."""

from functools import lru_cache
from ipaddress import ip_address, ip_network

from camscan.discover.plan import Plan, Step
from camscan.reply import Reply
from camscan.scope import REMEMBERED, Containment

TO_A_WIRE = ("multicast", "broadcast")  # asked of one segment, whatever address the answer comes from


class Routed:
    """Answers for the hosts of one plan, whose steps know this machine's own wires."""

    def __init__(self, plan: Plan) -> None:
        loopback = {i.name for i in plan.interfaces if i.kind == "loopback"}

        def is_here(step: Step) -> bool:
            return step.near or step.mode in TO_A_WIRE or step.interface in loopback

        self._here = Containment(ip_network(n) for s in plan.steps if is_here(s) for n in s.networks)
        self._there = Containment(ip_network(n) for s in plan.steps if not is_here(s) for n in s.networks)
        self._own = Containment(a.network for i in plan.interfaces for a in i.ipv4)
        self._latest = lru_cache(maxsize=REMEMBERED)(self._of)

    def tells(self, reply: Reply) -> bool | None:
        """True beyond a router, False on a wire of our own and on the loopback, None where that is not known: of IPv6,
        of a network of ours that is partly behind a router, and of a host that answers from an address not asked."""
        if reply.channel in TO_A_WIRE or reply.transport == "ethernet":
            return False
        return self._latest(reply.address)

    def _of(self, sender: str) -> bool | None:
        address = ip_address(sender.split("%")[0])
        if address.version == 6:
            return None
        if self._here.holds(address):
            return False
        return True if self._there.holds(address) and not self._own.holds(address) else None
