from ipaddress import IPv4Interface

import pytest

from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.scope import Interface
from camscan.transport.wire import PACKETS_PER_HOST, Wire
from tests.transport_rig import Rig

LAN = Interface(name="lan0", index=7, kind="ethernet", addresses=(IPv4Interface("10.1.0.9/24"),))
TWO = Interface(
    name="two0", index=8, kind="ethernet", addresses=(IPv4Interface("10.2.0.9/24"), IPv4Interface("10.3.0.9/24"))
)


@pytest.mark.parametrize(
    "address", ["10.9.9.9", "10.1.0.66", "8.8.8.8", "239.255.255.250", "camera.example", "", "10.1.0.5/24", "::1"]
)
def test_an_address_outside_the_scope_is_refused(address: str) -> None:
    with pytest.raises(OutOfScopeError):
        Rig("10.1.0.0/24", excluded=("10.1.0.66",)).wire.check(address)


def test_an_address_in_scope_passes() -> None:
    Rig("10.1.0.0/24", "fd00::/120").wire.check("10.1.0.5")
    Rig("10.1.0.0/24", "fd00::/120").wire.check("fd00::5")


def test_a_group_of_public_targets_is_no_unicast_target() -> None:
    with pytest.raises(OutOfScopeError):
        Rig("239.255.255.0/24").wire.check("239.255.255.250")


def test_multicast_needs_a_segment_and_a_group() -> None:
    wire = Rig("10.1.0.0/24", segments=((LAN, "10.1.0.0/24"),)).wire
    wire.check_multicast(LAN, "239.255.255.250")
    for interface, group in ((None, "239.255.255.250"), (TWO, "239.255.255.250"), (LAN, "10.1.0.5")):
        with pytest.raises(OutOfScopeError):
            wire.check_multicast(interface, group)


def test_broadcast_reaches_only_networks_in_scope() -> None:
    wire = Rig(segments=((LAN, "10.1.0.0/24"), (TWO, "10.2.0.0/24"))).wire
    wire.check_broadcast(LAN, "10.1.0.255")
    wire.check_broadcast(LAN, "255.255.255.255")
    wire.check_broadcast(TWO, "10.2.0.255")
    for interface, address in (
        (TWO, "10.3.0.255"),
        (TWO, "255.255.255.255"),  # would reach 10.3.0.0/24 too
        (LAN, "10.2.0.255"),
        (LAN, "10.1.0.5"),
        (None, "255.255.255.255"),
    ):
        with pytest.raises(OutOfScopeError):
            wire.check_broadcast(interface, address)


def test_broadcast_is_refused_where_one_host_is_excluded() -> None:
    wire = Rig(segments=((LAN, "10.1.0.0/24"),), excluded=("10.1.0.66",)).wire
    with pytest.raises(OutOfScopeError):
        wire.check_broadcast(LAN, "10.1.0.255")


def test_a_reply_of_an_excluded_host_is_dropped_and_counted() -> None:
    wire = Rig("10.1.0.0/24", excluded=("10.1.0.66",)).wire
    assert wire.accepts("192.168.1.64", "sadp")
    assert not wire.dropped
    assert not wire.accepts("10.1.0.66", "sadp")
    assert wire.dropped == {"sadp": 1}


def _send(wire: Wire, address: str, times: int) -> None:
    for _ in range(times):
        wire.ledger.record(address=address, port=80, transport="tcp", protocol="http", request="root", size=1)


def test_a_host_has_a_budget_of_its_own() -> None:
    wire = Rig("10.1.0.0/24").wire
    _send(wire, "10.1.0.5", PACKETS_PER_HOST - 1)
    wire.afford("10.1.0.5")
    assert not wire.spares("10.1.0.5", "sadp")
    assert not wire.unsent["sadp"]
    _send(wire, "10.1.0.5", 1)
    with pytest.raises(NotPossibleError, match=f"10.1.0.5 has had {PACKETS_PER_HOST} packets"):
        wire.afford("10.1.0.5")
    assert wire.spares("10.1.0.5", "sadp")
    assert wire.unsent == {"sadp": 1}
    wire.afford("10.1.0.6")
