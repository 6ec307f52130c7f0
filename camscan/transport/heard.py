"""What a UDP sweep has heard so far: every reply once, and of one sender no more than an honest device says."""

from collections import Counter
from hashlib import sha256

SENDER_LIMIT = (
    128  # distinct replies of one address: a recorder that speaks for 32 channels, each question in 4 spellings
)


class Heard:
    """Takes up to `limit` replies in all; `senders` counts them by address, `dropped` those beyond a limit."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._seen: set[tuple[str, bytes]] = set()
        self.senders: Counter[str] = Counter()
        self.dropped = 0

    def takes(self, address: str, data: bytes) -> bool:
        """Whether this reply is new and within the limits; then it counts as heard."""
        mark = (address, sha256(data).digest())
        if mark in self._seen:
            return False
        if self._left <= 0 or self.senders[address] >= SENDER_LIMIT:
            self.dropped += 1
            return False
        self._left -= 1
        self.senders[address] += 1
        self._seen.add(mark)
        return True
