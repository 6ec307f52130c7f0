"""A matrix of numbers: a row and a column for each name, and in each field its number over a bar of its share."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from camscan.report.html.plots.element import drawing, element
from camscan.report.printable import printable

WIDTH, ROW, HEAD, LABEL = 460, 40, 26, 150
LETTERS = 18  # that fit before a row


def grid(
    identity: str,
    title: str,
    text: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[tuple[int, str]]]],
) -> Markup:
    """The plot; each row has a label and a (number, number as text) for each column. Shares are of the largest."""
    wide = (WIDTH - LABEL) / max(len(columns), 1)
    most = max((number for _, cells in rows for number, _ in cells), default=0) or 1
    parts = [
        element("text", printable(name, LETTERS), x=LABEL + (place + 0.5) * wide, y=HEAD / 2, class_="middle")
        for place, name in enumerate(columns)
    ]
    for line, (label, cells) in enumerate(rows):
        top = HEAD + line * ROW
        parts.append(element("text", printable(label, LETTERS), x=LABEL - 8, y=top + ROW / 2, class_="before"))
        parts += _cells(cells, top, wide, most)
    return drawing(identity, title, text, WIDTH, HEAD + len(rows) * ROW, parts)


def _cells(cells: Sequence[tuple[int, str]], top: float, wide: float, most: int) -> Iterator[Markup]:
    for place, (number, shown) in enumerate(cells):
        x = LABEL + place * wide
        yield element("rect", x=x + 2, y=top + 2, width=wide - 4, height=ROW - 4, class_="field")
        yield element("rect", x=x + 2, y=top + ROW - 8, width=(wide - 4) * number / most, height=6, class_="bar")
        yield element("text", shown, x=x + wide / 2, y=top + ROW / 2 - 3, class_="middle")
