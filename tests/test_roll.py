"""The roll of the hosts heard of: everybody on it is told to every reader, once, and no reader waits for ever."""

import asyncio

from camscan.discover.roll import Roll

LAN = ("10.9.0.0/28",)


async def _read(roll: Roll) -> list[str]:
    return [address async for address in roll.follow(LAN)]


async def test_who_was_heard_before_and_who_is_heard_meanwhile_are_told_once_to_each_reader() -> None:
    roll = Roll()
    roll.add("10.9.0.1")
    roll.open(LAN)
    readers = [asyncio.create_task(_read(roll)) for _ in range(2)]
    for address in ("10.9.0.2", "10.9.0.1", "10.9.0.3"):
        await asyncio.sleep(0)
        roll.add(address)
    assert not any(reader.done() for reader in readers)
    roll.close(LAN)
    assert [await reader for reader in readers] == [["10.9.0.1", "10.9.0.2", "10.9.0.3"]] * 2


async def test_where_no_sweep_is_under_way_nobody_waits() -> None:
    roll = Roll()
    roll.add("10.9.0.1")
    roll.open(("10.8.0.0/29",))
    assert await _read(roll) == ["10.9.0.1"]
    await roll.closed(LAN)


async def test_the_end_of_another_sweep_is_not_the_end() -> None:
    roll, other = Roll(), ("10.8.0.0/29",)
    roll.open(LAN)
    roll.open(other)
    waiting = asyncio.create_task(roll.closed(LAN))
    await asyncio.sleep(0)
    roll.close(other)
    await asyncio.sleep(0)
    assert not waiting.done()
    roll.close(LAN)
    await asyncio.wait_for(waiting, 1)
