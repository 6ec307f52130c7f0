import asyncio
import errno
import os
import socket
import struct

import pytest

from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.probe import Dialogue, Endpoint, Purpose, Request
from camscan.reply import Outcome
from camscan.transport import budget, patience, stream, turn, wire
from camscan.transport.pace import BURST
from camscan.transport.stream import open_stream, outcome_of
from camscan.transport.tcp import NO_REQUEST, Exchange, connect, converse
from tests.transport_rig import HOME, Handler, Rig, closed_port, serving

HELLO = Request(name="hello", payload=b"HELLO {host}\n", seconds=0.3)


def _once(request: Request) -> Dialogue:
    yield request


async def _ask(rig: Rig, port: int, *requests: Request) -> list[Exchange]:
    def dialogue() -> Dialogue:
        for request in requests:  # noqa: UP028 -- a tuple cannot be sent the replies
            yield request

    return [e async for e in converse(rig.wire, Endpoint(address=HOME, port=port), dialogue(), "test")]


async def _ask_one(handler: Handler, request: Request) -> Exchange:
    async with serving(handler) as port:
        (exchange,) = await asyncio.wait_for(_ask(Rig(), port, request), 5)
    return exchange


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(b"you said " + line)


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


async def _endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"A" * 65536)
        await writer.drain()


async def _drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in b"drop by drop\n":
        writer.write(bytes([byte]))
        await asyncio.sleep(0.005)
    await asyncio.sleep(30)


async def _reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)


async def test_connect_finds_an_open_port_and_hangs_up() -> None:
    ended = asyncio.Event()

    async def wait_for_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await reader.read() == b""
        ended.set()

    rig = Rig()
    async with serving(wait_for_end) as port:
        assert await connect(rig.wire, HOME, port, 1) is Outcome.REPLIED
        await asyncio.wait_for(ended.wait(), 1)
    assert rig.lines == [
        {"time": 1.0, "address": HOME, "port": port, "transport": "tcp", "protocol": "tcp"}
        | {"request": "connect", "bytes": 0}
    ]
    assert rig.wire.ledger.connections == 1


async def test_connect_tells_refused_from_silent() -> None:
    rig = Rig()
    assert await connect(rig.wire, HOME, closed_port(), 1) is Outcome.REFUSED
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind((HOME, 0))
        full.listen(0)
        for waiting in (first, second):
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        assert await connect(rig.wire, HOME, full.getsockname()[1], 0.2) is Outcome.SILENT


async def test_nothing_leaves_the_scope() -> None:
    touched = []

    async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        touched.append(writer)

    rig = Rig("127.0.0.0/8", excluded=(HOME,))
    async with serving(note) as port:
        with pytest.raises(OutOfScopeError):
            await connect(rig.wire, HOME, port, 1)
        with pytest.raises(OutOfScopeError):
            await _ask(rig, port, HELLO)
        with pytest.raises(OutOfScopeError):
            await open_stream(rig.wire, Endpoint(address=HOME, port=port), "test", 1)
        await asyncio.sleep(0.05)
    assert not touched
    assert not rig.lines


async def test_what_this_machine_cannot_do_is_not_silence() -> None:
    for code in (errno.EMFILE, errno.ENETUNREACH, errno.EACCES, errno.EADDRNOTAVAIL):
        with pytest.raises(NotPossibleError, match=os.strerror(code)):
            outcome_of(OSError(code, os.strerror(code)))
    assert outcome_of(OSError(errno.EHOSTUNREACH, "")) is Outcome.SILENT


async def test_a_turn_sends_what_was_rendered_and_reads_the_answer() -> None:
    rig = Rig()
    request = Request(name="hello", payload=b"HELLO {host} {id}\n", complete=lambda data: data.endswith(b"\n"))
    async with serving(_echo) as port:
        (exchange,) = await _ask(rig, port, request)
    assert exchange.data == f"you said HELLO {HOME}:{port} id-1-\n".encode()
    assert (exchange.outcome, exchange.tls, exchange.request) == (Outcome.REPLIED, None, request)
    assert rig.asked == [(HOME, "connect"), (HOME, "hello")]
    assert rig.wire.ledger.bytes == len(f"HELLO {HOME}:{port} id-1-\n")


