"""`camscan exposure`: which devices each place in the network can reach, from the results of scans made there."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.options import OutputOption, QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.cli.ending import Exit
    from camscan.cli.formats import Screen
    from camscan.cli.output import Text
    from camscan.model import ScanResult
    from camscan.reach import Matrix

BEHIND_LIMIT = 4096  # addresses of one vantage: a provider gives a site a handful, and a /20 to hardly anybody


class Form(StrEnum):
    """What `--format` takes here."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def exposure(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE", help="A scan written with --vantage NAME --format json; - for stdin. One vantage each."
        ),
    ],
    every: Annotated[
        bool, typer.Option("--all", help="Show devices of every maker, not only Hikvision and Dahua.")
    ] = False,
    behind: Annotated[
        list[str] | None,
        typer.Option(
            "--behind",
            metavar="VANTAGE=TARGET",
            help="From VANTAGE all devices stand behind the addresses of TARGET, as behind a router that translates "
            "addresses. Repeatable.",
        ),
    ] = None,
    fail_on_reach: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-on-reach",
            metavar="VANTAGE",
            help="End with 1 where a device is reached from VANTAGE, with 3 where that cannot be said. Repeatable.",
        ),
    ] = None,
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of the matrix.")] = Form.TABLE,
    output: OutputOption = None,
    quiet: QuietOption = False,
) -> int:
    """Show which cameras each place in the network can reach: the office, the guest network, the internet.

    Sends nothing. Not reached is said only where a scan asked, to the end; everything else is not asked, or cannot be
    said, with the reason.

    \b
    camscan exposure office.json guest-wifi.json
    camscan exposure office.json guest-wifi.json --fail-on-reach guest-wifi

    Exit codes: 0 done, 1 a device is reached from a vantage of --fail-on-reach, 2 usage or a file that cannot be
    understood, 3 whether one is reached cannot be said, also where a scan is partial, or a host of no known maker
    answers there at a port of the two makers or of RTSP.
    """
    from camscan.assess.vantage.matrix import matrix
    from camscan.cli.formats import screen
    from camscan.cli.output import Output, refuse_same_file
    from camscan.identify.sameness import longest_of
    from camscan.intake.vantage import refuse_lookalikes

    for file in files:
        refuse_same_file(output=output, result=Path(file))
    scans = _scans(files)
    names = [scan.vantage or "" for scan in scans]
    refuse_lookalikes(names)
    watched = [_known(vantage, names, "--fail-on-reach") for vantage in fail_on_reach or ()]
    found = matrix(scans, longest_of, every=every, behind=_behind(behind or (), names))
    with Output(output) as destination:
        destination.write(_render(found, form, screen(destination.is_stdout)))
    if not quiet and (output is not None or form is not Form.TABLE):
        _say_statements(found)
    return _code(found, watched, quiet=quiet)


def _scans(files: Sequence[str]) -> "list[ScanResult]":
    """The result in each file; one that is given twice counts once."""
    if files.count("-") > 1:
        raise UsageError("stdin can be read only once: `-` stands twice")
    scans: list[ScanResult] = []
    for name in files:
        scan = _read(name)
        if scan not in scans:
            scans.append(scan)
    return scans


def _read(name: str) -> "ScanResult":
    from camscan.cli.reading import shown
    from camscan.cli.scan_file import read_scan

    scan = read_scan(name)
    if scan.vantage is None:
        raise UsageError(f"{shown(name)}: scan.vantage: null: nobody says from where this was asked")
    return scan


def _known(name: str, names: Sequence[str], option: str) -> str:
    """The vantage, if a file is from there: a check of a name that was mistyped must not pass."""
    if name not in names:
        raise UsageError(f"{option} {name}: no file is from there; there are {', '.join(dict.fromkeys(names))}")
    return name


def _behind(words: Sequence[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The addresses behind which everything stands, by vantage."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, equals, target = word.rpartition("=")
        if not equals:
            raise UsageError(f'--behind "{word}": no VANTAGE=TARGET, such as internet=203.0.113.8/29')
        addresses = dict.fromkeys((*found.get(_known(name, names, "--behind"), ()), *_addresses(target)))
        if len(addresses) > BEHIND_LIMIT:
            raise UsageError(f"--behind {word}: more than {BEHIND_LIMIT:,} addresses")
        found[name] = tuple(addresses)
    return found


def _addresses(text: str) -> Iterator[str]:
    """All addresses of a target: a router may translate the first and the last of a network as well. Raises
    `UsageError` for a name, which would have to be looked up."""
    from camscan.intake.targets import parse_words

    for target in parse_words(text, "--behind"):
        if target.name:
            raise target.error("a host name; give its addresses")
        for network in target.networks:
            if network.num_addresses > BEHIND_LIMIT:
                raise target.error(f"more than {BEHIND_LIMIT:,} addresses")
            yield from map(str, network)


def _render(found: "Matrix", form: Form, view: "Screen") -> "Text":
    import camscan
    from camscan.report.exposure import as_csv, as_document
    from camscan.report.exposure_table import as_table
    from camscan.report.jsonl import as_json_document

    if form is Form.TABLE:
        return as_table(found, terminal=view.terminal, width=view.width)
    return as_csv(found) if form is Form.CSV else as_json_document(as_document(found, camscan.__version__))


def _say_statements(found: "Matrix") -> None:
    from camscan.cli.ending import say
    from camscan.report.exposure_table import statements

    for text in statements(found):
        say(text)


def _code(found: "Matrix", watched: Sequence[str], *, quiet: bool) -> "Exit":
    """What --fail-on-reach makes of it: a device that is reached goes before what cannot be said."""
    from camscan.cli.ending import Exit, say

    names = [vantage.name for vantage in found.vantages]
    standings = {name: found.standing(names.index(name)) for name in watched}
    for name, standing in standings.items():
        if standing.verdict != "not-reached" and not quiet:
            said = "reaches a device" if standing.verdict == "reached" else "whether it reaches a device is not known"
            say(f"--fail-on-reach {name}: {said}{f': {standing.reason}' if standing.reason else ''}")
    verdicts = {standing.verdict for standing in standings.values()}
    if "reached" in verdicts:
        return Exit.FINDINGS
    return Exit.PARTIAL if verdicts - {"not-reached"} else Exit.DONE
