"""`camscan advisories`: the published vulnerabilities that devices are held against."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from camscan.cli.formats import Form
from camscan.cli.options import FingerprintsOption, OutputOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from camscan.assess.advisory.advisory import Advisory


def advisories(
    cve: Annotated[
        list[str] | None,
        typer.Option("--cve", metavar="ID", help="Explain this advisory, with its statements and sources. Repeatable."),
    ] = None,
    maker: Annotated[
        str | None, typer.Option("--maker", metavar="NAME", help="Only those of this maker or brand.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NUMBER", help="Only those that name this model, as the device reports it."),
    ] = None,
    kev: Annotated[bool, typer.Option("--kev", help="Only what CISA lists as known to be exploited.")] = False,
    form: Annotated[Form, typer.Option("--format", "-f", help="Form of the list; json has everything.")] = Form.TABLE,
    output: OutputOption = None,
    fingerprints: FingerprintsOption = None,
) -> None:
    """List the published vulnerabilities that devices are held against, or explain some of them. Sends nothing.

    \b
    camscan advisories --maker dahua --kev
    camscan advisories --cve CVE-2021-36260
    camscan advisories --model DS-2CD2042WD-I
    """
    from camscan.assess.advisory.listing import as_data, chosen
    from camscan.cli.formats import screen
    from camscan.cli.output import Output
    from camscan.report.advisories import as_advisory_list, as_advisory_text
    from camscan.report.jsonl import as_json

    known = known_advisories(fingerprints)
    ids = frozenset(text.upper() for text in cve or ())
    _refuse_unknown(ids, maker, known)
    rows = [as_data(one) for one in chosen(known, ids=ids, maker=maker, model=model, exploited=kev)]
    with Output(output) as destination:
        view = screen(destination.is_stdout)
        if form is Form.JSON:
            destination.write(as_json(rows))
        else:
            render = as_advisory_text if ids else as_advisory_list
            destination.write(render(rows, terminal=view.terminal, width=view.width))


def known_advisories(directory: "Path | None") -> "tuple[Advisory, ...]":
    """The advisories of a data directory, without its rules. Raises `KnowledgeError` for the first bad one."""
    from camscan.assess.advisory.file import load_advisories
    from camscan.cli.data import data_directory
    from camscan.cli.known import words_of
    from camscan.identify.vocabulary import load_vocabulary

    directory = directory or data_directory()
    return load_advisories(directory, words_of(load_vocabulary(directory / "vendors.toml")))


def told_of(directory: "Path | None") -> "Mapping[str, Any]":
    """What is known of each advisory, by id."""
    from camscan.assess.advisory.listing import as_data

    return {one.id: as_data(one) for one in known_advisories(directory)}


def _refuse_unknown(ids: frozenset[str], maker: str | None, known: "tuple[Advisory, ...]") -> None:
    for missing in sorted(ids - {one.id for one in known}):
        raise UsageError(f"--cve {missing}: not among the {len(known)} advisories known")
    names = {name for one in known for name in (*one.makers, *one.brands)}
    if maker is not None and maker not in names:
        raise UsageError(f"--maker {maker}: no advisory of it; there are {', '.join(sorted(names))}")
