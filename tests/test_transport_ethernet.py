"""ARP over the loopback interface, which carries any frame and answers none; real answers are in the lab tests."""

import asyncio
import errno
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Interface, IPv4Network

import pytest

from camscan.errors import NotPossibleError
from camscan.protocols.arp import encode_who_has
from camscan.reply import Reply
from camscan.scope import Interface
from camscan.transport import answer_times, ethernet, inbox, wire
from camscan.transport.bulk import Batch, BulkSocket
from camscan.transport.ethernet import arp_sweep
from camscan.transport.ledger import Ledger
from tests.transport_rig import Rig

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need root")

NETWORK = IPv4Network("127.9.0.0/24")
MAC = "02:00:00:00:00:01"
LOOPBACK = Interface(name="lo", index=1, kind="loopback", addresses=(IPv4Interface("127.0.0.1/8"),), mac=MAC)


async def _ask(rig: Rig, *addresses: str, wait: float = 0.05) -> list[Reply]:
    return [reply async for reply in arp_sweep(rig.wire, encode_who_has, LOOPBACK, NETWORK, addresses, wait)]


def _say(address: str, frames: int = 1) -> None:
    """Frames that say where the address is."""
    body = bytes.fromhex("0001 0800 06 04 0002 020000000002") + socket.inet_aton(address)
    frame = bytes.fromhex("020000000001 020000000002 0806") + body + bytes(10)
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind(("lo", 0))
        for _ in range(frames):
            sock.send(frame)


async def _hear(rig: Rig, spoken: str, *, frames: int = 1) -> list[Reply]:
    """What a sweep hears while somebody speaks."""
    sweep = asyncio.create_task(_ask(rig, "127.9.0.1", wait=0.5))
    while not rig.lines:  # noqa: ASYNC110 -- the ledger rings no bell
        await asyncio.sleep(0.01)
    _say(spoken, frames)
    return await sweep


async def test_an_address_that_says_where_it_is_is_heard_once() -> None:
    rig = Rig("127.9.0.0/24")
    assert [r.address for r in await _hear(rig, "127.9.0.7", frames=3)] == ["127.9.0.7"]
    assert not rig.wire.dropped.total() + rig.wire.lost.total()


async def test_the_answer_of_an_excluded_address_is_dropped_and_counted() -> None:
    rig = Rig("127.9.0.0/24", excluded=("127.9.0.7",))
    assert await _hear(rig, "127.9.0.7") == []
    assert rig.wire.dropped["arp"] > 0


async def test_answers_that_nobody_read_in_time_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "WAITING_LIMIT", 0)
    rig = Rig("127.9.0.0/24")
    assert await _hear(rig, "127.9.0.7") == []
    assert rig.wire.lost["arp"] > 0


async def test_what_could_not_leave_is_counted_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = iter([True, False, False, False])

    def send(sock: BulkSocket, batch: Batch, begin: int, count: int) -> int:
        if next(failing):
            raise OSError(errno.EMSGSIZE, "Message too long")
        return 1

    monkeypatch.setattr(BulkSocket, "send", send)
    rig = Rig("127.9.0.0/24")
    assert await _ask(rig, "127.9.0.1", "127.9.0.2") == []
    assert len(rig.lines) == 4
    assert rig.wire.unsent.packets == 1


async def test_a_full_queue_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    room = iter([0, 0, 1, 0, 1, 1, 1])
    left = []

    def send(sock: BulkSocket, batch: Batch, begin: int, count: int) -> int:
        free = next(room)
        left.extend(batch.frame(begin)[-4:] for _ in range(free))
        return free

    monkeypatch.setattr(BulkSocket, "send", send)
    assert await _ask(Rig("127.9.0.0/24"), "127.9.0.1", "127.9.0.2") == []
    assert [frame[-1] for frame in left] == [1, 2, 1, 2]


async def test_a_wire_that_takes_nothing_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    def send(sock: BulkSocket, batch: Batch, begin: int, count: int) -> int:
        raise OSError(errno.ENETDOWN, "Network is down")

    monkeypatch.setattr(BulkSocket, "send", send)
    rig = Rig("127.9.0.0/24")
    with pytest.raises(NotPossibleError, match="arp: Network is down"):
        await _ask(rig, "127.9.0.1")
    assert rig.wire.unsent.packets == 2


async def test_a_host_that_has_had_its_share_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PACKETS_PER_HOST", 1)
    rig = Rig("127.9.0.0/24")
    await _ask(rig, "127.9.0.1", "127.9.0.2")
    assert rig.asked == [("127.9.0.1", "who-has"), ("127.9.0.2", "who-has")]
    assert rig.wire.unsent.packets == 2


