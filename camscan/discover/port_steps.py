"""Works out the steps that look for open ports: who looks in each part of the scope, and what that costs at most."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from camscan.discover.host_ports import spare_tries
from camscan.discover.part import NO_ROUTE, Part
from camscan.discover.plan import Engine, Settings, Step
from camscan.scope import Interface
from camscan.transport.congestion import ASKED_LIMIT, CANARY_EVERY
from camscan.transport.knock import TRIES

SYN_BYTES = 60  # one SYN with its options, as Linux sends it
NO_FRAMES = "SYN frames need an Ethernet interface and IPv4; --engine connect does without"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """What the ports of a part cost: see `Step`."""

    packets: int
    connections: int
    rounds: int
    spare: int

    @property
    def bytes(self) -> int:
        return (self.packets + self.connections) * SYN_BYTES


def port_steps(
    parts: Sequence[Part], interfaces: Sequence[Interface], ports: tuple[int, ...], settings: Settings
) -> list[Step]:
    """One for each part, and one for the hosts that SYN frames meet beyond a router, if they are sent there."""
    steps = [_port_step(part, ports, settings, _carries_frames(part, interfaces)) for part in parts]
    return steps + [_met_step(ports)] * any(s.engine == "syn" and not s.near for s in steps)


def _carries_frames(part: Part, interfaces: Sequence[Interface]) -> bool:
    """Whether Ethernet frames get there: IPv4, by an interface that has a MAC address."""
    interface = next((i for i in interfaces if i.name == part.interface), None)
    return part.version == 4 and interface is not None and interface.mac is not None and interface.kind != "loopback"


def _engine(settings: Settings, frames: bool) -> Engine:
    """SYN frames cost this machine and the devices least, where they get there."""
    if settings.engine != "auto":
        return settings.engine
    return "syn" if settings.raw and frames else "connect"


def _cost(engine: Engine, part: Part, ports: int) -> _Cost:
    probes, spare = part.count * ports, part.count * spare_tries(ports)
    if engine == "syn" and part.wire is None:
        packets = math.ceil(probes * ASKED_LIMIT * (1 + 1 / CANARY_EVERY))
        return _Cost(packets=packets, connections=0, rounds=ASKED_LIMIT, spare=0)
    if engine == "syn":
        packets = (probes + spare) * TRIES
        return _Cost(packets=packets, connections=0, rounds=1, spare=packets - probes)
    spare = spare if engine == "connect" else 0
    return _Cost(packets=0, connections=probes + spare, rounds=1, spare=spare)


def _port_step(part: Part, ports: tuple[int, ...], settings: Settings, frames: bool) -> Step:
    engine = _engine(settings, frames)
    cost = _cost(engine, part, len(ports))
    refused = None if part.interface else NO_ROUTE
    if engine == "syn" and not frames:
        refused = refused or NO_FRAMES
    return Step(
        channel=f"tcp {engine}",
        protocol="tcp",
        mode="ports",
        requests=tuple(map(str, ports)),
        interface=part.interface,
        network=part.name,
        networks=tuple(map(str, part.scope.swept)),
        addresses=part.count,
        packets=cost.packets,
        connections=cost.connections,
        bytes=cost.bytes,
        near=part.wire is not None,
        engine=engine,
        rounds=cost.rounds,
        spare=cost.spare,
        not_possible=refused,
    )


def _met_step(ports: tuple[int, ...]) -> Step:
    """A host that a SYN frame has met: its other ports are tried by connects."""
    connections = len(ports) - 1 + spare_tries(len(ports))
    return Step(
        channel="tcp connect",
        protocol="tcp",
        mode="turns",
        requests=tuple(map(str, ports)),
        interface=None,
        network="each host with an open port",
        networks=(),
        addresses=1,
        packets=0,
        connections=connections,
        bytes=connections * SYN_BYTES,
        per_host=True,
    )
