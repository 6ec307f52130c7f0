"""A page of ours as a PDF, by WeasyPrint (https://doc.courtbouillon.org/weasyprint/), which is an extra.

The rule: nothing is fetched, whatever the page says, and nothing runs. The same page gives the same bytes.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import NamedTuple

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from camscan.report.html.language import ENGLISH
from camscan.report.html.paper import for_paper

_TEMPLATES = files("camscan.report.html") / "templates"
_TITLE = re.compile(r"<title>([^<]*)</title>")
_PLOT = re.compile(r'<svg class="plot"[^>]*>')


class Pdf(NamedTuple):
    """The bytes, the number of sides, and a line for each thing that is not on them."""

    data: bytes
    sides: int
    left_out: tuple[str, ...]


def as_pdf(page: Iterable[str], in_language: str = ENGLISH) -> Pdf:
    """The page on A4, tagged for readers aloud, with bookmarks and numbers of pages."""
    paper = for_paper(page, in_language)
    with _quiet():
        nothing = URLFetcher(allowed_protocols=())
        fonts = FontConfiguration()
        source = weasyprint.HTML(string=_styled(paper.html), url_fetcher=nothing, media_type="print")
        document = source.render(font_config=fonts)
        return Pdf(document.write_pdf(pdf_tags=True) or b"", len(document.pages), paper.left_out)


def _styled(html: str) -> str:
    """With the styles of paper after all others, the title where the foot of a page can take it from, and the style of
    plots in each of them: WeasyPrint holds a plot for a picture, which no other style reaches."""
    paper, plot = f"<style>{_text('paper.css')}</style>", f"<style>{_text('plot.css')}</style>"
    title = found[1] if (found := _TITLE.search(html)) else ""
    html = html.replace("</head>", f"{paper}</head>", 1).replace("<body>", f'<body data-title="{title}">', 1)
    return _PLOT.sub(lambda begin: begin[0] + plot, html)


def _text(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


@contextmanager
def _quiet() -> Iterator[None]:
    """What WeasyPrint says of styles that are for browsers is nobody's business."""
    logger = logging.getLogger("weasyprint")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(level)
