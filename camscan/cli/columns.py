"""The columns of a list: the option, and what it means for each list that has one."""

from collections.abc import Sequence
from typing import Annotated

import typer

from camscan.cli.formats import Format
from camscan.errors import UsageError

ColumnsOption = Annotated[
    str | None,
    typer.Option("--columns", metavar="NAMES", help="What the table and csv show, separated by commas; or: all."),
]


def columns_of(
    text: str | None, form: Format, *, every: Sequence[str], usual: Sequence[str], further: Sequence[str] = ()
) -> Sequence[str]:
    """The wanted columns; without a word `every` of a CSV file and the `usual` of a table. `further` may be named too.

    Raises `UsageError` for a name that is none.
    """
    if text == "all" or (text is None and form is Format.CSV):
        return every
    names = usual if text is None else text.split(",")
    known = (*further, *every)
    for unknown in [name for name in names if name not in known]:
        raise UsageError(f"--columns: no column {unknown}; there are {', '.join(known)}")
    return names
