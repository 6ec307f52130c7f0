"""What changed, as a message to people: one for a scan, however much changed."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace

from camscan.change import Change, Comparison
from camscan.model import SEVERITIES
from camscan.report.diff import diff_summary, doubts, in_order, scan_text
from camscan.report.log_entry import change_text
from camscan.report.printable import printable

CHANGES_SHOWN = 50  # a person reads no more of a message; the rest is counted
SUBJECT_LIMIT = 120  # characters; mail programs show fewer
LINE_LIMIT = 400


def of_interest(comparison: Comparison, events: Container[str], least: str | None) -> Comparison:
    """The changes of these events; of findings and advisories those at or above a severity."""
    chosen = (change for change in comparison.changes if change.event in events and _weighs(change, least))
    return replace(comparison, changes=tuple(chosen))


def _weighs(change: Change, least: str | None) -> bool:
    if least is None or change.severity is None:
        return True
    return SEVERITIES.index(change.severity) >= SEVERITIES.index(least)


def subject(comparison: Comparison) -> str:
    """`camscan: 2 new, 1 gone (town-hall)`, on one line whatever anybody calls himself."""
    place = f" ({comparison.after.vantage})" if comparison.after.vantage else ""
    return printable(f"camscan: {diff_summary(comparison)}{place}", SUBJECT_LIMIT)


def body(comparison: Comparison, key: str) -> str:
    """The scan, the first changes, a line each, and what is not known. `key` tells a copy of the message."""
    return "".join(f"{printable(text, LINE_LIMIT)}\n" for text in _lines(comparison, key))


def _lines(comparison: Comparison, key: str) -> Iterator[str]:
    changes: Sequence[Change] = in_order(comparison.changes)
    yield scan_text(comparison.after)
    yield ""
    yield from (change_text(change) for change in changes[:CHANGES_SHOWN])
    if len(changes) > CHANGES_SHOWN:
        yield f"and {len(changes) - CHANGES_SHOWN:,} more"
    yield ""
    yield from doubts(comparison)
    before = f"{comparison.before.number} " if comparison.before else ""
    yield f"camscan {f'diff {before}{comparison.after.number}' if before else 'devices'} tells everything."
    yield f"message {key}"
