import asyncio
import os
import socket
import struct

import pytest

from camscan.discover.tasks import each
from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.transport import icmp, inbox, wire
from camscan.transport.grace import Grace
from tests.transport_rig import Rig

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="raw sockets need root")


def _echo(identifier: int, sequence: int) -> bytes:
    message = struct.pack("!BBHHH", 8, 0, 0, identifier, sequence)
    total = sum(struct.unpack("!4H", message))
    return message[:2] + struct.pack("!H", ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF) + message[4:]


@needs_root
async def test_who_is_alive_answers_once() -> None:
    rig = Rig("127.0.0.0/8", "::1/128")
    addresses = ["127.9.0.1", "127.9.0.2", "::1", "127.9.0.1"]
    replies = [r async for r in icmp.sweep(rig.wire, _echo, each(addresses), Grace(least=0.2))]
    assert sorted(r.address for r in replies) == ["127.9.0.1", "127.9.0.2"]
    reply = replies[0]
    assert (reply.protocol, reply.transport, reply.port, reply.request, reply.channel) == (
        "icmp",
        "icmp",
        None,
        "echo",
        "unicast",
    )
    assert reply.data[0] == 0
    assert len(reply.data) == 8
    assert rig.asked == [("127.9.0.1", "echo"), ("127.9.0.2", "echo"), ("127.9.0.1", "echo")]


@needs_root
async def test_the_echoes_of_others_are_not_ours() -> None:
    def stranger(identifier: int, sequence: int) -> bytes:
        return _echo(identifier ^ 0x5555, sequence)

    assert [r async for r in icmp.sweep(Rig().wire, stranger, each(["127.9.0.1"]), Grace(least=0.1))] == []


@needs_root
async def test_nothing_leaves_the_scope() -> None:
    rig = Rig("127.0.0.0/8", excluded=("127.9.0.1",))
    with pytest.raises(OutOfScopeError):
        [r async for r in icmp.sweep(rig.wire, _echo, each(["127.9.0.1"]), Grace(least=0.1))]
    assert not rig.lines


async def test_without_the_privilege_it_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> socket.socket:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(icmp.socket, "socket", refuse)
    with pytest.raises(NotPossibleError, match="CAP_NET_RAW"):
        [r async for r in icmp.sweep(Rig().wire, _echo, each(["127.9.0.1"]), Grace(least=0.1))]
    await asyncio.sleep(0)


@needs_root
async def test_what_could_not_leave_is_counted_and_the_rest_goes_on() -> None:
    rig = Rig()
    replies = [r async for r in icmp.sweep(rig.wire, _echo, each(["127.255.255.255", "127.9.0.1"]), Grace(least=0.1))]
    assert [r.address for r in replies] == ["127.9.0.1"]
    assert rig.wire.unsent.packets == 1
    with pytest.raises(NotPossibleError, match="icmp: Permission denied"):
        [r async for r in icmp.sweep(Rig().wire, _echo, each(["127.255.255.255"]), Grace(least=0.1))]


@needs_root
async def test_replies_that_nobody_read_in_time_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "WAITING_LIMIT", 0)
    rig = Rig()
    assert [r async for r in icmp.sweep(rig.wire, _echo, each(["127.9.0.1"]), Grace(least=0.2))] == []
    assert rig.wire.lost["icmp"] >= 1


@needs_root
async def test_a_host_that_has_had_its_share_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PACKETS_PER_HOST", 1)
    rig = Rig()
    addresses = ["127.9.0.1", "127.9.0.1", "127.9.0.2"]
    assert len([r async for r in icmp.sweep(rig.wire, _echo, each(addresses), Grace(least=0.2))]) == 2
    assert rig.asked == [("127.9.0.1", "echo"), ("127.9.0.2", "echo")]
    assert rig.wire.unsent.packets == 1
