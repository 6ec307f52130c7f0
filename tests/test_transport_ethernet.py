"""ARP over the loopback interface, which carries any frame and answers none; real answers are in the lab tests."""

import asyncio
import errno
import os
import socket
from ipaddress import IPv4Interface, IPv4Network

import pytest

from camscan.errors import NotPossibleError
from camscan.model import Reply
from camscan.scope import Interface
from camscan.transport import inbox, wire
from camscan.transport.ethernet import arp_sweep
from tests.transport_rig import Rig

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need root")

NETWORK = IPv4Network("127.9.0.0/24")
MAC = "02:00:00:00:00:01"
LOOPBACK = Interface(name="lo", index=1, kind="loopback", addresses=(IPv4Interface("127.0.0.1/8"),), mac=MAC)


async def _ask(rig: Rig, *addresses: str, wait: float = 0.05) -> list[Reply]:
    return [reply async for reply in arp_sweep(rig.wire, LOOPBACK, NETWORK, addresses, wait)]


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
    assert not +rig.wire.dropped


async def test_the_answer_of_an_excluded_address_is_dropped_and_counted() -> None:
    rig = Rig("127.9.0.0/24", excluded=("127.9.0.7",))
    assert await _hear(rig, "127.9.0.7") == []
    assert rig.wire.dropped["arp"] > 0


async def test_answers_that_nobody_read_in_time_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "WAITING_LIMIT", 0)
    rig = Rig("127.9.0.0/24")
    assert await _hear(rig, "127.9.0.7") == []
    assert rig.wire.dropped["arp"] > 0


async def test_what_could_not_leave_is_counted_and_the_rest_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    failing = iter([True, False, False, False])

    async def send(sock: socket.socket, data: bytes) -> None:
        if next(failing):
            raise OSError(errno.ENOBUFS, "No buffer space available")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_sendall", send)
    rig = Rig("127.9.0.0/24")
    assert await _ask(rig, "127.9.0.1", "127.9.0.2") == []
    assert len(rig.lines) == 4
    assert rig.wire.unsent.packets == 1


async def test_a_wire_that_takes_nothing_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    async def send(sock: socket.socket, data: bytes) -> None:
        raise OSError(errno.ENETDOWN, "Network is down")

    monkeypatch.setattr(asyncio.get_running_loop(), "sock_sendall", send)
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
