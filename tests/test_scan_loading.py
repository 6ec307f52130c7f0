"""What devices are judged by is loaded while the first questions are under way."""

import asyncio
import time
from collections.abc import Callable, Iterable
from ipaddress import ip_network

import pytest

from camscan import scan as scanning
from camscan.cli.known import Known, load_known
from camscan.discover.journal import Journal
from camscan.discover.plan import Plan, Settings
from camscan.discover.tally import Tally
from camscan.errors import KnowledgeError
from camscan.identify.identify import Identification
from camscan.model import Coverage, ScanResult
from camscan.reply import Reply
from camscan.scan import scan
from camscan.scope import Scope
from camscan.transport.wire import Wire
from tests.report_rig import reply
from tests.transport_rig import Rig

PLAN = Plan(scope=Scope(swept=(ip_network("127.0.0.0/30"),)), steps=(), settings=Settings(), interfaces=())
EARLY, LATE = "127.0.0.1", "127.0.0.2"


class Made:
    """Stands in for the survey: one reply comes at once, and one when there is something to identify it by."""

    tally = Tally()
    ended = "not yet"

    def __init__(self, *, keep: Callable[[Reply], None], **_: object) -> None:
        self.keep = keep

    async def run(self) -> None:
        try:
            self.keep(reply(EARLY))
            await asyncio.sleep(0.1)
            self.keep(reply(LATE))
        except asyncio.CancelledError:
            Made.ended = "cut short"
            raise

    def coverage(self) -> Iterable[Coverage]:
        return ()


async def _scan(
    load: Callable[[], Known], journal: Journal | None = None, stop: asyncio.Event | None = None
) -> ScanResult:
    wire: Wire = Rig().wire
    return await scan(PLAN, wire, load, scan_id="one", listen=lambda progress: None, journal=journal, stop=stop)


async def test_a_reply_is_identified_whether_it_came_before_or_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "Survey", Made)
    known = load_known()

    def load() -> Known:
        time.sleep(0.05)
        return known

    result = await _scan(load)
    assert {address for device in result.devices for address in device.addresses} == {EARLY, LATE}
    assert not result.failure


async def test_where_it_cannot_be_loaded_nobody_is_asked_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "Survey", Made)

    def load() -> Known:
        raise KnowledgeError("rules.toml: no such maker")

    with pytest.raises(KnowledgeError, match="no such maker"):
        await _scan(load)
    assert Made.ended == "cut short"


@pytest.mark.parametrize("stopped", [False, True])
async def test_a_reply_that_cannot_be_judged_costs_no_other(monkeypatch: pytest.MonkeyPatch, stopped: bool) -> None:
    def note(identification: Identification, heard: Reply) -> None:
        if heard.address != LATE:
            raise ZeroDivisionError
        judged(identification, heard)

    judged, known, stop = Identification.note, load_known(), asyncio.Event()
    monkeypatch.setattr(scanning, "Survey", Made)
    monkeypatch.setattr(Identification, "note", note)
    journal = Journal(plan=PLAN, replies=[reply(EARLY), reply("127.0.0.3"), reply(LATE)])
    if stopped:
        stop.set()
    result = await _scan(lambda: known, journal, stop)
    assert result.failure == "a mistake in camscan: ZeroDivisionError: "
    assert [device.address for device in result.devices] == [LATE]


async def test_what_an_earlier_run_heard_is_judged_before_anybody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []

    class Asking(Made):
        async def run(self) -> None:
            order.append("asked")

    def note(identification: Identification, heard: Reply) -> None:
        order.append(heard.address)

    known = load_known()
    monkeypatch.setattr(scanning, "Survey", Asking)
    monkeypatch.setattr(Identification, "note", note)
    await _scan(lambda: known, Journal(plan=PLAN, replies=[reply(EARLY), reply(LATE)]))
    assert order == [EARLY, LATE, "asked"]
