"""Works out the plan: every protocol's channel over every part of the scope, with what it sends.

Networks reached by the same way are one step, however many they are, so that a list of a thousand addresses costs no
more sockets than a network. A network this machine is directly on is a part of its own, because ARP sweeps it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network

from camscan.discover.part import NO_ROUTE, Part
from camscan.discover.plan import Mode, Plan, Settings, Step, allowed_requests, swept_ports, usable_protocols
from camscan.discover.port_steps import port_steps
from camscan.probe import Announced, ArpSweep, IcmpEcho, OverHttp, Protocol, Request, Tcp, Udp
from camscan.scope import Interface, Network, Scope
from camscan.transport.ethernet import ROUNDS as ARP_ROUNDS
from camscan.transport.route import is_direct

ARP_BYTES = 42
ICMP_BYTES = 36  # an echo request with eight bytes of data, and its IPv4 header
HEADERS = 28  # IPv4 and UDP
LINK_LOCAL = IPv6Network("fe80::/64")
NO_BROADCAST = "an address of this network is excluded, and a broadcast would reach it"

Route = Callable[[Network], str | None]
"""The name of the interface by which a network is reached, or None where there is no way."""


def make_plan(
    scope: Scope,
    interfaces: tuple[Interface, ...],
    settings: Settings,
    *,
    protocols: Mapping[str, Protocol],
    route: Route,
    direct: Callable[[Network], bool] = is_direct,
    notes: tuple[str, ...] = (),
) -> Plan:
    """Every step for this scope, in the order of the protocols' names, ports and turns last.

    `direct` says of a network on one of this machine's own wires whether no router stands in between.
    """
    usable = usable_protocols(protocols, settings)
    parts = tuple(_parts(scope, interfaces, route, direct))
    steps: list[Step] = []
    for protocol in usable.values():
        steps += _segment_steps(protocol, scope, settings)
        steps += _link_steps(protocol, scope, settings)
        steps += (step for part in parts for step in _sweep_steps(protocol, part, settings))
    steps += port_steps(parts, interfaces, swept_ports(usable), settings)
    steps += (_turns_step(p, settings) for p in usable.values() if _takes_turns(p))
    return Plan(scope=scope, steps=tuple(steps), settings=settings, interfaces=interfaces, notes=notes)


def _parts(
    scope: Scope, interfaces: tuple[Interface, ...], route: Route, direct: Callable[[Network], bool]
) -> Iterator[Part]:
    groups: dict[tuple[str | None, IPv4Network | None, int], list[Network]] = {}
    for network in scope.swept:
        wire = wire_of(network, interfaces)
        way = (route(network), wire if wire and direct(network) else None, network.version)
        groups.setdefault(way, []).append(network)
    for (interface, wire, _), networks in groups.items():
        part = replace(scope, swept=tuple(networks))
        yield Part(scope=part, interface=interface, wire=wire, count=part.count())


def wire_of(network: Network, interfaces: tuple[Interface, ...]) -> IPv4Network | None:
    """The network of one of this machine's links that holds all of these addresses, so that ARP can ask for each."""
    own = (a.network for i in interfaces if i.kind != "loopback" for a in i.ipv4)
    return next((n for n in own if isinstance(network, IPv4Network) and network.subnet_of(n)), None)


def _size(requests: tuple[Request, ...]) -> int:
    """Bytes of one asking, with a full-length host and message id filled in."""
    return sum(r.times * (len(r.render("255.255.255.255", "0" * 36)) + HEADERS) for r in requests)


def _segment_steps(protocol: Protocol, scope: Scope, settings: Settings) -> Iterator[Step]:
    channel = protocol.channel
    if not isinstance(channel, Udp):
        return
    for interface, network in scope.segments:
        if channel.group and interface.multicast:
            yield _segment_step(protocol, "multicast", interface, network, settings)
        if channel.broadcast:
            step = _segment_step(protocol, "broadcast", interface, network, settings)
            permitted = scope.permits_broadcast(interface.name, network)
            yield step if permitted else replace(step, not_possible=NO_BROADCAST)


