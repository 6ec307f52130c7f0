"""`camscan replay`: the same judgement over recorded replies, without a network."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from camscan.cli.chosen import NOTHING, Chosen, chosen_by
from camscan.cli.formats import Format
from camscan.cli.options import (
    ChangesOnlyOption,
    FailOnOption,
    FingerprintsOption,
    FormatOption,
    InventoryOption,
    OutputOption,
    PolicyOption,
    QuietOption,
    SiteOption,
)
from camscan.errors import UsageError
from camscan.separation import TOGETHER, Separation

if TYPE_CHECKING:
    from camscan.change import Comparison
    from camscan.intake.replay import BadLine
    from camscan.model import ScanResult
    from camscan.reply import Reply

REPLIES_LIMIT = 500_000  # of one packet capture: judging holds them in memory, about 4 kB each, so 2 GB
BAD_LINES_SHOWN = 5  # of a file; the first few tell what is wrong with it, the rest are counted


def replay(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE", help="Recordings (JSON Lines) or packet captures, or - for stdin.")
    ],
    form: FormatOption = Format.TABLE,
    output: OutputOption = None,
    record: Annotated[bool, typer.Option("--record", help="Record what the replies prove in the inventory.")] = False,
    changes_only: ChangesOnlyOption = False,
    inventory: InventoryOption = None,
    quiet: QuietOption = False,
    fail_on: FailOnOption = None,
    policies: PolicyOption = None,
    site: SiteOption = None,
    fingerprints: FingerprintsOption = None,
) -> int:
    """Judge recorded replies as a scan would, and send nothing.

    One reply a line: {"address", "protocol", "transport", "port", "request", "encoding": "text" or "hex", "reply"}, as
    `camscan scan --replies FILE` records them. A line that is no reply is reported and left out.

    A packet capture (pcap or pcapng, as tcpdump and Wireshark write it) is told by its first bytes. What devices said
    in clear text counts, whoever asked; what cannot be used of it is counted on stderr.

    With --record the inventory learns of the devices. Nobody is gone because of a recording.

    \b
    camscan replay replies.jsonl
    camscan replay office.pcapng --format json --output office.json
    camscan replay replies.jsonl --record

    Exit codes: 0 done, 1 findings at or above --fail-on, 2 usage, 4 could not run.
    """
    from camscan.cli.delivery import hand_over
    from camscan.cli.ending import Exit, say
    from camscan.cli.failing import CHANGE, fails
    from camscan.cli.kept_sites import with_kept_sites
    from camscan.cli.output import Output, refuse_same_file
    from camscan.cli.recording import replay_recorder

    for name in files:
        refuse_same_file(output=output, recording=Path(name))
    needed_by = ["--changes-only"] * changes_only + [f"--fail-on {CHANGE}"] * (fail_on == CHANGE)
    register = replay_recorder(inventory, record, quiet=quiet, needed_by=needed_by)
    chosen = chosen_by(policies, site)
    chosen = with_kept_sites(chosen, inventory) if record else chosen
    result = judge_files(files, fingerprints, chosen, register.separation)
    only = changes_only
    with Output(output) as destination:
        result, delivered = hand_over(
            result, "replay", form, destination, register, changes_only=only, placed=chosen.placed
        )
    if not quiet:
        told = output is None and form is Format.TABLE
        for text in _summed_up(result, register.changes if changes_only else None, told):
            say(text)
    if register.failed or not delivered:
        return Exit.CANNOT_RUN
    return Exit.FINDINGS if fails(result, fail_on, quiet=quiet, changes=register.changes) else Exit.DONE


def _summed_up(result: "ScanResult", changes: "Comparison | None", told: bool) -> Iterator[str]:
    from camscan.cli.result import untold
    from camscan.report.table import summary

    if changes:
        yield from (summary(result), *untold(changes, told))
    elif not told:
        yield summary(result)


def judge_files(
    names: Sequence[str], fingerprints: Path | None, chosen: Chosen = NOTHING, separation: Separation = TOGETHER
) -> "ScanResult":
    """What the recordings prove. Raises `UsageError` for a file that cannot be read or holds no reply at all."""
    from camscan.cli.judged import judge_replies

    return judge_replies("replay", read_files(names), fingerprints, chosen, separation)


def read_files(names: Sequence[str]) -> list["Reply"]:
    """The replies of recordings and packet captures. Raises `UsageError` as `judge_files` does."""
    from camscan.cli.reading import as_text, lines_of, opened, shown
    from camscan.intake.packets import is_capture

    replies: list[Reply] = []
    for name in names:
        with opened(name) as stream:
            if is_capture(stream.peek(4)):
                replies += read_capture(shown(name), stream)
                continue
            with as_text(stream) as text:
                replies += read_recording(shown(name), lines_of(name, text))
    return replies


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


def read_capture(name: str, stream: BinaryIO) -> list["Reply"]:
    """What devices said in a packet capture; what is left out of it is counted on stderr. Raises `UsageError` where
    nothing is left."""
    from camscan.cli.ending import say
    from camscan.discover.plan import swept_ports
    from camscan.intake.captured import read_captured
    from camscan.intake.packet_file import read_packets
    from camscan.intake.packets import LeftOut
    from camscan.protocols.registry import load_protocols

    found: list[Reply] = []
    left_out: Counter[str] = Counter()
    for entry in read_captured(read_packets(name, stream), frozenset(swept_ports(load_protocols()))):
        if isinstance(entry, LeftOut):
            left_out[entry.reason] += 1
        elif len(found) < REPLIES_LIMIT:
            found.append(entry)
        else:
            say(f"{name}: more than {REPLIES_LIMIT:,} replies; what follows is left out, replay it by itself")
            break
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in left_out.most_common())
    if not found:
        raise UsageError(f"{name}: no reply in it{reasons and f'; left out: {reasons}'}")
    if reasons:
        say(f"{name}: left out: {reasons}")
    return found
