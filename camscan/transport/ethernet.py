"""ARP: who is on this wire.

An answer costs a device nothing and cannot be refused, so this finds what no firewall lets answer. Questions leave by a
thread that keeps the pace, and a silent address is asked again while the rest is still being asked. Follows RFC 826,
packet(7).
"""

import socket
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from contextlib import aclosing
from ipaddress import IPv4Address, IPv4Network
from itertools import chain

from camscan.errors import NotPossibleError
from camscan.reply import Reply
from camscan.scope import Interface
from camscan.transport.answer_times import REMEMBERED, AnswerTimes, now
from camscan.transport.bulk import Batch, BulkSocket
from camscan.transport.chunk import Chunk, chunks
from camscan.transport.courier import Courier
from camscan.transport.inbox import Inbox
from camscan.transport.packet_socket import lost_by_kernel, open_frames
from camscan.transport.wire import Wire

REQUEST = "who-has"
ARP_SECONDS = 1.0  # after the last who-has; a directly connected host answers in milliseconds
ROUNDS = 2  # the second only to those that were silent: one lost frame in fifty is usual on a busy wire
CHUNK = REMEMBERED  # addresses asked before their second round
BATCH_SECONDS = 0.05  # what leaves in that time is written at once,
BATCH_MOST = 128  # questions at most: the first of them must not wait long until the last is written
AHEAD = 0.15  # seconds before its time it is: so late may a busy event loop be without slowing the pace
AHEAD_AT_FIRST = 0.02  # seconds, while other channels hear of those that are to be asked next
BATCHES = 5  # one that leaves, those that wait for as long, one that is written
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
    inbox = Inbox(FRAME_LIMIT, sweep.hear, dated=True)
    inbox.watch(sweep.sock)
    try:
        async with aclosing(inbox.harvest(lambda: sweep.send(addresses), 0.0)) as arrivals:
            async for address, frame in arrivals:
                yield _reply(wire, interface, address, frame)
    finally:
        sweep.close()
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


class _Questions(Batch):
    """Questions that leave together, and whom they are for."""

    def __init__(self, size: int, times: AnswerTimes) -> None:
        super().__init__(size, _LENGTH)
        self._times = times
        self.addresses: list[str] = []

    def left(self, begin: int, count: int, at: float) -> None:
        """How long an answer takes is counted from here: a busy machine may have sent the question late."""
        for address in self.addresses[begin : begin + count]:
            self._times.note_left(address, at)


class _Sweep:
    """The questions of one sweep, and which frames answer them. `lost` are answers that found the buffer full."""

    def __init__(self, wire: Wire, who_has: WhoHas, interface: Interface, network: IPv4Network, seconds: float) -> None:
        self._wire = wire
        self._question = _question(who_has, interface, network)
        self._network = network
        self._times = AnswerTimes(seconds)
        self._sent = 0
        self._began = now()
        self._problem = ""
        self.lost = 0
        self._together = max(1, min(BATCH_MOST, int(wire.pace.rate * BATCH_SECONDS)))
        self._socket = BulkSocket(interface.name)
        try:
            self.sock = open_frames(interface.name, _ETHERTYPE_ARP)
        except NotPossibleError:
            self._socket.close()
            raise
        batches = (_Questions(self._together, self._times) for _ in range(BATCHES))
        self._courier = Courier(self._socket, batches, self._note_unsent)

    async def send(self, addresses: Iterable[str]) -> None:
        """Asks every address, the silent ones again, and waits for the last answers."""
        try:
            for chunk in chunks(iter(addresses), CHUNK):
                for _ in range(ROUNDS):
                    await self._round(chunk)
            await self._courier.all_left()
            if self._sent:
                await self._times.outlast()
        finally:
            self.lost = lost_by_kernel(self.sock)
        if self._problem and not self._sent:
            raise NotPossibleError(f"arp: {self._problem}")

    async def _round(self, chunk: Chunk) -> None:
        """The silent ones of a chunk, each once the time for an answer to its question before is over."""
        silent = self._silent(chunk)
        address = next(silent, None)
        while address is not None:
            await self._times.outlast(address)
            batch = await self._courier.free()
            begins = max(now(), await self._wire.pace.begin(self._together, self._ahead))
            address = self._fill(batch, begins, chain([address], silent))
            self._wire.pace.give_back(self._together - len(batch.addresses))
            self._courier.hand_over(batch, len(batch.addresses), begins, self._wire.pace.rate)

    @property
    def _ahead(self) -> float:
        return AHEAD if now() - self._began > 2 * AHEAD else AHEAD_AT_FIRST

    def _silent(self, chunk: Chunk) -> Iterator[str]:
        for address in chunk:
            self._wire.check(address)
            if address not in self._times.answered and not self._wire.spares(address):
                yield address

    def _fill(self, batch: _Questions, begins: float, silent: Iterable[str]) -> str | None:
        """As many as there is room for and whose time has come; then the first that must wait, if any."""
        batch.addresses.clear()
        for address in silent:
            leaves = begins + len(batch.addresses) / self._wire.pace.rate
            if len(batch.addresses) == batch.size or not self._times.is_over(address, leaves):
                return address
            if address not in self._times.answered:
                self._put(batch, address, leaves)
        return None

    def _put(self, batch: _Questions, address: str, leaves: float) -> None:
        frame = self._question(address)
        self._times.note_question(address, leaves)
        self._wire.ledger.record(
            address=address, port=None, transport="ethernet", protocol="arp", request=REQUEST, size=len(frame)
        )
        batch.put(len(batch.addresses), frame)
        batch.addresses.append(address)
        self._sent += 1

    def _note_unsent(self, batch: _Questions, number: int, error: OSError) -> None:
        self._problem = error.strerror or str(error)
        self._wire.unsent.add(batch.addresses[number], self._problem)
        self._sent -= 1

    def hear(self, frame: bytes, age: float) -> tuple[str, bytes] | None:
        """The address that says where it is, if it is one of those to ask and has not answered yet, and the frame,
        which came `age` seconds ago."""
        if len(frame) < _LENGTH or frame[12:22] != _ANSWER:
            return None
        address = socket.inet_ntoa(frame[28:32])
        if address in self._times.answered or IPv4Address(address) not in self._network:
            return None
        if not self._wire.accepts(address, "arp") or not self._wire.scope.permits(address):
            return None
        self._times.note_answer(address, now() - age)
        return address, frame

    def close(self) -> None:
        """Gives back what it sends by."""
        self._courier.close()
        self._socket.close()


def _question(who_has: WhoHas, interface: Interface, network: IPv4Network) -> Callable[[str], bytes]:
    """Makes the frame for an address; without an address of its own in the network it asks as a probe (RFC 5227)."""
    if interface.mac is None:
        raise NotPossibleError(f"arp: {interface.name} has no MAC address")
    mac = bytes.fromhex(interface.mac.replace(":", ""))
    own = next((a.ip.packed for a in interface.ipv4 if a.ip in network), bytes(4))
    head = _EVERYBODY + mac + _ETHERTYPE_ARP.to_bytes(2, "big")
    return lambda address: head + who_has(mac, own, socket.inet_aton(address))
