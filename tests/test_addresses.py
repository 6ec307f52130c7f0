"""Whom a step asks: on one's own wire each host as soon as it is heard of, everybody else in the order of the scope."""

import asyncio
import json
from collections.abc import AsyncIterator
from ipaddress import IPv4Interface, IPv4Network

import pytest

from camscan.discover.addresses import Addresses
from camscan.discover.journal import Journal
from camscan.discover.plan import Settings, Step
from camscan.discover.roll import EVERYBODY, Roll
from camscan.discover.steps import make_plan
from camscan.discover.tally import coverage, unasked
from camscan.protocols.registry import load_protocols
from camscan.scope import Interface, Scope

NEAR, FAR = IPv4Network("10.9.0.0/29"), IPv4Network("10.8.0.0/29")
ETH = Interface(name="eth9", index=9, kind="ethernet", addresses=(IPv4Interface("10.9.0.1/29"),))
PLAN = make_plan(
    Scope(swept=(NEAR, FAR)), (ETH,), Settings(raw=True), protocols=load_protocols(), route=lambda network: "eth9"
)
HOSTS = [str(host) for host in NEAR.hosts()]


class Lines:
    """The journal in memory."""

    def __init__(self) -> None:
        self.text: list[str] = []

    def write(self, text: str) -> None:
        self.text.append(text)

    async def secure(self) -> None:
        raise AssertionError("nothing here is sent only once")


def step_of(channel: str, network: IPv4Network = NEAR) -> Step:
    (step,) = (s for s in PLAN.steps if s.channel == channel and str(network) in s.networks)
    return step


class Site:
    """The addresses of a scan that begins, or goes on after the lines of an earlier one."""

    def __init__(self, earlier: Lines | None = None) -> None:
        self.lines, self.roll, self.taken = Lines(), Roll(), list[tuple[str, int]]()
        self.journal = Journal(plan=PLAN, sink=self.lines)
        for line in earlier.text if earlier else ():
            self.journal.take(json.loads(line))
        self.addresses = Addresses(
            journal=self.journal, roll=self.roll, advanced=lambda step, n: self.taken.append((step.channel, n))
        )

    def arp_ends(self, *, finished: bool = True) -> None:
        if finished:
            self.journal.pages[step_of("arp sweep")].finish()
        self.roll.close(step_of("arp sweep").networks)


async def take(addresses: AsyncIterator[str], count: int) -> list[str]:
    return [await asyncio.wait_for(anext(addresses), 1) for _ in range(count)]


@pytest.fixture
def site() -> Site:
    begun = Site()
    begun.roll.open(step_of("arp sweep").networks)
    return begun


async def test_a_host_is_asked_as_soon_as_it_is_heard_of_and_the_absent_are_left_out(site: Site) -> None:
    step = step_of("tcp connect")
    asked = site.addresses.as_heard(step, 1, None)
    site.roll.add(HOSTS[3])
    site.roll.add("10.8.0.2")  # of another network
    assert await take(asked, 1) == [HOSTS[3]]
    site.roll.add(HOSTS[0])
    assert await take(asked, 1) == [HOSTS[0]]
    site.arp_ends()
    assert [address async for address in asked] == []
    tally = site.journal.tally
    assert (tally.drawn[step, str(NEAR)], tally.absent[step, str(NEAR)]) == (2, 4)
    assert site.taken[-1] == ("tcp connect", 6)


async def test_where_arp_cannot_tell_everybody_is_asked_once(site: Site) -> None:
    asked = site.addresses.as_heard(step_of("tcp connect"), 1, None)
    site.roll.add(HOSTS[3])
    assert await take(asked, 1) == [HOSTS[3]]
    site.arp_ends(finished=False)
    rest = [address async for address in asked]
    assert rest == [host for host in HOSTS if host != HOSTS[3]]


async def test_beyond_a_router_the_order_is_that_of_the_scope(site: Site) -> None:
    asked = [address async for address in site.addresses.as_heard(step_of("sadp unicast", FAR), 4, 0.0)]
    assert asked == [str(host) for host in FAR.hosts()]


async def test_a_second_run_leaves_out_whom_the_first_has_settled(site: Site) -> None:
    step = step_of("tcp connect")
    asked = site.addresses.as_heard(step, 1, None)
    for number in (4, 1):
        site.roll.add(HOSTS[number])
    assert await take(asked, 2) == [HOSTS[4], HOSTS[1]]
    site.journal.pages[step].settle(HOSTS[4], [80], 30)
    again = Site(site.lines)
    again.roll.open(step.networks)
    for number in (4, 1, 2):
        again.roll.add(HOSTS[number])
    following = again.addresses.as_heard(step, 1, None)
    assert await take(following, 2) == [HOSTS[1], HOSTS[2]]
    again.arp_ends()
    assert [address async for address in following] == []
    assert again.journal.tally.drawn[step, str(NEAR)] == 3


