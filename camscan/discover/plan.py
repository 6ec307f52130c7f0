"""What will be asked of whom, worked out before the first packet and printable as it is (`--dry-run`).

A step is one channel over the networks that are reached by one way. Steps that depend on answers (turns with a host
that has a port open) are counted per host that answers, and marked so. `steps.py` works the steps out.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from camscan.discover.host_ports import SILENT_ENOUGH
from camscan.probe import Protocol, Request, Tcp
from camscan.scope import Interface, Scope

HOSTS_AT_ONCE = 256  # whose ports are tried at once, most of them silent: a /24 in one go
NEAR_ADDRESSES = 256  # that `near_rate` is meant for: a switch carries more where there are more
USUAL_ROUNDS = 2  # of a SYN sweep: more are needed only where the path loses packets
UDP_REPEATS = 2  # UDP is lost: two sends with a pause find what one misses, a third adds next to nothing


Engine = Literal["auto", "syn", "connect", "nmap"]
"""Who looks for open ports; `auto` is SYN frames where this machine may send them, else connects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How to ask. `rate` in packets a second over all channels. `pause` is the time between two questions of the same
    to all, `unicast_pause` to one. Answers are waited for `wait` seconds, at `least` so many when nothing else is under
    way.

    `near_rate` is the rate for each 256 addresses on this machine's own wires, where no router and no firewall stands
    between; None: the same as all. `arp_rate` is how many of these may ask who is there, because everybody on the wire
    hears such a question; None: as many as the pace allows. `raw` is whether this user may send frames of its own
    making, on which the automatic choice of an engine depends.
    """

    engine: Engine = "auto"
    raw: bool = False
    challenge: bool = True
    rate: float = 500.0
    near_rate: float | None = None
    arp_rate: float | None = None
    repeats: int = UDP_REPEATS
    pause: float = 0.7
    unicast_pause: float = 0.4
    wait: float = 2.0
    least: float = 0.6
    connect_seconds: float = 1.0
    hosts_at_once: int = HOSTS_AT_ONCE
    credential: tuple[str, str] | None = field(default=None, repr=False)


Mode = Literal["multicast", "broadcast", "unicast", "echo", "sweep", "ports", "turns"]
"""How a channel reaches out: to a group, to everyone, to each address, to each port, or turn by turn."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One channel over `networks`. Counts are what goes out; with `per_host` they are for each host that answers, and
    nobody else of the `networks`, where there are any, is asked.

    `network` names the networks for people. `near` is true on this machine's own wire, where ARP shows beforehand who
    is there. `engine` is who looks for open ports; `spare` of what it sends is for ports whose first try was lost.
    `rounds` is how often the whole may be sent, of which `seconds` of a plan expects two at most. A step equals itself
    only: it is counted under, and may hold thousands of networks.
    """

    channel: str
    protocol: str
    mode: Mode
    requests: tuple[str, ...]
    interface: str | None
    network: str
    networks: tuple[str, ...]
    addresses: int
    packets: int
    connections: int
    bytes: int
    per_host: bool = False
    near: bool = False
    engine: Engine | None = None
    rounds: int = 1
    spare: int = 0
    not_possible: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole of it: the steps, and what they were worked out from. `vantage` names the place in the network from
    which it is asked, None where nobody says."""

    scope: Scope
    steps: tuple[Step, ...]
    settings: Settings
    interfaces: tuple[Interface, ...]
    notes: tuple[str, ...] = ()
    vantage: str | None = None

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
        """About how long discovery takes: what the rate allows, or what silent addresses cost, if that is more."""
        near = sum(self._usual(s) for s in self._certain() if s.near)
        far = sum(self._usual(s) for s in self._certain() if not s.near)
        rate = self.settings.rate
        sending = max(near / self.near_rate, far / rate) if self.near_rate else (near + far) / rate
        sending = max(sending, self._arp / (self.settings.arp_rate or math.inf))
        silent = sum(self._silence(s) for s in self._certain() if s.engine == "nmap" or self._meets_silence(s))
        return max(sending, silent) + self.settings.wait

    @property
    def _arp(self) -> int:
        """Frames that everybody on the wire hears."""
        return sum(s.packets for s in self._certain() if s.mode == "sweep")

    @property
    def near_rate(self) -> float | None:
        """Packets a second for all of what is on this machine's own wires; None where there is one rate for all."""
        wired = sum(s.addresses for s in self.steps if s.mode == "sweep")
        if self.settings.near_rate is None or not wired:
            return None
        return self.settings.near_rate * math.ceil(wired / NEAR_ADDRESSES)

    @staticmethod
    def _usual(step: Step) -> int:
        return step.packets * min(step.rounds, USUAL_ROUNDS) // step.rounds + step.connections - step.spare

    def _meets_silence(self, step: Step) -> bool:
        """Whether its connects wait for addresses where nobody is."""
        return step.engine == "connect" and not (step.near and self.settings.raw)

    def _silence(self, step: Step) -> float:
        """Seconds until the ports of addresses where nobody is have been given up, one after the other; on this
        machine's own wire its kernel finds out after the first few that nobody is there."""
        rounds = math.ceil(step.addresses / self.settings.hosts_at_once)
        ports = SILENT_ENOUGH if step.near and step.engine == "connect" else len(step.requests)
        return rounds * ports * self.settings.connect_seconds

    @property
    def taken(self) -> tuple[Step, ...]:
        """The steps that are taken by themselves; turns follow from what these find."""
        return tuple(s for s in self.steps if s.mode != "turns")

    def _certain(self) -> Iterator[Step]:
        return (s for s in self.steps if not s.per_host and s.not_possible is None)


def allowed_requests(protocol: Protocol, settings: Settings) -> tuple[Request, ...]:
    """The requests of a protocol that these settings allow: no challenge with `--no-challenge`, no login unless the
    owner gave a credential."""
    refused = {"owner's credential"} if settings.credential is None else set()
    if not settings.challenge:
        refused.add("login challenge, no credential")
    return tuple(r for r in protocol.requests if r.purpose not in refused)


def usable_protocols(protocols: Mapping[str, Protocol], settings: Settings) -> dict[str, Protocol]:
    """The protocols of which these settings leave something to ask."""
    return {name: p for name, p in protocols.items() if allowed_requests(p, settings)}


def tried_ports(plan: Plan) -> frozenset[int]:
    """The TCP ports that the plan tries at every host."""
    return frozenset(int(port) for step in plan.steps if step.mode == "ports" for port in step.requests)


def swept_ports(protocols: Mapping[str, Protocol]) -> tuple[int, ...]:
    """Every TCP port that some protocol wants, in numeric order."""
    channels = (p.channel for p in protocols.values())
    return tuple(sorted({port for c in channels if isinstance(c, Tcp) for port in (*c.ports, *c.tls_ports)}))
