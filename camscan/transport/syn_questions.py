"""The questions of a SYN sweep and what answers them: probes go out window by window, cookies tell what comes back.

Rule: what opens is closed by a reset at once, and nobody who has answered is asked the same again, but for the sake of
the path (`canaries.py`).
"""

import asyncio
from collections.abc import Set
from dataclasses import dataclass

import numpy as np

from camscan.transport.canaries import Canaries
from camscan.transport.congestion import CANARY_EVERY
from camscan.transport.cookie import Cookie
from camscan.transport.space import Space, Words
from camscan.transport.syn_answers import Answer, parse
from camscan.transport.volley import Volley
from camscan.transport.window import Window


@dataclass(frozen=True, slots=True)
class OpenPort:
    """An open port, and the MAC address from which its answer came (a router's, where one stands between)."""

    address: int
    port: int
    mac: bytes


class Questions:
    """The probes of a space. `settled` addresses are passed over; `opened` counts open ports."""

    def __init__(self, space: Space, volley: Volley, settled: Set[int], opened: int) -> None:
        self._space = space
        self._volley = volley
        self._settled = settled
        self._probe, self._check = Cookie(), Cookie()
        self._random = np.random.default_rng()
        self._answered: set[int] = set()
        self.canaries = Canaries()
        self.opened = opened

    async def ask(self, window: Window, *, fresh: bool) -> None:
        """Sends the probes of a window, `fresh` ones for the first time, with canaries in between, and notes how fast
        they left. Raises `NotPossibleError` where the interface takes no more."""
        started, at, due = now(), window.begin, 0.0
        while at < window.end:
            count = min(self._volley.batch, window.end - at)
            due += count / CANARY_EVERY
            await self._fire(at, count, fresh, list(self.canaries.take(window, int(due), now())))
            at, due = at + count, due % 1
        window.rate = min(window.pace, (window.end - window.begin) / max(now() - started, 1e-6))

    async def _fire(self, at: int, count: int, fresh: bool, canaries: list[tuple[int, int]]) -> None:
        """One batch, the canaries at random places in it: what a full queue drops must not spare them."""
        addresses, ports = self._space.probes(at, count)
        if self._settled or not fresh:
            addresses, ports = self._unanswered(addresses, ports)
        sequences = self._probe.of(addresses, ports)
        if canaries:
            again = np.array(canaries, np.uint32).T
            checks = self._check.of(*again)
            order = self._random.permutation(len(addresses) + len(canaries))
            addresses = np.concatenate([addresses, again[0]])[order]
            ports = np.concatenate([ports, again[1]])[order]
            sequences = np.concatenate([sequences, checks])[order]
        await self._volley.fire(addresses, ports, sequences)

    def _unanswered(self, addresses: Words, ports: Words) -> tuple[Words, Words]:
        numbers = (addresses.astype(np.uint64) << np.uint64(16) | ports).tolist()
        silent = np.array([n not in self._answered and n >> 16 not in self._settled for n in numbers], bool)
        return addresses[silent], ports[silent]

    def hear(self, frame: bytes, _: object) -> OpenPort | None:
        """The open port that a frame proves, if it is new. Everything that opens is closed."""
        answer = parse(frame)
        if answer is None:
            return None
        asked = (answer.acknowledged - 1) & 0xFFFFFFFF
        if asked == self._probe.of(answer.address, answer.port):
            return self._note(answer)
        if asked == self._check.of(answer.address, answer.port):
            self.canaries.note(answer.address, answer.port, now())
            self._close(answer)
        return None

    def _note(self, answer: Answer) -> OpenPort | None:
        self._close(answer)
        number = answer.address << 16 | answer.port
        if number in self._answered:
            return None
        self._answered.add(number)
        self.canaries.add(answer.address, answer.port)
        if not answer.opens:
            return None
        self.opened += 1
        return OpenPort(answer.address, answer.port, answer.mac)

    def _close(self, answer: Answer) -> None:
        if answer.opens:
            self._volley.reset(answer)


def now() -> float:
    """Monotonic seconds of the running loop."""
    return asyncio.get_running_loop().time()
