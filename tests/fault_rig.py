"""A few devices of the demo's site in network namespaces, company that misbehaves, and `camscan scan` run among them.

What must hold whatever goes wrong: the scan ends by itself, without a traceback, and the planted devices are in it.
"""

import json
import selectors
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from camscan.discover.plan import Settings, swept_ports, usable_protocols
from camscan.lab import namespaces, netns
from camscan.lab.device import Device, Truth
from camscan.lab.network import Network
from camscan.lab.site import Site, load_site
from camscan.protocols.registry import load_protocols
from camscan.transport.wire import PACKETS_PER_HOST

needs_namespaces = [
    pytest.mark.lab,
    pytest.mark.skipif(netns.obstacle() is not None, reason=str(netns.obstacle())),
]

needs_nftables = pytest.mark.skipif(not shutil.which("nft"), reason="needs the nft program (nftables)")

LAN = "10.83.10.0/24"
TOWN_HALL = (  # none that speaks TLS: asyncio cannot end a server on which a handshake hangs, as some do in these tests
    "lobby-camera",
    "square-dome",
    "cellar-recorder",
    "kiosk-annke",
    "yard-camera",
    "garage-recorder",
    "shop-lorex",
    "time-clock",
)
SCHOOL = ("school-gate-camera", "school-office-recorder", "gym-recorder", "playground-camera", "bicycle-shed-camera")
SECONDS = 120  # a scan that takes longer hangs
POLL_SECONDS = 0.05
NO_RAW = ("setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw", "--ambient-caps=-net_raw")
STOP_SECONDS = 0.1  # until a thread notices that it is over
PORTS = swept_ports(usable_protocols(load_protocols(), Settings()))


@dataclass(frozen=True)
class Town:
    """A site that is up, with the namespace of every device by its id, and of the scanner. `chosen` are the ids of the
    planted devices."""

    network: Network
    site: Site
    chosen: tuple[str, ...]

    @property
    def scanner(self) -> str:
        assert self.network.scanner
        return self.network.scanner

    @property
    def switch(self) -> str:
        """The namespace of the bridges; the scanner's cable ends there in `v0-0`."""
        return f"{self.scanner.removesuffix('-scanner')}-site"

    @property
    def planted(self) -> set[str]:
        """The addresses of the planted devices."""
        return {address for address, device in self.network.devices.items() if device.id in self.chosen}

    @property
    def town_hall(self) -> set[str]:
        """Those of them on the scanner's own wire."""
        return {address for address in self.planted if IPv4Address(address) in IPv4Network(LAN)}

    def namespace(self, device: str) -> str:
        number = next(n for n, d in enumerate(self.site.devices, 1) if d.id == device)
        return f"{self.scanner.removesuffix('-scanner')}-d{number}"


@dataclass(frozen=True)
class Ended:
    """How one scan ended: exit code, document, stderr, the log of what was sent, and the replies."""

    code: int
    document: dict[str, Any]
    message: str
    log: list[dict[str, Any]]
    replies: list[dict[str, Any]]

    def reasons(self) -> str:
        """Everything the coverage gives as a reason."""
        return "; ".join(row["reason"] for row in self.document["coverage"] if row["reason"])

    def device(self, address: str) -> dict[str, Any] | None:
        return next((d for d in self.document["devices"] if address in d["addresses"]), None)


@dataclass(frozen=True)
class Running:
    """A scan under way, and what it has heard so far."""

    process: subprocess.Popen[str]
    replies: Path

    def heard(self, *protocols: str) -> set[str]:
        """The addresses that have answered one of these protocols."""
        return {line["address"] for line in _lines(self.replies) if line["protocol"] in protocols}

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Until this holds, which it must before the scan has ended."""
        end = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < end
            assert self.process.poll() is None, "the scan has ended"
            time.sleep(POLL_SECONDS)


@contextmanager
def town(*company: Device, planted: tuple[str, ...] = TOWN_HALL, lan: str = LAN) -> Iterator[Town]:
    """The planted devices, the router, and others; `lan` is the network of the scanner's wire."""
    whole = load_site()
    home, *others = whole.segments
    chosen = (d for d in whole.devices if d.id in (*planted, "router"))
    segments = (replace(home, network=IPv4Network(lan)), *others)
    site = Site(segments=segments, devices=(*chosen, *company))
    with namespaces.build(site) as network:
        yield Town(network, site, planted)


