"""What will be asked of whom, worked out before the first packet and printable as it is (`--dry-run`).

A step is one channel on one network. Steps that depend on answers (turns with a host that has a port open) are counted
per host that answers, and marked so.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from typing import Literal

from camscan.probe import ArpSweep, IcmpEcho, OverHttp, Protocol, Request, Tcp, Udp
from camscan.scope import Interface, Network, Scope

UDP_REPEATS = 2  # UDP is lost: two sends with a pause find what one misses, a third adds next to nothing
SYN_BYTES = 60  # one SYN with its options, as Linux sends it
ARP_BYTES = 42
ICMP_BYTES = 28


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to ask. `rate` in packets a second over all channels; waits in seconds."""

    engine: str = "connect"
    challenge: bool = True
    rate: float = 500.0
    repeats: int = UDP_REPEATS
    pause: float = 0.7
    wait: float = 2.0
    connect_seconds: float = 1.0
    hosts_at_once: int = 256
    credential: tuple[str, str] | None = field(default=None, repr=False)


Mode = Literal["multicast", "broadcast", "unicast", "echo", "sweep", "ports", "turns"]
"""How a channel reaches out: to a group, to everyone, to each address, to each port, or turn by turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One channel on one network. Counts are what goes out; with `per_host` they are for each host that answers."""

    channel: str
    protocol: str
    mode: Mode
    requests: tuple[str, ...]
    interface: str | None
    network: str
    addresses: int
    packets: int
    connections: int
    bytes: int
    per_host: bool = False
    not_possible: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole of it. `routes` says from which interface each swept network is asked (None: no route)."""

    scope: Scope
    steps: tuple[Step, ...]
    settings: Settings
    interfaces: tuple[Interface, ...]
    notes: tuple[str, ...] = ()

    @property
    def packets(self) -> int:
        """Packets of discovery, before any host has answered."""
        return sum(s.packets for s in self._certain())

    @property
    def connections(self) -> int:
        """Connection attempts of discovery."""
        return sum(s.connections for s in self._certain())

    @property
    def bytes(self) -> int:
        """Bytes of discovery."""
        return sum(s.bytes for s in self._certain())

    @property
    def seconds(self) -> float:
        """About how long discovery takes at the set rate."""
        return (self.packets + self.connections) / self.settings.rate + self.settings.wait

    def _certain(self) -> Iterator[Step]:
        return (s for s in self.steps if not s.per_host and s.not_possible is None)


Route = Callable[[Network], str | None]
"""The name of the interface by which a network is reached, or None where there is no way."""


def make_plan(
    scope: Scope,
    interfaces: tuple[Interface, ...],
    settings: Settings,
    *,
    protocols: Mapping[str, Protocol],
    route: Route,
    notes: tuple[str, ...] = (),
) -> Plan:
    """Every step for this scope, in the order of the protocols' names."""
    usable = [p for p in protocols.values() if allowed_requests(p, settings)]
    reached = {network: route(network) for network in scope.swept}
    steps: list[Step] = []
    for protocol in usable:
        steps += _segment_steps(protocol, scope, settings)
        steps += _sweep_steps(protocol, scope, settings, reached, interfaces)
    steps += _port_steps(usable, scope, settings, reached)
    return Plan(scope=scope, steps=tuple(steps), settings=settings, interfaces=interfaces, notes=notes)


def allowed_requests(protocol: Protocol, settings: Settings) -> tuple[Request, ...]:
    """The requests of a protocol that these settings allow: no challenge with `--no-challenge`, no login unless the
    owner gave a credential."""
    refused = {"owner's credential"} if settings.credential is None else set()
    if not settings.challenge:
        refused.add("login challenge, no credential")
    return tuple(r for r in protocol.requests if r.purpose not in refused)


def swept_ports(protocols: Mapping[str, Protocol]) -> tuple[int, ...]:
    """Every TCP port that some protocol wants, in numeric order."""
    channels = (p.channel for p in protocols.values())
    return tuple(sorted({port for c in channels if isinstance(c, Tcp) for port in (*c.ports, *c.tls_ports)}))


def _size(requests: tuple[Request, ...]) -> int:
    """Bytes of one asking, with a full-length host and message id filled in, and IPv4 and UDP headers."""
    return sum(len(r.render("255.255.255.255", "0" * 36)) + 28 for r in requests)


