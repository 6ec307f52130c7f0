"""What the texts of a scope and of a coverage name."""

from ipaddress import ip_address, ip_network

import pytest

from camscan.asked import (
    is_of_a_wire,
    network_named,
    networks_asked,
    networks_left_out,
    segments_asked,
    span_of,
)
from camscan.model import Coverage

SCOPE = ("10.0.0.0/24", "10.0.1.7", "not 10.0.0.9", "10.0.0.0/24 (eth0, multicast)", "not a network")


def row(network: str, channel: str = "tcp connect") -> Coverage:
    return Coverage(
        interface="eth0", network=network, channel=channel, state="asked", asked=9, answered=1, silent=8, ports=(80,)
    )


def test_a_scope_names_what_is_asked_and_what_is_left_out() -> None:
    assert networks_asked(SCOPE) == (ip_network("10.0.0.0/24"), ip_network("10.0.1.7/32"))
    assert networks_left_out(SCOPE) == (ip_network("10.0.0.9/32"),)
    assert segments_asked(SCOPE) == {"10.0.0.0/24 (eth0, multicast)", "not a network"}
    assert network_named("10.0.0.1/24") is None  # an address with the length of its network is neither


@pytest.mark.parametrize(
    ("label", "address", "held"),
    [
        ("9 addresses from 10.0.0.3 to 10.0.0.90", "10.0.0.3", True),
        ("1,200 addresses from 10.0.0.3 to 10.0.9.90", "10.0.9.90", True),
        ("9 addresses from 10.0.0.3 to 10.0.0.90", "10.0.0.91", False),
        ("9 addresses from 10.0.0.3 to 10.0.0.90", "::a00:4", False),
        ("9 addresses from 10.0.0.3 to fe80::1", "10.0.0.4", False),
        ("9 addresses from fe80::1%eth0 to fe80::9%eth0", "fe80::4", True),
    ],
)
def test_a_row_of_many_single_addresses_says_between_which_they_are(label: str, address: str, held: bool) -> None:
    span = span_of(row(label))
    assert span is not None
    assert span.holds(ip_address(address)) is held


@pytest.mark.parametrize("label", ["10.0.0.0/24", "9 addresses from here to there", "9 addresses"])
def test_other_rows_count_no_single_addresses_together(label: str) -> None:
    assert span_of(row(label)) is None


@pytest.mark.parametrize(
    ("channel", "of_a_wire"),
    [
        ("sadp multicast", True),
        ("dhdiscover broadcast", True),
        ("wsdiscovery multicast IPv6", True),
        ("arp sweep", False),
    ],
)
def test_a_multicast_asks_all_of_a_wire(channel: str, of_a_wire: bool) -> None:
    assert is_of_a_wire(row("10.0.0.0/24", channel)) is of_a_wire