async def test_our_own_pace_is_not_the_delay_of_a_device() -> None:
    rig = Rig(rate=10)
    request = Request(name="a", payload=b"1\n", complete=lambda data: data.endswith(b"\n"), seconds=0.05)
    async with serving(_echo) as port:
        await rig.wire.pace.take(BURST)
        (exchange,) = await _ask(rig, port, request)
    assert exchange.data == b"you said 1\n"


async def test_an_empty_payload_only_listens() -> None:
    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        assert await reader.read() == b""

    rig = Rig()
    async with serving(greet) as port:
        (exchange,) = await _ask(rig, port, Request(name="listen", payload=b"", seconds=0.1))
    assert exchange.data == b"220 ready\r\n"
    assert rig.asked == [(HOME, "connect")]


@pytest.mark.parametrize(
    ("handler", "outcome"), [(_silent, Outcome.SILENT), (_hang_up, Outcome.SILENT), (_reset, Outcome.REFUSED)]
)
async def test_a_device_that_does_not_answer(handler: Handler, outcome: Outcome) -> None:
    exchange = await _ask_one(handler, HELLO)
    assert (exchange.outcome, exchange.data) == (outcome, None)


async def test_an_endless_reply_is_cut() -> None:
    exchange = await _ask_one(_endless, Request(name="a", payload=b"x", limit=100_000, seconds=3))
    assert exchange.data == b"A" * 100_000


async def test_a_reply_in_single_bytes_is_put_together() -> None:
    exchange = await _ask_one(_drip, Request(name="a", payload=b"x", complete=lambda d: d.endswith(b"\n"), seconds=3))
    assert exchange.data == b"drop by drop\n"


async def test_small_pieces_do_not_square_the_cost_of_judging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "CHUNK", 64)
    looks: list[int] = []

    def complete(data: bytes) -> bool:
        looks.append(len(data))
        return len(data) == 200_000

    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"A" * 200_000)
        await reader.read()

    exchange = await _ask_one(page, Request(name="a", payload=b"", complete=complete))
    assert exchange.data == b"A" * 200_000
    assert looks[0] == 64
    assert looks[-1] == 200_000
    assert len(looks) < 300
    assert sum(looks) < 50 * 200_000


async def test_a_last_piece_that_is_small_is_judged_when_the_line_falls_quiet() -> None:
    async def in_two_parts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"A" * 1000)
        await asyncio.sleep(0.1)
        writer.write(b"end\n")
        await reader.read()

    request = Request(name="a", payload=b"", complete=lambda data: data.endswith(b"end\n"), seconds=60)
    exchange = await _ask_one(in_two_parts, request)
    assert exchange.data == b"A" * 1000 + b"end\n"


async def test_a_normal_reply_does_not_wait_for_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "QUIET_SECONDS", 60.0)

    async def head_and_body(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"head\n")
        await asyncio.sleep(0.1)
        writer.write(b"the body is longer\n")
        await reader.read()

    request = Request(name="a", payload=b"", complete=lambda data: data.endswith(b"longer\n"), seconds=60)
    exchange = await _ask_one(head_and_body, request)
    assert exchange.data == b"head\nthe body is longer\n"


async def test_a_host_that_has_had_its_share_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PACKETS_PER_HOST", 4)
    rig, lines = Rig(), []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            lines.append(line)
            writer.write(line)

    again = Request(name="again", payload=b"1\n", reuse=True, complete=lambda data: data.endswith(b"\n"))
    async with serving(echo) as port, serving(echo, host="127.9.0.1") as other:
        with pytest.raises(NotPossibleError, match="left alone after 4 packets"):
            await _ask(rig, port, *[again] * 6)
        with pytest.raises(NotPossibleError, match="left alone"):
            await connect(rig.wire, HOME, port, 1)
        assert await connect(rig.wire, "127.9.0.1", other, 1) is Outcome.REPLIED
    assert len(lines) == 3
    assert rig.wire.ledger.count(HOME) == 4
    assert rig.wire.pace.hosts == 0


