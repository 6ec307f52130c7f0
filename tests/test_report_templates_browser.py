"""The templates of a report as a browser shows and prints them: quiet, open to all, and a board's on two sides."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from camscan.assess.answers.answers import answers
from camscan.assess.overview.overview import overview
from camscan.cli.report import Template
from camscan.dossier import Dossier, Moment
from camscan.model import Capability, Coverage, ScanResult, Service
from camscan.place import Location
from camscan.register import Listed
from camscan.removal import Progress, Removal, Said
from camscan.report.html.report import FULL, as_report_page
from tests import inventory_rig as rig
from tests.browser_rig import NARROW, chromium, opened
from tests.dossier_rig import COMPLETE, NOW, dossier, unit
from tests.report_rig import HOSTILE

OTHERS = [one.value for one in Template if one.value != FULL]
SERIOUS = {"serious", "critical"}
SITES = [Location(district=f"District {n % 3}", site=f"Community centre and library {n}") for n in range(20)]


def crowded(devices: int) -> Dossier:
    """Everything that a page may have to tell, at many sites."""
    sheets = [
        replace(
            unit(
                n,
                vendor="hikvision" if n % 3 else "dahua",
                brand=None if n % 5 else "annke",
                model=f"DS-2CD2042WD-I{n % 7}" if n % 6 else None,
                kind="recorder" if n % 40 == 0 else "camera",
                site=SITES[n % 20].site,
                capabilities=(Capability(id="ptz", state="observed", enabled=None, evidence=()),) if n % 4 else (),
                findings=(rig.finding(), rig.finding("cloud-enabled", severity="medium")) if n % 5 else (),
                advisories=(rig.advisory(),) if n % 9 == 0 else (rig.advisory(verdict="cannot-say"),) if n % 4 else (),
                last_seen=NOW,
            ),
            where=SITES[n % 20],
        )
        for n in range(1, devices + 1)
    ]
    strange = [unit(210 + n, vendor="dahua", model=text, brand=text, site=text) for n, text in enumerate(HOSTILE[:6])]
    rtsp = (Service(address="10.0.0.250", port=554, transport="tcp", protocol="rtsp"),)
    blind = Coverage(
        interface=None, network="10.9.0.0/24", channel="arp", state="not-possible", asked=0, answered=0, silent=0,
        reason="raw sockets need root",
    )  # fmt: skip
    asked = ScanResult(
        id="s", started=NOW, ended=NOW, scope=("10.0.0.0/24",), vantage=None, partial=True, devices=(), undecoded=(),
        coverage=(blind,),
    )  # fmt: skip
    months = [Progress(site=None, scan=n, time=NOW + n, removal=Removal(replaced=n, left=200 - n)) for n in (1, 2)]
    return dossier(
        *sheets, *strange, unit(250, vendor=None, services=rtsp),
        scans=(COMPLETE, COMPLETE),
        asked=(asked,),
        gone=tuple(Listed(id=f"g{n}", values={"vendor": "dahua"}, first_seen=1, last_seen=2, gone=3) for n in range(9)),
        moments=(Moment(scan=1, time=NOW, there={"dahua": 1}), Moment(scan=2, time=NOW + 1, there={"dahua": 2})),
        progress=tuple(months),
        said={place: Said(sensitive=True if n % 2 else None, remove_by=date(2026, 1, n + 1) if n % 3 else None)
              for n, place in enumerate(SITES)},
    )  # fmt: skip


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page of each template; with many devices, in both languages."""
    here = tmp_path_factory.mktemp("pages")
    for template in OTHERS:
        _write(here / f"{template}.html", crowded(24), template, "en")
        for spoken in ("en", "da"):
            _write(here / f"many-{template}-{spoken}.html", crowded(200), template, spoken)
    return here


def _write(file: Path, made: Dossier, template: str, spoken: str) -> None:
    found = overview(made)
    pieces = as_report_page(made, found, answers(made, found), "Example Council", spoken, template)
    file.write_text("".join(pieces), encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("template", OTHERS)
def test_a_page_is_quiet_and_keeps_nobody_out(browser: Any, folder: Path, template: str, scheme: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    with opened(browser, folder / f"{template}.html", color_scheme=scheme, bypass_csp=True) as view:
        ground = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}[scheme]
        found = axe.Axe().run(view.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS] == []


@pytest.mark.parametrize("template", OTHERS)
def test_a_narrow_screen_scrolls_tables_and_not_the_page(browser: Any, folder: Path, template: str) -> None:
    with opened(browser, folder / f"{template}.html", viewport=NARROW) as view:
        assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("spoken", ["en", "da"])
def test_a_board_reads_two_sides_of_paper(browser: Any, folder: Path, tmp_path: Path, spoken: str) -> None:
    assert sides(browser, folder / f"many-board-{spoken}.html", tmp_path) == 2


@pytest.mark.parametrize("template", [one for one in OTHERS if one != "board"])
def test_wide_tables_fit_their_paper(browser: Any, folder: Path, tmp_path: Path, template: str) -> None:
    assert sides(browser, folder / f"many-{template}-en.html", tmp_path) > 1
    with opened(browser, folder / f"many-{template}-en.html", viewport={"width": 1030, "height": 700}) as view:
        view.page.emulate_media(media="print")
        assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_paper_is_light_also_where_the_screen_is_dark(browser: Any, folder: Path) -> None:
    colour = "getComputedStyle(document.querySelector('.mark.another')).color"
    with opened(browser, folder / "board.html", color_scheme="dark") as view:
        assert view.page.evaluate(colour) == "rgb(255, 180, 171)"
        view.page.emulate_media(media="print", color_scheme="dark")
        assert view.page.evaluate(colour) == "rgb(140, 29, 24)"


def sides(browser: Any, file: Path, where: Path) -> int:
    """How many sides the page prints on."""
    with opened(browser, file) as view:
        view.page.pdf(path=where / "page.pdf", format="A4", prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", (where / "page.pdf").read_bytes()))
