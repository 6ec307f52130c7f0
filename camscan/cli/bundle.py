"""`camscan bundle`: evidence to hand over, and whether evidence that was handed over holds."""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from camscan.cli.options import FingerprintsOption, InventoryOption, QuietOption
from camscan.cli.reading import STDIN
from camscan.cli.verify import verify
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.model import ScanResult
    from camscan.register import ScanEntry
    from camscan.reply import Reply
    from camscan.report.evidence import Kind, NotedScan, Origin, Source

bundle = typer.Typer(rich_markup_mode=None)
bundle.command()(verify)


@bundle.callback(invoke_without_command=True)
def make(
    context: typer.Context,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.zip", help="Write it here, whole or not at all.")
    ] = None,
    recordings: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Of these replies (`scan --replies FILE`) or packet captures, not of the inventory. Repeatable.",
        ),
    ] = None,
    result: Annotated[
        str | None,
        typer.Option(
            "--result",
            metavar="FILE",
            help="With --from: the result of that scan (--format json), for scope and times.",
        ),
    ] = None,
    inventory: InventoryOption = None,
    quiet: QuietOption = False,
    fingerprints: FingerprintsOption = None,
) -> None:
    """Write evidence to hand over: the replies, what they prove, and a manifest with every SHA-256. Sends nothing.

    What is in it is what the replies prove by themselves, so that `camscan bundle verify` can prove it again; the
    register as the inventory has it is there beside it. The same content gives the same bytes.

    \b
    camscan bundle --output evidence.zip
    camscan bundle --from replies.jsonl --result scan.json --output evidence.zip
    camscan bundle verify evidence.zip

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    if context.invoked_subcommand is not None:
        return
    from camscan.cli.ending import say
    from camscan.cli.output import Output, refuse_same_file

    if output is None or str(output) == "-":
        raise UsageError("--output FILE.zip is missing: evidence is a file")
    if recordings is None and result is not None:
        raise UsageError("--result belongs to --from")
    if recordings is not None and inventory is not None:
        raise UsageError("--from and --inventory do not go together")
    for name in recordings or ():
        refuse_same_file(output=output, recording=Path(name))
    with Output(output) as destination:
        if recordings is None:
            found = _of_inventory(inventory, fingerprints)
        else:
            found = _of_recordings(recordings, result, fingerprints)
        destination.fill(found.write)
    if not quiet:
        say(f"{output}: {len(found.replies):,} replies, {found.devices:,} devices")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is to be written: the replies, how many devices they prove, the other files and where all comes from."""

    replies: "Sequence[Reply]"
    devices: int
    parts: "Mapping[str, Iterable[str]]"
    origin: "Origin"

    def write(self, stream: BinaryIO) -> None:
        """Writes the zip."""
        from camscan.intake.replay import as_line
        from camscan.report.evidence import REPLIES, pack

        lines = (as_line(reply) + "\n" for reply in self.replies)
        pack(stream, {REPLIES: lines, **self.parts}, self.replies, self.origin)


def _of_recordings(names: "Sequence[str]", result: str | None, fingerprints: Path | None) -> Found:
    from camscan.cli.replay import read_files
    from camscan.report.evidence import SCAN

    replies = read_files(names)
    scans: list[NotedScan] = []
    parts: dict[str, Iterable[str]] = {}
    if result is not None:
        text, scan = _scan_of(result)
        scans, parts = [scan], {SCAN: [text]}
    sources = [_source(name) for name in names if name != STDIN]
    return _judged("recording", replies, parts, scans, sources, fingerprints)


def _of_inventory(wanted: str | None, fingerprints: Path | None) -> Found:
    import camscan
    from camscan.cli.register import reading
    from camscan.inventory.listing import Filter, listed
    from camscan.inventory.replies import all_replies
    from camscan.inventory.scans import all_scans
    from camscan.report.devices import COLUMNS, devices_document, ordered
    from camscan.report.evidence import REGISTER
    from camscan.report.jsonl import as_json_document

    with reading(wanted) as connection:
        scans = [_noted(one) for one in all_scans(connection)]
        devices = ordered(listed(connection, Filter(), COLUMNS, now=time.time()))
        replies = list(dict.fromkeys(all_replies(connection)))
    if not replies:
        raise UsageError("the inventory keeps no reply yet")
    register = as_json_document(devices_document(devices, camscan.__version__))
    return _judged("inventory", replies, {REGISTER: register}, scans, (), fingerprints)


def _judged(
    kind: "Kind",
    replies: "Sequence[Reply]",
    parts: "Mapping[str, Iterable[str]]",
    scans: "Sequence[NotedScan]",
    sources: "Sequence[Source]",
    fingerprints: Path | None,
) -> Found:
    import camscan
    from camscan.cli.judged import judge_replies
    from camscan.report.document import as_document
    from camscan.report.evidence import RESULT, Origin
    from camscan.report.jsonl import as_json_document

    judged = judge_replies("replay", replies, fingerprints)
    version = camscan.__version__
    return Found(
        replies=replies,
        devices=len(judged.devices),
        parts={RESULT: as_json_document(as_document(judged, version)), **parts},
        origin=Origin(kind=kind, tool_version=version, data=judged.data, scans=scans, sources=sources),
    )


def _scan_of(name: str) -> "tuple[str, NotedScan]":
    """The text of a scan's result, and what the manifest says of the scan."""
    from camscan.cli.reading import shown
    from camscan.cli.scan_file import read_scan_text
    from camscan.intake.result_file import parse_result

    text = read_scan_text(name)
    return text, _noted(parse_result(shown(name), text))


def _noted(one: "ScanResult | ScanEntry") -> "NotedScan":
    from camscan.report.evidence import NotedScan

    return NotedScan(
        id=one.id, started=one.started, ended=one.ended, scope=one.scope, vantage=one.vantage, partial=one.partial
    )


def _source(name: str) -> "Source":
    from camscan.cli.reading import opened
    from camscan.report.evidence import Source

    with opened(name) as stream:
        digest = hashlib.file_digest(stream, "sha256")
        size = stream.tell()
    return Source(name=Path(name).name, size=size, sha256=digest.hexdigest())
