"""One engine of camscan by itself, as a whole program: `python engine.py syn OPTIONS` or `… arp OPTIONS`.

The options are JSON, so that reading them costs no import that camscan would not make. It prints what it finds, a line
each, and on stderr as JSON how many frames it sent and in how many seconds.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from camscan.scope import Interface, Scope
from camscan.transport.ledger import Ledger
from camscan.transport.pace import Pace, burst_of
from camscan.transport.wire import Wire


@dataclass(frozen=True, kw_only=True)
class Options:
    """Where to ask, how fast (frames a second), and who this machine is; `router` and `ports` are for SYN."""

    interface: str
    network: str
    rate: float
    address: str
    mac: str
    router: str = ""
    ports: tuple[int, ...] = ()


async def syn(wire: Wire, options: Options) -> float:
    """Prints the open ports; the seconds in which every probe was sent once."""
    from camscan.transport.link import Link
    from camscan.transport.syn import syn_sweep

    ends = [bytes.fromhex(mac.replace(":", "")) for mac in (options.mac, options.router)]
    link = Link(interface=options.interface, mac=ends[0], address=options.address, router=ends[1])
    started, whole = time.monotonic(), list[float]()

    def advance(share: float) -> None:
        if share >= 1.0 and not whole:
            whole.append(time.monotonic() - started)

    async for found in syn_sweep(wire, link, wire.scope.swept, options.ports, advance=advance):
        print(IPv4Address(found.address), found.port)
    return whole[0]


async def arp(wire: Wire, options: Options) -> float:
    """Prints the addresses that are there; the seconds of the whole sweep."""
    from camscan.protocols.arp import encode_who_has
    from camscan.transport.ethernet import arp_sweep

    network = IPv4Network(options.network)
    own = IPv4Interface(f"{options.address}/{network.prefixlen}")
    interface = Interface(name=options.interface, index=0, kind="ethernet", addresses=(own,), mac=options.mac)
    started = time.monotonic()
    async for reply in arp_sweep(wire, encode_who_has, interface, network, wire.scope.addresses()):
        print(reply.address)
    return time.monotonic() - started


def main(engine: str, text: str) -> None:
    options = Options(**json.loads(text))
    pace = Pace(options.rate, burst_of(options.rate))
    wire = Wire(scope=Scope(swept=(IPv4Network(options.network),)), pace=pace, ledger=Ledger(None, time.time))
    seconds = asyncio.run({"syn": syn, "arp": arp}[engine](wire, options))
    sys.stderr.write(json.dumps({"seconds": seconds, "frames": wire.ledger.packets}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
