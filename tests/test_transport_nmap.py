"""nmap as an engine: what it is told, how it ends. A program of the same name stands in for it but in two tests."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from camscan.errors import NotPossibleError, OutOfScopeError
from camscan.transport import nmap, wire
from tests.transport_rig import HOME, Rig, closed_port, serving

needs_nmap = pytest.mark.skipif(shutil.which("nmap") is None, reason="the nmap program is not installed")

PROGRAM = """#!{python}
import os, sys, time
told = sys.argv[1:]
if told == ["-V"]:
    print("Nmap version 7.93 ( https://nmap.org )")
    raise SystemExit
with open({log!r}, "a") as log:
    print(os.getpid(), *told, file=log)
{ending}
hosts = told[told.index("-p") + 2 :]
found = "".join(
    f'<host><status state="up"/><address addr="{{h}}" addrtype="{{"ipv6" if ":" in h else "ipv4"}}"/><ports>'
    '<port protocol="tcp" portid="80"><state state="open"/></port>'
    '<port protocol="tcp" portid="81"><state state="filtered"/></port></ports></host>'
    for h in hosts
)
print(f'<nmaprun args="">{{found}}<runstats><finished/><hosts/></runstats></nmaprun>')
"""


class Runs:
    """How the program that stands in for nmap was called: its process and its words."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def __iter__(self) -> Iterator[list[str]]:
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return iter([line.split() for line in lines])

    async def begin(self) -> None:
        while not self.told:  # noqa: ASYNC110 -- the program is another process
            await asyncio.sleep(0.01)

    @property
    def told(self) -> list[list[str]]:
        return [words for _, *words in self]

    @property
    def hosts(self) -> list[list[str]]:
        return [words[words.index("-p") + 2 :] for words in self.told]


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Runs]:
    """Puts a program named nmap on the path that finds port 80 open everywhere, or ends otherwise."""

    def install(ending: str = "") -> Runs:
        log = tmp_path / "runs"
        program = tmp_path / "nmap"
        program.write_text(PROGRAM.format(python=sys.executable, log=str(log), ending=ending))
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        return Runs(log)

    return install


async def _idle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()


async def _found(rig: Rig, addresses: list[str], ports: list[int]) -> list[tuple[str, list[int]]]:
    return [found async for found in nmap.open_ports(rig.wire, addresses, ports)]


@needs_nmap
async def test_the_real_nmap_finds_what_is_open() -> None:
    rig = Rig()
    async with serving(_idle) as port:
        closed = closed_port()
        assert await _found(rig, [HOME, "127.9.0.1"], [port, closed]) == [(HOME, [port])]
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


async def test_it_is_told_numbers_pace_and_exclusions_only(stand_in: Callable[..., Runs]) -> None:
    runs = stand_in()
    rig = Rig("10.1.0.0/16", excluded=("10.1.0.66", "10.1.200.0/24", "fd00::/64"), rate=250)
    assert await _found(rig, ["10.1.0.65", "10.1.0.67"], [80, 81]) == [("10.1.0.65", [80]), ("10.1.0.67", [80])]
    (told,) = runs.told
    assert told[-3:] == ["80,81", "10.1.0.65", "10.1.0.67"]
    assert {"-n", "-Pn", "-sT", "--unprivileged"} <= set(told)
    assert float(told[told.index("--max-rate") + 1]) == 125
    assert told[told.index("--exclude") + 1] == "10.1.0.66/32"


async def test_it_has_half_of_the_pace_while_it_runs_and_ends_with_an_interrupted_scan(
    stand_in: Callable[..., Runs],
) -> None:
    runs = stand_in("time.sleep(60)")
    rig = Rig("10.1.0.0/24", rate=250)
    scan = asyncio.create_task(_found(rig, ["10.1.0.1"], [80]))
    await asyncio.wait_for(runs.begin(), 30)
    assert rig.wire.pace.rate == 125
    scan.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.wait_for(scan, 10)
    assert scan.cancelled()
    ((process, *_),) = runs
    with pytest.raises(ProcessLookupError):
        os.kill(int(process), 0)
    assert rig.wire.pace.rate == 250
    assert rig.wire.unsent.packets_for("10.1.0.1") == 1


async def test_a_program_that_hangs_is_ended(stand_in: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nmap, "STARTING_SECONDS", 0.5)
    runs = stand_in("time.sleep(60)")
    with pytest.raises(NotPossibleError, match="nmap was not done after"):
        await _found(Rig("10.1.0.0/24"), ["10.1.0.1"], [80])
    for process, *_ in runs:
        with pytest.raises(ProcessLookupError):
            os.kill(int(process), 0)


@pytest.mark.parametrize(
    ("ending", "message"),
    [
        ("sys.exit('no way\\nand more')", "nmap: no way$"),
        ("sys.exit(3)", "nmap: exit code 3"),
        ("print('<nmap'); sys.exit()", "nmap: <nmap"),
    ],
)
async def test_a_program_that_fails_is_not_possible(stand_in: Callable[..., Runs], ending: str, message: str) -> None:
    stand_in(ending)
    with pytest.raises(NotPossibleError, match=message):
        await _found(Rig("10.1.0.0/24"), ["10.1.0.1"], [80])


async def test_ipv6_runs_on_its_own(stand_in: Callable[..., Runs]) -> None:
    runs = stand_in()
    await _found(Rig("10.1.0.0/24", "fd00::/120"), ["10.1.0.1", "fd00::1"], [80])
    assert runs.hosts == [["10.1.0.1"], ["fd00::1"]]
    assert ["-6" in words for words in runs.told] == [False, True]


async def test_many_addresses_go_in_chunks(stand_in: Callable[..., Runs]) -> None:
    runs = stand_in()
    addresses = [f"10.1.{n // 250}.{n % 250 + 1}" for n in range(nmap.CHUNK + 1)]
    assert len(await _found(Rig("10.1.0.0/16"), addresses, [80])) == nmap.CHUNK + 1
    assert [len(hosts) for hosts in runs.hosts] == [nmap.CHUNK, 1]


async def test_an_address_outside_the_scope_stops_it_before_it_starts(stand_in: Callable[..., Runs]) -> None:
    runs = stand_in()
    rig = Rig("10.1.0.0/24")
    with pytest.raises(OutOfScopeError):
        await _found(rig, ["10.1.0.1", "10.2.0.1"], [80])
    assert not runs.told
    assert not rig.lines


async def test_a_host_that_has_had_its_share_is_passed_over(
    stand_in: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PACKETS_PER_HOST", 2)
    runs = stand_in()
    rig = Rig("10.1.0.0/24")
    await _found(rig, ["10.1.0.1"], [80, 81])
    assert await _found(rig, ["10.1.0.1", "10.1.0.2"], [80]) == [("10.1.0.2", [80])]
    assert await _found(rig, ["10.1.0.1"], [80]) == []
    assert runs.hosts == [["10.1.0.1"], ["10.1.0.2"]]
    assert rig.wire.unsent.packets == 2


async def test_without_the_program_it_is_not_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotPossibleError, match="nmap does not run: No such file"):
        await _found(Rig("10.1.0.0/24"), ["10.1.0.1"], [80])
