"""The whole tool in one short function: discover → identify. `judge` is the same pipeline over recorded replies."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterable

from camscan.discover.plan import Plan
from camscan.discover.survey import Progress, Survey, scope_text
from camscan.discover.tally import coverage, unasked
from camscan.identify.identify import identify
from camscan.identify.knowledge_base import Knowledge
from camscan.model import Coverage, Reply, ScanResult
from camscan.protocols.registry import load_protocols
from camscan.transport.wire import Wire


async def scan(
    plan: Plan,
    wire: Wire,
    knowledge: Knowledge,
    *,
    scan_id: str,
    listen: Callable[[Progress], None],
    keep: Callable[[Reply], None] = lambda reply: None,
    stop: asyncio.Event | None = None,
) -> ScanResult:
    """Ask everything in the plan and identify what answered. `keep` sees every reply as it comes; when `stop` is set
    the result holds what was found until then."""
    replies: list[Reply] = []

    def hear(reply: Reply) -> None:
        replies.append(reply)
        keep(reply)

    started = wire.clock()
    survey = Survey(plan=plan, wire=wire, protocols=load_protocols(), keep=hear, listen=listen)
    finished = await _until(survey.run(), stop)
    rows = coverage(plan, survey.tally)
    return judge(
        replies,
        knowledge,
        scan_id=scan_id,
        rows=rows,
        started=started,
        ended=wire.clock(),
        scope=scope_text(plan.scope),
        vantage=socket.gethostname(),
        partial=not finished or bool(unasked(plan, survey.tally)),
    )


async def _until(run: Coroutine[None, None, None], stop: asyncio.Event | None) -> bool:
    """Whether the run came to its end before `stop` was set."""
    task = asyncio.create_task(run)
    waiting = asyncio.create_task((stop or asyncio.Event()).wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if task.done():
        task.result()
        return True
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return False


def judge(
    replies: Iterable[Reply],
    knowledge: Knowledge,
    *,
    scan_id: str,
    rows: tuple[Coverage, ...] = (),
    started: float | None = None,
    ended: float | None = None,
    scope: tuple[str, ...] = (),
    vantage: str | None = None,
    partial: bool = False,
) -> ScanResult:
    """What these replies prove, with no packet sent."""
    found = identify(replies, load_protocols(), knowledge)
    return ScanResult(
        id=scan_id,
        started=started,
        ended=ended,
        scope=scope,
        vantage=vantage,
        partial=partial,
        devices=found.devices,
        coverage=rows,
        undecoded=found.undecoded,
        observations=found.observations,
        data={"fingerprints": knowledge.date},
    )
