import asyncio
import itertools
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import IPv4Interface
from typing import Any

import pytest

from camscan.discover.tasks import each
from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.probe import Request
from camscan.reply import Reply
from camscan.scope import Interface
from camscan.transport import heard, inbox, mailing, neighbours, wire
from camscan.transport.grace import Grace
from camscan.transport.ledger import Ledger
from camscan.transport.mailing import UdpQuestion
from camscan.transport.udp import sweep
from camscan.transport.udp_socket import unicast_socket
from tests.transport_rig import HOME, Rig

INQUIRY = Request(name="inquiry", payload=b"who {host} {id}")
Answer = Callable[[bytes], list[bytes]]


class _Device(asyncio.DatagramProtocol):
    """Answers from another port than the one it was asked on, as some devices do."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heard: list[bytes] = []
        self.mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.mouth.bind((transport.get_extra_info("sockname")[0], 0))

    def datagram_received(self, data: bytes, sender: tuple[str | Any, int]) -> None:
        self.heard.append(data)
        for reply in self.answer(data):
            self.mouth.sendto(reply, sender)


@asynccontextmanager
async def _devices(answers: dict[str, Answer]) -> AsyncIterator[tuple[int, dict[str, _Device]]]:
    """Devices on several loopback addresses, all on one port."""
    devices, transports, port = {}, [], 0
    loop = asyncio.get_running_loop()
    for address, answer in answers.items():
        transport, device = await loop.create_datagram_endpoint(
            lambda answer=answer: _Device(answer), local_addr=(address, port)
        )
        port = transport.get_extra_info("sockname")[1]
        devices[address] = device
        transports.append(transport)
    try:
        yield port, devices
    finally:
        for transport, device in zip(transports, devices.values(), strict=True):
            transport.close()
            device.mouth.close()


def _question(port: int, *destinations: str, **changes: Any) -> UdpQuestion:
    given = {"protocol": "sadp", "requests": (INQUIRY,), "port": port, "destinations": each(destinations)}
    return UdpQuestion(**(given | {"mode": "unicast", "pause": 0.03, "grace": Grace(least=0.15)} | changes))


async def _ask(rig: Rig, question: UdpQuestion) -> list[Reply]:
    return [reply async for reply in sweep(rig.wire, question)]


def _say(text: bytes) -> Answer:
    return lambda _: [text]


async def test_everyone_who_answers_is_heard() -> None:
    rig = Rig()
    hosts = {f"127.9.0.{n}": _say(b"I am %d" % n) for n in (1, 2, 3)}
    async with _devices(hosts) as (port, devices):
        replies = await _ask(rig, _question(port, "127.9.0.1", "127.9.0.2", "127.9.0.3", "127.9.0.4"))
    assert sorted((r.address, r.data) for r in replies) == [(f"127.9.0.{n}", b"I am %d" % n) for n in (1, 2, 3)]
    reply = replies[0]
    assert (reply.protocol, reply.transport, reply.port, reply.request) == ("sadp", "udp", port, "inquiry")
    assert (reply.channel, reply.sensor, reply.foreign, reply.time) == ("unicast", None, False, 1000.0)
    assert devices["127.9.0.2"].heard == [b"who 127.9.0.2 id-1-"]


async def test_who_has_answered_is_not_asked_again() -> None:
    rig = Rig()
    async with _devices({"127.9.0.1": _say(b"here"), "127.9.0.2": lambda _: []}) as (port, devices):
        await _ask(rig, _question(port, "127.9.0.1", "127.9.0.2", repeats=3))
    assert len(devices["127.9.0.1"].heard) == 1
    assert len(devices["127.9.0.2"].heard) == 3
    assert rig.wire.ledger.packets == 4
    assert rig.wire.ledger.bytes == 4 * len("who 127.9.0.1 id-1-")


async def test_a_reply_that_comes_twice_is_one_reply() -> None:
    async with _devices({HOME: lambda _: [b"same", b"same", b"other"]}) as (port, _):
        replies = await _ask(Rig(), _question(port, HOME))
    assert [r.data for r in replies] == [b"same", b"other"]


async def test_a_reply_is_credited_to_the_question_whose_id_it_repeats() -> None:
    requests = (Request(name="one", payload=b"1 {id}"), Request(name="two", payload=b"2 {id}"))

    def relate(data: bytes) -> list[bytes]:
        return [b"in answer to " + data[2:]] if data.startswith(b"2") else []

    async with _devices({HOME: relate}) as (port, _):
        (reply,) = await _ask(Rig(), _question(port, HOME, requests=requests, repeats=1))
    assert reply.request == "two"


async def test_nothing_leaves_the_scope() -> None:
    rig = Rig("127.9.0.0/24", excluded=("127.9.0.2",))
    async with _devices({"127.9.0.2": _say(b"caught")}) as (port, devices):
        for destination in ("127.9.0.2", "127.8.0.1", "239.255.255.250"):
            with pytest.raises(OutOfScopeError):
                await _ask(rig, _question(port, destination))
    assert not devices["127.9.0.2"].heard
    assert not rig.lines


async def test_groups_and_broadcasts_need_a_segment_in_scope() -> None:
    here = Interface(name="lo", index=1, kind="loopback", addresses=(IPv4Interface("127.0.0.1/8"),))
    rig = Rig()
    for mode, destination in (("multicast", "239.255.255.250"), ("broadcast", "127.255.255.255")):
        for interface in (here, None):
            with pytest.raises(OutOfScopeError):
                await _ask(rig, _question(9, destination, mode=mode, interface=interface))
    assert not rig.lines


async def test_a_reply_of_an_excluded_host_is_dropped() -> None:
    rig = Rig("127.9.0.0/24", excluded=("127.9.0.2",))
    other = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    other.bind(("127.9.0.2", 0))

    class _Relay(_Device):
        def datagram_received(self, data: bytes, sender: tuple[str | Any, int]) -> None:
            other.sendto(b"I spoke for another", sender)

    with other:
        transport, relay = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: _Relay(_say(b"")), local_addr=("127.9.0.1", 0)
        )
        port = transport.get_extra_info("sockname")[1]
        assert await _ask(rig, _question(port, "127.9.0.1", repeats=1)) == []
        transport.close()
        relay.mouth.close()
    assert rig.wire.dropped == {"sadp": 1}


async def test_one_flooding_device_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "SENDER_LIMIT", 5)
    rig = Rig()
    flood: Answer = lambda _: [b"%d" % n for n in range(200)]  # noqa: E731
    async with _devices({"127.9.0.1": flood, "127.9.0.2": _say(b"honest")}) as (port, _):
        replies = await _ask(rig, _question(port, "127.9.0.1", "127.9.0.2"))
    assert [r.address for r in replies].count("127.9.0.1") == 5
    assert b"honest" in [r.data for r in replies]
    assert rig.wire.lost["sadp"] == 195


async def test_replies_are_bounded_in_number_and_size() -> None:
    rig = Rig()
    hosts = {f"127.9.0.{n}": _say(b"x" * 900) for n in range(1, 6)}
    async with _devices(hosts) as (port, _):
        replies = await _ask(rig, _question(port, *hosts, replies_limit=3, reply_limit=100))
    assert [r.data for r in replies] == [b"x" * 100] * 3


async def test_the_pace_is_kept() -> None:
    async with _devices({HOME: lambda _: []}) as (port, _):
        started = asyncio.get_running_loop().time()
        hosts = [f"127.9.1.{n}" for n in range(1, 37)]
        await _ask(Rig(rate=100), _question(port, *hosts, repeats=1, grace=Grace(least=0.0)))
    assert 0.19 < asyncio.get_running_loop().time() - started < 1.0


async def test_destinations_are_read_lazily() -> None:
    drawn = 0

    def endless() -> Iterator[str]:
        nonlocal drawn
        for number in itertools.count():
            drawn += 1
            yield f"127.9.{number // 256 % 256}.{number % 256}"

    async with _devices({"127.9.0.3": _say(b"here")}) as (port, _):
        replies = sweep(Rig(rate=200).wire, _question(port, destinations=each(endless())))
        assert (await anext(replies)).data == b"here"
        await replies.aclose()
        assert drawn < 40
        at_close = drawn
        await asyncio.sleep(0.05)
    assert drawn == at_close


async def test_ipv6_is_asked_too() -> None:
    loop = asyncio.get_running_loop()

    class _Six(_Device):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport: Any = transport

        def datagram_received(self, data: bytes, sender: Any) -> None:
            self.transport.sendto(b"six", sender)

    transport, six = await loop.create_datagram_endpoint(lambda: _Six(_say(b"")), local_addr=("::1", 0))
    (reply,) = await _ask(Rig("::1/128"), _question(transport.get_extra_info("sockname")[1], "::1"))
    assert (reply.address, reply.data) == ("::1", b"six")
    transport.close()
    six.mouth.close()


async def test_a_machine_that_can_send_nothing_says_so() -> None:
    rig = Rig()
    with pytest.raises(NotPossibleError, match="sadp by unicast"):
        await _ask(rig, _question(9, "127.255.255.255", source="192.0.2.99"))
    assert rig.wire.unsent.packets == 2


async def test_a_datagram_that_cannot_leave_is_counted() -> None:
    rig = Rig("127.0.0.0/8")
    async with _devices({HOME: _say(b"here")}) as (port, _):
        replies = await _ask(rig, _question(port, "127.255.255.255", HOME, repeats=1))
    assert [r.data for r in replies] == [b"here"]
    assert rig.wire.unsent.packets == 1


async def test_a_host_that_has_had_its_share_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PACKETS_PER_HOST", 2)
    rig = Rig()
    hosts = {"127.9.0.1": lambda _: [], "127.9.0.2": _say(b"here")}
    async with _devices(hosts) as (port, devices):
        replies = await _ask(rig, _question(port, *hosts, repeats=5))
    assert [r.data for r in replies] == [b"here"]
    assert len(devices["127.9.0.1"].heard) == 2
    assert rig.wire.unsent.packets == 3


async def test_replies_that_nobody_read_in_time_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "WAITING_LIMIT", 3)
    rig = Rig()
    flood: Answer = lambda _: [b"%d" % n for n in range(20)]  # noqa: E731
    async with _devices({HOME: flood}) as (port, _):
        replies = await _ask(rig, _question(port, HOME, repeats=1))
    assert len(replies) < 20
    assert len(replies) + rig.wire.lost["sadp"] == 20


async def test_a_sweep_cut_short_has_counted_what_it_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "SENDER_LIMIT", 1)
    rig = Rig()
    hosts = {"127.9.0.1": lambda _: [b"1", b"2"], "127.9.0.2": _say(b"honest")}
    async with _devices(hosts) as (port, _):
        replies = sweep(rig.wire, _question(port, *hosts, grace=Grace(least=30)))
        assert (await anext(replies)).data == b"1"
        assert (await anext(replies)).data == b"honest"
        await replies.aclose()
    assert rig.wire.lost == {"sadp": 1}


def test_few_packets_may_wait_for_absent_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "SEND_BUFFER", 20_000)
    with unicast_socket(socket.AF_INET, HOME) as sock:
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 40_000


async def test_nobody_new_is_drawn_while_others_wait_longer_than_they_must() -> None:
    requests = tuple(Request(name=f"spelling {n}", payload=b"who %d" % n) for n in range(4))
    rig, hosts = Rig(rate=400), [f"127.9.2.{n}" for n in range(1, 101)]
    async with _devices({HOME: lambda _: []}) as (port, _):
        await _ask(rig, _question(port, *hosts, requests=requests, repeats=2, pause=0.1, grace=Grace(least=0.0)))
    asked = [address for address, _ in rig.asked]
    assert len(asked) == 8 * len(hosts)
    waiting = [len(set(asked[:n])) - sum(asked[:n].count(h) == 8 for h in set(asked[:n])) for n in range(0, 800, 50)]
    assert max(waiting) < 30  # 400 a second for 0.2 seconds are 80 letters, of ten to twenty hosts


async def test_one_datagram_at_a_time_waits_for_a_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    """asyncio keeps one writer a socket: where its buffer is full, a second would push the first aside for ever."""
    loop, waiting, peak = asyncio.get_running_loop(), 0, 0
    send = loop.sock_sendto

    async def slow(sock: socket.socket, data: bytes, target: Any) -> int:
        nonlocal waiting, peak
        waiting += 1
        peak = max(peak, waiting)
        await asyncio.sleep(0.002)
        waiting -= 1
        return await send(sock, data, target)

    monkeypatch.setattr(loop, "sock_sendto", slow)
    async with _devices({HOME: lambda _: []}) as (port, _):
        await _ask(Rig(), _question(port, *(f"127.9.3.{n}" for n in range(1, 21)), pause=0.01))
    assert peak == 1


async def test_after_a_repeat_less_is_waited_than_after_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailing, "SOONER", 0.5)
    loop = asyncio.get_running_loop()
    async with _devices({HOME: lambda _: []}) as (port, _):
        for repeats, least in ((1, 0.6), (2, 0.3 + 0.6 - 0.5)):
            started = loop.time()
            await _ask(Rig(), _question(port, HOME, repeats=repeats, pause=0.3, grace=Grace(least=0.6)))
            assert least <= loop.time() - started < least + 0.25 * repeats


async def test_a_letter_that_is_late_does_not_make_those_after_it_later() -> None:
    requests = tuple(Request(name=f"spelling {n}", payload=b"who %d" % n) for n in range(4))
    rig = Rig()
    rig.wire = replace(rig.wire, ledger=Ledger(rig.log, time.monotonic))
    async with _devices({HOME: lambda _: []}) as (port, _):
        question = _question(port, HOME, requests=requests, repeats=1, pause=0.4, grace=Grace(least=0.0))
        asking = asyncio.create_task(_ask(rig, question))
        while len(rig.lines) < 2:  # noqa: ASYNC110 -- the ledger rings no bell
            await asyncio.sleep(0.005)
        time.sleep(0.15)  # noqa: ASYNC251 -- a busy machine: the third letter cannot leave in time
        await asking
    times = [float(str(line["time"])) for line in rig.lines]
    assert times[2] - times[1] > 0.14
    assert times[3] - times[0] == pytest.approx(0.3, abs=0.04)


async def test_letters_that_are_all_late_do_not_leave_together() -> None:
    requests = tuple(Request(name=f"spelling {n}", payload=b"who %d" % n) for n in range(4))
    rig = Rig()
    rig.wire = replace(rig.wire, ledger=Ledger(rig.log, time.monotonic))
    async with _devices({HOME: lambda _: []}) as (port, _):
        asking = asyncio.create_task(
            _ask(rig, _question(port, HOME, requests=requests, repeats=1, pause=0.2, grace=Grace(least=0.0)))
        )
        while not rig.lines:  # noqa: ASYNC110 -- the ledger rings no bell
            await asyncio.sleep(0.005)
        time.sleep(0.3)  # noqa: ASYNC251 -- all of them are due by now
        await asking
    times = [float(str(line["time"])) for line in rig.lines]
    assert min(later - sooner for sooner, later in itertools.pairwise(times)) >= 0.024
