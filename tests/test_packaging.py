"""The shipped units and the crontab line: systemd takes them, and their commands find devices, print nothing on a quiet
night and leave what they say they leave. The commands run over the emulated site on loopback."""

import asyncio
import configparser
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from camscan.lab.network import Network
from tests.test_scan_loopback import CAMERA, NOBODY, site

__all__ = ["site"]

ROOT = Path(__file__).parents[1]
SHIPPED = ROOT / "packaging"
PROGRAM = "/usr/local/bin/camscan"
SECONDS = 60

needs_systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")


@needs_systemd
def test_systemd_takes_the_units(tmp_path: Path) -> None:
    for unit in (SHIPPED / "systemd").iterdir():
        (tmp_path / unit.name).write_text(unit.read_text().replace(PROGRAM, sys.executable))
    units = sorted(str(path) for path in tmp_path.iterdir())
    assert [Path(unit).name for unit in units] == ["camscan.service", "camscan.timer"]
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, timeout=SECONDS
    )
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    wrong = tmp_path / "wrong.service"
    wrong.write_text(
        (tmp_path / "camscan.service").read_text().replace("ProtectSystem=strict", "ProtectSystems=strict")
    )
    verify = ["systemd-analyze", "verify", "--man=no", str(wrong)]
    assert "ProtectSystems" in subprocess.run(verify, capture_output=True, text=True, timeout=SECONDS).stderr


def service() -> configparser.SectionProxy:
    unit = configparser.ConfigParser(interpolation=None, strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(SHIPPED / "systemd" / "camscan.service")
    return unit["Service"]


def test_the_service_has_one_privilege_and_no_root() -> None:
    told = service()
    assert told["User"] == "camscan"
    assert told["AmbientCapabilities"] == told["CapabilityBoundingSet"] == "CAP_NET_RAW"
    assert told["ProtectSystem"] == "strict"
    assert told["UMask"] == "0077"


def test_the_units_are_where_the_documents_say() -> None:
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    shared = hatch["wheel"]["shared-data"]
    assert shared["packaging/systemd"] == "share/camscan/systemd"
    assert shared["packaging/cron"] == "share/camscan/cron"
    assert "packaging" in hatch["sdist"]["include"]
    page = (ROOT / "docs" / "cron.md").read_text()
    assert "share/camscan/systemd" in page
    assert crontab()[1] in page


def crontab() -> tuple[dict[str, str], str]:
    """The variables, and the line."""
    lines = (SHIPPED / "cron" / "camscan").read_text().splitlines()
    told = [line for line in lines if line and not line.startswith("#")]
    (line,) = [line for line in told if not re.match(r"\w+=", line)]
    return dict(text.split("=", 1) for text in told if text != line), line


@dataclass(frozen=True)
class Place:
    """Where a command runs here, with its files elsewhere than on a real machine."""

    folder: Path
    log: Path

    def command(self, shipped: str) -> str:
        """The shipped command, with the places of this test."""
        places = {
            PROGRAM: f"{shlex.quote(sys.executable)} -m camscan",
            "/etc/camscan": str(self.folder),
            "/var/lib/camscan": str(self.folder),
            "--log syslog": f"--log syslog:{self.log}",
            "--log journald": f"--log journald:{self.log}",
        }
        for there, here in places.items():
            shipped = shipped.replace(there, here)
        return shipped

    async def run(self, command: str, **environment: str) -> tuple[int, str, str]:
        """As cron and systemd run it: by a shell, with little in the environment."""
        given = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=given | environment,
            cwd=ROOT,
        )
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
        return process.returncode or 0, out.decode(), err.decode()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "targets.txt").write_text(f"{CAMERA}\n{NOBODY}\n")
    (tmp_path / "never.txt").write_text("127.83.10.1  # the gateway\n")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(tmp_path / "log"))
        yield Place(tmp_path, tmp_path / "log")


async def test_the_crontab_line_prints_what_changed_and_nothing_else(site: Network, place: Place) -> None:
    variables, line = crontab()
    fields = line.split(maxsplit=6)
    assert (fields[:5], fields[5]) == (["17", "2", "*", "*", "1-5"], "camscan")
    assert "%" not in line  # which cron takes for a line end
    inventory = place.command(variables["CAMSCAN_INVENTORY"])
    first = await place.run(place.command(fields[6]), CAMSCAN_INVENTORY=inventory)
    assert (first[0], first[2]) == (0, ""), first
    assert "New (1)" in first[1]
    assert CAMERA in first[1]
    assert await place.run(place.command(fields[6]), CAMSCAN_INVENTORY=inventory) == (0, "", "")


async def test_the_service_leaves_its_changes_in_a_file_and_prints_nothing(site: Network, place: Place) -> None:
    told = service()
    variable, _, value = told["Environment"].partition("=")
    metrics = place.folder / "camscan.prom"
    environment = {variable: place.command(value), "CAMSCAN_OPTIONS": f"--metrics {metrics}"}
    assert await place.run(place.command(told["ExecStart"]), **environment) == (0, "", "")
    assert CAMERA in (place.folder / "changes.json").read_text()
    assert 'camscan_changes{event="new"} 1' in metrics.read_text()
    assert await place.run(place.command(told["ExecStart"]), **environment) == (0, "", "")
    assert '"changes": []' in (place.folder / "changes.json").read_text()
