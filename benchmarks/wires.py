"""The networks that discovery is measured on, in namespaces of their own: a routed /16 of which little is there, and a
/22 on the wire itself. nftables makes the rest silent; no interface of the machine is touched.

Names are unique to the run and removed by name at its end, however it ends.
"""

import random
import secrets
import selectors
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network

from camscan.lab import netns

SEED = 20261122
INTERFACE = "wire"
STOP_SECONDS = 0.2  # until a thread notices that it is over
TRICKLE_SECONDS = 0.02  # masscan waits for ever where nothing at all arrives: a stray packet now and then is usual

ROUTED = IPv4Network("10.50.0.0/16")
PORTS = (80, 443, 554, 8000, 8080, 34567, 37777, 37778)
CAMERA_PORTS = ((80, 554, 8000), (80, 554, 37777))
CAMERAS, REFUSING = 500, 2000

FLAT = IPv4Network("10.62.0.0/22")
HOSTS = 200

_SITE = """
table netdev site {{
  set there {{ type ipv4_addr; elements = {{ {there} }} }}
  chain road {{ type filter hook ingress device wire priority -10; }}
  chain silence {{ type filter hook ingress device wire priority 0; ip daddr {network} ip daddr != @there drop; }}
}}
table inet site {{
  set first {{ type ipv4_addr; elements = {{ {first} }} }}
  set second {{ type ipv4_addr; elements = {{ {second} }} }}
  set refusing {{ type ipv4_addr; elements = {{ {refusing} }} }}
  chain road_back {{ type filter hook postrouting priority 10; }}
  chain answer {{
    type filter hook input priority 0;
    ip daddr @first tcp dport {{ {first_ports} }} accept
    ip daddr @second tcp dport {{ {second_ports} }} accept
    ip daddr @refusing tcp flags syn reject with tcp reset
    ip daddr {network} drop
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """A wire between two namespaces: where the scanner stands with its address, and who is at the other end."""

    scanner: str
    hosts: str
    address: str
    mac: str
    far_mac: str

    def configure_hosts(self, rules: str) -> None:
        """Loads nftables rules at the far end."""
        with netns.inside(self.hosts):
            subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True, timeout=60)


@contextmanager
def _wired(near: str, far: str) -> Iterator[Ends]:
    """Two namespaces and the wire between them; `near` and `far` are addresses with their network."""
    run = secrets.token_hex(3)
    scanner, hosts = f"camscan-bench-{run}-a", f"camscan-bench-{run}-b"
    with ExitStack() as stack:
        stack.callback(netns.remove, [scanner, hosts])
        netns.create([scanner, hosts])
        netns.configure(scanner, [f"link add {INTERFACE} type veth peer name {INTERFACE} netns {hosts}"])
        for name, address in ((scanner, near), (hosts, far)):
            netns.configure(name, ["link set lo up", f"addr add {address} dev {INTERFACE}", f"link set {INTERFACE} up"])
        stack.enter_context(_trickle(hosts, near.split("/")[0]))
        macs = [_mac(name) for name in (scanner, hosts)]
        yield Ends(scanner=scanner, hosts=hosts, address=near.split("/")[0], mac=macs[0], far_mac=macs[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """The routed network: what is open in it, and how to make the way there worse."""

    ends: Ends
    cameras: tuple[tuple[str, tuple[int, ...]], ...]

    def open(self, network: IPv4Network) -> set[tuple[str, int]]:
        """The open ports of a part of it."""
        return {(a, port) for a, ports in self.cameras if IPv4Address(a) in network for port in ports}

    @contextmanager
    def losing(self, percent: int) -> Iterator[None]:
        """So many of a hundred packets are lost there, and as many on the way back."""
        rule = f"meta l4proto tcp numgen random mod 100 < {percent} drop"
        with self._road([f"netdev site road {rule}", f"inet site road_back {rule}"]):
            yield

    @contextmanager
    def policed(self, packets: int) -> Iterator[None]:
        """What is more than so many packets a second is dropped."""
        rule = f"tcp flags syn limit rate over {packets}/second burst 200 packets drop"
        with self._road([f"netdev site road {rule}"]):
            yield

    @contextmanager
    def _road(self, rules: Sequence[str]) -> Iterator[None]:
        self.ends.configure_hosts("".join(f"add rule {rule}\n" for rule in rules))
        try:
            yield
        finally:
            self.ends.configure_hosts("flush chain netdev site road\nflush chain inet site road_back\n")


@contextmanager
def routed_site() -> Iterator[Routed]:
    """A /16 behind a router: cameras with three open ports each, hosts that refuse everything, the rest silent."""
    chosen = random.Random(SEED).sample(range(1, ROUTED.num_addresses - 1), CAMERAS + REFUSING)
    addresses = [str(ROUTED[number]) for number in chosen]
    kinds = (addresses[:CAMERAS:2], addresses[1:CAMERAS:2])
    with _wired("10.49.0.1/24", "10.49.0.2/24") as ends, ExitStack() as stack:
        netns.configure(ends.scanner, ["route add default via 10.49.0.2"])
        netns.configure(ends.hosts, [f"route add local {ROUTED} dev lo"])
        ends.configure_hosts(_rules(addresses, kinds))
        stack.enter_context(_hanging_up(ends.hosts))
        cameras = tuple((a, ports) for some, ports in zip(kinds, CAMERA_PORTS, strict=True) for a in some)
        yield Routed(ends=ends, cameras=cameras)


@contextmanager
def _hanging_up(name: str) -> Iterator[None]:
    """Servers inside a namespace on all ports that cameras have open, which close what they accept."""
    stop = threading.Event()
    with ExitStack() as stack, netns.inside(name):
        ready = stack.enter_context(selectors.DefaultSelector())
        for port in {port for ports in CAMERA_PORTS for port in ports}:
            server = stack.enter_context(socket.create_server(("0.0.0.0", port), backlog=4096))  # noqa: S104
            server.setblocking(False)
            ready.register(server, selectors.EVENT_READ)
        servers = stack.pop_all()

    def answer() -> None:
        while not stop.is_set():
            for key, _ in ready.select(STOP_SECONDS):
                with suppress(OSError):
                    key.fileobj.accept()[0].close()

    with servers, _thread(answer, stop):
        yield


def _rules(addresses: Sequence[str], kinds: tuple[Sequence[str], Sequence[str]]) -> str:
    return _SITE.format(
        network=ROUTED,
        there=", ".join(addresses),
        first=", ".join(kinds[0]),
        second=", ".join(kinds[1]),
        refusing=", ".join(addresses[CAMERAS:]),
        first_ports=", ".join(map(str, CAMERA_PORTS[0])),
        second_ports=", ".join(map(str, CAMERA_PORTS[1])),
    )


@contextmanager
def flat_site() -> Iterator[tuple[Ends, set[str]]]:
    """A /22 on the wire, and the addresses that are there."""
    numbers = random.Random(SEED).sample(range(2, FLAT.num_addresses - 1), HOSTS)
    there = [str(FLAT[number]) for number in numbers]
    with _wired(f"{FLAT[1]}/{FLAT.prefixlen}", "10.63.0.1/24") as ends:
        back = f"route add {FLAT} dev {INTERFACE} src 10.63.0.1"
        netns.configure(ends.hosts, [*(f"route add local {address} dev lo" for address in there), back])
        yield ends, set(there)


@contextmanager
def _trickle(name: str, address: str) -> Iterator[None]:
    """A datagram now and then to an address, from inside a namespace."""
    stop = threading.Event()
    with netns.inside(name):
        mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def speak() -> None:
        while not stop.wait(TRICKLE_SECONDS):
            mouth.sendto(b"\0", (address, 9))

    with mouth, _thread(speak, stop):
        yield


@contextmanager
def _thread(work: Callable[[], None], stop: threading.Event) -> Iterator[None]:
    """Runs the work beside the caller until the end, which it is told by `stop`."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _mac(name: str) -> str:
    command = ["ip", "-n", name, "-o", "link", "show", INTERFACE]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.split()
    return shown[shown.index("link/ether") + 1]
