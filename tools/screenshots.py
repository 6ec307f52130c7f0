"""Makes the pictures of the README and of docs/report.md anew: `python tools/screenshots.py`, as root.

The emulated site of `camscan demo` comes up in network namespaces, twice: on the first night with a camera that is gone
on the second, without one that is new then, and with older firmware in a recorder. Both are scanned by the program
itself, which records them in an inventory of its own; terminals and pages are its own output, and nothing is painted
by hand. Dates are those of the day. It needs Chromium with Playwright, and pdftoppm.
"""

import os
import pty
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from terminal_svg import as_svg

from camscan.lab import namespaces
from camscan.lab.site import Site, load_site

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
PICTURES = (
    "scan.svg", "changes.svg", "sites.svg", "report-light.png", "report-dark.png", "report-devices.png",
    "report-paper.png",
)  # fmt: skip
COLUMNS = 120
COLOURS = 128  # of a picture of a page
GONE, NEW, UPDATED, BEFORE = "10.83.10.20", "10.83.10.51", "10.83.20.12", "V4.30.010"
SITES = """\
[[site]]
name = "Town hall"
district = "Centre"
networks = ["10.83.10.0/26"]
sensitive = true
remove_by = 2027-03-31
[[site]]
name = "Library"
district = "Centre"
networks = ["10.83.10.64/26"]
[[site]]
name = "School"
district = "North"
networks = ["10.83.20.0/24"]
remove_by = 2027-12-31
"""


def main() -> None:
    """Scans, and makes each picture."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="camscan-pictures-") as name:
        folder = Path(name)
        os.chdir(folder)
        os.environ |= {"CAMSCAN_INVENTORY": "inventory.sqlite", "PYTHONPATH": str(ROOT)}
        whole = load_site()
        (folder / "sites.toml").write_text(SITES)
        _camscan("sites", "use", str(folder / "sites.toml"), "--quiet")
        _scanned(_first_night(whole))
        scan = _scanned(_without(whole, GONE))
        _terminals(scan)
        _pages(folder)
    for picture in PICTURES:
        print(f"{picture}: {(FOLDER / picture).stat().st_size / 1000:.0f} kB")


def _first_night(site: Site) -> Site:
    devices = _without(site, NEW).devices
    older = (replace(d, truth=replace(d.truth, firmware=BEFORE)) if d.address == UPDATED else d for d in devices)
    return replace(site, devices=tuple(older))


def _without(site: Site, address: str) -> Site:
    return replace(site, devices=tuple(device for device in site.devices if device.address != address))


def _scanned(site: Site) -> str:
    """What a scan of the site, recorded in the inventory, shows on a terminal."""
    with namespaces.build(site) as network:
        inside = ["ip", "netns", "exec", str(network.scanner)]
        return _on_terminal([*inside, *_command("scan", *network.targets, "--vantage", "office")])


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "camscan", *arguments]


def _camscan(*arguments: str) -> None:
    subprocess.run(_command(*arguments), check=True)


def _on_terminal(command: Sequence[str]) -> str:
    """The stdout of a command, which is a terminal as wide as the pictures."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"COLUMNS": str(COLUMNS), "LINES": "50", "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment) as process:
        os.close(theirs)
        written = b""
        with suppress(OSError):  # how a terminal tells that nobody writes any more
            while some := os.read(ours, 65_536):
                written += some
        os.close(ours)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")
    return written.decode().replace("\r\n", "\n")


def _terminals(scan: str) -> None:
    lines = scan.splitlines()
    shown = [*lines[:26], "   …", "", *_part(lines, "What to do first", 14)]
    _draw("scan.svg", "camscan scan 10.83.10.0/24 10.83.20.0/24", shown)
    _draw("changes.svg", "camscan diff", _on_terminal(_command("diff")).splitlines())
    _draw("sites.svg", "camscan sites", _on_terminal(_command("sites")).splitlines())


def _part(lines: Sequence[str], begin: str, number: int) -> Sequence[str]:
    first = next(place for place, line in enumerate(lines) if begin in line)
    return [*lines[first : first + number], "   …"]


def _draw(name: str, command: str, lines: Sequence[str]) -> None:
    text = "\n".join([f"\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m", *lines])
    (FOLDER / name).write_text(as_svg(text, command, COLUMNS), encoding="utf-8")


def _pages(folder: Path) -> None:
    page, printed = folder / "report.html", folder / "report.pdf"
    files = ("--html", str(page), "--pdf", str(printed))
    _camscan("report", *files, "--no-evidence", "--title", "Example Council", "--quiet")
    _screens(page)
    _paper(printed, folder)


def _screens(page: Path) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            _opened(browser, page, color_scheme=scheme).screenshot(path=FOLDER / f"report-{scheme}.png")
        view = _opened(browser, page)
        view.fill("#find", "hikvision")
        view.locator("#find").blur()
        view.locator("#search").evaluate("form => form.parentElement.scrollIntoView()")
        view.screenshot(path=FOLDER / "report-devices.png")
        browser.close()
    for name in ("light", "dark", "devices"):
        _fewer_colours(FOLDER / f"report-{name}.png")


def _opened(browser: Any, page: Path, **options: Any) -> Any:
    size = {"width": 1120, "height": 860}
    view = browser.new_context(offline=True, viewport=size, device_scale_factor=1.5, **options).new_page()
    view.goto(page.as_uri())
    return view


def _paper(printed: Path, folder: Path) -> None:
    """Its first side and one with the table of devices, beside each other."""
    from PIL import Image

    subprocess.run(["pdftoppm", "-r", "80", "-png", str(printed), str(folder / "side")], check=True)
    sides = [Image.open(path) for path in sorted(folder.glob("side-*.png"))]
    upright, across = sides[0], next(side for side in sides if side.width > side.height)
    sheet = Image.new("RGB", (upright.width + across.width + 60, upright.height + 40), "#8a94a0")
    sheet.paste(upright, (20, 20))
    sheet.paste(across, (upright.width + 40, 20))
    sheet.save(FOLDER / "report-paper.png")
    _fewer_colours(FOLDER / "report-paper.png")


def _fewer_colours(path: Path) -> None:
    from PIL import Image

    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main()
