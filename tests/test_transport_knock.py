"""SYN frames to hosts that are known to be there, one port of a host at a time, on a real wire."""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path

import pytest
from scapy.layers.inet import IP, TCP
from scapy.layers.l2 import Ether

from camscan.errors import CannotRunError, NotPossibleError, OutOfScopeError
from camscan.lab import netns
from camscan.reply import Outcome
from camscan.scope import Interface
from camscan.transport import wire
from camscan.transport.bulk import BulkSocket
from camscan.transport.knock import REPEATS, TRIES, Knocks, knocking
from camscan.transport.ledger import Ledger
from camscan.transport.link import Link, link_to
from camscan.transport.packet_socket import open_frames
from tests.frames_rig import CAMERAS, NETWORK, PORTS, REFUSING, Site, needs_frames
from tests.transport_rig import Rig

pytestmark = needs_frames

SECONDS = 0.3
SILENT = ["10.70.0.200", "10.70.1.201"]


@pytest.fixture
def site() -> Iterator[Site]:
    with ExitStack() as stack:
        yield Site(stack)


class Asked:
    """What came of asking some hosts at once: outcomes by address, and what ended it for whom."""

    def __init__(self) -> None:
        self.outcomes: dict[str, dict[int, Outcome]] = {}
        self.errors: dict[str, Exception] = {}


def _ask(
    site: Site,
    rig: Rig,
    *addresses: str,
    ports: tuple[int, ...] = PORTS,
    meanwhile: Callable[[Knocks], Awaitable[None]] | None = None,
) -> Asked:
    """Asks all of them, each by the one MAC address behind which all live."""
    link, asked = site.link(), Asked()
    assert link.router
    router = link.router

    async def one(knocks: Knocks, address: str) -> None:
        found = asked.outcomes[address] = {}
        try:
            await knocks.ask(address, router, ports, found)
        except (NotPossibleError, OutOfScopeError, CannotRunError) as error:
            asked.errors[address] = error

    async def run() -> None:
        async with knocking(rig.wire, link, SECONDS) as knocks, asyncio.TaskGroup() as group:
            for address in addresses:
                group.create_task(one(knocks, address))
            if meanwhile:
                await meanwhile(knocks)

    with netns.inside(site.scanner):
        asyncio.run(run())
    return asked


def test_every_port_of_every_host_gets_the_outcome_it_has_and_nothing_stays_half_open(site: Site) -> None:
    rig = Rig(str(NETWORK))
    asked = _ask(site, rig, *CAMERAS, *REFUSING, *SILENT)
    opens, shut, silent = Outcome.REPLIED, Outcome.REFUSED, Outcome.SILENT
    wanted = {a: {80: opens, 554: opens, 8000: silent} for a in CAMERAS}
    wanted |= {a: dict.fromkeys(PORTS, shut) for a in REFUSING} | {a: dict.fromkeys(PORTS, silent) for a in SILENT}
    assert asked.outcomes == wanted
    assert not asked.errors
    assert not site.half_open()


def test_the_account_holds_each_frame_and_a_silent_port_is_asked_so_often(site: Site) -> None:
    rig = Rig(str(NETWORK))
    rig.wire = replace(rig.wire, ledger=Ledger(rig.log, time.monotonic))
    _ask(site, rig, CAMERAS[0], SILENT[0])
    sent = Counter((line["address"], line["port"], line["request"]) for line in rig.lines)
    camera, silent = CAMERAS[0], SILENT[0]
    assert sent == {
        **{(camera, port, request): 1 for port in (80, 554) for request in ("syn", "reset")},
        (camera, 8000, "syn"): TRIES,
        **{(silent, port, "syn"): TRIES for port in PORTS},
    }
    ports = [line["port"] for line in rig.lines if line["address"] == silent]
    assert ports == sorted(ports), "one port after the other"
    times = [float(str(line["time"])) for line in rig.lines if line["address"] == silent]
    gaps = [later - time for time, later in itertools.pairwise(times)]
    wanted = [later - sooner for sooner, later in itertools.pairwise((0.0, *REPEATS, 1.0))] * len(PORTS)
    assert all(gap > SECONDS * least * 0.95 for gap, least in zip(gaps, wanted, strict=False))


def test_frames_keep_the_pace(site: Site) -> None:
    rig = Rig(str(NETWORK), rate=200)
    started = time.monotonic()
    _ask(site, rig, *REFUSING)
    assert len(rig.lines) >= len(REFUSING) * len(PORTS)
    assert time.monotonic() - started > (len(rig.lines) - 64) / 200


