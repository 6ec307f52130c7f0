"""Two scans at once from one machine, which are not recorded and so need not wait for each other: both find everything,
and neither takes the other's answers for its own."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fault_rig import LAN, PORTS, SCHOOL, TOWN_HALL, Ended, Town, missed, needs_namespaces, scan, town

pytestmark = needs_namespaces

THERE = "10.83.20.0/27"
CHOSEN = (*TOWN_HALL[:3], *TOWN_HALL[4:7], *SCHOOL)


@pytest.fixture(scope="module")
def ours() -> Iterator[Town]:
    with town(planted=CHOSEN) as site:
        yield site


@pytest.fixture(scope="module")
def both(ours: Town, tmp_path_factory: pytest.TempPathFactory) -> list[Ended]:
    """One scan of both networks, and one of the school alone."""

    def run(targets: tuple[str, ...]) -> Ended:
        return scan(ours.scanner, tmp_path_factory.mktemp("scan"), *targets, "--no-record", "--rate", "2000")

    with ThreadPoolExecutor(2) as executor:
        return list(executor.map(run, [(LAN, THERE), (THERE,)]))


def test_both_find_everything(ours: Town, both: list[Ended]) -> None:
    whole, part = both
    assert (whole.code, part.code) == (0, 0), whole.message + part.message
    assert missed(ours, whole) == []
    assert missed(ours, whole, network=THERE) == []
    assert missed(ours, part, network=THERE) == []


def test_neither_takes_the_answers_of_the_other(ours: Town, both: list[Ended]) -> None:
    _, part = both
    assert {reply["address"] for reply in part.replies} <= {*(ours.planted - ours.town_hall), "10.83.20.1"}


def test_each_open_port_is_found_by_both(ours: Town, both: list[Ended]) -> None:
    for ended, addresses in zip(both, (ours.planted, ours.planted - ours.town_hall), strict=True):
        opened = {(reply["address"], reply["port"]) for reply in ended.replies if reply["protocol"] == "tcp"}
        services = ((address, s) for address in addresses for s in ours.network.devices[address].services)
        there = {(address, s.port) for address, s in services if s.transport == "tcp" and s.port in PORTS}
        assert there <= opened
