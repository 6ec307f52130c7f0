"""What policies say of devices: a line for each policy below the table, and the reasons in an explanation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from camscan.model import Device, PolicyVerdict
from camscan.report.explained_findings import ignored_part
from camscan.report.terminal import Part, heading, line

STYLES = {"covered": "bold red", "not-covered": "green", "cannot-say": "yellow"}
_WORDS = {"covered": "covered", "not-covered": "not covered", "cannot-say": "cannot say"}


def policy_parts(devices: Iterable[Device]) -> Iterator[Part]:
    """`us-ndaa-889: covered 5, not covered 3, cannot say 2`, and what is cited; nothing where no policy was chosen."""
    rows: dict[str, list[PolicyVerdict]] = {}
    for device in devices:
        for verdict in device.verdicts:
            rows.setdefault(verdict.policy, []).append(verdict)
    if rows:
        yield from heading("Policies (facts, not legal advice; `camscan explain` gives the reason for each device)")
        yield from (line(_counted(name, verdicts)) for name, verdicts in rows.items())


def _counted(name: str, verdicts: Sequence[PolicyVerdict]) -> str:
    answers = Counter[str](verdict.verdict for verdict in verdicts)
    counts = ", ".join(f"{word} {answers[answer]:,}" for answer, word in _WORDS.items())
    ignored = sum(verdict.ignored is not None for verdict in verdicts)
    counts += f", of these ignored {ignored:,}" if ignored else ""
    return f"{name}: {counts}  ({verdicts[0].citation}, {verdicts[0].date})"


def verdict_parts(rows: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    """Each verdict of one device, with the reason, the citation and its date; nothing where there is none."""
    if not rows:
        return
    yield from heading("policies")
    for row in rows:
        yield line(f"  {_WORDS[row['verdict']]}: {row['policy']}", STYLES[row["verdict"]])
        yield line(f"      {row['reason']}")
        yield line(f"      {row['citation']}, {row['date']}", "dim")
        yield from ignored_part(row)