def test_what_is_lost_on_the_way_is_found_by_asking_again(site: Site) -> None:
    site.lose(5)
    link = site.link()
    assert link.router
    router, rig, found = link.router, Rig(str(NETWORK)), dict[str, dict[int, Outcome]]()

    async def one(knocks: Knocks, address: str) -> None:
        outcomes = found[address] = dict[int, Outcome]()
        await knocks.ask(address, router, (80, 554), outcomes)
        silent = [port for port in outcomes if outcomes[port] is Outcome.SILENT]
        await knocks.ask(address, router, silent, outcomes)

    async def run() -> None:
        async with knocking(rig.wire, link, 1.0) as knocks:
            await asyncio.gather(*(one(knocks, address) for address in CAMERAS))

    with netns.inside(site.scanner):
        asyncio.run(run())
    assert found == {address: dict.fromkeys((80, 554), Outcome.REPLIED) for address in CAMERAS}


def test_an_address_outside_the_scope_is_refused_before_anything_is_sent(site: Site) -> None:
    rig = Rig(str(NETWORK), excluded=(CAMERAS[0],))
    asked = _ask(site, rig, CAMERAS[0], "10.71.0.1")
    assert {type(error) for error in asked.errors.values()} == {OutOfScopeError}
    assert not rig.lines


def test_a_host_that_has_had_its_share_is_left_with_what_was_found(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "PACKETS_PER_HOST", 2)
    asked = _ask(site, Rig(str(NETWORK)), CAMERAS[0], REFUSING[0])
    assert asked.outcomes == {CAMERAS[0]: {80: Outcome.REPLIED}, REFUSING[0]: dict.fromkeys((80, 554), Outcome.REFUSED)}
    assert {str(error) for error in asked.errors.values()} == {"left alone after 2 packets"}


def test_answers_that_prove_nothing_are_passed_over(site: Site) -> None:
    """A forger who does not see the questions cannot know the number that an answer must acknowledge."""
    link = site.link()
    assert link.router
    frames = [
        bytes(
            Ether(src=link.router, dst=link.mac)
            / IP(src=SILENT[0], dst=link.address)
            / TCP(sport=80, dport=port, flags="SA", ack=ack)
        )
        for port in range(32768, 61000, 97)
        for ack in (0, 1)
    ]

    async def flood(knocks: Knocks) -> None:
        with netns.inside(site.hosts):
            sock = open_frames("wire", 0)
        for number, frame in enumerate(frames):
            sock.send(frame)
            if number % 20 == 0:
                await asyncio.sleep(0.001)
        sock.close()

    asked = _ask(site, Rig(str(NETWORK)), SILENT[0], meanwhile=flood)
    assert asked.outcomes == {SILENT[0]: dict.fromkeys(PORTS, Outcome.SILENT)}


def test_an_interface_that_goes_down_is_the_reason_and_nobody_is_called_silent(site: Site) -> None:
    async def cut(knocks: Knocks) -> None:
        await asyncio.sleep(SECONDS / 2)
        netns.configure(site.scanner, ["link set wire down"])

    asked = _ask(site, Rig(str(NETWORK)), *SILENT, meanwhile=cut)
    assert asked.outcomes == {address: {} for address in SILENT}
    assert {str(error) for error in asked.errors.values()} == {"cannot be asked from here: Network is down"}


def test_what_cannot_be_accounted_for_ends_it_for_everybody(site: Site) -> None:
    rig = Rig(str(NETWORK))

    class Full:
        def write(self, text: str) -> None:
            raise OSError(28, "No space left on device")

    rig.wire = replace(rig.wire, ledger=Ledger(Full(), time.time))  # type: ignore[arg-type]
    asked = _ask(site, rig, *CAMERAS[:3])
    assert {type(error) for error in asked.errors.values()} == {CannotRunError}
    assert len(asked.errors) == 3


