"""The part of the table that says what to do first, and how that order comes about."""

from collections import Counter
from collections.abc import Iterator, Sequence

from camscan.model import Action, Device, ScanResult
from camscan.report.terminal import Cell, Grid, Part, cell, heading, line

SHOWN = 3  # addresses or reasons of one cell; the JSON has them all
UNSAID_SHOWN = 8  # questions; of a recording nearly everything cannot be said
_COLUMNS = ("", "Severity", "Devices", "What to do", "Because", "Where")
_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow"}


def todo_parts(result: ScanResult) -> Iterator[Part]:
    """Everything there is to do, the most pressing first; nothing where there is nothing."""
    if result.actions:
        yield from heading("What to do first (what is exploited already, then by severity, then by number of devices)")
        rows = [_row(number, action) for number, action in enumerate(result.actions, 1)]
        yield Grid(columns=_COLUMNS, rows=rows, right=frozenset(["", "Devices"]), spare=("Where", "Because"))
    unsettled = Counter(row.id for device in result.devices for row in device.findings if row.state == "cannot-say")
    if result.actions or unsettled:
        yield line("")
        yield line(f"{_unsettled(unsettled)}`camscan explain ADDRESS` tells why, and what each rests on.")
    ignored = Counter(name for device in result.devices for name in _ignored(device))
    if ignored:
        yield line("")
        yield line(f"Ignored, and at how many devices: {_most(ignored)}. `camscan decisions` tells by whom, and why.")


def _row(number: int, action: Action) -> tuple[Cell, ...]:
    exploited = ", exploited" if action.exploited else ""
    return (
        cell(str(number)),
        cell(f"{action.severity}{exploited}", _STYLES.get(action.severity, "")),
        cell(f"{len(action.devices):,}"),
        cell(action.remedy),
        cell(_first(action.reasons)),
        cell(_first(action.devices)),
    )


def _first(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return " ".join(names[:SHOWN]) + more


def _unsettled(counts: Counter[str]) -> str:
    return f"What cannot be said, and of how many devices: {_most(counts)}. " if counts else ""


def _most(counts: Counter[str]) -> str:
    listed = ", ".join(f"{name} ({count:,})" for name, count in counts.most_common(UNSAID_SHOWN))
    more = f" and {len(counts) - UNSAID_SHOWN} more" if len(counts) > UNSAID_SHOWN else ""
    return f"{listed}{more}"


def _ignored(device: Device) -> Iterator[str]:
    """What would call for something, if its owner had not decided otherwise."""
    yield from (row.id for row in device.findings if row.state == "found" and row.ignored)
    yield from (row.id for row in device.advisories if row.verdict == "affected" and row.ignored)