def stranger(name: str, last: int) -> Device:
    """A host of the town hall that has an address and says nothing of its own accord."""
    return Device(
        id=name,
        wire="town-hall",
        address=f"10.83.10.{last}",
        mac=f"02:00:5e:10:01:{last:02x}",
        truth=Truth(),
        services=(),
    )


def scan(
    namespace: str,
    folder: Path,
    *arguments: str,
    program: tuple[str, ...] = ("-m", "camscan"),
    under: tuple[str, ...] = (),
    during: Callable[[Running], None] = lambda running: None,
) -> Ended:
    """Runs `camscan scan` inside this namespace, and nowhere else, `under` another command. `during` is called while it
    runs."""
    assert Path("/run/netns", namespace).stat().st_ino != Path("/proc/self/ns/net").stat().st_ino
    log, replies = folder / "requests.jsonl", folder / "replies.jsonl"
    files = ("--format", "json", "--request-log", str(log), "--replies", str(replies))
    command = ["ip", "netns", "exec", namespace, *under, sys.executable, *program, "scan", *arguments, *files]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            during(Running(process, replies))
            out, err = process.communicate(timeout=SECONDS)
        finally:
            process.kill()
    assert "Traceback" not in err, err
    return Ended(
        code=process.returncode, document=json.loads(out), message=err, log=_lines(log), replies=_lines(replies)
    )


def _lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines of a file that may still be written to."""
    whole, _, _ = path.read_text().rpartition("\n") if path.exists() else ("", "", "")
    return [json.loads(line) for line in whole.splitlines()]


def altered(*statements: str) -> tuple[str, ...]:
    """The program after these statements: with other limits, where the usual ones would make a test last minutes."""
    return "-c", "\n".join((*statements, "from camscan.__main__ import main; main()"))


def impatient(seconds: float, packets: int = PACKETS_PER_HOST) -> tuple[str, ...]:
    """The program with other ceilings for one host."""
    return altered(
        f"from camscan.transport import patience; patience.HOST_SECONDS = {seconds}",
        f"from camscan.transport import wire; wire.PACKETS_PER_HOST = {packets}",
    )


def few_ports() -> tuple[str, ...]:
    """The program with four ports to try; each costs a second where nobody is."""
    return altered("from camscan.discover import steps; steps.swept_ports = lambda usable: (80, 554, 8000, 37777)")


def missed(town: Town, ended: Ended, *attributes: str, network: str = LAN) -> list[tuple[str, str, object]]:
    """(device, attribute, what the scan says) for every planted device of the network that is not what it should be."""
    return [
        (device.id, attribute, found and found[attribute])
        for address, device in town.network.devices.items()
        if device.id in town.chosen and IPv4Address(address) in IPv4Network(network)
        for attribute in attributes or ("vendor", "model")
        if (truth := getattr(device.truth, attribute))
        if not (found := ended.device(address)) or found[attribute] != truth
    ]


@contextmanager
def listening(namespace: str, serve: Callable[[socket.socket], None] | None = None) -> Iterator[None]:
    """Every port that a scan tries is open in this namespace. Each connection is given to `serve` in a thread of its
    own; without it the kernel accepts and nobody ever answers."""
    with ExitStack() as stack:
        with netns.inside(namespace):
            servers = [stack.enter_context(socket.create_server(("", port), backlog=512)) for port in PORTS]
        if serve:
            stack.enter_context(_accepting(servers, serve))
        yield


@contextmanager
def _accepting(servers: list[socket.socket], serve: Callable[[socket.socket], None]) -> Iterator[None]:
    def accept() -> None:
        for key, _ in ready.select(STOP_SECONDS):
            with suppress(OSError):
                threading.Thread(target=_ended_by_peer, args=(key.fileobj.accept()[0], serve), daemon=True).start()

    with selectors.DefaultSelector() as ready:
        for server in servers:
            server.setblocking(False)
            ready.register(server, selectors.EVENT_READ)
        with repeating(accept):
            yield


def _ended_by_peer(connection: socket.socket, serve: Callable[[socket.socket], None]) -> None:
    with connection, suppress(OSError):
        serve(connection)


@contextmanager
def repeating(work: Callable[[], None]) -> Iterator[None]:
    """Does the work again and again in a thread until the block ends."""
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            work()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
