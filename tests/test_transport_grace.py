"""How long is listened after the last question: the least, and longer only while others are at work."""

import asyncio

import pytest

from camscan.transport.grace import Grace


async def _took(grace: Grace, gone: float = 0.0) -> float:
    now = asyncio.get_running_loop().time
    started = now()
    await grace.over(gone)
    return now() - started


async def test_it_ends_when_nothing_else_is_under_way() -> None:
    idle = asyncio.Event()
    idle.set()
    assert 0.05 <= await _took(Grace(least=0.05, most=30.0, idle=idle)) < 5.0


async def test_it_lasts_while_others_are_at_work() -> None:
    idle = asyncio.Event()
    asyncio.get_running_loop().call_later(0.15, idle.set)
    assert 0.15 <= await _took(Grace(least=0.05, most=30.0, idle=idle)) < 5.0


@pytest.mark.parametrize(("most", "least"), [(0.1, 0.1), (None, 0.05)])
async def test_it_has_an_end_of_its_own(most: float | None, least: float) -> None:
    assert least <= await _took(Grace(least=0.05, most=most)) < 5.0


async def test_what_has_gone_since_the_last_question_counts() -> None:
    assert await _took(Grace(least=30.0, most=60.0), gone=90.0) < 5.0
    idle = asyncio.Event()
    idle.set()
    assert await _took(Grace(least=30.0, most=60.0, idle=idle), gone=29.95) < 5.0
