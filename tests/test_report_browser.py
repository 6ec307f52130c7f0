"""The report as a person uses it: in a browser, with a keyboard, on paper, in the dark; and what hostile devices can do
to it, which is nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from camscan.inventory.place import Place
from camscan.report.printable import printable
from tests import inventory_rig as rig
from tests.browser_rig import NARROW, chromium, opened
from tests.cli_rig import run
from tests.report_rig import HOSTILE

CAMERAS = 120
TOTAL = CAMERAS + len(HOSTILE)
ROWS = 25  # of the table at a time
SERIOUS = {"serious", "critical"}


def cameras() -> list[Any]:
    found = [
        rig.camera(
            n % 250,
            f"10.0.{n // 250}.{n % 250 + 1}",
            serial=f"DS-2CD2042WD-I20160101AAWR{n:09}",
            mac=f"44:19:b6:00:{n >> 8:02x}:{n & 255:02x}",
            kind="camera",
            brand="annke" if n % 5 == 0 else "hikvision",
            site=f"School {n % 7}" if n % 3 else None,
            build="build 160530" if n % 2 else "build 250110",
            findings=(rig.finding(), rig.finding("clock-wrong", severity="low")) if n % 4 == 0 else (),
            advisories=(rig.advisory(),) if n % 6 == 0 else (),
        )
        for n in range(CAMERAS)
    ]
    strange = [
        rig.unit(
            f"10.0.9.{n}", vendor="dahua", brand=text, model=text, firmware=text, serial=f"{n}{text}", site=text,
            kind="recorder", confidence={"vendor": 0.9},
        )
        for n, text in enumerate(HOSTILE, 1)
    ]  # fmt: skip
    return found + strange


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with chromium(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    devices = cameras()
    with rig.made(Place(path=folder / "i.sqlite")) as inventory:
        rig.put(inventory, rig.scanned(1, *devices[:100], scope=("10.0.0.0/16",), coverage=rig.rows("10.0.0.0/16")))
        rig.put(
            inventory,
            rig.scanned(2, *devices[4:], scope=("10.0.0.0/16",), coverage=rig.rows("10.0.0.0/16"), vantage="office"),
        )
    ended = run(
        "report", "--html", str(folder / "r.html"), "--inventory", str(folder / "i.sqlite"), "--title", HOSTILE[2]
    )
    assert ended.code == 0, ended.err
    return folder / "r.html"


def test_a_page_asks_for_nothing_and_complains_of_nothing(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        assert view.page.title()
        assert view.text("h1").startswith(f"{TOTAL} devices, or more")


def test_search_narrows_the_table(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        assert len(view.column(1)) == ROWS
        view.page.fill("#find", "TELNET-open 10.0.0.9")
        assert view.column(1) == ["10.0.0.9", "10.0.0.93", "10.0.0.97"]
        view.page.fill("#find", "no such thing")
        assert view.column(1) == []
        assert "No device fits" in view.text("#told")
        view.page.click("button[type=reset]")
        view.until(f"document.querySelectorAll('#table tbody tr').length === {ROWS}")


def test_a_serial_on_the_page_of_a_device_is_found(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        view.page.fill("#find", "44:19:b6:00:00:0a")
        assert view.column(1) == ["10.0.0.11"]


def test_sorting_is_told_and_puts_addresses_in_order(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        button = view.page.get_by_role("button", name="Address")
        button.click()
        assert view.page.get_attribute("#table th:first-child", "aria-sort") == "ascending"
        assert view.column(1)[8:11] == ["10.0.0.9", "10.0.0.10", "10.0.0.11"]
        button.click()
        assert view.page.get_attribute("#table th:first-child", "aria-sort") == "descending"
        assert view.column(1)[0] == f"10.0.9.{len(HOSTILE)}"
        view.page.get_by_role("button", name="Worst").click()
        view.page.get_by_role("button", name="Worst").click()
        assert view.column(8)[0] == "critical"
        assert view.page.get_attribute("#table th:first-child", "aria-sort") is None


def test_choices_filter_and_pages_turn(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        view.page.select_option("select[data-column='2']", "ANNKE")
        brands = view.column(3)
        assert set(brands) == {"ANNKE"}
        assert len(brands) == 24
        view.page.select_option("select[data-column='2']", index=0)
        first = view.column(1)
        view.page.click("#next")
        assert not set(first) & set(view.column(1))
        assert "rows 26 to 50" in view.text("#told")
        view.page.click("#previous")
        assert view.column(1) == first
        assert view.page.is_disabled("#previous")
        view.page.select_option("#size", "1000")
        assert len(view.column(1)) == TOTAL
        assert view.page.is_disabled("#next")


def test_a_device_has_a_page_and_the_way_back(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        view.page.focus("#table tbody a")
        view.page.keyboard.press("Enter")
        view.page.wait_for_selector("article.open")
        assert not view.page.is_visible("#devices")
        assert view.page.evaluate("document.activeElement.id") == "d1"
        assert "44:19:b6" in view.text("article.open")
        view.page.get_by_text("Back to the table").click()
        view.page.wait_for_selector("#table")
        assert view.page.query_selector("article.open") is None


def test_what_is_to_be_done_leads_to_the_devices(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        view.page.click("[data-find=telnet-open]")
        view.until("document.getElementById('find').value === 'telnet-open'")
        assert "30 of" in view.text("#told")


def test_hostile_names_are_text(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        view.page.fill("#find", "10.0.9.")
        shown = view.column(4)
        assert shown == [" ".join(printable(text).split()) for text in HOSTILE]
        assert (
            view.page.evaluate("document.querySelectorAll('script, main b b, main link, main a[href^=http]').length")
            == 1
        )
        assert view.page.evaluate(
            "[...document.body.innerText].every(c => !'\\u202e\\u200b\\u2066\\u001b'.includes(c))"
        )
        assert HOSTILE[2] in view.text("h1")


def test_every_plot_is_to_be_seen(browser: Any, report: Path) -> None:
    with opened(browser, report) as view:
        plots = view.page.query_selector_all("svg.plot")
        assert len(plots) == 6
        for plot in plots:
            box = plot.bounding_box()
            assert box["width"] > 200
            assert box["height"] > 30
            assert plot.query_selector("title").text_content()
            drawn = plot.query_selector_all(".bar, .line")
            assert any((one.bounding_box() or {"width": 0})["width"] > 50 for one in drawn)


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": NARROW}])
@pytest.mark.parametrize("anchor", ["", "#d3"])
def test_nothing_serious_stands_in_the_way_of_anybody(
    browser: Any, report: Path, options: dict[str, Any], anchor: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    with opened(browser, report, anchor, bypass_csp=True, **options) as view:
        found = axe.Axe().run(view.page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS] == []


def test_the_dark_is_dark(browser: Any, report: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        with opened(browser, report, color_scheme=scheme) as view:
            grounds.append(view.page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(20, 23, 27)"]


def test_paper_has_every_row_that_fits(browser: Any, report: Path, tmp_path: Path) -> None:
    with opened(browser, report) as view:
        view.page.evaluate("addEventListener('afterprint', () => 0); window.counted = 0")
        view.page.evaluate(
            "addEventListener('beforeprint', () => { counted = document.querySelectorAll('#table tbody tr').length })"
        )
        view.page.pdf(path=tmp_path / "all.pdf", format="A4")
        assert view.page.evaluate("counted") == TOTAL
        assert len(view.column(1)) == ROWS
        view.page.emulate_media(media="print")
        assert not view.page.is_visible("#search")
        assert not view.page.is_visible("article")
        view.page.emulate_media(media="screen")
        view.page.check("#with-pages")
        view.page.emulate_media(media="print")
        assert view.page.is_visible("#d1")
    assert (tmp_path / "all.pdf").read_bytes().startswith(b"%PDF")


def test_nothing_is_missing_without_the_script(browser: Any, report: Path) -> None:
    with opened(browser, report, java_script_enabled=False) as view:
        assert len(view.column(1)) == TOTAL
        assert view.page.is_visible("#d131")
        assert not view.page.is_visible("#search")


def test_narrow_screens_scroll_the_table_and_not_the_page(browser: Any, report: Path) -> None:
    with opened(browser, report, viewport=NARROW) as view:
        assert view.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_danish(browser: Any, report: Path) -> None:
    page = report.with_name("da.html")
    ended = run("report", "--html", str(page), "--inventory", str(report.with_name("i.sqlite")), "--language", "da")
    assert ended.code == 0, ended.err
    with opened(browser, page) as view:
        assert view.page.get_attribute("html", "lang") == "da"
        assert view.text("h1").startswith(f"{TOTAL} enheder eller flere")
        view.page.fill("#find", "10.0.0.9")
        assert f"af {TOTAL} enheder" in view.text("#told")


def test_what_a_page_should_not_do_is_noted(browser: Any, tmp_path: Path) -> None:
    """What notes faults does note them: a test that cannot fail proves nothing."""
    bad = tmp_path / "bad.html"
    bad.write_text("<title>x</title><img src='http://192.0.2.1/x.png'><script>console.error('no'); throw 1</script>")
    with (
        pytest.raises(AssertionError, match=r"asks for http://192.0.2.1/x.png; .*console error: no; error: 1"),
        opened(browser, bad),
    ):
        pass
