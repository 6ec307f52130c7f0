"""The journal of a scan: what is read back is what was done, and what is done is not drawn again."""

import json
import tracemalloc
from collections import Counter
from dataclasses import replace
from ipaddress import IPv4Interface, IPv4Network, ip_network
from itertools import islice

import pytest

from camscan.discover.done import Done
from camscan.discover.hint import Hint
from camscan.discover.journal import Journal
from camscan.discover.order import Order, Place, Run
from camscan.discover.page import STANDING_SECONDS, Page
from camscan.discover.plan import Plan, Settings, Step
from camscan.discover.same import described, differences
from camscan.discover.steps import make_plan
from camscan.discover.tally import coverage
from camscan.discover.turns import Interview
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from camscan.scope import Interface, Scope
from camscan.transport.standing import Standing
from tests.transport_rig import Rig

NEAR = IPv4Network("10.9.0.0/28")
FAR = IPv4Network("10.8.0.0/29")
ETH = Interface(name="eth9", index=9, kind="ethernet", addresses=(IPv4Interface("10.9.0.1/28"),))
PROTOCOLS = load_protocols()


def plan_of(scope: Scope | None = None, settings: Settings | None = None) -> Plan:
    swept = Scope(swept=(NEAR, FAR), excluded=(ip_network("10.9.0.9/32"),), segments=((ETH, NEAR),))
    return make_plan(scope or swept, (ETH,), settings or Settings(), protocols=PROTOCOLS, route=lambda network: "eth9")


class Kept:
    """A sink in memory, and what a later run reads from it."""

    def __init__(self, plan: Plan | None = None) -> None:
        self.plan = plan or plan_of()
        self.text: list[str] = []
        self.secured = 0

    def write(self, text: str) -> None:
        self.text.append(text)

    async def secure(self) -> None:
        self.secured = len(self.text)

    def begun(self) -> Journal:
        journal = Journal(plan=self.plan, sink=self)
        journal.begin("scan-1", 1000.0)
        return journal

    def again(self) -> Journal:
        journal = Journal(plan=self.plan, sink=self)
        for line in self.text[1:]:
            journal.take(json.loads(line))
        return journal


def step_of(plan: Plan, channel: str, network: IPv4Network = FAR) -> Step:
    (step,) = (s for s in plan.steps if s.channel == channel and str(network) in s.networks)
    return step


def page_of(kept: Kept, channel: str, size: int, wait: float | None) -> tuple[Page, list[float]]:
    """A page under way, and its clock."""
    network = NEAR if channel == "arp sweep" else FAR
    page, now = kept.begun().pages[step_of(kept.plan, channel, network)], [0.0]
    page.clock = lambda: now[0]
    page.begin(size, wait)
    return page, now


def draw(page: Page, *positions: int) -> None:
    for position in positions:
        page.tally.draw(page.step, page.step.networks[0])
        page.draw(place(position))


def place(position: int) -> Place:
    return Place(address=f"10.8.0.{position + 1}", position=position, network=0)


def done_of(kept: Kept, channel: str) -> Done:
    return kept.again().pages[step_of(kept.plan, channel)].done


def test_what_is_done_in_any_order_is_a_number_in_the_end() -> None:
    done = Done()
    for begin, end in ((3, 5), (7, 8), (0, 1), (5, 6)):
        done.add(begin, end)
    assert [p for p in range(9) if done.holds(p)] == [0, 3, 4, 5, 7]
    assert (done.low, done.beyond, done.count) == (1, [(3, 6), (7, 8)], 5)
    assert [*done.gaps(0, 10)] == [(1, 3), (6, 7), (8, 10)]
    assert [*done.gaps(4, 7)] == [(6, 7)]
    done.add(1, 4)
    done.add(6, 7)
    assert (done.low, done.beyond, done.count) == (8, [], 8)


@pytest.mark.parametrize("low", range(16))
def test_what_is_not_done_is_drawn_in_the_order_of_the_scope(low: int) -> None:
    scope = Scope(swept=(NEAR, FAR), excluded=(ip_network("10.9.0.4/31"), ip_network("10.8.0.1/32")))
    every = list(scope.addresses())
    names = [str(n) for n in scope.swept]
    done = Done(low, [(low + 2, low + 4)])
    order = Order(names, scope)
    left = list(order.undone(done))
    assert [p.position for p in left] == [p for p in range(len(every)) if not low + 2 <= p < low + 4 and p >= low]
    assert [every[p.position] for p in left] == [p.address for p in left]
    assert all(ip_network(p.address).subnet_of(scope.swept[p.network]) for p in left)  # type: ignore[arg-type]
    assert [order.find(p.address) for p in left] == left


@pytest.mark.parametrize("stranger", ["10.9.0.4", "10.9.0.15", "10.8.0.9", "9.255.255.255", "fd00::1"])
def test_who_is_not_in_the_step_has_no_place(stranger: str) -> None:
    scope = Scope(swept=(NEAR, FAR), excluded=(ip_network("10.9.0.4/31"),))
    assert Order([str(n) for n in scope.swept], scope).find(stranger) is None


