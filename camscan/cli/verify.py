"""`camscan bundle verify`: whether evidence that was handed over holds, and gives the same today."""

from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.options import FingerprintsOption, QuietOption

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from camscan.intake.evidence import Evidence
    from camscan.report.shape import Document

SHOWN = 50  # differences; the first of them tell what is otherwise, the rest are counted


def verify(
    file: Annotated[str, typer.Argument(metavar="FILE.zip", help="What `camscan bundle` wrote.")],
    quiet: QuietOption = False,
    fingerprints: FingerprintsOption = None,
) -> int:
    """Check every sum of a bundle of evidence, and judge its replies again: the same devices and findings?

    Where other data or another camscan judge today, that is told, for it may be the reason of a difference. Nothing is
    unpacked to disk, and a zip that camscan would not have written is refused.

    \b
    camscan bundle verify evidence.zip
    camscan bundle verify evidence.zip --fingerprints data-of-then/

    Exit codes: 0 it holds and gives the same, 1 it holds and gives something else, 2 it was changed or is no evidence.
    """
    from camscan.cli.ending import Exit
    from camscan.cli.output import write_stdout
    from camscan.cli.reading import opened, shown
    from camscan.intake.evidence import read_evidence
    from camscan.report.evidence_check import differences

    name = shown(file)
    with opened(file) as stream:
        evidence = read_evidence(name, stream)
    then, today = _then(name, evidence), _today(evidence, fingerprints)
    found = [str(one) for one in differences(then, today)]
    if not quiet:
        lines = [f"{name}: {len(evidence.files)} files, every sum holds", *_told(evidence, then, today, found)]
        write_stdout("".join(f"{line}\n" for line in lines))
    return Exit.FINDINGS if found else Exit.DONE


def _then(name: str, evidence: "Evidence") -> "Document":
    """The result in the bundle. Raises `UsageError` where it is none."""
    from camscan.cli.document import parse_document

    return parse_document(evidence.result, f"{name}: result.json")


def _today(evidence: "Evidence", fingerprints: "Path | None") -> "Document":
    import camscan
    from camscan.cli.judged import judge_replies
    from camscan.report.document import as_document
    from camscan.report.shape import Document

    judged = judge_replies("replay", evidence.replies, fingerprints)
    return Document.model_validate(as_document(judged, camscan.__version__))


def _told(evidence: "Evidence", then: "Document", today: "Document", found: list[str]) -> "Iterator[str]":
    from camscan.report.evidence_check import data_differences
    from camscan.report.printable import printable

    if evidence.tool_version != today.tool.version:
        yield f"camscan: {printable(evidence.tool_version)} then, {today.tool.version} today"
    yield from data_differences(evidence.data, today.data)
    counted = f"{len(evidence.replies):,} replies, {len(then.devices):,} devices"
    if not found:
        yield f"{counted}: they give the same today"
        return
    yield f"{counted}: {len(found):,} differences"
    yield from found[:SHOWN]
    if len(found) > SHOWN:
        yield f"and {len(found) - SHOWN:,} more"
