"""The inventory over real scans of the emulated site: a second night of the same site changes nothing, a device that is
switched off is gone, and judging anew what is stored says what the scan said."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from camscan.lab import loopback
from camscan.lab.site import load_site
from tests.test_scan_loopback import CAMERA, DOME, NOBODY, OLD_CAMERA, camscan


async def test_nights_on_a_site(tmp_path: Path) -> None:
    env = {"CAMSCAN_INVENTORY": str(tmp_path / "inventory.sqlite")}

    async def changes(*arguments: str) -> list[tuple[Any, ...]]:
        _, out, _ = await camscan(*arguments, "--format", "json", env=env)
        return [(change["event"], change["address"]) for change in json.loads(out)["changes"]]

    async def night() -> None:
        code, _, err = await camscan("scan", CAMERA, DOME, OLD_CAMERA, NOBODY, "--quiet", env=env)
        assert (code, err) == (0, "")

    site = load_site()
    async with loopback.serve(site):
        await night()
        await night()
    assert await changes("diff") == []
    smaller = replace(site, devices=tuple(d for d in site.devices if loopback.stand_in(d.address) != OLD_CAMERA))
    async with loopback.serve(smaller):
        await night()
    assert await changes("diff") == [("gone", OLD_CAMERA)]
    assert await changes("reassess") == []
