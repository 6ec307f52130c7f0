"""A host at its limits is left in peace: longer each time, until it is quick again."""

import asyncio

import pytest

from camscan.probe import Dialogue, Endpoint, Request
from camscan.reply import Outcome
from camscan.transport import load
from camscan.transport.load import FIRST_REST, LONGEST_REST, NOTICED, SLOWER, Load
from camscan.transport.tcp import connect, converse
from tests.transport_rig import HOME, Rig, closed_port, serving


def test_a_quick_host_needs_no_rest() -> None:
    loads = Load()
    for seconds in (0.002, 0.004, 0.003):
        loads.accepted("10.0.0.5", seconds)
    assert loads.rest("10.0.0.5") == 0
    assert loads.rest("10.0.0.6") == 0


def test_a_host_that_gets_slower_rests_longer_each_time_until_it_is_quick_again() -> None:
    loads = Load()
    loads.accepted("10.0.0.5", 0.05)
    rests = []
    for _ in range(6):
        loads.accepted("10.0.0.5", 0.05 * SLOWER + 0.01)
        rests.append(loads.rest("10.0.0.5"))
    assert rests == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST, LONGEST_REST, LONGEST_REST, LONGEST_REST]
    loads.accepted("10.0.0.5", 0.06)
    assert loads.rest("10.0.0.5") == 0


def test_a_slow_network_is_no_sign_of_load() -> None:
    loads = Load()
    for _ in range(5):
        loads.accepted("10.0.0.5", 0.6)
    loads.accepted("10.0.0.6", 0.001)
    loads.accepted("10.0.0.6", NOTICED)
    assert loads.rest("10.0.0.5") == loads.rest("10.0.0.6") == 0


def test_a_refusal_where_a_port_was_open_is_a_sign() -> None:
    loads = Load()
    loads.refused("10.0.0.5")
    assert loads.rest("10.0.0.5") == FIRST_REST


def test_only_the_latest_hosts_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "ADDRESSES_LIMIT", 2)
    loads = Load()
    for address in "abca":
        loads.refused(address)
    assert [loads.rest(address) > 0 for address in "abc"] == [True, False, True]


async def test_a_dialogue_that_is_refused_makes_the_next_connection_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FIRST_REST", 0.2)

    def once() -> Dialogue:
        yield Request(name="hello", payload=b"x", seconds=0.5)

    rig = Rig()
    async for _ in converse(rig.wire, Endpoint(address=HOME, port=closed_port()), once(), "test"):
        pass
    started = asyncio.get_running_loop().time()
    async with serving(_hang_up) as port:
        assert await connect(rig.wire, HOME, port, 1) is Outcome.REPLIED
    assert asyncio.get_running_loop().time() - started > 0.15
    assert rig.wire.load.rest(HOME) == 0


async def test_closed_ports_of_a_sweep_are_no_sign() -> None:
    rig = Rig()
    assert await connect(rig.wire, HOME, closed_port(), 1) is Outcome.REFUSED
    assert rig.wire.load.rest(HOME) == 0


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()