def test_addresses_of_ipv6_go_on_too() -> None:
    scope = Scope(swept=(ip_network("fd00::/124"),))
    assert [p.address for p in Order(["fd00::/124"], scope).undone(Done(13))] == ["fd00::e", "fd00::f"]


def test_a_vast_scope_costs_no_memory_and_what_is_done_no_time() -> None:
    scope = Scope(swept=(IPv4Network("10.0.0.0/8"),), excluded=(ip_network("10.200.0.0/16"),))
    tracemalloc.start()
    first = list(islice(Order(["10.0.0.0/8"], scope).undone(Done(16_000_000)), 3))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert first[0] == Place(address="10.245.36.1", position=16_000_000, network=0)
    assert peak < 1 << 20


def test_an_address_asked_alone_is_done_when_it_is_said_so() -> None:
    kept = Kept()
    page, _ = page_of(kept, "tcp connect", 1, None)
    draw(page, 0, 1, 2)
    page.settle("10.8.0.2", [], 30)
    page.settle("10.8.0.3", [80], 30)
    done = done_of(kept, "tcp connect")
    assert [p for p in range(6) if done.holds(p)] == [1, 2]
    assert kept.again().pages[page.step].ports == {"10.8.0.3": [80]}
    assert kept.again().packets == {"10.8.0.3": 30}


def test_a_batch_is_done_when_its_answers_can_no_longer_come() -> None:
    kept = Kept()
    page, now = page_of(kept, "sadp unicast", 2, 2.0)
    draw(page, 0, 1)
    now[0] = 9.0
    assert done_of(kept, "sadp unicast").count == 0
    draw(page, 2)
    now[0] = 10.9
    draw(page, 3)
    assert done_of(kept, "sadp unicast").count == 0
    now[0] = 11.0
    draw(page, 4)
    assert done_of(kept, "sadp unicast").low == 2
    page.finish()
    assert done_of(kept, "sadp unicast").low == 5


def test_who_is_left_out_is_done_with_those_around() -> None:
    kept = Kept()
    page, _ = page_of(kept, "tcp connect", 1, None)
    page.leave_out(Run(begin=0, end=1, network=0))
    draw(page, 1)
    page.leave_out(Run(begin=2, end=3, network=0))
    draw(page, 3)
    page.settle("10.8.0.2", [], 30)
    assert done_of(kept, "tcp connect").low == 2
    page.settle("10.8.0.4", [], 30)
    page.leave_out(Run(begin=4, end=5, network=0))
    page.finish()
    again = kept.again()
    assert again.pages[page.step].done.low == 5
    assert again.tally.absent[page.step, str(FAR)] == 3
    assert again.tally.drawn[page.step, str(FAR)] == 2


def test_the_coverage_of_both_runs_is_that_of_the_whole() -> None:
    kept = Kept()
    for number in (0, 1):
        journal = kept.again() if number else kept.begun()
        page = journal.pages[step_of(kept.plan, "sadp unicast")]
        journal.tally.begin(page.step)
        page.begin(3, 0.0)
        for drawn in Order(page.step.networks, kept.plan.scope).undone(page.done):
            journal.tally.draw(page.step, page.step.networks[drawn.network])
            page.draw(drawn)
            if drawn.position in (1, 4):
                page.answer(drawn.address)
                journal.tally.unsent[page.step].add("10.8.0.3", "no buffer", 2 * (drawn.position < 3))
                journal.tally.dropped[page.step]["sadp"] += 1
                journal.tally.lost[page.step]["sadp"] += 2
            if drawn.position == 3 and not number:
                break
    page.finish()
    rows = {(row.channel, row.network): row for row in coverage(kept.plan, kept.again().tally)}
    row = rows["sadp unicast", str(FAR)]
    assert (row.state, row.asked, row.answered, row.silent) == ("partial", 5, 2, 3)
    assert row.reason == "1 could not be asked: no buffer; 4 replies lost: too many; 2 replies dropped: sender excluded"


def test_a_finished_step_is_finished_and_nothing_of_it_is_left() -> None:
    kept = Kept()
    page, _ = page_of(kept, "icmp echo", 4, 0.0)
    draw(page, *range(6))
    page.tally.remark(page.step, "remarkable")
    page.finish()
    again = kept.again()
    assert (again.tally.finished, again.tally.begun) == ({page.step}, {page.step})
    assert again.tally.remarks[page.step] == ["remarkable"]
    assert page.step not in again.left().steps
    assert again.left().packets == kept.plan.packets - page.step.packets


def test_a_finished_sweep_by_arp_still_tells_the_pace_on_the_wire() -> None:
    kept = Kept(plan_of(settings=Settings(near_rate=2000.0)))
    page, _ = page_of(kept, "arp sweep", 4096, 1.0)
    page.finish()
    left = kept.again().left()
    assert (left.near_rate, kept.plan.near_rate) == (2000.0, 2000.0)
    assert [s.packets for s in left.steps if s.mode == "sweep"] == [0]


