"""Every window of a sweep is judged, however the path behaves while it is waited for. No packet is sent here."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from camscan.transport import syn
from camscan.transport.congestion import Congestion
from camscan.transport.standing import Standing
from camscan.transport.window import Verdict, Window

SIZE = 640


class Path:
    """Takes every question and answers none; meanwhile other devices show that they have become slower."""

    def __init__(self) -> None:
        self.opened, self.rate = 3, 1e6
        self.canaries = SimpleNamespace(slowest=0.01)
        self.asked: list[Window] = []

    async def ask(self, window: Window, *, fresh: bool) -> None:
        self.asked.append(window)
        asyncio.get_running_loop().call_later(0.01, self._slow_down)

    def _slow_down(self) -> None:
        self.canaries.slowest = 0.1

    async def gone(self) -> None:
        """Everything has left at once."""


async def test_windows_are_judged_though_answers_became_slower_in_the_meantime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syn, "SETTLE_LEAST", 0.02)
    judged: list[Window] = []

    def judge(congestion: Congestion, window: Window) -> Verdict:
        judged.append(window)
        return Verdict(done=(window,))

    monkeypatch.setattr(Congestion, "judge", judge)
    path: Any = Path()
    standing = Standing(start=1, size=SIZE, passes=0, left=((0, SIZE),))
    sweep = syn._Sweep(path, path, standing, lambda share: None, lambda standing: None)
    await sweep._pass()
    assert judged == path.asked
    assert sum(window.end - window.begin for window in judged) == SIZE
