"""The report as a PDF: what is on paper, what is left out and said to be, and that nothing is fetched for it."""

import builtins
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from camscan.cli.report import Template
from camscan.inventory.place import Place
from camscan.report.html.paper import for_paper
from camscan.report.html.pdf import as_pdf
from tests import inventory_rig as rig
from tests.cli_rig import Ended, run
from tests.report_rig import HOSTILE

SECONDS = 60
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")


def told(program: str, *arguments: str) -> str:
    ended = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=SECONDS, check=True)
    return ended.stdout


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "i.sqlite"
    strange = [
        rig.unit(f"10.0.9.{n}", vendor="dahua", brand=text, model=text, site=text, serial=f"{n}{text}")
        for n, text in enumerate(HOSTILE, 1)
    ]
    ours = [rig.camera(n, site="Town hall", findings=(rig.finding(),)) for n in range(1, 41)]
    with rig.made(Place(path=path)) as opened:
        rig.put(opened, rig.scanned(1, *ours, *strange))
    return path


Report = Callable[..., Ended]


@pytest.fixture
def report(inventory: Path) -> Report:
    return lambda *options: run("report", "--inventory", str(inventory), *options)


@needs_poppler
def test_a_report_is_printed(report: Report, tmp_path: Path) -> None:
    file = tmp_path / "r.pdf"
    ended = report("--pdf", str(file), "--title", f"Example {HOSTILE[2]}", "--no-evidence")
    assert (ended.code, ended.out) == (0, ""), ended.err
    about = told("pdfinfo", str(file))
    assert "Tagged:          yes" in about
    assert "JavaScript:      no" in about
    assert f"Title:           Network cameras: Example {HOSTILE[2]}" in about
    text = told("pdftotext", "-layout", str(file), "-")
    sheets = text.split("\f")[:-1]
    assert [f"{n} / {len(sheets)}" in sheet for n, sheet in enumerate(sheets, 1)] == [True] * len(sheets)
    assert f"{40 + len(HOSTILE)} devices" in sheets[0]
    assert "<script>alert(1)</script>" in sheets[0]
    table = [sheet for sheet in sheets if "Last seen" in sheet]
    assert len(table) >= 2, "the head of the table stands on each of its sides"
    assert "10.0.0.7" in table[0]
    assert f"10.0.9.{len(HOSTILE)}" in table[-1]


def test_page_and_print_come_in_one_run_and_one_page_gives_the_same_bytes(report: Report, tmp_path: Path) -> None:
    html, pdf = tmp_path / "r.html", tmp_path / "r.pdf"
    ended = report("--html", str(html), "--pdf", str(pdf), "--no-evidence", "--language", "da")
    assert f"on a page: {html}, {pdf}" in ended.err
    assert html.read_text().startswith("<!DOCTYPE html>")
    assert pdf.read_bytes() == as_pdf([html.read_text()], "da").data


@pytest.mark.parametrize("template", [one for one in Template if one != Template.FULL])
def test_every_template_can_be_printed(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "i.sqlite"
    with rig.made(Place(path=path)) as opened:
        rig.put(opened, rig.scanned(1, rig.camera(1), rig.camera(2, site="Town hall", findings=(rig.finding(),))))
    ended = run("report", "--inventory", str(path), "--pdf", str(tmp_path / "r.pdf"), "--template", template.value)
    assert ended.code == 0, ended.err
    sides = re.search(r": (\d+) sides of A4$", ended.err.splitlines()[0])
    assert sides
    assert template != Template.BOARD or int(sides[1]) <= 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "--html or --pdf is missing"),
        (("--pdf", "-"), "--pdf -: a file is needed"),
        (("--pdf", "{}/x", "--html", "{}/x"), "--html and --pdf are one file"),
        (("--pdf", "{}/none/x"), "No such file"),
        (("--pdf", "/dev/null", "--html", "{}/x"), "--pdf /dev/null: a file is needed"),
    ],
)
def test_one_line_where_it_cannot_be(report: Report, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    ended = report(*(option.format(tmp_path) for option in options))
    assert (ended.code, len(ended.err.splitlines())) == (2, 1)
    assert said in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ModuleNotFoundError("no", name="weasyprint"), "pip install 'camscan[pdf]'"),
        (OSError("cannot load library 'libpango-1.0-0'"), "apt install libpango-1.0-0"),
    ],
)
def test_one_line_says_what_to_install(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    imported = builtins.__import__

    def lacking(name: str, *rest: Any, **named: Any) -> Any:
        if name == "weasyprint":
            raise error
        return imported(name, *rest, **named)

    monkeypatch.delitem(sys.modules, "camscan.report.html.pdf", raising=False)
    monkeypatch.setattr(builtins, "__import__", lacking)
    ended = report("--pdf", str(tmp_path / "r.pdf"))
    assert (ended.code, len(ended.err.splitlines())) == (4, 1)
    assert said in ended.err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p { display: none }")
    asked: list[object] = []
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", lambda _, what, *rest, **named: asked.append(what))
    places = (secret.as_uri(), "http://127.0.0.1:9/x.png", "ftp://127.0.0.1/x", "data:text/css,p%7Bcolor:red%7D", "/x")
    bad = "".join(
        f'<img src="{place}"><link rel="stylesheet" href="{place}"><p style="background: url({place})">x</p>'
        for place in places
    )
    made = as_pdf([f"<!DOCTYPE html><html lang=en><head><title>t</title></head><body>{bad}</body></html>"])
    assert (made.sides, asked) == (1, [])


def rows(number: int) -> str:
    return "".join(f"<tr><th>10.0.0.{n}</th></tr>\n" for n in range(number))


def test_a_long_table_ends_between_two_rows_and_says_so() -> None:
    table = f"<table><thead><tr><th>Address</th></tr></thead><tbody>{rows(7)}</tbody></table>"
    paper = for_paper(["<main>", table, "</main>"], rows=5)
    assert paper.html == (
        f"<main><table><thead><tr><th>Address</th></tr></thead><tbody>{rows(5)}</tbody></table>"
        f'<p class="cut">{paper.left_out[0]}</p></main>'
    )
    assert paper.left_out == ("The first 5 of 7 rows. All of them are on the page of camscan report --html.",)
    assert for_paper([table], rows=7) == (table, ())


def test_devices_are_told_one_by_one_or_not_at_all() -> None:
    text = (
        '<p><a href=#d1>10.0.0.1</a> <a href="#law">Law</a></p><article id=d1>x</article>\n<article id=d2>y</article>'
    )
    assert for_paper([text], articles=2) == (text, ())
    paper = for_paper([text], "da", articles=1)
    assert paper.html.startswith('<p>10.0.0.1 <a href="#law">Law</a></p><p class="cut">Udeladt her: 2 enheder')
    assert "article" not in paper.html
    assert paper.left_out[0].startswith("Left out here: 2 devices are more than the 1")
