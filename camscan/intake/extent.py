"""Targets, exclusions and this machine's interfaces → the scope of a scan.

With targets, exactly these are swept. Without, the private networks this machine is directly on, except by tunnels,
containers and bridges; one wider than /20 gets multicast only. Public space is refused unless allowed, whatever the way
it was named, and an exclusion wins over everything.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from camscan.errors import CannotRunError, UsageError
from camscan.intake.targets import Target
from camscan.scope import Containment, Interface, Network, Scope, is_public

WIDEST_UNASKED = 20  # prefix length: a wider network of this machine is swept only by name, for the time it takes
WIDEST_IPV6 = 116  # prefix length: 4,096 addresses; a /64 would take longer than the cameras will last

_OWN_KINDS = ("ethernet", "wireless")
_SHARED = IPv4Network("100.64.0.0/10")
_LINK_LOCAL6 = IPv6Network("fe80::/10")
_NO_HOSTS: tuple[Network, ...] = (
    IPv4Network("0.0.0.0/8"),
    IPv4Network("224.0.0.0/4"),
    IPv4Network("240.0.0.0/4"),
    IPv6Network("::/128"),
    IPv6Network("ff00::/8"),
)

Segment = tuple[Interface, IPv4Network]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """What to ask before the exclusions are taken off."""

    swept: tuple[Network, ...]
    segments: tuple[Segment, ...]
    wide: tuple[IPv4Network, ...] = ()
    notes: tuple[str, ...] = ()


def build_scope(
    targets: Sequence[Target],
    exclusions: Sequence[Target],
    interfaces: Sequence[Interface],
    *,
    allow_public: bool = False,
    any_kind: bool = False,
) -> tuple[Scope, tuple[str, ...]]:
    """The scope, and notes for the user. Host names must be resolved already.

    Without targets, interfaces of every kind count where `any_kind` (the user named them), else only real links.
    Raises `UsageError` for a target that may not be asked or when nothing is left to ask, `CannotRunError` when this
    machine is on no private network.
    """
    draft = _named(targets, interfaces, allow_public) if targets else _own(interfaces, any_kind)
    excluded = _collapse(network for target in exclusions for network in target.networks)
    outside = Containment(excluded)
    wires = [s for s in draft.segments if not outside.holds(s[1])]
    mixed = dict(_mixed(wires))
    wide = [n for n in draft.wide if not outside.holds(n)]
    scope = Scope(
        swept=tuple(n for n in draft.swept if not outside.holds(n)),
        excluded=excluded,
        segments=tuple(s for s in wires if s[0].name not in mixed),
        allow_public=allow_public,
    )
    notes = (*draft.notes, *mixed.values(), *_wide_notes(wide, scope), *_exclusion_notes(scope))
    if not scope.segments and scope.count() == 0:
        raise UsageError("; ".join(notes) if mixed else "the exclusions leave nothing to scan")
    return scope, notes


def _mixed(wires: Sequence[Segment]) -> Iterator[tuple[str, str]]:
    """Interfaces that also carry a network out of scope, with a note: a multicast reaches everybody on the wire."""
    for interface in dict.fromkeys(interface for interface, _ in wires):
        strangers = [n for _, n in _segments([interface]) if (interface, n) not in wires]
        if strangers:
            named = f"{', '.join(map(str, strangers))}, which {'is' if len(strangers) == 1 else 'are'} not in scope"
            yield interface.name, f"{interface.name} also carries {named}: no multicast or broadcast there"


def _wide_notes(wide: Iterable[IPv4Network], scope: Scope) -> Iterator[str]:
    reached = {network for _, network in scope.segments}
    for network in wide:
        extent = "multicast and broadcast only" if network in reached else "not scanned"
        yield f"{network} is wide: {extent}; to ask every address: camscan scan {network}"


def _named(targets: Sequence[Target], interfaces: Sequence[Interface], allow_public: bool) -> _Draft:
    for target in targets:
        _check(target, allow_public)
    named = _collapse(network for target in targets for network in target.networks)
    return _Draft(swept=tuple(_swept(targets)), segments=tuple(_covered(interfaces, named)))


def _check(target: Target, allow_public: bool) -> None:
    """Raises `UsageError` for a target that may not or cannot be asked."""
    for network in target.networks:
        if any(n.version == network.version and n.overlaps(network) for n in _NO_HOSTS):
            raise target.error("holds multicast, broadcast or reserved addresses, which no device has")
        if network.version == 6 and network.overlaps(_LINK_LOCAL6):
            raise target.error("a link-local IPv6 address belongs to one interface and cannot be asked")
        if not allow_public and holds_public(network):
            shown = f"{network} is " if target.exact and str(network.network_address) != target.text else ""
            raise target.error(f"{shown}public address space; --allow-public permits it where it is yours")
        if network.version == 6 and network.prefixlen < WIDEST_IPV6:
            raise target.error(f"{network.num_addresses:,} addresses cannot be asked; /{WIDEST_IPV6} is the widest")


def holds_public(network: Network) -> bool:
    """Whether some address of the network is public."""
    if isinstance(network, IPv4Network) and network.subnet_of(_SHARED):
        return False
    return not network.is_private or is_public(network[0]) or is_public(network[-1])


def _swept(targets: Iterable[Target]) -> Iterator[Network]:
    """Networks that a `Scope` visits so that every named address is asked once.

    A `Scope` leaves out the first and the last address of a network, so those of exact targets are listed one by one.
    """
    targets = tuple(targets)
    exact = _collapse(n for t in targets if t.exact for n in t.networks)
    whole = _outermost(n for t in targets if not t.exact for n in t.networks)
    listed = Containment(exact)
    networks = [n for n in whole if not listed.holds(n)]
    visited = Containment(networks)
    ends = {end for n in networks for end in _ends(n)}
    pieces = (piece for block in exact for piece in _pieces(block))
    yield from sorted((*networks, *(p for p in pieces if p in ends or not visited.holds(p))), key=_order)


def _pieces(block: Network) -> Iterator[Network]:
    """A block whose every address is meant: those that a visit to the block leaves out, and the block itself."""
    if block.num_addresses <= 2:
        yield from map(ip_network, block)
    else:
        yield from (*_ends(block), block)


def _ends(network: Network) -> tuple[Network, ...]:
    """The addresses that a visit to the network leaves out: in IPv6 there is no broadcast address."""
    if network.num_addresses <= 2:
        return ()
    first = ip_network(network[0])
    return (first, ip_network(network[-1])) if network.version == 4 else (first,)


def _covered(interfaces: Iterable[Interface], named: Sequence[Network]) -> Iterator[Segment]:
    """Segments all of whose hosts were named."""
    for interface, network in _segments(interfaces):
        if Containment(_collapse((*named, *_ends(network)))).holds(network):
            yield interface, network


def _segments(interfaces: Iterable[Interface]) -> Iterator[Segment]:
    """The IPv4 networks with room for a neighbour, each once per interface."""
    for interface in interfaces:
        for network in dict.fromkeys(a.network for a in interface.ipv4):
            if network.prefixlen < 31:
                yield interface, network


def _own(interfaces: Sequence[Interface], any_kind: bool) -> _Draft:
    """The private networks this machine is directly on. Raises `CannotRunError` where there are none."""
    usual = [i for i in interfaces if any_kind or i.kind in _OWN_KINDS]
    left_out = [f"{i.name} ({i.kind})" for i in interfaces if i not in usual and i.kind != "loopback" and i.ipv4]
    found = tuple(_segments(usual))
    private = tuple(s for s in found if not holds_public(s[1]))
    notes = [f"not scanned, name a target to do so: {', '.join(left_out)}"] if left_out else []
    notes += [f"{i.name} is on {n}, public address space: not scanned" for i, n in found if (i, n) not in private]
    if not private:
        raise CannotRunError("this machine is on no private network: name a target, as in `camscan scan 10.0.0.0/24`")
    wide = tuple(dict.fromkeys(n for _, n in private if n.prefixlen < WIDEST_UNASKED))
    return _Draft(
        swept=_outermost(n for _, n in private if n not in wide),
        segments=private,
        wide=wide,
        notes=tuple(notes),
    )


def _exclusion_notes(scope: Scope) -> Iterator[str]:
    for interface, network in scope.segments:
        if any(n.version == 4 and n.overlaps(network) for n in scope.excluded):
            yield (
                f"{interface.name} {network} holds excluded addresses: no broadcast there; "
                "multicast goes to the group and its answers from excluded addresses are dropped"
            )


def _collapse(networks: Iterable[Network]) -> tuple[Network, ...]:
    """The same addresses in as few networks as possible."""
    listed = tuple(networks)
    fours = collapse_addresses(n for n in listed if isinstance(n, IPv4Network))
    sixes = collapse_addresses(n for n in listed if isinstance(n, IPv6Network))
    return (*fours, *sixes)


def _outermost(networks: Iterable[Network]) -> tuple[Network, ...]:
    """Without those that lie in another. Neighbours stay apart: the ends of each are no hosts."""
    kept: list[Network] = []
    for network in sorted(set(networks), key=_order):
        if not (kept and kept[-1].version == network.version and kept[-1][-1] >= network[-1]):  # type: ignore[operator]
            kept.append(network)
    return tuple(kept)


def _order(network: Network) -> tuple[int, int, int]:
    return network.version, int(network.network_address), network.prefixlen
