"""Which probe comes when: every (address, port) of a sweep exactly once, in an order that spreads over all networks.

The order is a permutation that needs no memory: the k-th probe is number k · stride modulo the size of the space, where
the stride is near the golden ratio of the size and shares no divisor with it. So neighbours in time are far apart in
the space, and no subnet or device is met in a burst (Knuth, The Art of Computer Programming 3, section 6.4).
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

GOLDEN = 0.6180339887498949

Words = NDArray[np.uint32]


class Space:
    """The probes of a sweep over IPv4 addresses, given as disjoint (first, last) spans in ascending order, and ports.

    `start` turns the order round, so that two sweeps differ. Costs memory for the spans, not for the addresses.
    """

    def __init__(self, spans: Sequence[tuple[int, int]], ports: Sequence[int], start: int = 0) -> None:
        self._first = np.array([first for first, _ in spans], np.uint64)
        lengths = np.array([last - first + 1 for first, last in spans], np.uint64)
        self._ends = np.cumsum(lengths, dtype=np.uint64)
        self._before = self._ends - lengths
        self._ports = np.array(ports, np.uint32)
        self.addresses = int(self._ends[-1]) if spans else 0
        self.size = self.addresses * len(ports)
        self._stride = _stride(self.size)
        self._start = start

    def probes(self, begin: int, count: int) -> tuple[Words, Words]:
        """(addresses, ports) of the probes from number `begin`, at most `count`, fewer at the end of the space."""
        count = min(count, self.size - begin)
        if count <= 0:
            return np.empty(0, np.uint32), np.empty(0, np.uint32)
        base = (self._start + begin) * self._stride % self.size
        steps = np.arange(count, dtype=np.uint64) * np.uint64(self._stride)
        numbers = (np.uint64(base) + steps) % np.uint64(self.size)
        width = np.uint64(len(self._ports))
        return self._addresses(numbers // width), self._ports[(numbers % width).astype(np.intp)]

    def _addresses(self, ordinals: NDArray[np.uint64]) -> Words:
        spans = np.searchsorted(self._ends, ordinals, side="right")
        return (self._first[spans] + ordinals - self._before[spans]).astype(np.uint32)


def _stride(size: int) -> int:
    """A number near the golden ratio of the size that shares no divisor with it, so that every number is met."""
    stride = max(1, int(size * GOLDEN)) | 1
    while math.gcd(stride, size) != 1:
        stride += 2
    return stride
