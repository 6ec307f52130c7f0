from dataclasses import replace
from ipaddress import IPv4Interface

import pytest

from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.scope import Interface
from camscan.transport import unsent
from camscan.transport.patience import Patience
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
    assert not wire.spares("10.1.0.5")
    assert not wire.unsent.packets
    _send(wire, "10.1.0.5", 1)
    with pytest.raises(NotPossibleError, match=f"left alone after {PACKETS_PER_HOST} packets"):
        wire.afford("10.1.0.5")
    assert wire.spares("10.1.0.5", 21)
    assert wire.unsent.packets_for("10.1.0.5") == 21
    wire.afford("10.1.0.6")


def test_a_host_is_waited_for_no_longer_than_ninety_seconds() -> None:
    now = iter([0.0, 60.0, 100.0, 131.0])
    wire = replace(Rig("10.1.0.0/24").wire, patience=Patience(lambda: next(now)))
    with wire.patience.waiting("10.1.0.5"):
        pass
    wire.afford("10.1.0.5")
    assert wire.patience.left("10.1.0.5") == 30
    with pytest.raises(TimeoutError), wire.patience.waiting("10.1.0.5"):
        raise TimeoutError
    with pytest.raises(NotPossibleError, match="left alone after 90 seconds of waiting"):
        wire.afford("10.1.0.5")
    assert wire.spares("10.1.0.5")
    wire.afford("10.1.0.6")


def test_a_machine_that_reaches_nobody_stops_counting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unsent, "ADDRESSES_LIMIT", 2)
    lost = unsent.Unsent()
    lost.add("10.1.0.1", "network is down")
    lost.add("10.1.0.2", "network is down")
    with pytest.raises(NotPossibleError, match="2 addresses could not be asked, the last one: network is down"):
        lost.add("10.1.0.3", "network is down")
