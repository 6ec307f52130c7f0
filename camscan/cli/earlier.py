"""What earlier runs of a scan have cost each host: cut short and gone on with, it is one scan to a device."""

import time
from collections.abc import Mapping
from typing import TextIO

from camscan.transport.ledger import Ledger
from camscan.transport.patience import Patience


class LongLedger(Ledger):
    """The account of a scan in several runs: what the earlier ones have sent to a host counts."""

    def __init__(self, sink: TextIO | None, before: Mapping[str, int]) -> None:
        super().__init__(sink, time.time)
        self._before = before

    def count(self, address: str) -> int:
        """How many lines this address has, in all runs."""
        return super().count(address) + self._before.get(address, 0)


class LongPatience(Patience):
    """How long each host was waited for in all runs."""

    def __init__(self, before: Mapping[str, float]) -> None:
        super().__init__()
        self._before = before

    def left(self, address: str) -> float:
        """Seconds that this host may still take."""
        return max(0.0, super().left(address) - self._before.get(address, 0.0))
