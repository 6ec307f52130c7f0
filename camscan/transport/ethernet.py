"""ARP: who is on this wire. The one file that builds raw frames, and the only one that imports scapy (lazily).

An answer costs a device nothing and cannot be refused, so this finds what no firewall lets answer. One frame is built
by scapy; the others differ in the address asked for, which is written into its place. Follows RFC 826, packet(7).
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from ipaddress import IPv4Address, IPv4Network

from camscan.errors import NotPossibleError
from camscan.model import Reply
from camscan.scope import Interface
from camscan.transport.chunk import Chunk, chunks
from camscan.transport.inbox import Inbox
from camscan.transport.wire import Wire

REQUEST = "who-has"
ROUNDS = 2  # the second only to those that were silent: one lost frame in fifty is usual on a busy wire
SETTLE_LEAST = 0.1  # seconds after a round: a device that is awake answers within that
SETTLE_FACTOR = 4  # times the slowest answer so far: a radio that sleeps makes everybody behind it slow
CHUNK = 4096  # addresses asked before their second round
FRAME_LIMIT = 128  # bytes: an ARP frame has 42, padded to 60

_ETHERTYPE_ARP = 0x0806
_TARGET = slice(38, 42)  # of an ARP frame: the address asked for
_ANSWER = b"\x08\x06\0\1\x08\0\6\4\0\2"  # EtherType, Ethernet, IPv4, lengths, "is at": bytes 12 to 22


async def arp_sweep(
    wire: Wire, interface: Interface, network: IPv4Network, addresses: Iterable[str], seconds: float
) -> AsyncGenerator[Reply, None]:
    """One answer (the frame) of each address of the network that is there, until at most `seconds` after the last
    question; less where the answers so far came quickly.

    Questions that could not leave one by one are counted in `wire.unsent`, answers not kept in `wire.dropped`. Raises
    `OutOfScopeError`, and `NotPossibleError` without the privilege, on an interface that has no ARP, or if none left.
    """
    sweep = _Sweep(wire, interface, network)
    inbox = Inbox(FRAME_LIMIT)
    inbox.watch(sweep.sock)
    try:
        async with aclosing(inbox.harvest(lambda: sweep.send(addresses, seconds), 0.0)) as arrivals:
            async for frame, _ in arrivals:
                address = sweep.read(frame)
                if address:
                    sweep.answered.add(address)
                    yield _reply(wire, interface, address, frame)
    finally:
        wire.dropped["arp"] += inbox.dropped


def can_send_frames() -> bool:
    """Whether this user may send frames of its own making on this system."""
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    except (OSError, AttributeError):
        return False
    return True


def _reply(wire: Wire, interface: Interface, address: str, frame: bytes) -> Reply:
    return Reply(
        address=address,
        protocol="arp",
        transport="ethernet",
        port=None,
        request=REQUEST,
        data=frame,
        channel="unicast",
        time=wire.clock(),
        sensor=interface.name,
    )


class _Sweep:
    """The questions of one sweep, and which frames answer them."""

    def __init__(self, wire: Wire, interface: Interface, network: IPv4Network) -> None:
        self._wire = wire
        self._network = network
        self._frame = _question(interface, network)
        self._sent = 0
        self._problem = ""
        self._asked: dict[str, float] = {}
        self._slowest = 0.0
        self.answered: set[str] = set()
        self.sock = _open(interface)

    async def send(self, addresses: Iterable[str], seconds: float) -> None:
        """Two rounds, and after each as long a wait as the slowest answer so far advises, at most `seconds`."""
        for chunk in chunks(iter(addresses), CHUNK):
            self._asked.clear()
            for _ in range(ROUNDS):
                await self._round(chunk)
                await asyncio.sleep(self._settle(seconds))
        if self._problem and not self._sent:
            raise NotPossibleError(f"arp: {self._problem}")

    def _settle(self, limit: float) -> float:
        return min(limit, max(SETTLE_LEAST, SETTLE_FACTOR * self._slowest)) if self.answered else limit

    async def _round(self, chunk: Chunk) -> None:
        for address in chunk:
            self._wire.check(address)
            if address not in self.answered and not self._wire.spares(address):
                await self._ask(address)

    async def _ask(self, address: str) -> None:
        self._frame[_TARGET] = socket.inet_aton(address)
        await self._wire.pace.take()
        self._asked[address] = _now()
        self._wire.ledger.record(
            address=address,
            port=None,
            transport="ethernet",
            protocol="arp",
            request=REQUEST,
            size=len(self._frame),
        )
        try:
            await asyncio.get_running_loop().sock_sendall(self.sock, bytes(self._frame))
        except OSError as error:
            self._problem = error.strerror or str(error)
            self._wire.unsent.add(address, self._problem)
        else:
            self._sent += 1

    def read(self, frame: bytes) -> str | None:
        """The address that says where it is, if it is one of those to ask and has not answered yet."""
        if len(frame) < _TARGET.stop or frame[12:22] != _ANSWER:
            return None
        address = socket.inet_ntoa(frame[28:32])
        if IPv4Address(address) not in self._network or not self._wire.accepts(address, "arp"):
            return None
        if not self._wire.scope.permits(address) or address in self.answered:
            return None
        self._slowest = max(self._slowest, _now() - self._asked.get(address, _now()))
        return address


def _now() -> float:
    return asyncio.get_running_loop().time()


def _question(interface: Interface, network: IPv4Network) -> bytearray:
    """A who-has from this interface; without an address of its own in the network it asks as a probe (RFC 5227)."""
    if interface.mac is None:
        raise NotPossibleError(f"arp: {interface.name} has no MAC address")
    from scapy.layers.l2 import ARP, Ether

    own = next((str(a.ip) for a in interface.ipv4 if a.ip in network), "0.0.0.0")  # noqa: S104
    frame = Ether(src=interface.mac, dst="ff:ff:ff:ff:ff:ff") / ARP(
        op="who-has", hwsrc=interface.mac, psrc=own, pdst="0.0.0.0"  # noqa: S104
    )  # fmt: skip
    return bytearray(bytes(frame))


def _open(interface: Interface) -> socket.socket:
    try:
        sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETHERTYPE_ARP))
    except PermissionError:
        raise NotPossibleError("no raw frames for this user: needs CAP_NET_RAW") from None
    try:
        sock.bind((interface.name, _ETHERTYPE_ARP))
    except OSError as error:
        sock.close()
        raise NotPossibleError(f"arp: {interface.name}: {error.strerror}") from None
    return sock
