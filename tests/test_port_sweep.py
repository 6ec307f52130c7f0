"""What a port sweep does with the hosts that its engine reports."""

from camscan.discover.engines import Report
from camscan.discover.ports import PortSweep
from camscan.reply import Reply
from tests.transport_rig import Rig

Heard = list[tuple[object, ...]]


async def _run(reported: dict[str, list[int]], owed: dict[str, list[int]]) -> Heard:
    """All that happened, in order."""
    happened: Heard = []

    async def turns(address: str, ports: list[int]) -> None:
        happened.append(("turns", address, *ports))

    async def engine(report: Report) -> None:
        for address, ports in reported.items():
            report(address, ports)

    def settle(address: str, ports: list[int], packets: int) -> None:
        happened.append(("settled", address, *ports))

    sweep = PortSweep(wire=Rig().wire, request="connect", turns=turns, settle=settle, owed=owed)
    async for reply in sweep.run(engine):
        assert isinstance(reply, Reply)
        happened.append(("open", reply.address, reply.port))
    return happened


async def test_an_address_is_settled_after_its_ports_have_been_passed_on() -> None:
    happened = await _run({"127.9.0.1": [80, 554]}, {})
    about = [what for what in happened if what[0] != "turns"]
    assert about == [("open", "127.9.0.1", 80), ("open", "127.9.0.1", 554), ("settled", "127.9.0.1", 80, 554)]
    assert ("turns", "127.9.0.1", 80, 554) in happened


async def test_a_silent_address_is_settled_and_costs_no_turns() -> None:
    assert await _run({"127.9.0.1": []}, {}) == [("settled", "127.9.0.1")]


async def test_turns_that_an_earlier_run_owes_are_taken() -> None:
    assert await _run({}, {"127.9.0.1": [80]}) == [("turns", "127.9.0.1", 80)]
