"""Which addresses are worth turns: who has been heard of, and what their replies announced."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field

from camscan.discover.announced import Hint, announced
from camscan.errors import DecodeError, QuestionError
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
        """Remember the sender, and what it announced of itself. Raises `QuestionError` for what is no answer."""
        try:
            fields = self.protocols[reply.protocol].decode(reply.data)
        except QuestionError:
            raise
        except DecodeError:
            fields = {}
        if fields and self.protocols[reply.protocol].identifies:
            self.identified.add(reply.address)
        if self.scope.permits(reply.address):
            self.heard.setdefault(reply.address)
            self.hints[reply.address] += [h for h in announced(reply, fields) if h not in self.hints[reply.address]]


async def serve(items: Iterator[str], work: Work, workers: int) -> None:
    """Run `work` on every item with so many at once; items are drawn only when a worker is free."""

    async def worker() -> None:
        for item in items:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())
