"""A dossier and what was worked out of it as a page, by one of the templates in `templates/report/`."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from camscan.answer import Answers
from camscan.dossier import Dossier, Overview
from camscan.model import SEVERITIES
from camscan.report.html.language import ENGLISH, language
from camscan.report.html.page import page
from camscan.report.html.pictures import pictures
from camscan.report.html.rows import heard, rows_of, unsettled
from camscan.report.html.words import ABILITIES_BY_CONCERN, words_of

FULL = "full"
"""The template that shows everything."""

RANKS = {severity: rank for rank, severity in enumerate(("none", *SEVERITIES))}


def as_report_page(
    dossier: Dossier,
    overview: Overview,
    answers: Answers,
    title: str | None,
    in_language: str = ENGLISH,
    template: str = FULL,
) -> Iterator[str]:
    """The page, piece by piece. `title` is whose devices these are, in the owner's words."""
    spoken = language(in_language)
    rows = rows_of(overview.shown, dossier)
    places = defaultdict(list)
    for row in rows:
        places[row.device.address].append(row.number)
    return page(
        f"report/{template}.html",
        in_language,
        dossier=dossier,
        overview=overview,
        answers=answers,
        owner=title,
        today=datetime.fromtimestamp(dossier.now, UTC).date(),
        rows=rows,
        places=places,
        at={row.device.id: row for row in rows},
        pictures=pictures(dossier, overview, spoken),
        words=words_of(spoken),
        ranks=RANKS,
        abilities_by_concern=ABILITIES_BY_CONCERN,
        makers=[dossier.names.get(one.maker, one.maker) for one in overview.makers],
        heard=heard,
        unsettled=unsettled,
    )
