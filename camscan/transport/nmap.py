"""nmap as the engine that finds open ports, through python-nmap (imported lazily); the other is `tcp.connect`.

Rule: nmap is told numbers only (`-n`), only permitted addresses, no host discovery (`-Pn`), plain connects
(`-sT --unprivileged`: no raw packet of any kind), and the pace. Follows the nmap reference guide.
"""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from ipaddress import ip_address
from itertools import groupby, islice
from typing import Any

from camscan.errors import NotPossibleError
from camscan.scope import Address
from camscan.transport.ledger import CONNECT
from camscan.transport.wire import Wire

CHUNK = 256  # addresses a run: short enough for a command line, and for Ctrl-C
ATTEMPTS = 3  # a connect and two repeats, as `--max-retries` counts
VERSION_SECONDS = 10.0  # a program that does not tell its version by then does not work
STARTING_SECONDS = 60.0  # what a run may take beyond its packets

_ARGUMENTS = f"-n -Pn -sT --unprivileged --open --max-retries {ATTEMPTS - 1} --scan-delay 50ms --max-rate"


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
) -> AsyncGenerator[tuple[str, int], None]:
    """(address, port) of every open port, chunk by chunk.

    Raises `OutOfScopeError` at the first address that is not permitted, and `NotPossibleError` if nmap fails.
    """
    for chunk in _chunks(addresses):
        for address in chunk:
            wire.check(str(address))
        _account(wire, chunk, ports)
        for found in await asyncio.to_thread(_run, wire, chunk, ports):
            yield found


def _chunks(addresses: Iterable[str]) -> Iterator[list[Address]]:
    """Of one version each: nmap speaks IPv4 or IPv6 in one run, not both."""
    for _, same in groupby(map(ip_address, addresses), key=lambda address: address.version):
        while chunk := list(islice(same, CHUNK)):
            yield chunk


def _account(wire: Wire, chunk: list[Address], ports: Sequence[int]) -> None:
    for address in chunk:
        for port in ports:
            wire.ledger.record(
                address=str(address), port=port, transport="tcp", protocol="tcp", request=CONNECT, size=0
            )


def _run(wire: Wire, chunk: list[Address], ports: Sequence[int]) -> list[tuple[str, int]]:
    import nmap

    allowed = STARTING_SECONDS + ATTEMPTS * len(chunk) * len(ports) / wire.pace.rate
    try:
        scanner = nmap.PortScanner()
        scanner.scan(
            hosts=" ".join(map(str, chunk)),
            ports=",".join(map(str, ports)),
            arguments=_arguments(wire, chunk),
            timeout=int(allowed),
        )
    except nmap.PortScannerError as error:
        raise NotPossibleError(f"nmap: {error.value}") from None
    return list(_open(scanner))


def _arguments(wire: Wire, chunk: list[Address]) -> str:
    """With the exclusions that lie between the addresses of this run: nmap shall refuse them too."""
    first, last, version = min(map(int, chunk)), max(map(int, chunk)), chunk[0].version
    near = [
        str(network)
        for network in wire.scope.excluded
        if network.version == version and int(network[0]) <= last and int(network[-1]) >= first
    ]
    excluded = f" --exclude {','.join(near)}" if near else ""
    return f"{_ARGUMENTS} {wire.pace.rate:.2f}{' -6' if version == 6 else ''}{excluded}"


def _open(scanner: Any) -> Iterator[tuple[str, int]]:
    for address in scanner.all_hosts():
        for port, said in scanner[address].get("tcp", {}).items():
            if said["state"] == "open":
                yield address, port
