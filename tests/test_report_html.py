"""The page that all reports share: what it shows is text, and can be read."""

import re
from importlib.resources import files

import pytest
from jinja2 import DictLoader, UndefinedError

from camscan.report.html import page as pages
from camscan.report.html.plots.bars import Bar, bars
from camscan.report.printable import LIMIT, printable
from tests.report_rig import HOSTILE

TEMPLATES = files("camscan.report.html") / "templates"
STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")
PLOTS = (TEMPLATES / "report.css").read_text(encoding="utf-8")
PAIRS = [
    ("text", "ground"), ("text", "raised"), ("quiet", "ground"), ("quiet", "raised"), ("link", "ground"),
    ("bad", "bad-ground"), ("doubt", "doubt-ground"), ("calm", "calm-ground"),
]  # fmt: skip


def shown(template: str, monkeypatch: pytest.MonkeyPatch, **data: object) -> str:
    environment = pages._environment().overlay(loader=DictLoader({"t": template}))
    monkeypatch.setattr(pages, "_environment", lambda *_: environment)
    return "".join(pages.page("t", **data))


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_a_template_shows_is_text(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    got = shown("{{ x }}|{{ x | value }}", monkeypatch, x=text)
    assert got.isprintable()
    assert not re.search(r"<(?!/?bdi>)", got)
    assert got.count("<bdi>") == 1
    assert len(got) < 12 * LIMIT
    assert printable(text)[:5].split("<")[0] in got


def test_what_is_not_known_is_a_dash_and_what_is_not_given_a_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown("{{ x }}|{{ x | value }}", monkeypatch, x=None).startswith("|<span")
    with pytest.raises(UndefinedError):
        shown("{{ y }}", monkeypatch)


def colours(text: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", text))


def luminance(colour: str) -> float:
    """As WCAG 2.1 defines it."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(text: str, ground: str, dark: bool) -> None:
    light, _, rest = STYLE.partition("@media (prefers-color-scheme: dark)")
    known = colours(rest.partition("@media print")[0]) if dark else colours(light)
    one, other = sorted((luminance(known[text]), luminance(known[ground])))
    assert (other + 0.05) / (one + 0.05) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("drawn", ["plot", "plot-2"])
def test_plots_stand_out_from_their_ground_and_hatches_from_bars(drawn: str, dark: bool) -> None:
    """WCAG 2.1, 1.4.11: graphical objects at least 3 : 1."""
    (light, night) = re.findall(r":root \{[^}]*\}", PLOTS)[:2]
    ground = colours(
        (STYLE.partition("@media (prefers-color-scheme: dark)")[2 if dark else 0]).partition("@media print")[0]
    )
    known = ground | colours(night if dark else light)
    for other in ("raised", "ground", *(["hatch"] if drawn == "plot-2" else [])):
        pair = sorted((luminance(known[drawn]), luminance(known[other])))
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= 3


def test_a_long_label_keeps_its_end_by_which_it_is_told_from_others() -> None:
    names = [f"Community centre and library {n}" for n in (1, 12)]
    drawn = str(bars("x", "t", "d", [Bar(name, 1, "1") for name in names]))
    assert [">Communit…library 1<" in drawn, ">Communit…ibrary 12<" in drawn] == [True, True]
