"""The order of probes: everything once, nothing twice, neighbours far apart, whatever the spans."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from camscan.transport.space import Space

PORTS = [80, 554, 8000]


def _all(space: Space, batch: int = 100) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin in range(0, space.size, batch):
        addresses, ports = space.probes(begin, batch)
        found += zip(addresses.tolist(), ports.tolist(), strict=True)
    return found


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    gap=st.integers(1, 1000),
    ports=st.lists(st.integers(1, 65535), min_size=1, max_size=5, unique=True),
    start=st.integers(0, 1 << 48),
    batch=st.integers(1, 64),
)
def test_every_address_and_port_comes_exactly_once(
    lengths: list[int], gap: int, ports: list[int], start: int, batch: int
) -> None:
    spans, first = [], 10
    for length in lengths:
        spans.append((first, first + length - 1))
        first += length + gap
    space = Space(spans, ports, start)
    wanted = {(address, port) for a, b in spans for address in range(a, b + 1) for port in ports}
    probes = _all(space, batch)
    assert len(probes) == len(wanted) == space.size
    assert set(probes) == wanted


def test_neighbours_in_time_are_in_different_networks() -> None:
    space = Space([(10 << 24, (10 << 24) + 0xFFFF)], PORTS)
    addresses, _ = space.probes(0, 1024)
    networks = addresses >> np.uint32(8)
    assert (networks[1:] != networks[:-1]).all()
    assert np.bincount((networks & np.uint32(0xFF)).astype(np.intp)).max() <= 6


def test_a_space_as_large_as_the_private_networks_is_computed_without_overflow() -> None:
    space = Space([(10 << 24, (11 << 24) - 1), (172 << 24 | 16 << 16, (172 << 24 | 32 << 16) - 1)], range(1, 201))
    addresses, ports = space.probes(space.size - 3, 10)
    assert len(addresses) == 3
    assert all(10 << 24 <= a < 11 << 24 or 172 << 24 | 16 << 16 <= a < 172 << 24 | 32 << 16 for a in addresses.tolist())
    assert set(ports.tolist()) <= set(range(1, 201))


@pytest.mark.parametrize(("spans", "ports"), [([], PORTS), ([(1, 9)], [])])
def test_an_empty_space_has_no_probes(spans: list[tuple[int, int]], ports: list[int]) -> None:
    space = Space(spans, ports)
    assert space.size == 0
    assert [len(words) for words in space.probes(0, 10)] == [0, 0]


def test_two_sweeps_begin_at_different_places() -> None:
    spans = [(1, 1000)]
    assert _all(Space(spans, PORTS, 5))[:10] != _all(Space(spans, PORTS, 77))[:10]
