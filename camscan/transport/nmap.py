"""nmap as the engine that finds open ports, read by python-nmap (imported lazily); the other is `tcp.connect`.

Rule: nmap is told numbers only (`-n`), only permitted addresses and the exclusions between them, no host discovery
(`-Pn`), plain connects (`-sT --unprivileged`: no raw packet of any kind), each tried once and given up before the
kernel would repeat it, and half of the pace, which the other channels do without as long as it runs. So what is planned
and logged is what leaves. It is started here, not by python-nmap, so that it ends when the scan is interrupted. Follows
the nmap reference guide.
"""

import asyncio
import shutil
import subprocess
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import suppress
from ipaddress import ip_address
from itertools import groupby, islice
from typing import Any

from camscan.errors import NotPossibleError
from camscan.scope import Address, Network
from camscan.transport.ledger import CONNECT
from camscan.transport.wire import Wire

CHUNK = 256  # addresses a run: what Ctrl-C leaves in doubt, and short enough for a command line
PATIENCE = "900ms"  # for one connect: less than the second after which the kernel sends a SYN again
BETWEEN = "950ms"  # from one connect to the next at the same host: the one before it is over by then
VERSION_SECONDS = 10.0  # a program that does not tell its version by then does not work
STARTING_SECONDS = 60.0  # what a run may take beyond its packets

_ONCE = (
    "--max-retries",
    "0",
    "--min-rtt-timeout",
    PATIENCE,
    "--initial-rtt-timeout",
    PATIENCE,
    "--max-rtt-timeout",
    PATIENCE,
)
_OPTIONS = ("-n", "-Pn", "-sT", "--unprivileged", "--open", "--scan-delay", BETWEEN, *_ONCE)


def nmap_available() -> str | None:
    """The version of the nmap program, None where there is none that runs."""
    program = shutil.which("nmap")
    if program is None:
        return None
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, timeout=VERSION_SECONDS, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return None
    words = answer.stdout.decode("ascii", "replace").split()
    return words[2] if words[:2] == ["Nmap", "version"] and len(words) > 2 else None


async def open_ports(
    wire: Wire, addresses: Iterable[str], ports: Sequence[int]
) -> AsyncGenerator[tuple[str, list[int]], None]:
    """(address, its open ports) of every host that has one, chunk by chunk, drawn as they are needed. A host that has
    had its share, and those of a run that did not come to its end, are counted in `wire.unsent`.

    Raises `OutOfScopeError` at the first address that is not permitted, and `NotPossibleError` if nmap fails.
    """
    for chunk in _chunks(addresses):
        for address in chunk:
            wire.check(str(address))
        asked = [address for address in chunk if not wire.spares(str(address), len(ports))]
        if asked:
            for found in (await _scan(wire, asked, ports)).items():
                yield found


def _chunks(addresses: Iterable[str]) -> Iterator[list[Address]]:
    """Of one version each: nmap speaks IPv4 or IPv6 in one run, not both."""
    for _, same in groupby(map(ip_address, addresses), key=lambda address: address.version):
        while chunk := list(islice(same, CHUNK)):
            yield chunk


async def _scan(wire: Wire, chunk: list[Address], ports: Sequence[int]) -> dict[str, list[int]]:
    _account(wire, chunk, ports)
    try:
        with wire.pace.lend() as rate:
            seconds = STARTING_SECONDS + len(ports) + len(chunk) * len(ports) / rate
            output = await _run(_command(wire, chunk, ports, rate), seconds)
    except BaseException:
        for address in chunk:
            wire.unsent.add(str(address), "nmap was ended before it told what it had asked", len(ports))
        raise
    return await asyncio.to_thread(_read, output)


def _account(wire: Wire, chunk: list[Address], ports: Sequence[int]) -> None:
    for address in chunk:
        for port in ports:
            wire.ledger.record(
                address=str(address), port=port, transport="tcp", protocol="tcp", request=CONNECT, size=0
            )


def _command(wire: Wire, chunk: list[Address], ports: Sequence[int], rate: float) -> list[str]:
    excluded = ",".join(_between(chunk, wire.scope.excluded))
    return [
        "nmap",
        *_OPTIONS,
        *("--max-rate", f"{rate:.4f}"),
        *(["-6"] if chunk[0].version == 6 else []),
        *(["--exclude", excluded] if excluded else []),
        *("-oX", "-", "-p", ",".join(map(str, ports))),
        *map(str, chunk),
    ]


def _between(chunk: list[Address], excluded: Iterable[Network]) -> Iterator[str]:
    """The exclusions that lie between the addresses of this run: nmap shall refuse them too."""
    first, last, version = min(map(int, chunk)), max(map(int, chunk)), chunk[0].version
    for network in excluded:
        if network.version == version and int(network[0]) <= last and int(network[-1]) >= first:
            yield str(network)


async def _run(command: Sequence[str], seconds: float) -> str:
    """What nmap writes. It never outlives this call. Raises `NotPossibleError` if it fails or takes longer."""
    try:
        process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    except OSError as error:
        raise NotPossibleError(f"nmap does not run: {error.strerror or error}") from None
    try:
        async with asyncio.timeout(seconds):
            output, complaint = await process.communicate()
    except TimeoutError:
        raise NotPossibleError(f"nmap was not done after {seconds:.0f} seconds") from None
    finally:
        await _end(process)
    if process.returncode:
        said = complaint.decode("utf-8", "replace").strip() or f"exit code {process.returncode}"
        raise NotPossibleError(f"nmap: {said.splitlines()[0]}")
    return output.decode("utf-8", "replace")


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _read(output: str) -> dict[str, list[int]]:
    import nmap

    try:
        scanner = nmap.PortScanner()
        scanner.analyse_nmap_xml_scan(output)
    except nmap.PortScannerError as error:
        raise NotPossibleError(f"nmap: {error.value}") from None
    found = {address: _open(scanner[address]) for address in scanner.all_hosts()}
    return {address: ports for address, ports in found.items() if ports}


def _open(host: Any) -> list[int]:
    return [port for port, said in host.get("tcp", {}).items() if said["state"] == "open"]
