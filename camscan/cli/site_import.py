"""`camscan sites import`: a site file out of a table, or out of NetBox's prefixes."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.options import QuietOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.intake.site_rows import Gathered, LeftOut, SiteRow


class Source(StrEnum):
    """What `--format` takes here."""

    CSV = "csv"
    NETBOX = "netbox"


def import_sites(
    file: Annotated[
        str,
        typer.Argument(metavar="FILE", help="A table with a header, or NetBox's prefixes (CSV, JSON); - for stdin."),
    ],
    form: Annotated[
        Source | None, typer.Option("--format", "-f", help="Which of them; without it the content tells.")
    ] = None,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="KEY=COLUMN", help="What stands in which column, as district=Region. Repeatable."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the site file, whole or not at all.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Also where FILE is there already.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Make a site file from a table of networks, or from NetBox's prefixes. Sends nothing.

    What cannot be taken is told row by row on stderr, also with --quiet. Read the file before you use it.

    \b
    camscan sites import networks.csv --map name=Standort --output sites.toml
    camscan sites import prefixes.json --map district=region --output sites.toml
    camscan sites use sites.toml

    Exit codes: 0 done, 2 usage (nothing could be taken), 4 could not run.
    """
    from camscan.cli.ending import say
    from camscan.cli.output import Output
    from camscan.cli.reading import shown

    if output is not None and str(output) != "-" and output.exists() and not overwrite:
        raise UsageError(f"--output {output}: it is there already; --overwrite writes over it")
    text, gathered = _made(file, form, _columns(maps or ()))
    with Output(output) as destination:
        destination.write(text)
    for one in gathered.left_out:
        say(f"{shown(file)}: {one}")
    if not quiet:
        names, lost = {spot[0] for spot in gathered.tables}, len(gathered.left_out)
        say(f"{shown(file)}: {gathered.networks:,} networks at {len(names):,} sites; left out: {lost:,}")


def _made(file: str, form: Source | None, columns: Mapping[str, str]) -> tuple[str, "Gathered"]:
    """The text of the site file. Raises `UsageError` where nothing can be taken, or the site file would be refused."""
    from camscan.assess.site import OWNERS
    from camscan.assess.site_file import parse_sites
    from camscan.cli.chosen import known_policies
    from camscan.cli.reading import shown
    from camscan.intake.site_rows import Words, gather, ordered_tables
    from camscan.report.site_file import as_site_file

    policies = known_policies(None)
    gathered = gather(_rows(file, form, columns), Words(owners=OWNERS, policies=policies))
    if not gathered.tables:
        first = f": {gathered.left_out[0]}" if gathered.left_out else ""
        raise UsageError(f"{shown(file)}: no site could be made of it{first}")
    text = as_site_file(ordered_tables(gathered), gathered.notes)
    parse_sites(text, shown(file), policies)
    return text, gathered


def _rows(file: str, form: Source | None, columns: Mapping[str, str]) -> "Iterator[SiteRow | LeftOut]":
    from camscan.cli.reading import opened, shown
    from camscan.intake.csv_text import SIZE_LIMIT, UTF_8, as_text
    from camscan.intake.netbox_prefixes import is_netbox_csv, read_netbox_csv, read_netbox_json
    from camscan.intake.site_csv import read_site_csv

    with opened(file) as stream:
        text, encoding = as_text(shown(file), stream.read(SIZE_LIMIT + 1))
    if form is not Source.CSV and text.lstrip().startswith(("{", "[")):
        if encoding != UTF_8:
            raise UsageError(f"{shown(file)}: JSON in {encoding}, not in UTF-8")
        return read_netbox_json(shown(file), text, columns)
    if form is Source.NETBOX or (form is None and is_netbox_csv(text)):
        return read_netbox_csv(shown(file), text, columns)
    return read_site_csv(shown(file), text, columns)


def _columns(maps: Sequence[str]) -> dict[str, str]:
    """The column of each key that the user names. Raises `UsageError` for what is no such pair."""
    from camscan.intake.site_rows import KEYS

    columns = {}
    for text in maps:
        key, sign, title = text.partition("=")
        if not sign or not title.strip() or key not in KEYS:
            raise UsageError(f"--map {text}: KEY=COLUMN, where KEY is one of {', '.join(KEYS)}")
        if key in columns:
            raise UsageError(f"--map {key}: it stands twice")
        columns[key] = title
    return columns
