"""The whole tool in one short function: discover → identify → assess. `judge.py` is the part that needs no network.

A reply is identified when it comes, beside those still awaited; at the end only what they say together is left to do.
What devices are judged by is loaded while the first questions are under way.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace

from camscan.assess.assessment import Assessment
from camscan.discover.journal import Journal
from camscan.discover.plan import Plan, tried_ports
from camscan.discover.survey import Progress, Survey, scope_text
from camscan.discover.tally import unasked
from camscan.errors import CamscanError
from camscan.identify.identify import Identification
from camscan.identify.knowledge_base import Knowledge
from camscan.judge import concluded, noted
from camscan.model import ScanResult
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from camscan.transport.wire import Wire

FINISHED, STOPPED = "finished", "stopped"

Loaded = tuple[Knowledge, Assessment]

Load = Callable[[], Loaded]
"""Loads what devices are identified and assessed by. Called in another thread."""


async def scan(
    plan: Plan,
    wire: Wire,
    load: Load,
    *,
    scan_id: str,
    listen: Callable[[Progress], None],
    keep: Callable[[Reply], None] = lambda reply: None,
    stop: asyncio.Event | None = None,
    why: Callable[[], str | None] = lambda: None,
    journal: Journal | None = None,
) -> ScanResult:
    """Ask everything in the plan and identify what answered. `keep` sees every reply as it comes; when `stop` is set
    the result holds what was found until then, and `why` may tell the reason. So it does when something goes wrong,
    which `failure` then names. With the `journal` of an earlier run over the same plan, the result is that of both
    together. Raises what `load` raises."""
    journal = journal or Journal(plan=plan)
    hearing, loading = _Hearing(journal.replies, keep), asyncio.create_task(asyncio.to_thread(load))
    started = wire.clock() if journal.started is None else journal.started
    survey = Survey(journal=journal, wire=wire, protocols=load_protocols(), keep=hearing.hear, listen=listen)
    ending = await _until(_asked_and_loaded(survey, loading, hearing), stop)
    knowledge, known = await loading
    identification, failed = hearing.begin(knowledge)
    if failed:  # of what came before all was loaded, where it was stopped by then
        ending = _first(failed)
    if ending == STOPPED and (reason := why()):
        survey.tally.cut_short(plan.steps, reason)
    rows, ended = survey.coverage(), wire.clock()
    asked_ports = tried_ports(plan) if ending == FINISHED else None  # whose ports were tried is not known of a part
    return replace(
        concluded(identification, known, scan_id=scan_id, rows=rows, asked_ports=asked_ports),
        started=started,
        ended=ended,
        scope=scope_text(plan.scope),
        vantage=plan.vantage,
        partial=ending != FINISHED or bool(unasked(plan, survey.tally)),
        failure=ending if ending not in (FINISHED, STOPPED) else None,
    )


class _Hearing:
    """Replies as they come: each is recorded, and identified as soon as there is something to identify it by."""

    def __init__(self, earlier: Iterable[Reply], keep: Callable[[Reply], None]) -> None:
        self._waiting = [*earlier]
        self._keep = keep
        self._identification: Identification | None = None
        self.goes_on = bool(self._waiting)

    def hear(self, reply: Reply) -> None:
        """One more."""
        try:
            self._keep(reply)  # before it is judged, so that there is a record of a reply that cannot be
        finally:
            if self._identification:
                self._identification.note(reply)
            else:
                self._waiting.append(reply)

    def begin(self, knowledge: Knowledge) -> tuple[Identification, Exception | None]:
        """What all of them say, and those to come; begun with the first knowledge that is given. One that has waited
        for it and cannot be judged costs the others nothing: what went wrong with the first such is told once."""
        if self._identification is None:
            self._identification = noted((), knowledge)
        waiting, self._waiting = self._waiting, []
        failed = [error for reply in waiting if (error := _error_of(self._identification, reply))]
        return self._identification, failed[0] if failed else None


def _error_of(identification: Identification, reply: Reply) -> Exception | None:
    try:
        identification.note(reply)
    except Exception as error:  # a mistake of ours that some device has found
        return error
    return None


async def _asked_and_loaded(survey: Survey, loading: asyncio.Task[Loaded], hearing: _Hearing) -> None:
    """Asks everybody; where it cannot be loaded by what devices are judged, nobody any more. What an earlier run heard
    is judged before anybody is asked: it may be much, and no answer is taken in the meantime."""
    if hearing.goes_on:
        await _begin(hearing, loading)
    async with asyncio.TaskGroup() as group:
        group.create_task(survey.run())
        await _begin(hearing, loading)


async def _begin(hearing: _Hearing, loading: asyncio.Task[Loaded]) -> None:
    knowledge, _ = await asyncio.shield(loading)
    _, failed = hearing.begin(knowledge)
    if failed:
        raise failed


async def _until(run: Coroutine[None, None, None], stop: asyncio.Event | None) -> str:
    """FINISHED when the run came to its end, STOPPED when `stop` was set before, else what went wrong."""
    task = asyncio.create_task(run)
    waiting = asyncio.create_task((stop or asyncio.Event()).wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return STOPPED
    error = task.exception()
    return FINISHED if error is None else _first(error)


def _first(error: BaseException) -> str:
    """The first cause among errors of tasks that ran together, on one line."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error) if isinstance(error, CamscanError) else f"a mistake in camscan: {type(error).__name__}: {error}"
