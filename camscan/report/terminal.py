"""Tables and lines as text: in colour and fitted to a terminal by rich, plain and one line a row everywhere else.

Cells are never markup, so that a name like `[red]` or `[link=…]` stays what it is. A table too wide for the terminal
first loses the columns it can spare, and says so; then its cells fold. In a pipe nothing folds, so grep finds it whole.
"""

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len

from camscan.report.printable import printable

if TYPE_CHECKING:
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

NARROWEST = 60  # columns; below this a table cannot be read, so the terminal itself may wrap it
PROSE_LIMIT = 4000  # characters of one line of our own prose, which may list many networks
GAP = 2  # columns between two cells
READABLE = 24  # columns; a column that can be spared and would get less than this says more when it is left out


class Cell(NamedTuple):
    """Text fit to be shown, with a style of rich."""

    text: str
    style: str = ""


class Line(NamedTuple):
    """A line of prose, which wraps at words on a terminal and keeps its indent there."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table. `right` columns hold numbers; `spare` columns are left out, first one first, where width is lacking."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    right: frozenset[str] = frozenset()
    spare: tuple[str, ...] = field(default=())

    def widths(self) -> list[int]:
        """The natural width of each column."""
        texts = zip(*([cell.text for cell in row] for row in self.rows), strict=True) if self.rows else ()
        longest = [max(map(cell_len, column)) for column in texts] or [0] * len(self.columns)
        return [max(cell_len(name), width) for name, width in zip(self.columns, longest, strict=True)]

    def without(self, column: str) -> "Grid":
        """The table with one column less."""
        index = self.columns.index(column)
        rows = [(*row[:index], *row[index + 1 :]) for row in self.rows]
        return replace(self, columns=(*self.columns[:index], *self.columns[index + 1 :]), rows=rows)


Part = Grid | Line


def cell(text: str | None, style: str = "", missing: str = "-") -> Cell:
    """Text from anywhere as a cell; what is not known is a dim dash."""
    return Cell(missing, "dim") if text is None else Cell(printable(text), style)


def line(text: str, style: str = "") -> Line:
    """Text from anywhere as a line of prose."""
    return Line(printable(text, PROSE_LIMIT), style)


def heading(text: str) -> tuple[Line, Line]:
    """An empty line and the title of a section."""
    return Line(""), line(text, "bold")


def to_text(parts: Iterable[Part], *, terminal: bool, width: int) -> str:
    """The parts as text: for a terminal in colour and at most `width` columns wide, else plain and unfolded."""
    lines = _styled(parts, max(width, NARROWEST)) if terminal else _plain(parts)
    return "".join(f"{text.rstrip()}\n" for text in lines)


def _plain(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, Line):
            yield part.text
        else:
            yield from _plain_rows(part)


def _plain_rows(grid: Grid) -> Iterator[str]:
    aligned = [(width, name in grid.right) for name, width in zip(grid.columns, grid.widths(), strict=True)]
    for texts in (grid.columns, *([cell.text for cell in row] for row in grid.rows)):
        cells = (_padded(text, width, right) for text, (width, right) in zip(texts, aligned, strict=True))
        yield (" " * GAP).join(cells)


def _padded(text: str, width: int, right: bool) -> str:
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def _styled(parts: Iterable[Part], width: int) -> list[str]:
    from rich.console import Console

    stream = io.StringIO()
    console = Console(file=stream, force_terminal=True, width=width, highlight=False, legacy_windows=False)
    for part in parts:
        if isinstance(part, Line):
            console.print(_wrapped(part))
        else:
            for drawn in _drawn(part, width):
                console.print(drawn)
    return stream.getvalue().split("\n")[:-1]


def _wrapped(part: Line) -> "Padding | Text":
    from rich.padding import Padding
    from rich.text import Text

    text = part.text.lstrip(" ")
    indent = len(part.text) - len(text)
    styled = Text(text, style=part.style)
    return Padding(styled, (0, 0, 0, indent), expand=False) if indent else styled


def _drawn(grid: Grid, width: int) -> "Iterator[Table | Text]":
    from rich.text import Text

    fitted, dropped = _fitted(grid, width)
    yield _rich_table(fitted)
    if dropped:
        yield Text(f"Left out for lack of width: {', '.join(dropped).lower()}", style="dim")


def _fitted(grid: Grid, width: int) -> tuple[Grid, list[str]]:
    """The table without the columns it can spare that would not be readable in this width."""
    dropped: list[str] = []
    for name in grid.spare:
        widths = dict(zip(grid.columns, grid.widths(), strict=True))
        widths[name] = min(widths[name], READABLE)
        if sum(widths.values()) + GAP * len(widths) <= width:
            break
        grid = grid.without(name)
        dropped.append(name)
    return grid, dropped


def _rich_table(grid: Grid) -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold", padding=(0, GAP - 1, 0, 0)
    )  # the box puts a space of its own between columns
    for name in grid.columns:
        number = name in grid.right
        table.add_column(name, justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in grid.rows:
        table.add_row(*(Text(text, style=style) for text, style in row))
    return table
