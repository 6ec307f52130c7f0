"""The link goes away in the midst of a scan: what was found is delivered, and nobody takes the result for complete."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from camscan.lab import netns
from tests.fault_rig import LAN, Running, Town, missed, needs_namespaces, scan, town

pytestmark = needs_namespaces

AWAY_SECONDS = 1.0
# where ARP is no guide any more, each address where nobody is costs a connect for every port
FEWER = (LAN, "--exclude", "10.83.10.64/26", "--exclude", "10.83.10.128/25")
LOST = "eth0 lost its link during the scan"


@pytest.fixture(scope="module")
def ours() -> Iterator[Town]:
    with town() as site:
        yield site


def switch_off(ours: Town) -> None:
    netns.configure(ours.scanner, ["link set eth0 down"])


def switch_on(ours: Town) -> None:
    netns.configure(ours.scanner, ["link set eth0 up"])


def test_an_interface_that_goes_down_in_mid_scan_leaves_what_was_found_and_the_reason(
    ours: Town, tmp_path: Path
) -> None:
    def during(running: Running) -> None:
        running.wait_until(lambda: running.heard("sadp", "dhdiscover") >= ours.planted and bool(running.heard("http")))
        switch_off(ours)

    try:
        ended = scan(ours.scanner, tmp_path, LAN, during=during)
    finally:
        switch_on(ours)
    assert ended.code == 3, ended.message
    assert ended.document["scan"]["partial"] is True
    assert "partial" in ended.message
    assert LOST in ended.reasons()
    assert missed(ours, ended) == []


def test_an_interface_that_comes_up_again_is_used_again(ours: Town, tmp_path: Path) -> None:
    before: set[str] = set()

    def during(running: Running) -> None:
        running.wait_until(lambda: running.heard("sadp", "dhdiscover") >= ours.planted)
        switch_off(ours)
        time.sleep(AWAY_SECONDS)
        before.update(running.heard("http"))
        switch_on(ours)

    ended = scan(ours.scanner, tmp_path, *FEWER, during=during)
    assert ended.code == 3, ended.message
    assert LOST in ended.reasons()
    assert missed(ours, ended) == []
    asked = {a for a in ours.planted if "http" in {s["protocol"] for s in (ended.device(a) or {})["services"]}}
    assert asked > before


def test_a_cable_that_is_pulled_and_put_back_is_noticed_though_the_kernel_reports_no_error(
    ours: Town, tmp_path: Path
) -> None:
    def during(running: Running) -> None:
        running.wait_until(lambda: running.heard("sadp", "dhdiscover") >= ours.planted)
        netns.configure(ours.switch, ["link set v0-0 down"])
        time.sleep(AWAY_SECONDS)
        netns.configure(ours.switch, ["link set v0-0 up"])

    ended = scan(ours.scanner, tmp_path, LAN, during=during)
    assert ended.code == 3, ended.message
    rows = [row for row in ended.document["coverage"] if row["interface"] == "eth0"]
    assert all(row["state"] != "asked" and LOST in row["reason"] for row in rows)
    assert missed(ours, ended) == []
