"""Much at once: so many workers over a stream of addresses, and tasks that outlive what started them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

from camscan.errors import NotPossibleError

Work = Callable[[str], Awaitable[None]]


async def serve(items: Iterator[str], work: Work, workers: int) -> None:
    """Run `work` on every item with so many at once; items are drawn only when a worker is free."""

    async def worker() -> None:
        for item in items:
            await work(item)

    async with asyncio.TaskGroup() as group:
        for _ in range(workers):
            group.create_task(worker())


@asynccontextmanager
async def finishing() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose tasks go on to their end when its body cannot go on; then `NotPossibleError` is raised on."""
    failure: NotPossibleError | None = None
    async with asyncio.TaskGroup() as group:
        try:
            yield group
        except NotPossibleError as error:
            failure = error
    if failure:
        raise failure
