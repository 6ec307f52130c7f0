"""How long answers are listened for after the last question.

A device may be slow. While a scan is still at work elsewhere, waiting for it costs nothing, so it gets its whole time;
when nothing else is under way, it gets the least that its protocol asks for.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Grace:
    """At `least` so many seconds, and until `idle` is set (what takes long is over), but no more than `most` (None: the
    least)."""

    least: float
    most: float | None = None
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def over(self, gone: float = 0.0) -> None:
        """Waits until it is over; `gone` seconds have passed since the last question."""
        await asyncio.sleep(max(0.0, self.least - gone))
        with suppress(TimeoutError):
            async with asyncio.timeout((self.most or 0.0) - max(self.least, gone)):
                await self.idle.wait()