def _segment_steps(protocol: Protocol, scope: Scope, settings: Settings) -> Iterator[Step]:
    channel = protocol.channel
    if not isinstance(channel, Udp):
        return
    for interface, network in scope.segments:
        if channel.group and interface.multicast:
            yield _segment_step(protocol, "multicast", interface, network, settings)
        if channel.broadcast:
            step = _segment_step(protocol, "broadcast", interface, network, settings)
            excluded = not scope.permits_broadcast(interface.name, network)
            yield replace(step, not_possible=_NO_BROADCAST) if excluded else step


_NO_BROADCAST = "an address of this network is excluded, and a broadcast would reach it"


def _segment_step(
    protocol: Protocol, mode: Mode, interface: Interface, network: IPv4Network, settings: Settings
) -> Step:
    requests = allowed_requests(protocol, settings)
    destinations = 1 if mode == "multicast" else 2  # the network's broadcast address and 255.255.255.255
    return Step(
        channel=f"{protocol.name} {mode}",
        protocol=protocol.name,
        mode=mode,
        requests=tuple(r.name for r in requests),
        interface=interface.name,
        network=str(network),
        addresses=1,
        packets=len(requests) * settings.repeats * destinations,
        connections=0,
        bytes=_size(requests) * settings.repeats * destinations,
    )


def _sweep_steps(
    protocol: Protocol,
    scope: Scope,
    settings: Settings,
    reached: Mapping[Network, str | None],
    interfaces: tuple[Interface, ...],
) -> Iterator[Step]:
    channel = protocol.channel
    requests = allowed_requests(protocol, settings)
    for network, interface in reached.items():
        count = replace(scope, swept=(network,)).count()
        each = {"requests": tuple(r.name for r in requests), "interface": interface, "network": str(network)}
        if isinstance(channel, Udp) and channel.unicast:
            sends = count * len(requests) * settings.repeats
            size = count * _size(requests) * settings.repeats
            yield _sweep_step(protocol, "unicast", count, sends, size, each)
        elif isinstance(channel, IcmpEcho):
            yield _sweep_step(protocol, "echo", count, count, count * ICMP_BYTES, each)
        elif isinstance(channel, ArpSweep) and on_link(network, interfaces):
            yield _sweep_step(protocol, "sweep", count, count, count * ARP_BYTES, each)


def on_link(network: Network, interfaces: tuple[Interface, ...]) -> Interface | None:
    """The interface on whose own network all of these addresses lie, so that ARP can ask for each; None otherwise."""
    ethernets = (i for i in interfaces if i.kind != "loopback")
    return next((i for i in ethernets for a in i.ipv4 if network.version == 4 and network.subnet_of(a.network)), None)


def _sweep_step(
    protocol: Protocol, mode: Mode, count: int, packets: int, size: int, each: Mapping[str, object]
) -> Step:
    return Step(
        channel=f"{protocol.name} {mode}",
        protocol=protocol.name,
        mode=mode,
        addresses=count,
        packets=packets,
        connections=0,
        bytes=size,
        not_possible=None if each["interface"] else "no route to this network",
        **each,  # type: ignore[arg-type]
    )


def _port_steps(
    usable: list[Protocol], scope: Scope, settings: Settings, reached: Mapping[Network, str | None]
) -> Iterator[Step]:
    ports = swept_ports({p.name: p for p in usable})
    for network, interface in reached.items():
        count = replace(scope, swept=(network,)).count()
        yield Step(
            channel=f"tcp {settings.engine}",
            protocol="tcp",
            mode="ports",
            requests=tuple(str(p) for p in ports),
            interface=interface,
            network=str(network),
            addresses=count,
            packets=0,
            connections=count * len(ports),
            bytes=count * len(ports) * SYN_BYTES,
            not_possible=None if interface else "no route to this network",
        )
    yield from (_dialogue_step(p, settings) for p in usable if p.dialogue or isinstance(p.channel, Tcp | OverHttp))


def _dialogue_step(protocol: Protocol, settings: Settings) -> Step:
    requests = allowed_requests(protocol, settings)
    return Step(
        channel=f"{protocol.name} turns",
        protocol=protocol.name,
        mode="turns",
        requests=tuple(r.name for r in requests),
        interface=None,
        network="each open port",
        addresses=1,
        packets=0,
        connections=sum(1 for r in requests if not r.reuse),
        bytes=_size(requests),
        per_host=True,
    )
