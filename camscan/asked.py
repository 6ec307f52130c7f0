"""What the texts of a scan's scope and of the rows of its coverage name: networks, single addresses counted together,
what was left out. Read here alone, for whoever asks who can be missed (`inventory/asked.py`) or what silence means
(`assess/vantage/asked.py`). Pure.

Text that is not understood names nothing. Where it comes from: `discover/survey.py`, `discover/blocks.py`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from camscan.model import Coverage
from camscan.scope import Address, Network

_NOT = "not "  # before what the scope leaves out
_SEVERAL = re.compile(r"([\d,]{1,11}) addresses from (\S+) to (\S+)")
_GROUPS = frozenset({"multicast", "broadcast"})  # how a channel asks all of a wire, whatever their addresses


@dataclass(frozen=True, slots=True)
class Span:
    """Single addresses that share a row of the coverage: how many, the first and the last of them."""

    count: int
    first: Address
    last: Address

    def holds(self, address: Address) -> bool:
        """Whether an address lies between them; whether it is one of them the scope tells."""
        if not self.first.version == address.version == self.last.version:
            return False
        return int(self.first) <= int(address) <= int(self.last)


def network_named(text: str) -> Network | None:
    """The network or the address that a text is; none of `10.0.0.0/24 (eth0, multicast)`."""
    try:
        return ip_network(text)
    except ValueError:
        return None


def address_named(text: str) -> Address | None:
    """The address, without its zone."""
    try:
        return ip_address(text.split("%")[0])
    except ValueError:
        return None


def networks_asked(scope: Iterable[str]) -> tuple[Network, ...]:
    """The networks and addresses that a scope holds."""
    return tuple(network for text in scope if (network := network_named(text)) is not None)


def networks_left_out(scope: Iterable[str]) -> tuple[Network, ...]:
    """Those that it excludes: nobody there counts as asked."""
    return networks_asked(text.removeprefix(_NOT) for text in scope if text.startswith(_NOT))


def segments_asked(scope: Iterable[str]) -> frozenset[str]:
    """What a scope says beside networks, such as segments for a multicast."""
    return frozenset(text for text in scope if network_named(text.removeprefix(_NOT)) is None)


def span_of(row: Coverage) -> Span | None:
    """The addresses of a row that counts many single ones."""
    told = _SEVERAL.fullmatch(row.network)
    first, last = (address_named(text) for text in told.groups()[1:]) if told else (None, None)
    return Span(int(told[1].replace(",", "")), first, last) if told and first and last else None


def is_of_a_wire(row: Coverage) -> bool:
    """Whether a row asked everybody on a wire at once, whatever their addresses."""
    return not _GROUPS.isdisjoint(row.channel.split(" "))
