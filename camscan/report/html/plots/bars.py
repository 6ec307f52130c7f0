"""Horizontal bars with a label before and the number behind; a part of a bar may stand out, hatched."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from camscan.report.html.plots.element import drawing, element
from camscan.report.printable import printable

WIDTH, ROW, BAR = 480, 26, 16
LABEL, VALUE = 172, 96  # what the text before and behind a bar takes
LETTERS = 18  # that fit before a bar


class Bar(NamedTuple):
    """A bar: `shown` is its number as text."""

    label: str
    number: int
    shown: str
    marked: int = 0


def bars(identity: str, title: str, text: str, rows: Sequence[Bar]) -> Markup:
    """The plot; the longest bar takes all the room there is."""
    most = max((row.number for row in rows), default=0) or 1
    room = WIDTH - LABEL - VALUE
    parts = [_hatch(identity)]
    for place, row in enumerate(rows):
        parts += _bar(identity, row, place * ROW, room / most)
    return drawing(identity, title, text, WIDTH, max(len(rows), 1) * ROW, parts)


def _hatch(identity: str) -> Markup:
    line = element("path", d="M0,6 L6,0", class_="hatch")
    pattern = element("pattern", line, id=f"{identity}-h", width=6, height=6, patternUnits="userSpaceOnUse")
    return element("defs", pattern)


def _short(label: str) -> str:
    """A label that is too long loses its middle: names of one owner often begin alike, and end in what tells them
    apart."""
    text = printable(label)
    half = LETTERS // 2
    return text if len(text) <= LETTERS else f"{text[: half - 1].rstrip()}…{text[-half:].lstrip()}"


def _bar(identity: str, row: Bar, top: int, unit: float) -> Iterator[Markup]:
    middle = top + ROW / 2
    yield element("text", _short(row.label), x=LABEL - 8, y=middle, class_="before")
    y = top + (ROW - BAR) / 2
    yield element("rect", x=LABEL, y=y, width=row.number * unit, height=BAR, class_="bar")
    if row.marked:
        width = row.marked * unit
        yield element("rect", x=LABEL, y=y, width=width, height=BAR, class_="bar marked")
        yield element("rect", x=LABEL, y=y, width=width, height=BAR, fill=f"url(#{identity}-h)")
    yield element("text", row.shown, x=LABEL + row.number * unit + 6, y=middle, class_="behind")