async def test_the_frame_is_the_one_that_scapy_builds(monkeypatch: pytest.MonkeyPatch) -> None:
    from scapy.layers.l2 import ARP, Ether

    frames = []

    def send(sock: BulkSocket, batch: Batch, begin: int, count: int) -> int:
        frames.append(batch.frame(begin))
        return 1

    monkeypatch.setattr(BulkSocket, "send", send)
    rig = Rig("127.9.0.0/24", "127.0.0.0/24")
    await _ask(rig, "127.9.0.200")
    async for _ in arp_sweep(rig.wire, encode_who_has, LOOPBACK, IPv4Network("127.0.0.0/24"), ["127.0.0.9"], 0.01):
        pass
    wanted = [("0.0.0.0", "127.9.0.200"), ("127.0.0.1", "127.0.0.9")]
    ether = Ether(src=MAC, dst="ff:ff:ff:ff:ff:ff")
    assert frames[::2] == [bytes(ether / ARP(op=1, hwsrc=MAC, psrc=own, pdst=asked)) for own, asked in wanted]


async def test_a_silent_address_is_not_asked_again_before_its_time_for_an_answer_is_over() -> None:
    rig = Rig("127.9.0.0/24")
    rig.wire = replace(rig.wire, ledger=Ledger(rig.log, time.monotonic))
    await _ask(rig, "127.9.0.1", "127.9.0.2", wait=0.2)
    times = [float(str(line["time"])) for line in rig.lines]
    assert [address for address, _ in rig.asked] == ["127.9.0.1", "127.9.0.2"] * 2
    assert min(times[2] - times[0], times[3] - times[1], time.monotonic() - times[3]) >= 0.199  # rounded in the log


async def test_a_slow_answer_makes_the_sweep_wait_longer_for_the_others() -> None:
    rig = Rig("127.9.0.0/24")
    rig.wire = replace(rig.wire, ledger=Ledger(rig.log, time.monotonic))
    sweep = asyncio.create_task(_ask(rig, *(f"127.9.0.{n}" for n in range(1, 4)), wait=30.0))
    await asyncio.sleep(0.15)
    _say("127.9.0.1")
    answered = time.monotonic()
    assert [r.address for r in await sweep] == ["127.9.0.1"]
    asked = float(str(rig.lines[0]["time"]))
    rounds = (time.monotonic() - asked) / (answered - asked)  # a question leaves after it is written down
    assert answer_times.SETTLE_FACTOR * ethernet.ROUNDS * 0.7 < rounds < 100


async def test_addresses_are_drawn_when_they_are_asked_and_not_before() -> None:
    drawn = 0

    def addresses() -> Iterator[str]:
        nonlocal drawn
        for number in range(1, 1 << 16):
            drawn += 1
            yield f"127.{number >> 8}.{number & 255}.1"

    rig = Rig(rate=10_000)
    network = IPv4Network("127.0.0.0/8")
    sweep = arp_sweep(rig.wire, encode_who_has, LOOPBACK, network, addresses(), 30.0)
    listening = asyncio.create_task(anext(sweep))
    while len(rig.lines) < 100:  # noqa: ASYNC110 -- the ledger rings no bell
        await asyncio.sleep(0.01)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await sweep.aclose()
    assert drawn in (len(rig.lines), len(rig.lines) + 1)


async def test_what_had_not_left_when_a_sweep_was_cut_short_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    left = 0

    def send(sock: BulkSocket, batch: Batch, begin: int, count: int) -> int:
        nonlocal left
        left += count
        return count

    monkeypatch.setattr(BulkSocket, "send", send)
    rig = Rig("127.9.0.0/24", rate=200)
    sweep = arp_sweep(rig.wire, encode_who_has, LOOPBACK, NETWORK, rig.wire.scope.addresses(), 30.0)
    listening = asyncio.create_task(anext(sweep))
    while not rig.lines:  # noqa: ASYNC110 -- the ledger rings no bell
        await asyncio.sleep(0.01)
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await sweep.aclose()
    assert 0 < rig.wire.unsent.packets < len(rig.lines)
    assert left + rig.wire.unsent.packets == len(rig.lines)


async def test_every_chunk_is_asked_twice_and_little_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ethernet, "CHUNK", 4)
    rig = Rig("127.9.0.0/24")
    await _ask(rig, *(f"127.9.0.{n}" for n in range(1, 11)), wait=0.02)
    numbers = [int(str(line["address"]).split(".")[-1]) for line in rig.lines]
    assert numbers == [1, 2, 3, 4] * 2 + [5, 6, 7, 8] * 2 + [9, 10] * 2


async def test_answers_for_which_the_kernel_had_no_room_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_widen", lambda sock: sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1))
    rig = Rig("127.9.0.0/24")
    await _hear(rig, "127.9.0.7", frames=200)
    assert rig.wire.lost["arp"] > 0


async def test_nobody_to_ask_is_over_at_once() -> None:
    assert await asyncio.wait_for(_ask(Rig("127.9.0.0/24"), wait=60.0), 30) == []
