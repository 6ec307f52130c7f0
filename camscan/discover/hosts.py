"""Which addresses are worth turns: who has been heard of, and what their replies announced."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from camscan.discover.announced import Hint, announced
from camscan.model import Fields, Reply
from camscan.probe import Protocol
from camscan.protocols.reading import read
from camscan.scope import Scope

HINTS_LIMIT = 12  # endpoints one device may announce; the busiest recorder seen announces six

Work = Callable[[str], Awaitable[None]]


@dataclass(slots=True, kw_only=True)
class Hosts:
    """The addresses in scope that have answered anything, in the order in which they did."""

    scope: Scope
    protocols: Mapping[str, Protocol]
    heard: dict[str, None] = field(default_factory=dict)
    identified: set[str] = field(default_factory=set)
    hints: dict[str, list[Hint]] = field(default_factory=lambda: defaultdict(list))

    def note(self, reply: Reply) -> bool:
        """Remember the sender and what it announced of itself; false for somebody's question, which is no answer."""
        protocol = self.protocols[reply.protocol]
        reading = read(protocol, reply.data)
        if reading.question:
            return False
        if reading.fields and protocol.identifies:
            self.identified.add(reply.address)
        if self.scope.permits(reply.address):
            self.heard.setdefault(reply.address)
            self._keep_hints(reply, reading.fields)
        return True

    def _keep_hints(self, reply: Reply, fields: Fields) -> None:
        known = self.hints[reply.address]
        for hint in announced(reply, fields):
            if hint not in known and len(known) < HINTS_LIMIT:
                known.append(hint)


async def serve(items: Iterator[str], work: Work, workers: int) -> None:
    """Run `work` on every item with so many at once; items are drawn only when a worker is free."""

    async def worker() -> None:
        for item in items:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())
