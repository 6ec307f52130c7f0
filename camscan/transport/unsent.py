"""Packets of a sweep that did not leave, by destination: an address that could not be asked is not silent."""

from collections import Counter
from collections.abc import Iterable

from camscan.errors import NotPossibleError

ADDRESSES_LIMIT = 1 << 20  # destinations kept apart: a /12. A machine that cannot reach as many has another problem


class Unsent:
    """How many packets each destination did not get, and why the last of them did not leave."""

    def __init__(self) -> None:
        self._packets: Counter[str] = Counter()
        self._reasons: dict[str, str] = {}

    def add(self, address: str, reason: str, packets: int = 1) -> None:
        """Counts packets that stayed here. Raises `NotPossibleError` where that befalls too many destinations."""
        self._packets[address] += packets
        self._reasons[address] = reason
        if len(self._packets) > ADDRESSES_LIMIT:
            raise NotPossibleError(f"{ADDRESSES_LIMIT:,} addresses could not be asked, the last one: {reason}")

    @property
    def packets(self) -> int:
        """Of all destinations."""
        return self._packets.total()

    @property
    def addresses(self) -> Iterable[str]:
        """Every destination that missed something."""
        return self._packets.keys()

    def packets_for(self, address: str) -> int:
        """How many this destination did not get."""
        return self._packets[address]

    def reason(self, address: str) -> str:
        """Why its last packet did not leave."""
        return self._reasons[address]
