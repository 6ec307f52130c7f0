import asyncio

import pytest

from camscan.errors import UsageError
from camscan.transport.pace import BURST, Pace


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def test_a_burst_leaves_at_once_and_the_rest_at_the_rate() -> None:
    clock = Clock()
    pace = Pace(10, burst=5, clock=clock, sleep=clock.sleep)
    moments = []
    for _ in range(10):
        await pace.take()
        moments.append(round(clock.now - 100, 6))
    assert moments == [0, 0, 0, 0, 0, 0.1, 0.2, 0.3, 0.4, 0.5]


async def test_idle_time_earns_no_more_than_a_burst() -> None:
    clock = Clock()
    pace = Pace(10, burst=2, clock=clock, sleep=clock.sleep)
    clock.now += 3600
    for _ in range(12):
        await pace.take()
    assert clock.now - 3700 == pytest.approx(1.0)


async def test_many_at_once_cost_their_time_even_beyond_the_burst() -> None:
    clock = Clock()
    pace = Pace(10, burst=2, clock=clock, sleep=clock.sleep)
    await pace.take(22)
    assert clock.now - 100 == pytest.approx(2.0)


async def test_concurrent_senders_share_the_rate() -> None:
    started = asyncio.get_running_loop().time()
    pace = Pace(200, burst=1)
    await asyncio.gather(*(pace.take() for _ in range(41)))
    assert 0.19 < asyncio.get_running_loop().time() - started < 1.0


async def test_a_fast_sender_lets_others_run() -> None:
    pace = Pace(1e9)
    ran = []
    task = asyncio.create_task(asyncio.sleep(0, ran.append("other")))
    for _ in range(2 * BURST):
        await pace.take()
    assert task.done()


@pytest.mark.parametrize(("rate", "burst"), [(0, 1), (-5, 1), (float("nan"), 1), (10, 0)])
def test_a_pace_that_would_never_send_is_refused(rate: float, burst: float) -> None:
    with pytest.raises(UsageError):
        Pace(rate, burst)


async def _most_at_once(pace: Pace, addresses: list[str], attempts: bool = False) -> int:
    now = most = 0

    async def hold(address: str) -> None:
        nonlocal now, most
        async with pace.attempt(address) if attempts else pace.host(address):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.005)
            now -= 1

    await asyncio.gather(*map(hold, addresses))
    return most


async def test_one_connection_at_a_time_to_a_host() -> None:
    assert await _most_at_once(Pace(100), ["10.0.0.1"] * 8) == 1
    assert await _most_at_once(Pace(100, connections_per_host=3), ["10.0.0.1"] * 8) == 3


async def test_connections_to_all_hosts_together_are_bounded() -> None:
    hosts = [f"10.0.0.{n}" for n in range(40)]
    assert await _most_at_once(Pace(100, connections=7), hosts) == 7
    assert await _most_at_once(Pace(100, connections=7, attempts=20), hosts, attempts=True) == 20


async def test_a_host_waiting_for_itself_takes_no_place_from_others() -> None:
    pace = Pace(100, connections=2)
    async with pace.host("10.0.0.1"):
        waiting = asyncio.create_task(_most_at_once(pace, ["10.0.0.1"] * 5))
        await asyncio.sleep(0)
        assert await asyncio.wait_for(_most_at_once(pace, ["10.0.0.2"]), 1) == 1
    assert await waiting == 1


async def test_an_attempt_and_a_dialogue_of_one_host_exclude_each_other() -> None:
    pace = Pace(100)
    async with pace.host("10.0.0.1"):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(_most_at_once(pace, ["10.0.0.1"], attempts=True), 0.02)


async def test_idle_hosts_cost_no_memory() -> None:
    pace = Pace(100)
    await _most_at_once(pace, [f"10.0.{n // 250}.{n % 250}" for n in range(1000)])
    assert pace.hosts == 0
    async with pace.host("10.0.0.1"):
        assert pace.hosts == 1


async def test_what_is_lent_is_missing_until_it_comes_back() -> None:
    clock = Clock()
    pace = Pace(10, burst=1, clock=clock, sleep=clock.sleep)
    with pace.lend() as first, pace.lend() as second:
        assert (first, second, pace.rate) == (5, 2.5, 2.5)
        await pace.take(10)
        assert clock.now - 100 == pytest.approx(3.9)
    assert pace.rate == 10


async def test_what_is_lent_comes_back_in_any_order_and_after_an_error() -> None:
    pace = Pace(10)
    first, second = pace.lend(), pace.lend()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert pace.rate == 7.5
    second.__exit__(None, None, None)
    with pytest.raises(KeyError), pace.lend():
        raise KeyError
    assert pace.rate == 10


async def test_two_ways_out_have_rates_of_their_own_and_one_connection_to_a_host() -> None:
    clock = Clock()
    pace = Pace(10, burst=1, connections=1, clock=clock, sleep=clock.sleep)
    near = pace.beside(1000)
    assert (pace.rate, near.rate) == (10, 1000)
    async with pace.host("10.0.0.5"):
        assert near.hosts == 1
        waiting = asyncio.create_task(_held(near, "10.0.0.5"))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    assert pace.hosts == near.hosts == 0


async def _held(pace: Pace, address: str) -> None:
    async with pace.host(address):
        pass


async def test_a_kind_of_question_with_a_pace_of_its_own_keeps_both() -> None:
    clock = Clock()
    pace = Pace(100, burst=1, clock=clock, sleep=clock.sleep)
    part = pace.within(5)
    await part.take(26)
    assert clock.now - 100 == pytest.approx(26 / 5 - BURST / 5, abs=0.3)
    before = clock.now
    await pace.take(26)
    assert clock.now - before == pytest.approx(0.26, abs=0.02)
    assert pace.within(1000).rate == 100


async def test_many_may_begin_when_the_first_of_them_may_leave() -> None:
    clock = Clock()
    pace = Pace(10, burst=5, clock=clock, sleep=clock.sleep)
    start = clock.now
    await pace.begin(20)
    assert clock.now == start
    await pace.begin(20)
    assert clock.now == pytest.approx(start + 20 / 10 - 5 / 10)
    await pace.take(1)
    assert clock.now == pytest.approx(start + 41 / 10 - 5 / 10)


async def test_what_is_written_ahead_waits_less_and_leaves_no_sooner() -> None:
    clock = Clock()
    pace = Pace(10, burst=1, clock=clock, sleep=clock.sleep)
    start = clock.now
    assert await pace.begin(20, 0.5) <= start
    assert await pace.begin(20, 0.5) == pytest.approx(start + 20 / 10 - 1 / 10)
    assert clock.now == pytest.approx(start + 20 / 10 - 1 / 10 - 0.5)
    await pace.take(1)
    assert clock.now == pytest.approx(start + 41 / 10 - 1 / 10)


async def test_what_begins_within_a_part_takes_its_share_of_the_whole() -> None:
    clock = Clock()
    pace = Pace(100, burst=1, clock=clock, sleep=clock.sleep)
    part, start = pace.within(50), clock.now
    await part.begin(40)
    await pace.take(1)
    assert clock.now == pytest.approx(start + 0.4)


async def test_what_is_given_back_may_leave_after_all() -> None:
    clock = Clock()
    pace = Pace(10, burst=1, clock=clock, sleep=clock.sleep)
    part, start = pace.within(10), clock.now
    await part.begin(20)
    part.give_back(15)
    await part.take(1)
    assert clock.now == pytest.approx(start + 0.5)
