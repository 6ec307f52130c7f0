"""Which addresses are worth turns: who has been heard of, and what their replies announced."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from camscan.discover.announced import Hint, announced
from camscan.errors import DecodeError
from camscan.model import Reply
from camscan.probe import Protocol
from camscan.scope import Scope

Work = Callable[[str], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Hosts:
    """The addresses in scope that have answered anything, in the order in which they did."""

    scope: Scope
    protocols: Mapping[str, Protocol]
    heard: dict[str, None] = field(default_factory=dict)
    identified: set[str] = field(default_factory=set)
    hints: dict[str, list[Hint]] = field(default_factory=lambda: defaultdict(list))

    def note(self, reply: Reply) -> None:
        """Remember the sender, and what it announced of itself."""
        try:
            fields = self.protocols[reply.protocol].decode(reply.data)
        except DecodeError:
            fields = {}
        if fields and self.protocols[reply.protocol].identifies:
            self.identified.add(reply.address)
        if self.scope.permits(reply.address):
            self.heard.setdefault(reply.address)
            self.hints[reply.address] += [h for h in announced(reply, fields) if h not in self.hints[reply.address]]


async def serve(items: AsyncIterator[str] | Iterator[str], work: Work, workers: int) -> None:
    """Run `work` on every item with so many at once; items are drawn only when a worker is free."""
    lock = asyncio.Lock()
    source = items if isinstance(items, AsyncIterator) else _drawn(items)

    async def worker() -> None:
        while True:
            async with lock:
                item = await anext(source, None)
            if item is None:
                return
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())


async def _drawn(items: Iterator[str]) -> AsyncIterator[str]:
    for item in items:
        yield item
