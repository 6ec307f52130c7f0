"""`camscan report --template`: what the command takes, and what it reads of the inventory for it."""

import re
from pathlib import Path

import pytest

from camscan.cli.report import OF_EVERY_MAKER, Template
from camscan.inventory.store import Inventory
from camscan.model import Capability
from tests import inventory_rig as rig
from tests.cli_rig import run
from tests.templates_rig import OTHERS, seen


@pytest.mark.parametrize("template", [one for one in Template if one not in OF_EVERY_MAKER])
def test_what_answers_of_two_makers_is_not_asked_of_all(template: str, inventory: Inventory, tmp_path: Path) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1)))
    place, target = str(inventory.place.path or inventory.place.url), tmp_path / "page.html"
    ended = run("report", "--html", str(target), "--template", template, "--all", "--inventory", place)
    assert (ended.code, ended.err.count("\n"), target.exists()) == (2, 1, False)
    assert f"the {template} page is of Hikvision and Dahua" in ended.err


@pytest.mark.parametrize("template", OTHERS)
def test_the_command_writes_each(template: str, inventory: Inventory, tmp_path: Path) -> None:
    rig.put(inventory, rig.scanned(1, rig.camera(1), rig.camera(2)))
    rig.put(inventory, rig.scanned(2, rig.camera(1)))
    target = tmp_path / "page.html"
    place = str(inventory.place.path or inventory.place.url)
    ended = run(
        "report", "--html", str(target), "--template", template, "--title", "Example Council", "--since", "1",
        "--inventory", place,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    text = re.sub(r"\s+", " ", target.read_text(encoding="utf-8"))
    assert "<h1> 1 device <span" in text
    assert "Example Council" in text


SADP = (
    b'<?xml version="1.0" encoding="UTF-8"?><ProbeMatch><Types>inquiry</Types>'
    b"<DeviceDescription>DS-2DE4A425IW-DE</DeviceDescription><IPv4Address>10.0.0.1</IPv4Address></ProbeMatch>"
)


def test_how_a_capability_is_known_stands_in_the_inventory_and_its_rule_in_the_replies(inventory: Inventory) -> None:
    able = (Capability(id="ptz", state="inferred", enabled=None, evidence=()),)
    model = "DS-2DE4A425IW-DE"
    rig.put(
        inventory,
        rig.scanned(1, rig.camera(1, None, rig.reply("10.0.0.1", data=SADP), model=model, capabilities=able)),
    )
    place = str(inventory.place.path or inventory.place.url)
    told = {}
    for option in ("--evidence", "--no-evidence"):
        ended = run("report", "--html", "-", "--template", "dpia", option, "--inventory", place, "--quiet")
        assert ended.code == 0, ended.err
        told[option] = seen(re.sub(r"\s+", " ", ended.out))
    assert "being turned and zoomed from afar 1 1 by the model number not known" in told["--evidence"]
    assert "being turned and zoomed from afar 1 1 by the model number not known" in told["--no-evidence"]
    grounds = re.compile(r"not known DS-2DE4A425IW-DE \(1\) at no site \(1\) [\w-]+ \(")
    assert [bool(grounds.search(text)) for text in told.values()] == [True, False]