def _link_steps(protocol: Protocol, scope: Scope, settings: Settings) -> Iterator[Step]:
    """Multicast by IPv6 on the same interfaces: it finds devices that have no IPv4 address, or another network's."""
    channel = protocol.channel
    if not isinstance(channel, Udp) or not channel.group6:
        return
    for interface in dict.fromkeys(interface for interface, _ in scope.segments):
        if interface.multicast and any(a.is_link_local for a in interface.addresses if a.version == 6):
            step = _segment_step(protocol, "multicast", interface, LINK_LOCAL, settings)
            yield replace(step, channel=f"{protocol.name} multicast IPv6")


def _segment_step(protocol: Protocol, mode: Mode, interface: Interface, network: Network, settings: Settings) -> Step:
    requests = allowed_requests(protocol, settings)
    destinations = 1 if mode == "multicast" else 2  # the network's broadcast address and 255.255.255.255
    return Step(
        channel=f"{protocol.name} {mode}",
        protocol=protocol.name,
        mode=mode,
        requests=tuple(r.name for r in requests),
        interface=interface.name,
        network=str(network),
        networks=(str(network),),
        addresses=1,
        packets=len(requests) * settings.repeats * destinations,
        connections=0,
        bytes=_size(requests) * settings.repeats * destinations,
    )


def _sweep_steps(protocol: Protocol, part: Part, settings: Settings) -> Iterator[Step]:
    requests = allowed_requests(protocol, settings)
    match protocol.channel:
        case Udp(unicast=True, known_only=True):
            if part.version == 4:
                yield _known_step(protocol, part, requests, settings)
        case Udp(unicast=True):
            asked = len(requests) * settings.repeats
            yield _sweep_step(protocol, "unicast", part, requests, asked, _size(requests) * settings.repeats)
        case IcmpEcho() if part.version == 4:
            yield _sweep_step(protocol, "echo", part, requests, 1, ICMP_BYTES)
        case ArpSweep() if part.wire:
            yield _sweep_step(protocol, "sweep", part, requests, ARP_ROUNDS, ARP_BYTES * ARP_ROUNDS)


def _sweep_step(
    protocol: Protocol, mode: Mode, part: Part, requests: tuple[Request, ...], packets: int, size: int
) -> Step:
    return Step(
        channel=f"{protocol.name} {mode}",
        protocol=protocol.name,
        mode=mode,
        requests=tuple(r.name for r in requests),
        interface=part.interface,
        network=part.name,
        networks=tuple(map(str, part.scope.swept)),
        addresses=part.count,
        packets=part.count * packets,
        connections=0,
        bytes=part.count * size,
        near=part.wire is not None,
        not_possible=None if part.interface else NO_ROUTE,
    )


def _known_step(protocol: Protocol, part: Part, requests: tuple[Request, ...], settings: Settings) -> Step:
    """Of whom it will be asked nobody knows beforehand: the counts are for one host."""
    step = _sweep_step(protocol, "unicast", part, requests, 0, 0)
    sent = settings.repeats
    return replace(step, per_host=True, packets=len(requests) * sent, bytes=_size(requests) * sent)


def _takes_turns(protocol: Protocol) -> bool:
    """Whether something is said once a port is open: a mere open port is no reason for more."""
    return bool(protocol.dialogue) or (protocol.identifies and isinstance(protocol.channel, Tcp | OverHttp | Announced))


def _turns_step(protocol: Protocol, settings: Settings) -> Step:
    requests = allowed_requests(protocol, settings)
    return Step(
        channel=f"{protocol.name} turns",
        protocol=protocol.name,
        mode="turns",
        requests=tuple(r.name for r in requests),
        interface=None,
        network="each open port",
        networks=(),
        addresses=1,
        packets=0,
        connections=sum(r.times for r in requests if not r.reuse),
        bytes=_size(requests),
        per_host=True,
    )