async def test_a_host_that_keeps_us_waiting_is_left_alone_in_the_midst_of_a_dialogue(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(patience, "HOST_SECONDS", 0.3)
    rig = Rig()
    slow = Request(name="slow", payload=b"x", seconds=0.2)
    async with serving(_drip) as port:
        with pytest.raises(NotPossibleError, match="left alone after"):
            for _ in range(9):
                await _ask(rig, port, slow, slow, slow)
        with pytest.raises(NotPossibleError, match="left alone after"):
            await connect(rig.wire, HOME, port, 1)
        assert await connect(rig.wire, "127.9.0.1", closed_port(), 1) is Outcome.REFUSED
    assert 1 <= sum(line["request"] == "slow" for line in rig.lines) <= 4


async def test_waiting_for_our_own_pace_costs_a_host_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "HOST_SECONDS", 0.3)
    rig = Rig(rate=20)
    async with serving(_echo) as port:
        for _ in range(12):
            await connect(rig.wire, HOME, port, 1)
    assert rig.wire.patience.left(HOME) > 0.1


async def test_a_slow_reply_is_cut_in_time_and_kept() -> None:
    exchange = await _ask_one(_drip, Request(name="a", payload=b"x", seconds=0.03))
    assert exchange.outcome is Outcome.REPLIED
    assert exchange.data
    assert b"drop by drop\n".startswith(exchange.data)


async def test_tiny_pieces_do_not_keep_us_busy_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "READS_LIMIT", 4)
    exchange = await _ask_one(_drip, Request(name="a", payload=b"x", seconds=3))
    assert exchange.data
    assert len(exchange.data) < 13


async def test_a_peer_that_never_reads_cannot_block_us() -> None:
    exchange = await _ask_one(_silent, Request(name="a", payload=b"x" * (32 << 20), seconds=0.2))
    assert exchange.outcome is Outcome.SILENT


async def test_turns_reuse_the_connection_only_when_asked_to() -> None:
    whole = {"complete": lambda data: data.endswith(b"\n")}
    first = Request(name="first", payload=b"1\n", **whole)
    again = Request(name="again", payload=b"2\n", reuse=True, **whole)
    fresh = Request(name="fresh", payload=b"3\n", **whole)
    rig = Rig()
    async with serving(_echo) as port:
        exchanges = await _ask(rig, port, first, again, fresh)
    assert [e.data for e in exchanges] == [b"you said 1\n", b"you said 2\n", b"you said 3\n"]
    assert [name for _, name in rig.asked] == ["connect", "first", "again", "connect", "fresh"]


async def test_a_connection_the_peer_closed_is_not_reused() -> None:
    async def one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"got " + await reader.readline())
        await writer.drain()
        writer.close()

    rig = Rig()
    async with serving(one_answer) as port:
        first = Request(name="first", payload=b"1\n", seconds=0.5)
        exchanges = await _ask(rig, port, first, Request(name="again", payload=b"2\n", reuse=True, seconds=0.5))
    assert [e.data for e in exchanges] == [b"got 1\n", b"got 2\n"]
    assert rig.wire.ledger.connections == 2


@pytest.mark.parametrize(
    ("purpose", "second", "asked"),
    [("question", b"got 2\n", 2), ("login challenge, no credential", None, 1), ("owner's credential", None, 1)],
)
async def test_a_device_hanging_up_is_asked_again_only_plain_questions(
    purpose: Purpose, second: bytes | None, asked: int
) -> None:
    lines = []

    async def one_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append(await reader.readline())
        writer.write(b"got " + lines[-1])
        lines.append(await reader.readline())

    first = Request(name="first", payload=b"1\n", complete=lambda data: data.endswith(b"\n"))
    again = Request(name="again", payload=b"2\n", reuse=True, purpose=purpose, complete=first.complete)
    async with serving(one_answer) as port:
        exchanges = await _ask(Rig(), port, first, again)
    assert [e.data for e in exchanges] == [b"got 1\n", second]
    assert lines.count(b"2\n") == asked


