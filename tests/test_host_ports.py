"""The open ports of one host: who is asked twice, and what an end before the end leaves."""

from collections import Counter
from collections.abc import Iterable, Sequence

import pytest

from camscan.discover.host_ports import open_ports, spare_tries
from camscan.errors import NotPossibleError
from camscan.reply import Outcome, Outcomes

PORTS = (21, 80, 443, 554, 8000)
OPEN, SHUT, SILENT = Outcome.REPLIED, Outcome.REFUSED, Outcome.SILENT


class Host:
    """Answers each port as told, one answer after the other."""

    def __init__(self, **answers: list[Outcome]) -> None:
        self.answers = {int(port.removeprefix("p")): outcomes for port, outcomes in answers.items()}
        self.tried: Counter[int] = Counter()
        self.left: list[tuple[int, str]] = []
        self.share = 100

    async def ask(self, ports: Sequence[int], outcomes: Outcomes) -> None:
        for port in ports:
            if self.tried.total() == self.share:
                raise NotPossibleError("left alone")
            answers = self.answers.get(port, [SHUT])
            self.tried[port] += 1
            outcomes[port] = answers[min(self.tried[port], len(answers)) - 1]

    async def open(self, known: Iterable[int] = ()) -> list[int]:
        return await open_ports(PORTS, known, self.ask, lambda ports, why: self.left.append((ports, why)))


async def test_a_silent_port_of_a_host_that_answers_at_most_others_is_tried_again() -> None:
    host = Host(p80=[SILENT, OPEN], p554=[OPEN], p8000=[SILENT, SILENT])
    assert await host.open() == [80, 554]
    assert host.tried == {21: 1, 80: 2, 443: 1, 554: 1, 8000: 2}


async def test_a_host_that_keeps_most_of_its_ports_silent_is_asked_once() -> None:
    host = Host(p21=[SILENT], p80=[SILENT, OPEN], p443=[SILENT], p554=[OPEN])
    assert await host.open() == [554]
    assert set(host.tried.values()) == {1}


async def test_a_port_that_is_known_to_be_open_is_not_tried() -> None:
    host = Host()
    assert await host.open(known=(554,)) == [554]
    assert 554 not in host.tried


async def test_a_host_that_has_had_its_share_is_left_with_what_was_found() -> None:
    host = Host(p80=[OPEN])
    host.share = 2
    assert await host.open() == [80]
    assert host.left == [(3, "left alone")]


async def test_a_second_try_that_cannot_be_made_leaves_nothing_unasked() -> None:
    host = Host(p80=[SILENT], p554=[OPEN])
    host.share = len(PORTS)
    assert await host.open() == [554]
    assert host.left == []


@pytest.mark.parametrize("ports", range(1, 22))
def test_second_tries_are_fewer_than_half(ports: int) -> None:
    assert 2 * spare_tries(ports) < ports


async def test_a_host_of_which_asking_was_left_off_is_not_asked_again_and_nothing_counts_as_unsent() -> None:
    host = Host(p21=[SILENT], p80=[SILENT])
    asked: list[Sequence[int]] = []

    async def ask(ports: Sequence[int], outcomes: Outcomes) -> None:
        asked.append(ports)
        await host.ask(ports[:2], outcomes)

    assert await open_ports(PORTS, (), ask, lambda ports, why: host.left.append((ports, why))) == []
    assert (len(asked), host.left) == (1, [])
