"""The messages that wait to be sent, as a table."""

from collections.abc import Iterator, Sequence

from camscan.change import Notice
from camscan.report.document import moment
from camscan.report.terminal import Cell, Grid, Line, Part, cell, line, to_text

_COLUMNS = ("Written", "Scan", "Target", "Tries", "Subject")


def as_waiting_table(notices: Sequence[Notice], *, terminal: bool, width: int) -> str:
    """One message a row, the oldest first, and how many there are."""
    return to_text(_parts(notices), terminal=terminal, width=width)


def _parts(notices: Sequence[Notice]) -> Iterator[Part]:
    if notices:
        yield Grid(columns=_COLUMNS, rows=[_row(notice) for notice in notices])
        yield Line("")
    yield line(f"{len(notices):,} {'message waits' if len(notices) == 1 else 'messages wait'}")


def _row(notice: Notice) -> tuple[Cell, ...]:
    written = cell(moment(notice.queued))
    return written, cell(str(notice.scan)), cell(notice.target), cell(str(notice.tries)), cell(notice.subject)
