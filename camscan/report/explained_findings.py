"""The part of an explanation that tells the findings of a device: on what they rest, what to do, who says so."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from camscan.report.terminal import Part, heading, line


def finding_parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    """Each finding with its evidence, its remedy, the source and its date; nothing where there is none."""
    if not rows:
        return
    yield from heading("findings")
    for row in (row for row in rows if row["state"] == "found"):
        yield line(f"  {row['severity']} ({row['confidence']:.0%} sure) {row['id']}: {'; '.join(row['evidence'])}")
        yield line(f"      {row['remedy']}")
        yield line(f"      {row['source']}, {row['date']}", "dim")
        yield from ignored_part(row)
    for reason, names in _unsaid(rows).items():
        yield line(f"  cannot say {', '.join(names)}: {reason}", "yellow")


def ignored_part(row: Mapping[str, Any]) -> Iterator[Part]:
    """That somebody has decided to live with it, if anybody has."""
    if (by := row["ignored"]) is not None:
        until = f" until {by['until']}" if by["until"] else ""
        yield line(f"      ignored{until}, {by['who']}: {by['reason']}", "yellow")


def _unsaid(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """What cannot be said, by the reason."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["state"] == "cannot-say":
            found[row["reason"]].append(row["id"])
    return found
