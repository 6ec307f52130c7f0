"""Sends the probes of a SYN sweep, in batches that keep the pace, and writes each into the account before it leaves."""

from contextlib import suppress

import numpy as np

from camscan.errors import NotPossibleError
from camscan.transport.bulk import BATCH, BulkSocket
from camscan.transport.courier import TICK, Courier
from camscan.transport.link import Link
from camscan.transport.reset import reset
from camscan.transport.segments import SYN_LENGTH, Sender
from camscan.transport.space import Words
from camscan.transport.syn_answers import Answer
from camscan.transport.syn_frames import SynFrames
from camscan.transport.wire import Wire

BATCHES = 4  # enough that the thread has one to carry while the event loop reads answers
SPARE = 64  # frames of a batch that are left for canaries


class Volley:
    """The sending half of one sweep. `rate` may be changed at any time; it is kept beside the pace of all channels."""

    def __init__(self, wire: Wire, link: Link, sender: Sender) -> None:
        if link.router is None:
            raise NotPossibleError(
                "no router on the way there, and ARP does not ask beyond this machine's own networks"
            )
        self._router = np.frombuffer(link.router, np.uint8)
        self._wire = wire
        self._pace = wire.pace
        self._sender = sender
        self._socket = BulkSocket(link.interface)
        frames = (SynFrames(sender, BATCH) for _ in range(BATCHES))
        self._courier = Courier(self._socket, frames, _refuse)

    @property
    def rate(self) -> float:
        """Probes a second at most."""
        return self._pace.rate

    @rate.setter
    def rate(self, rate: float) -> None:
        whole = self._wire.pace
        if rate != self._pace.rate:
            self._pace = whole.within(rate) if rate < whole.rate else whole

    @property
    def batch(self) -> int:
        """How many probes to ask for at once; some canaries fit in between."""
        return max(1, min(BATCH - SPARE, self._tick))

    @property
    def _tick(self) -> int:
        """How many probes the pace allows for in that time."""
        return int(min(self.rate, self._wire.pace.rate) * TICK)

    async def fire(self, addresses: Words, ports: Words, sequences: Words) -> None:
        """Sends one probe each, at most `BATCH`. At a set pace they have left when this returns; as fast as they go,
        they leave behind those before them.

        Raises `NotPossibleError` where the interface takes no more, perhaps only of the next probes.
        """
        count = len(addresses)
        if not count:
            return
        await self._pace.take(count)
        batch = await self._courier.free()
        batch.write(addresses, ports, sequences, self._router)
        self._wire.ledger.record_probes(addresses.tolist(), ports.tolist(), SYN_LENGTH)
        if self._tick < BATCH - SPARE:
            await self._courier.carry(batch, count)
        else:
            self._courier.hand_over(batch, count)

    async def gone(self) -> None:
        """All probes have left this machine. Raises `NotPossibleError` as `fire` does."""
        await self._courier.all_left()

    def reset(self, answer: Answer) -> None:
        """Closes what a SYN-ACK half opened."""
        reset(self._wire, self._socket, self._sender, answer)

    def close(self) -> None:
        """Gives the socket back. Probes that have not left by then do not leave any more."""
        with suppress(NotPossibleError):
            self._courier.close()
        self._socket.close()


def _refuse(batch: SynFrames, number: int, error: OSError) -> None:
    raise NotPossibleError(f"raw frames: {error.strerror}")
