"""`camscan replay`: the same judgement over recorded replies, without a network."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.chosen import NOTHING, Chosen, chosen_by, held_against
from camscan.cli.formats import Format
from camscan.cli.options import FingerprintsOption, FormatOption, OutputOption, PolicyOption, QuietOption, SiteOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.intake.replay import BadLine
    from camscan.model import Reply, ScanResult

BAD_LINES_SHOWN = 5  # of a file; the first few tell what is wrong with it, the rest are counted


def replay(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Recordings (JSON Lines), or - for stdin.")],
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
    quiet: QuietOption = False,
    policies: PolicyOption = None,
    site: SiteOption = None,
    fingerprints: FingerprintsOption = None,
) -> None:
    """Judge recorded replies as a scan would, and send nothing.

    One reply a line: {"address", "protocol", "transport", "port", "request", "encoding": "text" or "hex", "reply"}, as
    `camscan scan --replies FILE` records them. A line that is no reply is reported and left out.
    """
    from camscan.cli.ending import say
    from camscan.cli.formats import render, screen
    from camscan.cli.output import Output, refuse_same_file
    from camscan.report.table import summary

    for name in files:
        refuse_same_file(output=output, recording=Path(name))
    result = judge_files(files, fingerprints, chosen_by(policies, site))
    with Output(output) as destination:
        destination.write(render(result, form, screen(destination.is_stdout)))
    if not quiet and (output is not None or form is not Format.TABLE):
        say(summary(result))


def judge_files(names: Sequence[str], fingerprints: Path | None, chosen: Chosen = NOTHING) -> "ScanResult":
    """What the recordings prove. Raises `UsageError` for a file that cannot be read or holds no reply at all."""
    from camscan.cli.reading import lines_of, readable, shown

    replies: list[Reply] = []
    for name in names:
        with readable(name) as stream:
            replies += read_recording(shown(name), lines_of(name, stream))
    return judge_replies(replies, fingerprints, chosen)


def judge_replies(replies: Sequence["Reply"], fingerprints: Path | None, chosen: Chosen = NOTHING) -> "ScanResult":
    """What the replies prove; the same replies give the same id, so that two replays can be compared byte for byte."""
    import hashlib

    from camscan.assess.assessment import load_assessment
    from camscan.identify.knowledge_base import load_knowledge
    from camscan.intake.replay import as_line
    from camscan.scan import judge

    digest = hashlib.sha256("\n".join(map(as_line, replies)).encode())
    return judge(
        replies,
        load_knowledge(fingerprints),
        scan_id=f"replay-{digest.hexdigest()[:16]}",
        known=held_against(load_assessment(fingerprints), chosen, fingerprints),
    )


def read_recording(name: str, lines: Iterable[str]) -> list["Reply"]:
    """The replies of one recording; bad lines are reported on stderr. Raises `UsageError` where there is no reply."""
    from camscan.intake.replay import BadLine, read_replies

    found: list[Reply] = []
    bad: list[BadLine] = []
    count = 0
    for entry in read_replies(name, lines):
        if not isinstance(entry, BadLine):
            found.append(entry)
            continue
        count += 1
        if len(bad) < BAD_LINES_SHOWN:
            bad.append(entry)
    if not found:
        raise UsageError(str(bad[0]) if bad else f"{name}: no reply in it")
    _report_bad(bad, count)
    return found


def _report_bad(bad: Sequence["BadLine"], count: int) -> None:
    from camscan.cli.ending import say

    for entry in bad:
        say(f"{entry}; left out")
    if count > len(bad):
        say(f"{bad[0].file}: {count - len(bad)} more lines left out")
