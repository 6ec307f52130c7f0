"""The scope: what it permits, counts and visits. An exclusion always wins."""

from ipaddress import IPv4Interface, IPv4Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.scope import Interface, Scope, spans

LAN = IPv4Network("10.9.0.0/24")
ETH = Interface(name="eth9", index=9, kind="ethernet", addresses=(IPv4Interface("10.9.0.1/24"),))


def test_permits_only_what_is_named_and_not_excluded() -> None:
    scope = Scope(swept=(LAN,), excluded=(ip_network("10.9.0.7/32"),))
    assert scope.permits("10.9.0.6")
    assert not scope.permits("10.9.0.7")
    assert not scope.permits("10.9.1.6")
    assert not scope.permits("239.255.255.250")
    assert not scope.permits("not an address")


def test_public_space_needs_to_be_allowed() -> None:
    network = ip_network("198.51.101.0/24")
    assert not Scope(swept=(network,)).permits("198.51.101.5")
    assert Scope(swept=(network,), allow_public=True).permits("198.51.101.5")


def test_a_broadcast_is_refused_where_an_address_is_excluded() -> None:
    segment = ((ETH, LAN),)
    assert Scope(swept=(), segments=segment).permits_broadcast("eth9", LAN)
    excluded = (ip_network("10.9.0.7/32"),)
    scope = Scope(swept=(), segments=segment, excluded=excluded)
    assert not scope.permits_broadcast("eth9", LAN)
    assert scope.permits_segment("eth9")


@pytest.mark.parametrize(
    ("swept", "excluded"),
    [
        (["10.9.0.0/24"], []),
        (["10.9.0.0/24"], ["10.9.0.0/28"]),
        (["10.9.0.0/24"], ["10.9.0.0/16"]),
        (["10.9.0.0/24"], ["10.9.0.4/30", "10.9.0.5/32", "10.9.0.255/32"]),
        (["10.9.0.8/31", "10.9.0.20/32"], ["10.9.0.9/32"]),
        (["fd00::/120"], ["fd00::8/125"]),
    ],
)
def test_count_is_what_addresses_yields(swept: list[str], excluded: list[str]) -> None:
    scope = Scope(swept=tuple(map(ip_network, swept)), excluded=tuple(map(ip_network, excluded)))
    assert scope.count() == len(list(scope.addresses()))


def test_a_large_scope_is_counted_without_being_listed() -> None:
    scope = Scope(swept=(ip_network("10.0.0.0/8"),), excluded=(ip_network("10.4.0.0/16"),))
    assert scope.count() == 2**24 - 2 - 2**16
    assert next(scope.addresses()) == "10.0.0.1"


NETWORKS = st.builds(
    lambda number, prefix: IPv4Network((0x0A000000 + number, prefix), strict=False),
    st.integers(0, 4095),
    st.integers(24, 32),
)


@given(st.lists(NETWORKS, min_size=1, max_size=4), st.lists(NETWORKS, max_size=4))
def test_spans_are_the_addresses_and_nothing_else(swept: list[IPv4Network], excluded: list[IPv4Network]) -> None:
    scope = Scope(swept=tuple(swept), excluded=tuple(excluded))
    found = spans(scope)
    listed = [number for first, last in found for number in range(first, last + 1)]
    assert listed == sorted({int(ip_address(address)) for address in scope.addresses()})
    assert all(first <= last for first, last in found)
