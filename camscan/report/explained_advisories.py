"""The part of an explanation that tells what each advisory says of a device, why, and where that stands."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from camscan.report import shape
from camscan.report.advisories import LOGINS
from camscan.report.explained_findings import ignored_part
from camscan.report.terminal import Part, heading, line

Told = Mapping[str, Mapping[str, Any]]
NOTHING_TOLD: Told = {}
TOLD = ("title", "severity", "login", "sources", "date")
"""What is added to a verdict from the advisory itself, where the data at hand has it."""

_STYLES = {"affected": "bold red", "cannot-say": "yellow", "fixed": "green", "not-affected": "green"}
_CONCERN = tuple(_STYLES)


def in_order_of_concern(rows: Iterable[shape.Advisory]) -> list[shape.Advisory]:
    """What affects it first, what is exploited before what is not."""
    return sorted(rows, key=lambda row: (_CONCERN.index(row.verdict), not row.kev, row.id))


def advisory_parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    """Each advisory with its verdict, the reason, the source and its date; nothing where there is none."""
    if not rows:
        return
    yield from heading("advisories")
    for row in rows:
        exploited = ", exploited (CISA)" if row["kev"] else ""
        severity = f", {row['severity']}" if row["severity"] else ""
        title = f": {row['title']}" if row["title"] else ""
        verdict = f"{row['verdict'].replace('-', ' ')} ({row['confidence']:.0%} sure)"
        yield line(f"  {verdict} {row['id']}{severity}{exploited}{title}", _STYLES[row["verdict"]])
        yield line(f"      {_why(row)}")
        if row["sources"]:
            yield line(f"      {row['sources'][0]}, data of {row['date']}", "dim")
        yield from ignored_part(row)


def _why(row: Mapping[str, Any]) -> str:
    fixed = f"; fixed in {row['fixed_in']}" if row["fixed_in"] and row["verdict"] == "affected" else ""
    login = f"; {LOGINS[row['login']]}" if row["login"] and row["verdict"] == "affected" else ""
    return f"{row['reason']}{fixed}{login}"
