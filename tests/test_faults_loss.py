"""One frame in twenty is lost, each way: every planted device is found, by the repeats that the scan itself chooses."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from camscan.lab import netns
from tests.fault_rig import LAN, SCHOOL, TOWN_HALL, Town, missed, needs_namespaces, needs_nftables, scan, town

pytestmark = [*needs_namespaces, needs_nftables]

NETWORK = "10.83.20.0/27"
PERCENT = 5
RULES = """
table netdev loss {{
  chain frames {{
    type filter hook ingress devices = {{ {ports} }} priority 0;
    numgen random mod 100 < {percent} counter drop
  }}
}}
"""


@pytest.fixture(scope="module")
def ours() -> Iterator[Town]:
    """Every port of the town hall's switch loses frames that enter it: once on the way there, once on the way back."""
    with town(planted=TOWN_HALL + SCHOOL) as site:
        with netns.inside(site.switch):
            names = subprocess.run(["ip", "-o", "link", "show", "master", "lan0"], capture_output=True, text=True)
            ports = [line.split()[1].split("@")[0] for line in names.stdout.splitlines()]
            rules = RULES.format(ports=", ".join(ports), percent=PERCENT)
            subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True, timeout=30)
        yield site


def test_on_the_wire(ours: Town, tmp_path: Path) -> None:
    ended = scan(ours.scanner, tmp_path, LAN)
    assert ended.code == 0, ended.message
    assert missed(ours, ended) == []


def test_through_a_router(ours: Town, tmp_path: Path) -> None:
    ended = scan(ours.scanner, tmp_path, NETWORK)
    assert ended.code == 0, ended.message
    assert missed(ours, ended, "vendor", network=NETWORK) == []