async def test_whom_arp_could_not_ask_nobody_calls_absent(site: Site) -> None:
    step, sweep = step_of("tcp connect"), step_of("arp sweep")
    asked = site.addresses.as_heard(step, 1, None)
    site.journal.tally.unsent[sweep].add(HOSTS[2], "no buffer space available")
    site.roll.add(HOSTS[0])
    assert await take(asked, 1) == [HOSTS[0]]
    site.arp_ends()
    assert [address async for address in asked] == [HOSTS[2]]
    assert site.journal.tally.absent[step, str(NEAR)] == 4


async def test_what_was_left_out_is_done_for_a_second_run(site: Site) -> None:
    step = step_of("tcp connect")
    asked = site.addresses.as_heard(step, 1, None)
    site.roll.add(HOSTS[3])
    assert await take(asked, 1) == [HOSTS[3]]
    site.arp_ends()
    assert [address async for address in asked] == []
    site.journal.pages[step].finish()
    assert not site.journal.pages[step].done.count  # what this run does is in the journal
    again = Site(site.lines)
    assert step in again.journal.tally.finished
    assert again.journal.tally.absent[step, str(NEAR)] == 5


def test_a_lost_link_is_remembered_by_a_second_run(site: Site) -> None:
    site.journal.unlink({"eth9": "eth9 lost its link during the scan"})
    assert Site(site.lines).journal.tally.unlinked == {"eth9": "eth9 lost its link during the scan"}


async def test_who_has_answered_an_earlier_run_is_counted_and_not_asked_again(site: Site) -> None:
    step = step_of("sadp unicast")
    asked = site.addresses.as_heard(step, 4, 60.0)
    for number in (1, 2):
        site.roll.add(HOSTS[number])
    assert await take(asked, 2) == [HOSTS[1], HOSTS[2]]
    site.journal.pages[step].answer(HOSTS[1])
    again = Site(site.lines)
    again.roll.open(step.networks)
    for number in (1, 2):
        again.roll.add(HOSTS[number])
    following = again.addresses.as_heard(step, 4, 60.0)
    assert await take(following, 1) == [HOSTS[2]]
    again.arp_ends()
    assert [address async for address in following] == []
    assert again.journal.tally.drawn[step, str(NEAR)] == 2


def test_where_syn_probes_stand_draws_nobody_on_the_wire() -> None:
    site = Site()
    step = step_of("tcp connect")
    standing = {"start": 1, "size": 126, "passes": 0, "left": [[60, 126]], "opened": 1}
    site.journal.take({"event": "standing", "step": PLAN.steps.index(step), **standing})
    assert site.journal.tally.drawn.get((step, str(NEAR)), 0) == 0


async def test_who_is_heard_of_while_the_last_are_drawn_is_asked_too(site: Site) -> None:
    step = step_of("tcp connect")
    site.roll.add(HOSTS[3])
    site.arp_ends()
    asked = site.addresses.in_order(step, 1, None)
    assert next(asked) == HOSTS[3]
    site.roll.add(HOSTS[1])
    assert [*asked] == [HOSTS[1]]
    tally = site.journal.tally
    assert (tally.drawn[step, str(NEAR)], tally.absent[step, str(NEAR)]) == (2, 4)


@pytest.mark.parametrize("network", [NEAR, FAR])
async def test_a_question_for_hosts_that_are_known_goes_to_them_alone_near_and_far(network: IPv4Network) -> None:
    site, step = Site(), step_of("snmp_engine unicast", network)
    here = [str(host) for host in network.hosts()]
    site.roll.open(EVERYBODY)
    asked = site.addresses.if_heard(step, 8, 0.0)
    site.roll.add("192.0.2.9")  # outside the scope of the step
    site.roll.add(here[4])
    assert await take(asked, 1) == [here[4]]
    site.roll.add(here[1])
    assert await take(asked, 1) == [here[1]]
    site.roll.close(EVERYBODY)
    assert [address async for address in asked] == []
    site.journal.pages[step].finish()
    (row,) = (r for r in coverage(PLAN, site.journal.tally) if r.channel == step.channel and r.network == str(network))
    assert (row.state, row.asked, row.silent) == ("asked", 2, 2)
    assert row.only_known
    assert row.reason == f"{len(here) - 2} not asked: nothing was heard of anybody there"


async def test_a_scan_that_goes_on_asks_only_the_known_that_were_not_asked() -> None:
    site, step = Site(), step_of("snmp_engine unicast")
    site.roll.open(EVERYBODY)
    asked = site.addresses.if_heard(step, 1, 0.0)
    site.roll.add(HOSTS[0])
    site.roll.add(HOSTS[1])
    await take(asked, 2)
    later = Site(site.lines)
    later.roll.add(HOSTS[0])
    later.roll.add(HOSTS[1])
    assert [address async for address in later.addresses.if_heard(step, 1, 0.0)] == [HOSTS[1]]


def test_who_asks_only_the_known_does_not_make_a_scan_whole() -> None:
    tally = Journal(plan=PLAN).tally
    for network in (NEAR, FAR):
        tally.finish(step_of("snmp_engine unicast", network))
    assert set(unasked(PLAN, tally)) == {str(NEAR), str(FAR)}