def test_half_of_a_step_is_left() -> None:
    kept = Kept()
    page, _ = page_of(kept, "sadp unicast", 3, 0.0)
    draw(page, *range(4))
    left = kept.again().pages[page.step].left()
    assert (left.addresses, left.packets) == (3, page.step.packets // 2)


async def test_what_is_given_once_is_on_the_disk_before_it_is_sent() -> None:
    kept = Kept()
    journal = kept.begun()
    for what in ("rpc2", "credential"):
        await journal.once("10.8.0.2", what)
        assert kept.secured == len(kept.text)
    interview = interview_of("10.8.0.2")
    kept.again().recall(interview)
    assert (interview.settled, interview.login.fate) == ({"rpc2"}, "silent")
    journal.learn("10.8.0.2", "refused")
    interview = interview_of("10.8.0.2")
    kept.again().recall(interview)
    assert interview.login.fate == "refused"


def interview_of(address: str, rig: Rig | None = None) -> Interview:
    return Interview(wire=(rig or Rig()).wire, protocols=PROTOCOLS, settings=Settings(), address=address)


def test_the_turns_with_a_host_are_recalled() -> None:
    kept, rig = Kept(), Rig()
    told = interview_of("127.0.0.2", rig)
    told.asked = {Hint(protocol="http", port=80), Hint(protocol="upnp", port=49152, path="/d.xml")}
    told.settled, told.problems, told.replies, told.is_over = {"onvif", "rpc2"}, ["left alone"], 7, True
    for _ in range(3):
        rig.wire.ledger.record(address="127.0.0.2", port=80, transport="tcp", protocol="http", request="root", size=1)
    kept.begun().tell(told)
    again = kept.again()
    recalled = interview_of("127.0.0.2")
    again.recall(recalled)
    for name in ("asked", "settled", "problems", "replies", "is_over"):
        assert getattr(recalled, name) == getattr(told, name), name
    assert (again.packets["127.0.0.2"], again.seconds["127.0.0.2"]) == (3, 0.0)


def test_replies_after_the_last_count_have_cost_a_packet_each() -> None:
    journal = Journal(plan=plan_of())
    journal.take({"event": "ports", "step": 3, "address": "10.8.0.2", "ports": [80], "packets": 30})
    for data in (b"", b"page", b"banner"):
        journal.hear(Reply(address="10.8.0.2", protocol="http", transport="tcp", port=80, request="root", data=data))
    assert journal.packets == Counter({"10.8.0.2": 32})


def test_hosts_met_by_a_frame_are_met_until_their_ports_are_known() -> None:
    kept = Kept(plan_of(settings=Settings(raw=True, engine="connect")))
    page = kept.begun().pages[step_of(kept.plan, "tcp connect")]
    page.meet("10.8.0.2", 80)
    page.meet("10.8.0.3", 554)
    page.settle("10.8.0.2", [80], 5)
    again = kept.again().pages[page.step]
    assert (again.met, again.ports) == ({"10.8.0.3": 554}, {"10.8.0.2": [80]})


def test_where_syn_probes_stand_is_written_now_and_then() -> None:
    kept = Kept()
    page, now = page_of(kept, "tcp connect", 0, 0.0)
    standing = Standing(start=5, size=1000, passes=0, left=((10, 20), (500, 1000)), sent=3, answered=2, opened=1)
    for seconds in (0.0, STANDING_SECONDS / 2, STANDING_SECONDS):
        now[0] += seconds
        page.stand(replace(standing, opened=int(now[0] * 10)))
    page.stand(later := replace(standing, passes=1, left=((0, 1000),)))
    page.stand(replace(later, opened=9))
    assert sum('"standing"' in line for line in kept.text) == 3
    again = kept.again()
    assert again.pages[page.step].standing == later
    assert again.tally.drawn[page.step, str(FAR)] == 6


@pytest.mark.parametrize(
    ("scope", "settings", "difference"),
    [
        (Scope(swept=(NEAR,)), None, "targets: now without 10.8.0.0/29"),
        (Scope(swept=(FAR, NEAR)), None, "targets: now in another order"),
        (None, Settings(engine="nmap"), "engines: now without connect and with nmap"),
    ],
)
def test_a_difference_between_plans_is_named(scope: Scope | None, settings: Settings | None, difference: str) -> None:
    then = json.loads(json.dumps(described(plan_of())))
    assert not list(differences(then, described(plan_of())))
    assert difference in list(differences(then, described(plan_of(scope, settings))))


def test_a_difference_far_down_a_long_list_is_seen() -> None:
    def plan(last: int) -> Plan:
        excluded = (
            *(ip_network(f"10.0.{n >> 8}.{n & 255}/32") for n in range(10_000)),
            ip_network(f"10.1.0.{last}/32"),
        )
        return plan_of(Scope(swept=(FAR,), excluded=excluded))

    assert list(differences(described(plan(1)), described(plan(2)))) == ["digest: not the same"]
