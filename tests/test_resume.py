"""A scan that is cut short and gone on with: it finds what one whole scan finds, and asks nobody twice for nothing.

The long form, with as many moments as you like, is `benchmarks/resume.py`.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from camscan.lab import loopback
from camscan.lab.network import Network
from camscan.lab.site import load_site
from tests.resume_rig import Folder, Run, asked_again, lines, more_than_once


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Network]:
    async with loopback.serve(load_site()) as network:
        yield network


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A scan that nothing cuts short."""

    async def scan() -> Run:
        async with loopback.serve(load_site()):
            return await Folder(tmp_path_factory.mktemp("whole")).run()

    run = asyncio.run(scan())
    assert (run.code, len(run.document()["devices"])) == (0, 34)
    return run


@pytest.mark.parametrize(
    ("cut", "number"), [(3, signal.SIGKILL), (470, signal.SIGKILL), (800, signal.SIGKILL), (600, signal.SIGINT)]
)
async def test_both_runs_together_are_one_scan(
    site: Network, whole: Run, tmp_path: Path, cut: int, number: signal.Signals
) -> None:
    trial = await Folder(tmp_path).cut_and_go_on(cut, number)
    assert trial.first.code == (130 if number is signal.SIGINT else -number)
    assert trial.second.code == 0, trial.second.err
    assert trial.second.document(trial.under_way) == whole.document(trial.under_way)
    assert asked_again(trial) == []
    assert more_than_once(site) == []


async def test_a_scan_that_is_over_but_not_delivered_sends_nothing_more(
    site: Network, whole: Run, tmp_path: Path
) -> None:
    folder = Folder(tmp_path)
    assert (await folder.run()).code == 0
    text = folder.journal.read_text()
    folder.journal.write_text(text[: text.index('{"event": "complete"')])
    before = lines(folder.log)
    run = await folder.run()
    assert (run.code, lines(folder.log)) == (0, before)
    assert run.document() == whole.document()


async def test_one_that_has_had_its_share_gets_no_more_in_a_second_run(site: Network, tmp_path: Path) -> None:
    camera = "127.83.10.14"
    folder = Folder(tmp_path)
    await folder.run(cut=400)
    step = lines(folder.journal)[0]["plan"]["steps"].index("tcp connect by lo")
    with folder.journal.open("a") as stream:
        stream.write(f'{{"event": "ports", "step": {step}, "address": "{camera}", "ports": [80], "packets": 500}}\n')
    before = lines(folder.log)
    run = await folder.run()
    assert [row for row in lines(folder.log)[len(before) :] if row["address"] == camera] == []
    assert "left alone after 500 packets" in run.out
