"""The part of the table that tells which devices published vulnerabilities affect; alike devices in one row."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from camscan.model import SEVERITIES, AdvisoryVerdict, Device
from camscan.report.terminal import Cell, Grid, Part, cell, heading, line

SHOWN = 3  # advisories of one cell; the JSON has them all, and `explain` tells them
_COLUMNS = ("Affected", "Model", "Firmware", "Exploited (CISA)", "Others", "Cannot say")


def affected_parts(devices: Sequence[Device], date: str | None) -> Iterator[Part]:
    """Who is affected by what, and of how many devices something cannot be said; nothing where there is neither.

    `date` is that of the advisories.
    """
    groups: dict[object, list[Device]] = defaultdict(list)
    for device in devices:
        if _affected(device):
            groups[(device.model, device.firmware, device.build, device.advisories)].append(device)
    open_ones = [d for d in devices if not _affected(d) and any(row.verdict == "cannot-say" for row in d.advisories)]
    if groups:
        yield from heading("! Affected by advisories")
        rows = [_row(group) for group in groups.values()]
        yield Grid(columns=_COLUMNS, rows=rows, right=frozenset(["Cannot say"]), spare=("Firmware",))
    if groups or open_ones:
        yield line("")
        dated = f"Published advisories, data of {date}. " if date else ""
        yield line(f"{_unsaid(len(open_ones))}{dated}`camscan explain ADDRESS` tells each, why, and its source.")


def _affected(device: Device) -> bool:
    return any(row.is_open for row in device.advisories)


def _row(group: Sequence[Device]) -> tuple[Cell, ...]:
    first = group[0]
    rows = [row for row in first.advisories if row.is_open]
    exploited = [row.id for row in rows if row.kev]
    others = [row for row in rows if not row.kev]
    more = f" and {len(group) - 1:,} more" if len(group) > 1 else ""
    unsaid = sum(1 for row in first.advisories if row.verdict == "cannot-say")
    return (
        cell(first.address + more),
        cell(first.model),
        cell(" ".join(part for part in (first.firmware, first.build) if part) or None),
        cell(_listed(exploited) or None, "bold red"),
        cell(_counted(others) or None, "yellow"),
        cell(str(unsaid) if unsaid else None),
    )


def _listed(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - SHOWN} more" if len(ids) > SHOWN else ""
    return " ".join(ids[:SHOWN]) + more


def _counted(rows: Sequence[AdvisoryVerdict]) -> str:
    """`2 critical, 1 medium`, the worst first."""
    counts = {name: sum(1 for row in rows if row.severity == name) for name in reversed(SEVERITIES)}
    return ", ".join(f"{count} {name}" for name, count in counts.items() if count)


def _unsaid(count: int) -> str:
    if not count:
        return ""
    which = "1 more device" if count == 1 else f"{count:,} more devices"
    return f"Of {which} it cannot be said whether some advisory affects it. "
