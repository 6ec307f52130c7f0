"""`camscan report`: what the inventory knows, as one page to hand over."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from camscan.cli.options import InventoryOption, QuietOption
from camscan.cli.redaction import RedactOption
from camscan.errors import UsageError

if TYPE_CHECKING:
    from camscan.dossier import Dossier


class Language(StrEnum):
    """What `--language` takes; `report/html/languages/` has the words."""

    EN = "en"
    DA = "da"


class Template(StrEnum):
    """What `--template` takes; `report/html/templates/report/` has one for each."""

    FULL = "full"
    BOARD = "board"
    TECHNICAL = "technical"
    FOI = "foi"
    DPIA = "dpia"
    REPLACEMENT = "replacement"


EXPLAINED = {Template.FULL: None, Template.DPIA: True}
"""Whether a template tells by which rule something is known, where nobody says whether it should: else not, and None
where the number of devices decides."""


OF_EVERY_MAKER = (Template.FULL, Template.TECHNICAL)
"""The templates that take `--all`: the others answer questions about the two makers."""


def report(
    html: Annotated[
        Path | None,
        typer.Option("--html", metavar="FILE", help="Write the page to FILE, whole or not at all; - for stdout."),
    ] = None,
    pdf: Annotated[
        Path | None,
        typer.Option("--pdf", metavar="FILE", help="Write the page as a PDF to FILE, on A4 (needs camscan[pdf])."),
    ] = None,
    template: Annotated[
        Template,
        typer.Option(
            "--template",
            help="Who it is for: full (everything), board (two sides, to decide by), technical (to repair by), foi"
            " (answers to records requests), dpia (technical means, for data protection), replacement (what to buy).",
        ),
    ] = Template.FULL,
    title: Annotated[
        str | None, typer.Option("--title", metavar="TEXT", help="Whose devices these are; stands under the heading.")
    ] = None,
    language: Annotated[
        Language, typer.Option("--language", help="Of the page. What devices and data files say stays English.")
    ] = Language.EN,
    since: Annotated[
        str | None,
        typer.Option(
            "--since",
            metavar="SCAN",
            help="What changed since this scan: a number, id, day or baseline. Else: the last.",
        ),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Devices of every maker, not only Hikvision and Dahua (full, technical).")
    ] = False,
    evidence: Annotated[
        bool | None,
        typer.Option(
            "--evidence/--no-evidence",
            help="Tell of each value which reply and rule it rests on. Else: of up to 1,000 devices.",
        ),
    ] = None,
    redact: RedactOption = False,
    quiet: QuietOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Make a report of what the inventory knows: one file that works offline and on paper. Sends nothing.

    How many devices of which maker, what to do first, what changed, what could not be seen; every device with its
    evidence, to search, sort and filter; coverage, sources, legal notes. --template makes a shorter page of the same
    numbers for one kind of reader.

    \b
    camscan report --html report.html
    camscan report --html report.html --title 'Example Council' --since baseline
    camscan report --html rapport.html --language da
    camscan report --pdf report.pdf
    camscan report --html board.html --template board
    camscan report --html replace.html --template replacement --title 'Example Council'
    camscan report --html public.html --redact

    Exit codes: 0 done, 2 usage, 4 could not run.
    """
    from camscan.assess.answers.answers import answers
    from camscan.assess.overview.overview import overview
    from camscan.cli.dossier import dossier_of
    from camscan.cli.handed_over import handed_over
    from camscan.cli.register import inventory_at
    from camscan.cli.uncollected import uncollected
    from camscan.report.html.report import as_report_page

    if every and template not in OF_EVERY_MAKER:
        raise UsageError(f"--all: the {template} page is of Hikvision and Dahua; full and technical show every maker")
    with handed_over(html, pdf, language.value, quiet=quiet) as hand_over, uncollected():
        with inventory_at(inventory, quiet=quiet) as opened:
            dossier = dossier_of(opened, since, every, EXPLAINED.get(template, False) if evidence is None else evidence)
        title, dossier, sure = _redacted(title, dossier) if redact else (title, dossier, None)
        found = overview(dossier)
        worked_out = None if template is Template.FULL else answers(dossier, found)
        page = as_report_page(dossier, found, worked_out, title, language.value, template.value)
        hand_over([sure(page)] if sure else page)
    if not quiet:
        from camscan.cli.ending import say

        say(f"{len(found.shown):,} devices on a page: {', '.join(str(file) for file in (html, pdf) if file)}")


def _redacted(title: str | None, dossier: "Dossier") -> "tuple[None, Dossier, Callable[[Iterable[str]], str]]":
    """No title, the dossier with stand-ins, and what lets a page pass in which no original is left."""
    from camscan.cli.redaction import checked, words
    from camscan.report.redaction.redact import redacted

    made = redacted(dossier, title, words())
    return None, made.dossier, lambda pieces: checked(pieces, made.check)