async def test_a_late_answer_is_not_taken_for_the_next() -> None:
    async def late(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            await asyncio.sleep(0.15 if line == b"1\n" else 0)
            writer.write(b"got " + line)

    whole = {"complete": lambda data: data.endswith(b"\n")}
    async with serving(late) as port:
        exchanges = await _ask(
            Rig(),
            port,
            Request(name="first", payload=b"1\n", seconds=0.05, **whole),
            Request(name="again", payload=b"2\n", reuse=True, **whole),
        )
    assert [e.data for e in exchanges] == [None, b"got 2\n"]


async def test_the_rest_of_a_slow_answer_is_not_taken_for_the_next() -> None:
    async def in_two_parts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(b"got ")
            await asyncio.sleep(0.15 if line == b"1\n" else 0)
            writer.write(line)

    first = Request(name="first", payload=b"1\n", seconds=0.05, complete=lambda data: data.endswith(b"\n"))
    again = Request(name="again", payload=b"2\n", reuse=True, complete=first.complete)
    async with serving(in_two_parts) as port:
        exchanges = await _ask(Rig(), port, first, again)
    assert [e.data for e in exchanges] == [b"got ", b"got 2\n"]


async def test_what_comes_between_two_turns_is_not_taken_for_an_answer() -> None:
    async def talkative(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(b"got " + line)
            await asyncio.sleep(0.02)
            writer.write(b"unasked\n")

    first = Request(name="first", payload=b"1\n", complete=lambda data: data.endswith(b"\n"))
    again = Request(name="again", payload=b"2\n", reuse=True, complete=first.complete)

    def dialogue() -> Dialogue:
        yield first
        yield again

    answers = []
    async with serving(talkative) as port:
        async for exchange in converse(Rig().wire, Endpoint(address=HOME, port=port), dialogue(), "test"):
            answers.append(exchange.data)
            await asyncio.sleep(0.1)
    assert answers == [b"got 1\n", b"got 2\n"]


async def test_a_sender_faster_than_we_read_cannot_stop_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0

    async def always_ready(sock: socket.socket, size: int) -> bytes:
        nonlocal reads
        reads += 1
        assert reads < 1_000_000, "the timeout never fired"
        return b"A"

    monkeypatch.setattr(turn, "READS_LIMIT", 1 << 40)
    async with serving(_silent) as port:
        monkeypatch.setattr(asyncio.get_running_loop(), "sock_recv", always_ready)
        (exchange,) = await _ask(Rig(), port, Request(name="a", payload=b"x", limit=1 << 40, seconds=0.1))
    assert exchange.data
    assert set(exchange.data) == {ord("A")}


async def test_the_dialogue_receives_what_came_or_none() -> None:
    received = []

    def dialogue() -> Dialogue:
        received.append((yield Request(name="a", payload=b"1\n", seconds=0.1)))
        received.append((yield Request(name="b", payload=b"quiet", seconds=0.1)))

    async with serving(_echo) as port:
        async for _ in converse(Rig().wire, Endpoint(address=HOME, port=port), dialogue(), "test"):
            pass
    assert received == [b"you said 1\n", None]


async def test_an_error_in_a_dialogue_is_a_bug_and_ends_it() -> None:
    def dialogue() -> Dialogue:
        yield HELLO
        raise ZeroDivisionError("oops")

    async with serving(_echo) as port:
        endpoint = Endpoint(address=HOME, port=port)
        exchanges = [e async for e in converse(Rig().wire, endpoint, dialogue(), "test")]
    assert [e.outcome for e in exchanges] == [Outcome.REPLIED, Outcome.BUG]
    assert exchanges[1].problem == "ZeroDivisionError: oops"
    assert exchanges[1].request is HELLO


async def test_an_error_before_the_first_request_asks_nothing() -> None:
    def dialogue() -> Dialogue:
        if True:
            raise KeyError("nothing")
        yield HELLO

    rig = Rig()
    (exchange,) = [e async for e in converse(rig.wire, Endpoint(address=HOME, port=9), dialogue(), "test")]
    assert (exchange.outcome, exchange.request) == (Outcome.BUG, NO_REQUEST)
    assert not rig.lines


@pytest.mark.parametrize(
    "request_",
    [
        Request(name="a", payload=b"1\n", complete=lambda data: bool(data[99999])),
        Request(name="a", payload=b"GET {path}", path="/ü"),
    ],
)
async def test_an_error_in_a_request_is_a_bug(request_: Request) -> None:
    assert (await _ask_one(_echo, request_)).outcome is Outcome.BUG


async def test_a_dialogue_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    closed = []

    def dialogue() -> Dialogue:
        try:
            while True:
                yield Request(name="more", payload=b"1\n", complete=lambda data: data.endswith(b"\n"))
        finally:
            closed.append(True)

    async def count() -> int:
        async with serving(_echo) as port:
            endpoint = Endpoint(address=HOME, port=port)
            return len([e async for e in converse(Rig().wire, endpoint, dialogue(), "test")])

    assert await count() == budget.TURNS_LIMIT
    monkeypatch.setattr(budget, "DIALOGUE_BYTES", 30)
    assert await count() == 3
    monkeypatch.setattr(budget, "DIALOGUE_SECONDS", 0.0)
    assert await count() == 0
    assert closed == [True, True, True]


async def test_a_slow_device_is_given_a_rest() -> None:
    now = 0.0
    spent = budget.Budget(lambda: now)
    rests = []
    for took in (0.2, 1.7, 60.0, 0.2):
        spent.spend(10, took)
        rests.append(spent.rest)
    assert rests == [0.0, 1.7, budget.REST_LIMIT, 0.0]


async def test_one_connection_at_a_time_to_a_host() -> None:
    now = most = 0

    async def counting(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        writer.write(b"hello\n")
        await reader.read()
        now -= 1

    rig = Rig()
    listen = Request(name="listen", payload=b"", complete=lambda data: data.endswith(b"\n"))
    async with serving(counting) as port:
        talks = [_ask(rig, port, listen, listen) for _ in range(5)]
        knocks = [connect(rig.wire, HOME, port, 1) for _ in range(5)]
        await asyncio.wait_for(asyncio.gather(*talks, *knocks), 5)
        assert rig.wire.ledger.connections == 15
    assert most <= 2  # the server may hear of a new connection before it hears of the end of the last
    assert rig.wire.pace.hosts == 0


async def test_closing_a_conversation_hangs_up_and_frees_the_host() -> None:
    ended = asyncio.Event()

    async def wait_for_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello\n")
        await reader.read()
        ended.set()

    rig = Rig()
    listen = Request(name="listen", payload=b"", complete=lambda data: True)
    async with serving(wait_for_end) as port:
        talk = converse(rig.wire, Endpoint(address=HOME, port=port), _once(listen), "test")
        await anext(talk)
        await talk.aclose()
        await asyncio.wait_for(ended.wait(), 1)
    assert rig.wire.pace.hosts == 0


async def test_cancelling_a_turn_hangs_up() -> None:
    ended = asyncio.Event()

    async def wait_for_end(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        ended.set()

    rig = Rig()
    async with serving(wait_for_end) as port:
        task = asyncio.create_task(_ask(rig, port, Request(name="listen", payload=b"", seconds=30)))
        await asyncio.sleep(0.1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.wait_for(ended.wait(), 1)
    assert rig.wire.pace.hosts == 0


async def test_ipv6_is_spoken() -> None:
    async with serving(_echo, host="::1") as port:
        endpoint = Endpoint(address="::1", port=port)
        (exchange,) = [e async for e in converse(Rig("::1/128").wire, endpoint, _once(HELLO), "test")]
    assert exchange.data == f"you said HELLO [::1]:{port}\n".encode()
