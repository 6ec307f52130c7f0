"""How removal went over time, as a table, as CSV and as plain data of `sites_shape.py`."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from camscan.removal import Progress, Removal
from camscan.report.csv import write_rows
from camscan.report.document import Record, moment
from camscan.report.printable import printable
from camscan.report.sites import removal_record, replaced
from camscan.report.terminal import Grid, Line, Part, cell, line, to_text

SCHEMA = "camscan.progress/1"
COLUMNS = ("time", "scan", "site", "total", "replaced", "left", "unasked")

_DAY = len("2026-11-29")
_NUMBERS = COLUMNS[3:]


def as_progress_table(rows: Sequence[Progress], *, terminal: bool, width: int) -> str:
    """A row for each scan and site, and after how many scans how much of all is replaced."""
    return to_text(_parts(rows), terminal=terminal, width=width)


def _parts(rows: Sequence[Progress]) -> Iterator[Part]:
    if not rows:
        yield line("nothing that is to go was known")
        return
    titles = ("Date", "Scan", "Site", "Total", "Replaced", "Left", "Not looked for")
    yield Grid(
        columns=titles,
        rows=[
            (
                cell((moment(one.time) or "")[:_DAY]),
                cell(str(one.scan)),
                cell(one.site),
                *(cell(f"{removal_record(one.removal)[name]:,}") for name in _NUMBERS),
            )
            for one in rows
        ],
        right=frozenset(("Scan", *titles[3:])),
        spare=("Scan",),
    )
    yield Line("")
    for _, point in groupby(rows, key=lambda one: one.scan):
        every = list(point)
        whole = sum((one.removal for one in every), Removal())
        yield line(f"{(moment(every[0].time) or '')[:_DAY]}  {replaced(whole)}")


def as_progress_csv(rows: Iterable[Progress]) -> str:
    """A header line and a line for each scan and site; no site is empty."""
    return write_rows(COLUMNS, ([_flat(one)[name] for name in COLUMNS] for one in rows))


def _flat(one: Progress) -> Record:
    return {"time": moment(one.time), "scan": one.scan, "site": one.site, **removal_record(one.removal)}


def progress_record(one: Progress) -> Record:
    """One point of one site in the published shape."""
    site = None if one.site is None else printable(one.site)
    return {"time": moment(one.time), "scan": one.scan, "site": site, "removal": removal_record(one.removal)}


def progress_document(rows: Iterable[Progress], tool_version: str) -> Record:
    """All of them in the published shape."""
    tool = {"name": "camscan", "version": tool_version}
    return {"schema": SCHEMA, "tool": tool, "points": [progress_record(one) for one in rows]}
