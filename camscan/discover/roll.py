"""The roll of the hosts that have been heard of, for readers that follow it while it grows.

Where ARP asks a whole network, the other channels need not wait for its end: they ask each host as soon as anything has
shown that it is there.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator

Networks = tuple[str, ...]
"""The networks of a step, as text."""

EVERYBODY: Networks = ()
"""Stands for all networks: it is open as long as anything in the scan may still show a host."""


class Roll:
    """Addresses in the order in which they were heard of, each once."""

    def __init__(self) -> None:
        self._order: list[str] = []
        self._known: set[str] = set()
        self._open: set[Networks] = set()
        self._news = asyncio.Event()

    def __contains__(self, address: object) -> bool:
        return address in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._order)

    def __len__(self) -> int:
        return len(self._order)

    def since(self, at: int) -> list[str]:
        """Those that were heard of after the first `at`."""
        return self._order[at:]

    def add(self, address: str) -> None:
        """An address was heard of, perhaps not for the first time."""
        if address not in self._known:
            self._known.add(address)
            self._order.append(address)
            self._tell()

    def open(self, networks: Networks) -> None:
        """A sweep of these networks is about to show who is there."""
        self._open.add(networks)

    def close(self, networks: Networks) -> None:
        """The sweep has come to its end, whatever end that is."""
        self._open.discard(networks)
        self._tell()

    def is_open(self, networks: Networks) -> bool:
        """Whether a sweep of these networks is under way."""
        return networks in self._open

    async def closed(self, networks: Networks) -> None:
        """Waits until no sweep of these networks is under way."""
        while networks in self._open:
            await self._news.wait()

    async def follow(self, networks: Networks) -> AsyncIterator[str]:
        """Every address on the roll, of whatever network, until the sweep of these networks has come to its end."""
        at = 0
        while at < len(self._order) or networks in self._open:
            if at == len(self._order):
                await self._news.wait()
            else:
                yield self._order[at]
                at += 1

    def _tell(self) -> None:
        """Wakes everybody who waits, and nobody who will wait from now on."""
        self._news.set()
        self._news = asyncio.Event()
