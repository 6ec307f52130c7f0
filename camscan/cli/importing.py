"""`camscan import`: another scanner's results, judged as recorded replies are, and the addresses to ask."""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.chosen import chosen_by
from camscan.cli.formats import Format
from camscan.cli.options import (
    FingerprintsOption,
    FormatOption,
    OutputOption,
    PolicyOption,
    QuietOption,
    SeverityOption,
    SiteOption,
)
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.intake.imported import BadEntry, Entry, Hearsay
    from camscan.intake.worth_asking import Candidate
    from camscan.model import ScanResult
    from camscan.reply import Reply

BAD_SHOWN = 5  # of a file; the first few tell what is wrong with it, the rest are counted
KINDS_SHOWN = 5
ADDRESSES_SHOWN = 10
REPLIES_LIMIT = 500_000  # of all files: judging holds them in memory, about 4 kB each, so 2 GB


@dataclass(slots=True)
class _Taken:
    """What was taken from the files, and what was not."""

    replies: list["Reply"] = field(default_factory=list)
    hearsay: list["Hearsay"] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)


def import_files(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="nmap -oX or masscan -oJ/-oD, or - for stdin.")],
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
    replies: Annotated[
        Path | None, typer.Option("--replies", metavar="FILE", help="Write what was imported as a recording.")
    ] = None,
    targets: Annotated[
        Path | None, typer.Option("--targets", metavar="FILE", help="Write the addresses that are worth a scan.")
    ] = None,
    quiet: QuietOption = False,
    fail_on: SeverityOption = None,
    policies: PolicyOption = None,
    site: SiteOption = None,
    fingerprints: FingerprintsOption = None,
) -> int:
    """Judge the results of nmap or masscan as a scan would, and send nothing.

    What a device itself said counts; what the other scanner concluded is a reason to ask, never evidence. --targets
    names the addresses of the two makers, with a camera's port open, or named by the other scanner, for `camscan scan
    --targets`. A part of a file that cannot be used is reported and left out.

    \b
    camscan import nmap.xml
    camscan import masscan.json --targets worth-asking.txt
    camscan scan --targets worth-asking.txt

    Exit codes: 0 done, 1 findings at or above --fail-on, 2 usage, 4 could not run.
    """
    from camscan.cli.ending import Exit
    from camscan.cli.failing import fails
    from camscan.cli.formats import render, screen
    from camscan.cli.judged import judge_replies
    from camscan.cli.log import open_log
    from camscan.cli.output import Output, refuse_same_file
    from camscan.intake.replay import as_line
    from camscan.intake.worth_asking import as_targets, worth_asking

    for name in files:
        refuse_same_file(output=output, replies=replies, targets=targets, file=Path(name))
    if targets is not None and str(targets) == "-":
        raise UsageError("--targets -: stdout carries the result; name a file")
    with ExitStack() as stack:
        destination = stack.enter_context(Output(output))
        listing = stack.enter_context(Output(targets, "--targets")) if targets else None
        recording = stack.enter_context(open_log(replies, "--replies"))
        taken = _read(files, quiet)
        result = judge_replies("import", taken.replies, fingerprints, chosen_by(policies, site))
        candidates = worth_asking(result, taken.replies, taken.hearsay)
        if recording:
            recording.writelines(as_line(reply) + "\n" for reply in taken.replies)
        if listing:
            listing.write(as_targets(candidates))
        destination.write(render(result, form, screen(destination.is_stdout)))
    if not quiet:
        _say_end(result, taken, candidates, targets, told=output is None and form is Format.TABLE)
    return Exit.FINDINGS if fails(result, fail_on, quiet=quiet) else Exit.DONE


def _read(names: Sequence[str], quiet: bool) -> _Taken:
    """Everything the files tell. Raises `UsageError` for a file that cannot be read, or of which nothing can."""
    from camscan.cli.reading import readable, shown
    from camscan.discover.plan import swept_ports
    from camscan.intake.scanner_file import read_scanner_file
    from camscan.protocols.registry import load_protocols

    swept = frozenset(swept_ports(load_protocols()))
    taken = _Taken()
    for name in names:
        with readable(name) as stream:
            _take(shown(name), read_scanner_file(shown(name), stream, swept), taken)
    return taken


def _take(name: str, entries: Iterable["Entry"], taken: _Taken) -> None:
    from camscan.cli.ending import say
    from camscan.intake.imported import BadEntry, Hearsay, Passed

    bad: list[BadEntry] = []
    count = usable = 0
    for entry in entries:
        if isinstance(entry, BadEntry):
            count += 1
            bad += [entry] if len(bad) < BAD_SHOWN else []
            continue
        usable += 1
        if isinstance(entry, Passed):
            taken.passed[entry.kind[:32]] += 1
        elif isinstance(entry, Hearsay):
            taken.hearsay.append(entry)
        elif len(taken.replies) < REPLIES_LIMIT:
            taken.replies.append(entry)
        else:
            say(f"{name}: more than {REPLIES_LIMIT:,} replies; what follows is left out, import it by itself")
            break
    if bad and not usable:
        raise UsageError(str(bad[0]))
    _report_bad(name, bad, count)


def _report_bad(name: str, bad: Sequence["BadEntry"], count: int) -> None:
    from camscan.cli.ending import say

    for entry in bad:
        say(str(entry))
    if count > len(bad):
        say(f"{name}: and {count - len(bad):,} more like these")


def _say_end(
    result: "ScanResult", taken: _Taken, candidates: Sequence["Candidate"], targets: Path | None, *, told: bool
) -> None:
    """What a reader of the result alone would miss."""
    from camscan.cli.ending import say
    from camscan.report.table import summary

    if not told:
        say(summary(result))
    if taken.passed:
        kinds = ", ".join(f"{kind} {count:,}" for kind, count in taken.passed.most_common(KINDS_SHOWN))
        say(f"of kinds that camscan does not read: {kinds}")
    proved = {address for device in result.devices if device.vendor for address in device.addresses}
    unproved = dict.fromkeys(one.address for one in taken.hearsay if one.address not in proved)
    if unproved:
        more = " …" if len(unproved) > ADDRESSES_SHOWN else ""
        named = " ".join([*unproved][:ADDRESSES_SHOWN]) + more
        say(f"named by the other scanner, without words of the device that prove it: {named}")
    _say_targets(candidates, targets)


def _say_targets(candidates: Sequence["Candidate"], targets: Path | None) -> None:
    from camscan.cli.ending import say

    if targets is None:
        if candidates:
            say(f"{_addresses(len(candidates))} worth a scan: --targets FILE writes them")
        return
    public = sum(one.public for one in candidates)
    refused = f", {public:,} of them public, which a scan refuses without --allow-public" if public else ""
    say(f"{targets}: {_addresses(len(candidates))} worth a scan{refused}")


def _addresses(count: int) -> str:
    return "1 address" if count == 1 else f"{count:,} addresses"
