"""The MAC addresses that ARP has told, for whoever sends frames."""

import asyncio
from collections import defaultdict
from contextlib import suppress


class Macs:
    """By IPv4 address, as text."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}
        self._awaited: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    def note(self, address: str, mac: bytes) -> None:
        """ARP has told it."""
        self._known[address] = mac
        if address in self._awaited:
            self._awaited[address].set()

    def get(self, address: str) -> bytes | None:
        """None where ARP has told nothing."""
        return self._known.get(address)

    async def told(self, address: str, seconds: float) -> bytes | None:
        """The same, but waits so long for ARP."""
        if address not in self._known:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._awaited[address].wait()
            self._awaited.pop(address, None)
        return self.get(address)
