"""The owner's sites as a table: what he says of each, without the columns in which he says nothing."""

from collections.abc import Mapping, Sequence

from camscan.report.terminal import Grid, cell, to_text

_ALWAYS = ("site", "networks")
_SPARE = ("Policies", "Vantage", "Contact", "Owner")


def as_site_list(rows: Sequence[Mapping[str, str | None]], *, terminal: bool, width: int) -> str:
    """One entry a row; all rows have the same columns."""
    names = [name for name in rows[0] if name in _ALWAYS or any(row[name] for row in rows)]
    titles = tuple(name.capitalize() for name in names)
    grid = Grid(
        columns=titles,
        rows=[tuple(cell(row[name]) for name in names) for row in rows],
        spare=tuple(name for name in _SPARE if name in titles),
    )
    return to_text([grid], terminal=terminal, width=width)
