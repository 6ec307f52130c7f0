"""Scans from three vantages, as a user makes them, and the matrix over their results: on loopback addresses, where a
network that reaches nobody is one in which the devices are gone.
"""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from camscan.lab import loopback
from camscan.lab.site import load_site

TARGETS = ("127.83.10.11-127.83.10.14", "127.83.10.41-127.83.10.44")  # four cameras of either maker
LEFT_OUT = "127.83.10.42"
SECONDS = 90


async def camscan(*arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "camscan", *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(SECONDS):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def scan(folder: Path, vantage: str, *more: str) -> str:
    path = str(folder / f"{vantage}.json")
    code, _, err = await camscan("scan", *TARGETS, *more, "--vantage", vantage, "--format", "json", "--output", path)
    assert code == 0, err
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, str]:
    folder = tmp_path_factory.mktemp("vantage")

    async def scans() -> tuple[str, str, str]:
        async with loopback.serve(load_site()):
            office = await scan(folder, "office")
            guest = await scan(folder, "guest-wifi", "--exclude", LEFT_OUT)
        return office, guest, await scan(folder, "outside")

    return asyncio.run(scans())


async def test_each_vantage_reaches_what_its_own_scan_found(files: tuple[str, str, str]) -> None:
    code, out, err = await camscan("exposure", *files, "--format", "json", "--quiet")
    data = json.loads(out)
    assert (code, err) == (0, "")
    told = [(v["name"], v["verdict"], v["reached"], v["not_reached"], v["not_asked"]) for v in data["vantages"]]
    assert told == [
        ("office", "reached", 8, 0, 0),
        ("guest-wifi", "reached", 7, 0, 1),
        ("outside", "not-reached", 0, 8, 0),
    ]
    reach = {one["address"]: [cell["verdict"] for cell in one["reach"]] for one in data["devices"]}
    assert reach.pop(LEFT_OUT) == ["reached", "not-asked", "not-reached"]
    assert all(verdicts == ["reached", "reached", "not-reached"] for verdicts in reach.values())
    assert all(
        service["reach"][2]["verdict"] == "not-reached" for one in data["devices"] for service in one["services"]
    )


async def test_a_statement_that_holds_one_that_does_not_and_one_that_nobody_can_make(
    files: tuple[str, str, str], tmp_path: Path
) -> None:
    office, _, outside = files
    assert (await camscan("exposure", *files, "--fail-on-reach", "outside"))[0] == 0
    assert (await camscan("exposure", *files, "--fail-on-reach", "guest-wifi"))[0] == 1
    half = await scan(tmp_path, "half", "--exclude", LEFT_OUT)
    code, _, err = await camscan("exposure", office, outside, half, "--fail-on-reach", "half")
    assert (code, err) == (3, "camscan: --fail-on-reach half: whether it reaches a device is not known: excluded\n")
