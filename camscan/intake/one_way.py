"""One direction of a TCP connection out of captured segments: bytes in order, each once, until something is missing.

Bounded: segments that came too early are kept for a moment, in few bytes. What overlaps with what has been taken keeps
the bytes that came first. Follows RFC 9293; sequence numbers are compared modulo 2^32 (RFC 1982).
"""

from dataclasses import dataclass, field

EARLY_LIMIT = 64  # segments kept until what lies before them comes: a window of a camera
EARLY_BYTES = 256 * 1024

_NUMBERS = 1 << 32


@dataclass(slots=True)
class OneWay:
    """`expected` is the number of the next byte. `broken`: bytes are missing for good, and nothing more is taken."""

    expected: int
    broken: bool = False
    _early: dict[int, bytes] = field(default_factory=dict)

    def take(self, sequence: int, data: bytes) -> bytes:
        """What these bytes add, together with what was waiting for them."""
        if self.broken or not data:
            return b""
        if not self.has(sequence):
            self._keep(sequence, data)
            return b""
        parts = [self._new(sequence, data)]
        while (ready := next((n for n in self._early if self.has(n)), None)) is not None:
            parts.append(self._new(ready, self._early.pop(ready)))
        return b"".join(parts)

    def close(self, number: int) -> None:
        """After a FIN with this number, which counts as a byte; it matters where everything before it has come."""
        if number % _NUMBERS == self.expected:
            self.expected = (self.expected + 1) % _NUMBERS

    def has(self, number: int) -> bool:
        """Whether every byte before this one has come."""
        return _ahead(number, self.expected) <= 0

    def _new(self, sequence: int, data: bytes) -> bytes:
        """The part of the bytes that has not been taken yet."""
        fresh = data[-_ahead(sequence, self.expected) :]
        self.expected = (self.expected + len(fresh)) % _NUMBERS
        return fresh

    def _keep(self, sequence: int, data: bytes) -> None:
        self._early[sequence] = max(self._early.get(sequence, b""), data, key=len)
        size = sum(map(len, self._early.values()))
        if len(self._early) > EARLY_LIMIT or size > EARLY_BYTES:
            self.broken = True
            self._early.clear()


def _ahead(number: int, other: int) -> int:
    """How far one sequence number is ahead of another; negative where it is behind."""
    return (number - other + _NUMBERS // 2) % _NUMBERS - _NUMBERS // 2
