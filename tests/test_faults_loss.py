"""One frame in twenty is lost, each way: every planted device is found, by the repeats that the scan itself chooses.

Frames are counted, not drawn by lot: every port of the switch loses the first frame that enters it and every twentieth
after that, so that each run loses as much as the other, and nobody's answer is lost twice in a row.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from camscan.lab import netns
from tests.fault_rig import LAN, SCHOOL, TOWN_HALL, Town, missed, needs_namespaces, needs_nftables, scan, town

pytestmark = [*needs_namespaces, needs_nftables]

NETWORK = "10.83.20.0/27"
EVERY = 20  # frames
CHAIN = """
  chain {port} {{
    type filter hook ingress device {port} priority 0;
    numgen inc mod {every} 0 counter drop
  }}
"""
LEAST = 50  # frames lost in one scan of either network, or there was next to nothing to repeat


@pytest.fixture(scope="module")
def ours() -> Iterator[Town]:
    """Every port of the town hall's switch loses frames that enter it: once on the way there, once on the way back."""
    with town(planted=TOWN_HALL + SCHOOL) as site:
        names = on_the_switch(site, "ip", "-o", "link", "show", "master", "lan0")
        ports = [line.split()[1].split("@")[0] for line in names.splitlines()]
        chains = "".join(CHAIN.format(port=port, every=EVERY) for port in ports)
        on_the_switch(site, "nft", "-f", "-", stdin=f"table netdev loss {{{chains}}}")
        yield site


def on_the_switch(site: Town, *command: str, stdin: str = "") -> str:
    with netns.inside(site.switch):
        ended = subprocess.run(command, input=stdin, capture_output=True, text=True, check=True, timeout=30)
    return ended.stdout


def lost(site: Town) -> int:
    """How many frames the switch has lost so far."""
    listed = json.loads(on_the_switch(site, "nft", "-j", "list", "table", "netdev", "loss"))["nftables"]
    parts = (part for row in listed if "rule" in row for part in row["rule"]["expr"])
    return sum(part["counter"]["packets"] for part in parts if "counter" in part)


def test_on_the_wire(ours: Town, tmp_path: Path) -> None:
    before = lost(ours)
    ended = scan(ours.scanner, tmp_path, LAN)
    assert lost(ours) - before >= LEAST
    assert ended.code == 0, ended.message
    assert missed(ours, ended) == []


def test_through_a_router(ours: Town, tmp_path: Path) -> None:
    before = lost(ours)
    ended = scan(ours.scanner, tmp_path, NETWORK)
    assert lost(ours) - before >= LEAST
    assert ended.code == 0, ended.message
    assert missed(ours, ended, "vendor", network=NETWORK) == []
