import asyncio
import shutil
import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.transport import nmap
from tests.transport_rig import HOME, Rig, closed_port, serving

needs_nmap = pytest.mark.skipif(shutil.which("nmap") is None, reason="the nmap program is not installed")


async def _idle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """A python-nmap that records how it is called, and finds port 80 open everywhere."""
    calls: list[dict[str, object]] = []

    class PortScanner:
        def scan(self, **how: object) -> None:
            calls.append(how)

        def all_hosts(self) -> list[str]:
            return str(calls[-1]["hosts"]).split()

        def __getitem__(self, host: str) -> dict[str, object]:
            return {"tcp": {80: {"state": "open"}, 81: {"state": "filtered"}}}

    monkeypatch.setitem(sys.modules, "nmap", _module(PortScanner))
    return calls


def _module(scanner: Callable[[], object]) -> ModuleType:
    module = ModuleType("nmap")
    module.__dict__.update(PortScanner=scanner, PortScannerError=_Error)
    return module


class _Error(Exception):
    value = "nmap program was not found"


async def _found(rig: Rig, addresses: list[str], ports: list[int]) -> list[tuple[str, int]]:
    return [found async for found in nmap.open_ports(rig.wire, addresses, ports)]


@needs_nmap
async def test_the_real_nmap_finds_what_is_open() -> None:
    rig = Rig()
    async with serving(_idle) as port:
        closed = closed_port()
        assert await _found(rig, [HOME, "127.9.0.1"], [port, closed]) == [(HOME, port)]
    assert rig.wire.ledger.connections == 4
    assert {(line["address"], line["port"]) for line in rig.lines} == {
        (address, p) for address in (HOME, "127.9.0.1") for p in (port, closed)
    }


@needs_nmap
def test_the_version_is_that_of_the_program() -> None:
    version = nmap.nmap_available()
    assert version
    assert version[0].isdigit()


def test_no_program_no_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert nmap.nmap_available() is None


async def test_it_is_told_numbers_pace_and_exclusions_only(runs: list[dict[str, object]]) -> None:
    rig = Rig("10.1.0.0/16", excluded=("10.1.0.66", "10.1.200.0/24", "fd00::/64"), rate=250)
    assert await _found(rig, ["10.1.0.65", "10.1.0.67"], [80, 81]) == [("10.1.0.65", 80), ("10.1.0.67", 80)]
    (run,) = runs
    assert (run["hosts"], run["ports"]) == ("10.1.0.65 10.1.0.67", "80,81")
    arguments = str(run["arguments"]).split()
    assert {"-n", "-Pn", "-sT", "--unprivileged"} <= set(arguments)
    assert arguments[arguments.index("--max-rate") + 1] == "250.00"
    assert arguments[arguments.index("--exclude") + 1] == "10.1.0.66/32"


async def test_ipv6_runs_on_its_own(runs: list[dict[str, object]]) -> None:
    await _found(Rig("10.1.0.0/24", "fd00::/120"), ["10.1.0.1", "fd00::1"], [80])
    assert [(run["hosts"], "-6" in str(run["arguments"]).split()) for run in runs] == [
        ("10.1.0.1", False),
        ("fd00::1", True),
    ]


async def test_many_addresses_go_in_chunks(runs: list[dict[str, object]]) -> None:
    addresses = [f"10.1.{n // 250}.{n % 250 + 1}" for n in range(nmap.CHUNK + 1)]
    assert len(await _found(Rig("10.1.0.0/16"), addresses, [80])) == nmap.CHUNK + 1
    assert [len(str(run["hosts"]).split()) for run in runs] == [nmap.CHUNK, 1]


async def test_an_address_outside_the_scope_stops_it_before_it_starts(runs: list[dict[str, object]]) -> None:
    rig = Rig("10.1.0.0/24")
    with pytest.raises(OutOfScopeError):
        await _found(rig, ["10.1.0.1", "10.2.0.1"], [80])
    assert not runs
    assert not rig.lines


async def test_without_the_program_it_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> object:
        raise _Error

    monkeypatch.setitem(sys.modules, "nmap", _module(missing))
    with pytest.raises(NotPossibleError, match="nmap program was not found"):
        await _found(Rig("10.1.0.0/24"), ["10.1.0.1"], [80])
