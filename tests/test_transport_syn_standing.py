"""A sweep of SYN frames that is cut short and gone on with, on a real wire."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, aclosing
from ipaddress import IPv4Address

import pytest

from camscan.lab import netns
from camscan.transport import congestion, syn
from camscan.transport.standing import Standing
from tests.test_transport_syn import NETWORK, OPEN, PORTS, Site, pytestmark  # noqa: F401
from tests.transport_rig import Rig

CUT = 1024  # probes that are judged before the first run ends: sixteen windows
PROBES = 1022 * len(PORTS)


@pytest.fixture
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(stack)


class Sweep:
    """Runs of one sweep; the first ends when the sweep stands where `cut` says."""

    def __init__(self, site: Site, rate: float) -> None:
        self.site, self.rigs, self.found = site, list[Rig](), list[tuple[str, int]]()
        self.standing: Standing | None = None
        self._rate = rate

    def run(self, cut: int | None = None) -> None:
        link, rig = self.site.link(), Rig(str(NETWORK), rate=self._rate)
        self.rigs.append(rig)
        with netns.inside(self.site.scanner):
            asyncio.run(self._run(rig, link, cut))

    async def _run(self, rig: Rig, link: syn.Link, cut: int | None) -> None:
        ended = asyncio.Event()

        def stand(standing: Standing) -> None:
            if not ended.is_set():
                self.standing = standing
            if cut is not None and (standing.passes or standing.left[0][0] >= cut):
                ended.set()

        async def sweep() -> None:
            met = {int(IPv4Address(address)) for address, _ in self.found}
            probes = syn.syn_sweep(rig.wire, link, [NETWORK], PORTS, settled=met, standing=self.standing, stand=stand)
            async with aclosing(probes) as opened:
                async for found in opened:
                    self.found.append((str(IPv4Address(found.address)), found.port))

        tasks = [asyncio.create_task(sweep()), asyncio.create_task(ended.wait())]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def probed(self, number: int) -> list[tuple[object, object]]:
        """What a run asked for the first time or again, canaries left out."""
        rows = [row for row in self.rigs[number].lines if row["request"] == "syn"]
        return [(row["address"], row["port"]) for row in rows]


@pytest.fixture(autouse=True)
def early_verdicts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(congestion, "POOL_SECONDS", 0.1)


def test_two_runs_find_what_one_does_and_ask_nothing_twice_that_was_judged(site: Site) -> None:
    sweep = Sweep(site, rate=1000)
    sweep.run(cut=CUT)
    assert sweep.standing is not None
    assert (sweep.standing.passes, sweep.standing.size) == (0, PROBES)
    judged = sweep.probed(0)[: CUT // 2]
    first = set(sweep.found)
    assert 0 < len(first) < len({address for address, _ in OPEN})
    sweep.run()
    assert {address for address, _ in sweep.found} == {address for address, _ in OPEN}
    assert len(set(judged)) > CUT // 4
    later = sweep.probed(1)
    pass_ends = PROBES - CUT - len(first) * len(PORTS)
    assert not set(judged) & set(later[:pass_ends]) - first


def test_a_sweep_of_another_space_begins_anew(site: Site) -> None:
    sweep = Sweep(site, rate=20_000)
    sweep.standing = Standing(start=1, size=PROBES + 1, passes=1, left=((9, 10),))
    sweep.run()
    assert set(sweep.found) == OPEN


def test_what_is_left_is_without_what_was_judged() -> None:
    left = ((0, 10), (20, 30))
    assert syn._without(left, 0, 4) == ((4, 10), (20, 30))
    assert syn._without(left, 24, 26) == ((0, 10), (20, 24), (26, 30))
    assert syn._without(((0, 10),), 0, 10) == ()
