"""ARP: who is on this wire.

An answer costs a device nothing and cannot be refused, so this finds what no firewall lets answer. Questions leave in
small batches that keep the pace, and a silent address is asked again while the rest is still being asked. Follows
RFC 826, packet(7).
"""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing
from ipaddress import IPv4Address, IPv4Network

from camscan.errors import NotPossibleError
from camscan.model import Reply
from camscan.scope import Interface
from camscan.transport.chunk import Chunk, chunks
from camscan.transport.inbox import Inbox, as_it_came
from camscan.transport.packet_socket import lost_by_kernel, open_frames
from camscan.transport.wire import Wire

REQUEST = "who-has"
ARP_SECONDS = 1.0  # after the last who-has; a directly connected host answers in milliseconds
ROUNDS = 2  # the second only to those that were silent: one lost frame in fifty is usual on a busy wire
SETTLE_LEAST = 0.1  # seconds after a question: a device that is awake answers within that
SETTLE_FACTOR = 4  # times the slowest answer so far: a radio that sleeps makes everybody behind it slow
CHUNK = 4096  # addresses asked before their second round
TICK = 0.002  # seconds between batches: finer than a busy machine's clock keeps is no use
FRAME_LIMIT = 128  # bytes: an ARP frame has 42, padded to 60

_ETHERTYPE_ARP = 0x0806
_EVERYBODY = b"\xff" * 6
_ANSWER = b"\x08\x06\0\1\x08\0\6\4\0\2"  # EtherType, Ethernet, IPv4, lengths, "is at": bytes 12 to 22
_LENGTH = 42  # bytes: Ethernet 14, ARP 28

WhoHas = Callable[[bytes, bytes, bytes], bytes]
"""(own MAC, own address, address asked for) → the ARP packet that asks for it."""


async def arp_sweep(
    wire: Wire,
    who_has: WhoHas,
    interface: Interface,
    network: IPv4Network,
    addresses: Iterable[str],
    seconds: float = ARP_SECONDS,
) -> AsyncGenerator[Reply, None]:
    """One answer (the frame) of each address of the network that is there, as it comes, until at most `seconds` after
    the last question; less where the answers so far came quickly.

    Questions that could not leave one by one are counted in `wire.unsent`, answers of excluded senders in
    `wire.dropped` and those that were too many in `wire.lost`. Raises `OutOfScopeError`, and `NotPossibleError` without
    the privilege, on an interface that has no ARP, or if none left.
    """
    sweep = _Sweep(wire, who_has, interface, network, seconds)
    inbox = Inbox(FRAME_LIMIT, as_it_came)
    inbox.watch(sweep.sock)
    try:
        async with aclosing(inbox.harvest(lambda: sweep.send(addresses), 0.0)) as arrivals:
            async for frame, _ in arrivals:
                address = sweep.read(frame)
                if address:
                    yield _reply(wire, interface, address, frame)
    finally:
        wire.lost["arp"] += inbox.dropped + sweep.lost


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
    """The questions of one sweep, and which frames answer them. `lost` are answers that found the buffer full."""

    def __init__(self, wire: Wire, who_has: WhoHas, interface: Interface, network: IPv4Network, seconds: float) -> None:
        self._wire = wire
        self._question = _question(who_has, interface, network)
        self._network = network
        self._limit = seconds
        self._sent = 0
        self._problem = ""
        self._asked: dict[str, float] = {}
        self._slowest = 0.0
        self._answered: set[str] = set()
        self.lost = 0
        self.sock = open_frames(interface.name, _ETHERTYPE_ARP)

    async def send(self, addresses: Iterable[str]) -> None:
        """Asks every address, the silent ones again, and waits for the last answers."""
        try:
            for chunk in chunks(iter(addresses), CHUNK):
                for _ in range(ROUNDS):
                    await self._round(chunk)
            if self._sent:
                await self._outlast(_now())
        finally:
            self.lost = lost_by_kernel(self.sock)
        if self._problem and not self._sent:
            raise NotPossibleError(f"arp: {self._problem}")

    async def _round(self, chunk: Chunk) -> None:
        """The silent ones of a chunk, each once the time for an answer to its question before is over."""
        ready = 0
        for address in self._silent(chunk):
            await self._outlast(self._asked.get(address, float("-inf")))
            if address in self._answered:
                continue
            if not ready:
                ready = self._batch
                await self._wire.pace.take(ready)
            ready -= 1
            await self._ask(address)

    @property
    def _batch(self) -> int:
        """How many may leave at once: those of a tick, and what became due while others kept this machine busy."""
        pace = self._wire.pace
        return max(1, int(pace.rate * TICK), pace.due)

    def _silent(self, chunk: Chunk) -> Iterator[str]:
        for address in chunk:
            self._wire.check(address)
            if address not in self._answered and not self._wire.spares(address):
                yield address

    async def _outlast(self, asked: float) -> None:
        """Waits as long after a question as the slowest answer so far advises; what is heard meanwhile counts."""
        while (left := asked + self._patience() - _now()) > 0:  # noqa: ASYNC110 -- it is time that passes
            await asyncio.sleep(min(left, SETTLE_LEAST))

    def _patience(self) -> float:
        return min(self._limit, max(SETTLE_LEAST, SETTLE_FACTOR * self._slowest)) if self._answered else self._limit

    async def _ask(self, address: str) -> None:
        frame = self._question(address)
        self._remember(address)
        self._wire.ledger.record(
            address=address, port=None, transport="ethernet", protocol="arp", request=REQUEST, size=len(frame)
        )
        try:
            await asyncio.get_running_loop().sock_sendall(self.sock, frame)
        except OSError as error:
            self._problem = error.strerror or str(error)
            self._wire.unsent.add(address, self._problem)
        else:
            self._sent += 1

    def _remember(self, address: str) -> None:
        """When it was asked; those of the chunk before are forgotten one by one, a late answer may still come."""
        self._asked.pop(address, None)
        self._asked[address] = _now()
        if len(self._asked) > CHUNK:
            del self._asked[next(iter(self._asked))]

    def read(self, frame: bytes) -> str | None:
        """The address that says where it is, if it is one of those to ask and has not answered yet."""
        if len(frame) < _LENGTH or frame[12:22] != _ANSWER:
            return None
        address = socket.inet_ntoa(frame[28:32])
        if address in self._answered or IPv4Address(address) not in self._network:
            return None
        if not self._wire.accepts(address, "arp") or not self._wire.scope.permits(address):
            return None
        self._answered.add(address)
        self._slowest = max(self._slowest, _now() - self._asked.pop(address, _now()))
        return address


def _now() -> float:
    return asyncio.get_running_loop().time()


def _question(who_has: WhoHas, interface: Interface, network: IPv4Network) -> Callable[[str], bytes]:
    """Makes the frame for an address; without an address of its own in the network it asks as a probe (RFC 5227)."""
    if interface.mac is None:
        raise NotPossibleError(f"arp: {interface.name} has no MAC address")
    mac = bytes.fromhex(interface.mac.replace(":", ""))
    own = next((a.ip.packed for a in interface.ipv4 if a.ip in network), bytes(4))
    head = _EVERYBODY + mac + _ETHERTYPE_ARP.to_bytes(2, "big")
    return lambda address: head + who_has(mac, own, socket.inet_aton(address))