def test_a_host_under_load_is_given_rest(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(str(NETWORK))
    monkeypatch.setattr(rig.wire.load, "rest", lambda address: 0.4 if address == REFUSING[0] else 0.0)
    started = time.monotonic()
    _ask(site, rig, REFUSING[0], ports=(80,))
    assert time.monotonic() - started >= 0.4
    assert rig.wire.patience.left(REFUSING[0]) <= 89.6


def test_without_the_privilege_it_is_not_possible(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(self: BulkSocket, interface: str) -> None:
        raise NotPossibleError("no raw frames for this user")

    monkeypatch.setattr(BulkSocket, "__init__", refused)
    with pytest.raises(NotPossibleError, match="no raw frames"):
        _ask(site, Rig(str(NETWORK)), CAMERAS[0])


def test_the_way_to_the_own_network_is_found_where_the_kernel_broadcasts_to_its_first_address(site: Site) -> None:
    """As kernels before 5.14 do."""
    mac = site.link().mac
    own = Interface(name="wire", index=1, kind="ethernet", addresses=(IPv4Interface("10.69.0.1/24"),), mac=mac.hex(":"))
    netns.configure(site.scanner, ["route add table local broadcast 10.69.0.0 dev wire"])
    with netns.inside(site.scanner):
        link = asyncio.run(link_to(IPv4Network("10.69.0.0/24"), own))
    assert link == Link(interface="wire", mac=mac, address="10.69.0.1")


def _open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def test_who_leaves_before_anything_was_asked_leaves_no_socket_open(site: Site) -> None:
    async def run() -> int:
        before = _open_files()
        async with knocking(Rig(str(NETWORK)).wire, link, SECONDS):
            pass
        return _open_files() - before

    link = site.link()
    with netns.inside(site.scanner):
        assert asyncio.run(run()) == 0


def test_who_came_first_has_its_ports_known_first(site: Site) -> None:
    rig = Rig(str(NETWORK), rate=400)
    _ask(site, rig, *REFUSING[:30], ports=tuple(range(1, 11)))
    asked = [str(line["address"]) for line in rig.lines]
    ends = [len(asked) - asked[::-1].index(address) for address in REFUSING[:30]]
    assert sum(ends[:10]) < 0.7 * sum(ends[20:])


def _said(site: Site, knocks: Knocks, address: str, port: int, flags: str) -> bytes:
    """The frame in which a host answers the question that was sent to it."""
    link, question = site.link(), knocks._cookie.of(int(IPv4Address(address)), port)
    ether = Ether(src=link.router, dst=link.mac)
    ports = {"sport": port, "dport": knocks._sender.port}
    return bytes(ether / IP(src=address, dst=link.address) / TCP(**ports, flags=flags, ack=question + 1 & 0xFFFFFFFF))


async def _until_asked(rig: Rig, times: int) -> None:
    while len(rig.lines) < times:  # noqa: ASYNC110 -- the ledger rings no bell
        await asyncio.sleep(0.002)


def test_an_answer_that_comes_while_its_repeat_waits_for_the_pace_leaves_nothing_to_repeat(site: Site) -> None:
    rig, go_on = Rig(str(NETWORK)), asyncio.Event()
    rig.wire = replace(rig.wire, ledger=Ledger(rig.log, time.monotonic))
    take, rest = rig.wire.pace.take, SECONDS / 2

    async def slow(n: int = 1) -> None:
        await take(n)
        if rig.lines:
            await go_on.wait()

    async def answer_late(knocks: Knocks) -> None:
        await _until_asked(rig, 1)
        while not knocks._ready:  # noqa: ASYNC110 -- nor does the heap
            await asyncio.sleep(0.002)
        rig.wire.load.rest = lambda address: rest  # type: ignore[method-assign]
        knocks.hear(_said(site, knocks, SILENT[0], 80, "RA"), 0.0)
        answered.append(time.monotonic())
        go_on.set()

    answered: list[float] = []
    rig.wire.pace.take = slow  # type: ignore[method-assign]
    _ask(site, rig, SILENT[0], ports=(80, 554), meanwhile=answer_late)
    asked = [(line["port"], float(str(line["time"]))) for line in rig.lines]
    assert [port for port, _ in asked] == [80, *[554] * TRIES]
    first, second = (at for _, at in asked[1:3])
    assert first - answered[0] >= rest * 0.95
    assert second - first >= SECONDS * REPEATS[0] * 0.95


def test_what_opens_late_or_again_is_closed_again_but_not_without_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PACKETS_PER_HOST", 10)
    rig = Rig(str(NETWORK))

    async def open_again(knocks: Knocks) -> None:
        await _until_asked(rig, 3)  # 80 is open and closed, 8000 is asked for
        for _ in range(20):
            knocks.hear(_said(site, knocks, CAMERAS[0], 80, "SA"), 0.0)
        knocks.hear(_said(site, knocks, CAMERAS[0], 80, "RA"), 0.0)

    asked = _ask(site, rig, CAMERAS[0], ports=(80, 8000), meanwhile=open_again)
    sent = Counter((line["port"], line["request"]) for line in rig.lines)
    assert sent[80, "syn"] == 1
    assert sent[80, "reset"] == 10 - 2
    assert asked.outcomes[CAMERAS[0]][80] is Outcome.REPLIED


def test_a_host_whose_answer_comes_after_a_repeat_took_as_long_as_it_was_waited_for(site: Site) -> None:
    rig, took = Rig(str(NETWORK)), list[float]()
    rig.wire.load.accepted = lambda address, seconds: took.append(seconds)  # type: ignore[method-assign]

    async def answer_late(knocks: Knocks) -> None:
        await _until_asked(rig, 2)
        knocks.hear(_said(site, knocks, SILENT[0], 80, "SA"), 0.0)

    _ask(site, rig, SILENT[0], ports=(80,), meanwhile=answer_late)
    assert took[0] >= SECONDS * REPEATS[0] * 0.95
