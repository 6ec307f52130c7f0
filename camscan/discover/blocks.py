"""Which networks of a step share a row of the coverage: each has its own, with the addresses named beside it that a
visit to a network leaves out (its first and last); single addresses stand together where they are many.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address, ip_network

from camscan.scope import Containment

FEW = 4  # single addresses that get a row each; more are counted together


@dataclass(frozen=True)
class Block:
    """Networks that share a row, and its label. No address is in two blocks of one step."""

    label: str
    networks: tuple[str, ...]

    def holds(self, address: str) -> bool:
        """Whether the address, without its zone, lies in one of the networks."""
        return self._inside.holds(ip_address(address.split("%")[0]))

    @cached_property
    def _inside(self) -> Containment:
        return Containment(map(ip_network, self.networks))


def blocks_of(networks: Sequence[str]) -> tuple[Block, ...]:
    """All networks of a step, in their order, in as few rows as say where somebody answered."""
    wide = [n for n in networks if ip_network(n).num_addresses > 1]
    ends: dict[str, list[str]] = defaultdict(list)
    single: list[str] = []
    owners = {end: n for n in wide for end in _ends(n)}
    for n in (n for n in networks if ip_network(n).num_addresses == 1):
        ends[owners[n]].append(n) if n in owners else single.append(n)
    return (*(Block(n, (n, *ends[n])) for n in wide), *_single(single))


def _ends(network: str) -> tuple[str, str]:
    parsed = ip_network(network)
    return str(ip_network(parsed[0])), str(ip_network(parsed[-1]))


def _single(networks: Sequence[str]) -> Iterator[Block]:
    if len(networks) <= FEW:
        yield from (Block(n, (n,)) for n in networks)
        return
    label = f"{len(networks)} addresses from {networks[0].split('/')[0]} to {networks[-1].split('/')[0]}"
    yield Block(label, tuple(networks))
