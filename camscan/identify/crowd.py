"""Sets of addresses that may be one box: whole networks, addresses behind one MAC, silent ones with many open ports.

The rule: a crowd is only a reason to compare what its addresses say (`middlebox.py`), never a verdict. Networks are
taken in blocks of 256, and in smaller ones where it is known that they were asked whole. ARP for others: RFC 1027.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from itertools import islice
from math import ceil

from camscan.model import Claim, Observation

FEWEST = 16  # addresses; fewer that say the same are a batch of one product
SHARE = 0.97  # of a network; the gateway may answer for itself, and a few replies get lost
BLOCK = 256  # addresses; the network that nearly every site is laid out in
MACS_LIMIT = (
    4  # of one address; what the network shows with more of them is forged, and each would be a crowd to look at
)
MANY_PORTS = 8  # open and silent; no device of any kind has so many
PRESENCE = frozenset({"tcp", "icmp"})
"""Protocols whose replies say that somebody is there and nothing else."""

_ALIKE = "say the same, word for word"
_TARPIT = f"take connections on {MANY_PORTS} ports or more and say nothing"

Seen = tuple[Observation, tuple[Claim, ...]]
"""An observation with what is claimed of it."""

Heard = Mapping[str, Sequence[Seen]]
"""What every address said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Addresses that may be one box, where `need` of them say the same. `sign` is what that would show, for people.

    `nameless`: only where nothing that they say names a maker.
    """

    network: str
    addresses: tuple[str, ...]
    need: int
    sign: str
    nameless: bool = False


def crowds(heard: Heard, networks: Iterable[str]) -> Iterator[Crowd]:
    """Every crowd, the surest sign first. `networks` are those asked address by address."""
    blocks: dict[str, list[str]] = defaultdict(list)
    for address in heard:
        blocks[block_of(address)].append(address)
    yield from _behind_one_mac(heard)
    for name, addresses in blocks.items():
        need = _need(BLOCK - 2)
        if len(addresses) >= need:
            yield Crowd(network=name, addresses=tuple(addresses), need=need, sign=_ALIKE)
    yield from _small_networks(blocks, networks)
    for name, addresses in blocks.items():
        silent = tuple(address for address in addresses if _is_tarpit(heard[address]))
        if len(silent) >= FEWEST:
            yield Crowd(network=name, addresses=silent, need=FEWEST, sign=_TARPIT)


def block_of(address: str) -> str:
    """The block of 256 that holds the address; what is no address is a block of its own."""
    try:
        parsed = ip_address(address.split("%")[0])
    except ValueError:
        return address
    return f"{type(parsed)(int(parsed) // BLOCK * BLOCK)}/{parsed.max_prefixlen - 8}"


def _need(hosts: int) -> int:
    return max(FEWEST, ceil(hosts * SHARE))


def _behind_one_mac(heard: Heard) -> Iterator[Crowd]:
    """Addresses for which the network itself showed one MAC, as a router does that answers ARP for others."""
    holders: dict[str, dict[str, None]] = defaultdict(dict)
    for address, several in heard.items():
        for mac in _macs(several):
            holders[mac].setdefault(address)
    for mac, addresses in holders.items():
        if len(addresses) >= FEWEST:
            need = max(FEWEST, len(addresses) // 2)
            sign = f"say the same from one MAC, {mac}"
            yield Crowd(network=block_of(next(iter(addresses))), addresses=tuple(addresses), need=need, sign=sign)


def _macs(several: Iterable[Seen]) -> Iterator[str]:
    """The first few MACs that the network itself showed."""
    shown = (mac for o, _ in several if o.reply.protocol == "arp" for mac in o.fields.get("mac", ()))
    return islice(dict.fromkeys(shown), MACS_LIMIT)


def _small_networks(blocks: Mapping[str, Sequence[str]], networks: Iterable[str]) -> Iterator[Crowd]:
    """Networks smaller than a block that are nearly full; real devices of one kind may fill one."""
    for name in dict.fromkeys(networks):
        try:
            network = ip_network(name)
        except ValueError:
            continue
        hosts = network.num_addresses - 2
        if not FEWEST <= hosts < BLOCK - 2:
            continue
        near = blocks.get(block_of(str(network[0])), ())
        inside = tuple(address for address in near if ip_address(address.split("%")[0]) in network)
        if len(inside) >= _need(hosts):
            yield Crowd(network=name, addresses=inside, need=_need(hosts), sign=_ALIKE, nameless=True)


def _is_tarpit(several: Sequence[Seen]) -> bool:
    protocols = [observation.reply.protocol for observation, _ in several]
    return protocols.count("tcp") >= MANY_PORTS and PRESENCE.issuperset(name for name in protocols if name != "arp")
