"""The site in network namespaces: every device in its own, on virtual wires, with its real address, MAC and ports.

A bridge for each segment lies in a namespace of its own; the scanner stands on the first segment; the device that has
that segment's gateway address routes to the others, so that unicast crosses and multicast does not. Names are unique to
the run, and are removed by name at the end, after an error and on SIGINT, SIGTERM or SIGHUP.
"""

import asyncio
import secrets
import signal
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from camscan.errors import CannotRunError
from camscan.lab import netns
from camscan.lab.device import Device
from camscan.lab.network import Journal, Network
from camscan.lab.outlet import Outlet, Placement, open_outlets
from camscan.lab.scripted import serving
from camscan.lab.site import Segment, Site

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)  # SIGINT is an exception already
_SCANNER_MAC = "02:00:5e:10:00:02"  # locally administered: belongs to no maker
_LOOSE, _OFF = "2", "0"  # reverse-path filter: as distributions ship it, and as cameras have it


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """One namespace to be made: its name, and for every interface the segment, address, MAC and route."""

    name: str
    legs: tuple[tuple[Segment, str, str], ...]
    gateway: str | None
    forwards: bool
    device: Device | None


@contextmanager
def build(site: Site) -> Iterator[Network]:
    """The running site. Raises `CannotRunError` where the machine cannot have it; leaves nothing behind."""
    reason = netns.obstacle()
    if reason:
        raise CannotRunError(f"lab: {reason}")
    prefix = f"camscan-{secrets.token_hex(3)}"
    hosts = tuple(_hosts(site, prefix))
    names = [f"{prefix}-site", *(host.name for host in hosts)]
    journal = Journal()
    with _signals_as_exceptions(), ExitStack() as stack:
        stack.callback(netns.remove, names)
        netns.create(names)
        _wire_up(site, hosts, names[0])
        outlets, missing = _open(hosts, stack)
        stack.enter_context(_served_by_a_thread(outlets, journal))
        yield Network(
            targets=tuple(str(segment.network) for segment in site.segments),
            scanner=next(host.name for host in hosts if host.device is None),
            devices={address: host.device for host in hosts if host.device for _, address, _ in host.legs},
            journal=journal,
            missing=tuple(missing),
        )


def _hosts(site: Site, prefix: str) -> Iterator[Host]:
    home = site.segments[0]
    if home.scanner is None:
        raise CannotRunError(f"lab: no scanner on the first segment, {home.name}")
    leg = (home, home.scanner, _SCANNER_MAC)
    yield Host(name=f"{prefix}-scanner", legs=(leg,), gateway=home.gateway, forwards=False, device=None)
    for number, device in enumerate(site.devices, 1):
        yield _host_of(site, device, f"{prefix}-d{number}")


def _host_of(site: Site, device: Device, name: str) -> Host:
    wire = site.wires[device.wire]
    routes = device.address == wire.gateway
    others = [segment for segment in site.segments if segment != wire] if routes else []
    legs = (
        (wire, device.address, device.mac),
        *((segment, segment.gateway, _next_mac(device.mac, n)) for n, segment in enumerate(others, 1)),
    )
    has_way_out = not routes and not site.is_foreign(device)
    gateway = wire.gateway if has_way_out else None
    return Host(name=name, legs=legs, gateway=gateway, forwards=routes, device=device)


def _next_mac(mac: str, step: int) -> str:
    digits = f"{int(mac.replace(':', ''), 16) + step:012x}"
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2))


def _wire_up(site: Site, hosts: tuple[Host, ...], switch: str) -> None:
    """The bridges and the cables, then the addresses at the far ends."""
    bridges = {segment.name: f"lan{number}" for number, segment in enumerate(site.segments)}
    commands = [f"link add name {bridge} type bridge mcast_snooping 0" for bridge in bridges.values()]
    for number, host in enumerate(hosts):
        for leg, (segment, _, mac) in enumerate(host.legs):
            port = f"v{number}-{leg}"
            peer = f"peer name eth{leg} address {mac} netns {host.name}"
            commands += [f"link add name {port} master {bridges[segment.name]} type veth {peer}", f"link set {port} up"]
    netns.configure(switch, [*commands, *(f"link set {bridge} up" for bridge in bridges.values())])
    for host in hosts:
        netns.configure(host.name, _addressing(host))


def _addressing(host: Host) -> Iterator[str]:
    yield "link set lo up"
    for leg, (segment, address, _) in enumerate(host.legs):
        yield f"address add {address}/{segment.network.prefixlen} broadcast + dev eth{leg}"
        yield f"link set eth{leg} up"
    if host.gateway:
        yield f"route add default via {host.gateway}"


def _open(hosts: tuple[Host, ...], stack: ExitStack) -> tuple[list[Outlet], list[str]]:
    """The sockets of all devices, opened by a thread of its own: no other ever leaves its namespace."""
    outlets: list[Outlet] = []
    missing: list[str] = []
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="camscan-lab-netns") as executor:
        for opened, lost in executor.map(_open_host, hosts):
            for outlet in opened:
                stack.callback(outlet.socket.close)
            outlets += opened
            missing += lost
    return outlets, missing


def _open_host(host: Host) -> tuple[list[Outlet], list[str]]:
    with netns.inside(host.name):
        for name, value in _parameters(host).items():
            netns.write_sysctl(name, value)
        if host.device is None:
            return [], []
        return open_outlets(host.device, Placement(address=host.device.address, bind="0.0.0.0", multicast=True))  # noqa: S104


def _parameters(host: Host) -> Mapping[str, str]:
    filtering = _LOOSE if host.device is None else _OFF
    return {
        "net.ipv4.conf.all.rp_filter": filtering,
        "net.ipv4.conf.eth0.rp_filter": filtering,
        "net.ipv4.ip_forward": "1" if host.forwards else "0",
    }


@contextmanager
def _served_by_a_thread(outlets: list[Outlet], journal: Journal) -> Iterator[None]:
    """One event loop for all devices, beside the caller. An error in starting it is raised here."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="camscan-lab", daemon=True)
    thread.start()
    try:
        running = serving(outlets, journal)
        asyncio.run_coroutine_threadsafe(running.__aenter__(), loop).result()
        try:
            yield
        finally:
            asyncio.run_coroutine_threadsafe(running.__aexit__(None, None, None), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@contextmanager
def _signals_as_exceptions() -> Iterator[None]:
    """A signal that would end the program raises `SystemExit` instead, so that the namespaces are removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _leave) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: object) -> None:
    for each in _SIGNALS:  # a second one must not cut the removal short
        signal.signal(each, signal.SIG_IGN)
    raise SystemExit(128 + number)
