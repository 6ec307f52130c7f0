"""What commands print, kept in files that a person has looked at: one story of three nights at a small town hall, and
the commands that tell of it.

`CAMSCAN_GOLDEN=write python -m pytest tests/test_golden.py` writes the files anew after a change that is meant.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from camscan.inventory.place import Place
from camscan.model import ScanResult
from camscan.report.document import as_document
from camscan.report.jsonl import as_json_document
from tests import inventory_rig as rig
from tests import report_rig, vantage_rig
from tests.cli_rig import Ended, run
from tests.report_rig import ESCAPE

FOLDER = Path(__file__).parent / "golden" / "cli"
WRITE = "CAMSCAN_GOLDEN"

COMMANDS = {
    "devices": "devices",
    "devices-gone": "devices --gone",
    "devices-columns": "devices --columns address,brand,site,first_seen,findings,advisories",
    "devices-csv": "devices --format csv",
    "findings": "findings",
    "findings-csv": "findings --format csv",
    "history": "history 10.0.0.2",
    "history-columns": "history 10.0.0.2 --columns kind,name,value,who,since,until",
    "history-csv": "history 10.0.0.2 --format csv",
    "diff": "diff 2 3",
    "diff-csv": "diff 2 3 --format csv",
    "decisions": "decisions",
    "sites": "sites",
    "sites-by-district": "sites --by district",
    "sites-csv": "sites --format csv",
    "sites-progress": "sites --progress --every scan",
    "sites-progress-csv": "sites --progress --every scan --format csv",
    "reconcile": "reconcile register.csv",
    "reconcile-csv": "reconcile register.csv --format csv",
    "export-markdown": "export --format markdown",
    "export-csv": "export --format csv",
    "export-syslog": "export --format syslog",
    "export-netbox": "export --format netbox",
    "exposure": "exposure office.json guest.json",
    "exposure-csv": "exposure office.json guest.json --format csv",
    "policy-make": "policy make --from approved.json --until 2027-12-31 --name Ours",
    "policy-check": "policy check policy.toml --from scan.json --on 2027-06-01",
    "policy-check-passed": "policy check policy.toml --from approved.json --on 2027-06-01",
    "explain": "explain 10.0.0.9 --from scan.json",
}
"""What is typed, by the name of its file."""

SITES = """\
[[site]]
name = "Town hall"
district = "Centre"
networks = ["10.0.0.0/29"]
sensitive = true
remove_by = 2027-03-31
[[site]]
name = "Library"
district = "Centre"
networks = ["10.0.0.8/29"]
sensitive = false
"""
REGISTER = f"""\
Name,Address,Serial,Vendor,Firmware
Entrance,10.0.0.1,DS-2CD2042WD-I20160101AAWR000000001,Hikvision,V5.4.5
Basement,10.0.0.77,DS-2CD2042WD-I20160101AAWR000000002,Hikvision,V5.4.0
Roof,10.0.0.6,,Hikvision,
Depot,10.9.9.9,,Hikvision,
"{ESCAPE}",10.0.0.99,,,
,,,,
"""


def tell(folder: Path) -> None:
    """The files of the story into the folder."""
    with rig.made(Place(path=folder / "inventory.sqlite")) as inventory:
        for night in _nights():
            rig.put(inventory, night)
    (folder / "sites.toml").write_text(SITES)
    (folder / "register.csv").write_text(REGISTER)
    _write(folder / "approved.json", report_rig.result(report_rig.camera()))
    _write(folder / "scan.json", _judged())
    office = vantage_rig.scan("office", vantage_rig.cam("10.0.0.64"), vantage_rig.cam("10.0.0.65"))
    guest = vantage_rig.scan("guest-wifi", vantage_rig.cam("10.0.0.64", "tcp/80/http"), hour=1)
    vantage_rig.file(folder / "office.json", office)
    vantage_rig.file(folder / "guest.json", guest)
    for line in (
        "sites use sites.toml --quiet",
        "approve 10.0.0.1 --who ada --reason entrance",
        "ignore 10.0.0.3 telnet-open --reason until-March --until 2027-03-01 --who ada",
        "policy make --from approved.json --until 2027-12-31 --name Ours --output policy.toml",
    ):
        ended = run(*line.split())
        if ended.code:
            raise AssertionError(f"{line}: {ended.err}")


def _nights() -> list[ScanResult]:
    """Five devices; then one is gone, one is new, one has other firmware and one lays something open no more."""
    telnet, web = rig.finding(), rig.finding("clear-text-management", severity="medium")
    flaw = rig.advisory()
    stay = rig.camera(1, brand="annke", kind="camera")
    recorder = rig.unit(
        "10.0.0.9", vendor="dahua", model="NVR4108-8P-4KS2", firmware="4.001.0000000.3", kind="recorder",
        serial="4C0A1B2PAZ00001", confidence={"vendor": 0.9},
    )  # fmt: skip
    odd = rig.unit("10.0.0.12", vendor="dahua", model=ESCAPE, serial="2X00000000001", confidence={"vendor": 0.9})
    before = (
        rig.scanned(1, stay, rig.camera(2, findings=(telnet,), advisories=(flaw,)), rig.camera(3), rig.camera(6)),
        rig.scanned(
            2, stay, rig.camera(2, findings=(telnet,), advisories=(flaw,)), rig.camera(3, findings=(telnet, web)),
            rig.camera(6), recorder,
        ),
    )  # fmt: skip
    updated = rig.camera(2, firmware="V5.5.82", findings=(web,), advisories=(rig.advisory(verdict="fixed"),))
    last = rig.scanned(3, stay, updated, rig.camera(3, findings=(telnet, web)), recorder, odd)
    return [*before, last]


def _judged() -> ScanResult:
    """A camera of which everything can be told, and one that nobody approved."""
    told = replace(
        report_rig.camera(),
        findings=(rig.finding(), rig.finding("onvif-without-login", state="cannot-say")),
        advisories=(rig.advisory("CVE-1999-0001"), rig.advisory("CVE-1999-0002", verdict="cannot-say", kev=False)),
    )
    return report_rig.result(told, report_rig.recorder())


def _write(path: Path, result: ScanResult) -> None:
    path.write_text("".join(as_json_document(as_document(result, "0.1.0"))))


def shown(line: str, ended: Ended) -> str:
    """What somebody at a terminal sees, with the exit code."""
    return f"$ camscan {line}\n{ended.out}{ended.err}[{ended.code}]\n"


def differs(name: str, text: str) -> bool:
    """Whether it is not what the file holds; where the files are to be written it is written instead."""
    path = FOLDER / f"{name}.txt"
    if os.environ.get(WRITE) == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
    return path.read_bytes() != text.encode()


def clock(moment: float) -> Callable[..., Any]:
    """A clock that stands still."""
    return lambda: moment
