"""Whether a router stands between: told by the plan, kept in recordings, not lost among replies of the same content."""

from ipaddress import IPv4Interface, IPv4Network, ip_network

import pytest

from camscan.discover.plan import Settings
from camscan.discover.routed import Routed
from camscan.discover.steps import make_plan
from camscan.identify.identify import identify
from camscan.identify.knowledge_base import load_knowledge
from camscan.intake.replay import as_line, read_replies
from camscan.protocols.registry import load_protocols
from camscan.reply import Reply
from camscan.scope import Interface, Network, Scope

WIRE = IPv4Network("10.9.0.0/28")
SHARED = IPv4Network("10.9.1.0/28")  # of ours, a part of it behind a router
FAR = IPv4Network("10.8.0.0/30")
SIX = ip_network("fd00::/126")
ETH = Interface(
    name="eth9",
    index=9,
    kind="ethernet",
    addresses=(IPv4Interface("10.9.0.1/28"), IPv4Interface("10.9.1.1/28")),
)
LO = Interface(name="lo", index=1, kind="loopback", addresses=(IPv4Interface("127.0.0.1/8"),))


def routed() -> Routed:
    def route(network: Network) -> str:
        return "lo" if network[0].is_loopback else "eth9"

    scope = Scope(
        swept=(WIRE, SHARED, FAR, SIX, IPv4Network("127.9.0.0/30")), segments=((ETH, IPv4Network("10.7.0.0/24")),)
    )
    plan = make_plan(
        scope, (LO, ETH), Settings(), protocols=load_protocols(), route=route, direct=lambda network: network != SHARED
    )
    return Routed(plan)


def reply(address: str, channel: str = "unicast", told: bool | None = None) -> Reply:
    return Reply(
        address=address,
        protocol="ssh",
        transport="udp",
        port=22,
        request="r",
        data=b"SSH-2.0-x",
        channel=channel,
        routed=told,
    )


@pytest.mark.parametrize(
    ("address", "channel", "told"),
    [
        ("10.9.0.5", "unicast", False),
        ("10.8.0.1", "unicast", True),
        ("10.8.0.1", "tcp", True),
        ("10.8.0.1", "multicast", False),  # it has that address, and it was on our wire to hear it
        ("192.168.1.64", "broadcast", False),
        ("10.9.1.5", "unicast", None),
        ("10.7.0.9", "tcp", False),
        ("127.9.0.1", "unicast", False),
        ("fd00::1", "unicast", None),
        ("fe80::1%eth9", "multicast", False),
        ("192.168.1.64", "unicast", None),
    ],
)
def test_the_plan_knows_who_is_beyond_a_router(address: str, channel: str, told: bool | None) -> None:
    assert routed().tells(reply(address, channel)) is told


@pytest.mark.parametrize("told", [True, False, None])
def test_a_recording_keeps_it(told: bool | None) -> None:
    one = reply("10.8.0.1", told=told)
    assert list(read_replies("f", [as_line(one)])) == [one]


@pytest.mark.parametrize(
    ("heard", "told"),
    [
        ((False, True), True),
        ((True, False), True),
        ((None, True), True),
        ((None, False), False),
        ((False, None), False),
        ((None, None), None),
    ],
)
def test_what_came_through_a_router_is_not_hidden_by_the_same_from_the_wire(
    heard: tuple[bool | None, ...], told: bool | None
) -> None:
    replies = [reply("10.8.0.1", channel, one) for channel, one in zip(("multicast", "unicast"), heard, strict=True)]
    (observation,) = identify(replies, load_protocols(), load_knowledge()).observations
    assert observation.reply.routed is told
    assert observation.channels == ("multicast", "unicast")
