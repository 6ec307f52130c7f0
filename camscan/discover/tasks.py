"""Much at once: so many workers over a stream of addresses, and tasks that outlive what started them."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from contextlib import aclosing, asynccontextmanager

from camscan.errors import NotPossibleError

Work = Callable[[str], Awaitable[None]]


async def serve(items: AsyncGenerator[str, None], work: Work, workers: int) -> None:
    """Run `work` on every item with so many at once; items are drawn only when there is room for one more. Where one
    cannot go on, all end and its `NotPossibleError` is raised."""
    places, failure = asyncio.Semaphore(workers), None

    async def one(item: str) -> None:
        try:
            await work(item)
        finally:
            places.release()

    try:
        async with aclosing(items), asyncio.TaskGroup() as group:
            await places.acquire()
            async for item in items:
                group.create_task(one(item))
                await places.acquire()
    except* NotPossibleError as errors:
        failure = errors.exceptions[0]
    if failure:
        raise failure


async def each(items: Iterable[str]) -> AsyncGenerator[str, None]:
    """Items that are there already, for whoever takes them as they come."""
    for item in items:
        yield item


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
