"""`camscan demo`: a rehearsal. An emulated site comes up on this machine, is scanned as a real one would be, and the
answer is held against what was planted. Nothing leaves the machine: as root the site stands in namespaces of its
own, otherwise on loopback addresses. However it ends, scan, site and files go with it.
"""

import json
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from camscan.errors import CannotRunError

if TYPE_CHECKING:
    from camscan.lab.device import Device as Planted
    from camscan.model import Device

START_SECONDS = 60.0  # forty namespaces take about five on a slow machine
LAB_STOP_SECONDS = 20.0  # as long again if it must be told twice
SCAN_STOP_SECONDS = 10.0  # to deliver what it has; then it is ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site that is up: what to scan, and the namespace to scan from (None: this machine's loopback)."""

    targets: tuple[str, ...]
    scanner: str | None
    devices: int
    missing: tuple[str, ...]


def demo(
    loopback: Annotated[bool, typer.Option("--loopback", help="Use loopback addresses, also as root.")] = False,
) -> int:
    """Scan an emulated site on this machine, and check the answer. Needs no network and touches none.

    As root: network namespaces with real multicast, broadcast, ARP and a routed subnet. Otherwise: loopback addresses.

    \b
    camscan demo
    camscan demo --loopback

    Exit codes: 0 all planted devices found and named, 1 not all, 4 could not run, 130 interrupted.
    """
    from tempfile import TemporaryDirectory

    from camscan.cli.ending import Exit, say

    with _emulated(loopback) as site, TemporaryDirectory(prefix="camscan-demo-") as folder:
        where = "network namespaces of its own" if site.scanner else "loopback addresses"
        say(f"demo: an emulated site of {site.devices} devices, in {where}; nothing leaves this machine")
        if site.missing:
            say(f"demo: {len(site.missing)} services cannot be offered here without root, {site.missing[0]} among them")
        recording = Path(folder) / "replies.jsonl"
        code = _run_to_end(_scan_command(site, recording))
        if code not in (Exit.DONE, Exit.PARTIAL):
            return code
        return _compare(site, recording)


def _scan_command(site: Site, recording: Path) -> list[str]:
    inside = ["ip", "netns", "exec", site.scanner] if site.scanner else []
    command = [sys.executable, "-m", "camscan", "scan", "--no-record", *site.targets, "--replies", str(recording)]
    return [*inside, *command]


def _run_to_end(command: Sequence[str]) -> int:
    """The exit code. A scan that is still running when this ends is told to deliver and end."""
    with subprocess.Popen(command) as scan:  # noqa: S603
        try:
            return scan.wait()
        finally:
            _end(scan, SCAN_STOP_SECONDS)


def _end(process: "subprocess.Popen[bytes]", seconds: float) -> None:
    """Asks the process to end, and ends it where it does not."""
    if process.poll() is not None:
        return
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()


@contextmanager
def _emulated(loopback: bool) -> Iterator[Site]:
    """The lab as a process of its own, which takes the site down when its input ends, however this one ends."""
    command = [sys.executable, "-m", "camscan.lab", *(["--loopback"] if loopback else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as lab:  # noqa: S603
        try:
            yield _read_site(lab)
        finally:
            if lab.stdin:
                lab.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                lab.wait(LAB_STOP_SECONDS)
            _end(lab, LAB_STOP_SECONDS)


def _read_site(lab: "subprocess.Popen[bytes]") -> Site:
    line = _line(lab.stdout)
    if not line:
        raise CannotRunError("demo: the emulated site did not come up")
    ready = json.loads(line)
    return Site(
        targets=tuple(ready["targets"]),
        scanner=ready["scanner"],
        devices=ready["devices"],
        missing=tuple(ready["missing"]),
    )


def _line(stream: IO[bytes] | None) -> bytes:
    if stream is None or not select.select([stream], [], [], START_SECONDS)[0]:
        return b""
    return stream.readline()


def _compare(site: Site, recording: Path) -> int:
    """Say how the answer compares with what was planted; the exit code."""
    from camscan.cli.ending import Exit, say
    from camscan.cli.replay import judge_files
    from camscan.model import MAKERS

    devices = judge_files([str(recording)], None).devices if recording.stat().st_size else ()
    found = {a: device for device in devices for a in device.addresses}
    planted = _planted(site)
    targets = {a: p for a, p in planted.items() if p.truth.vendor in MAKERS}
    missed = [f"{a} ({p.id})" for a, p in targets.items() if a not in found or found[a].vendor != p.truth.vendor]
    false = [f"{a} ({p.id})" for a, p in planted.items() if a not in targets and a in found and _is_false(p, found[a])]
    say(f"demo: {len(targets) - len(missed)} of {len(targets)} planted Hikvision and Dahua devices found and named")
    say(f"demo: {len(false)} of {len(planted) - len(targets)} other devices called one of the two")
    for text in (*(f"missed: {m}" for m in missed), *(f"wrongly named: {f}" for f in false)):
        say(f"demo: {text}")
    return Exit.FINDINGS if missed or false else Exit.DONE


def _planted(site: Site) -> dict[str, "Planted"]:
    """The planted devices by the address at which they answer here."""
    from camscan.lab.loopback import stand_in
    from camscan.lab.site import load_site

    emulated = load_site()
    if site.scanner:
        return {device.address: device for device in emulated.devices}
    return {stand_in(d.address): d for d in emulated.devices if not emulated.is_foreign(d)}


def _is_false(planted: "Planted", found: "Device") -> bool:
    """Whether a device of neither maker was called one: an imitation may be named, if it is doubted."""
    from camscan.model import MAKERS

    if found.vendor not in MAKERS:
        return False
    return not (planted.truth.imitates and found.conflicts)
