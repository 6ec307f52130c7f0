"""A dossier and its overview as a page: the first page, findings, devices, method."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime

from camscan.dossier import Dossier, Overview
from camscan.report.html.language import ENGLISH, language
from camscan.report.html.page import page
from camscan.report.html.pictures import pictures
from camscan.report.html.rows import heard, rows_of, unsettled
from camscan.report.html.words import words_of


def as_report_page(
    dossier: Dossier, overview: Overview, title: str | None, in_language: str = ENGLISH
) -> Iterator[str]:
    """The page, piece by piece. `title` is whose devices these are, in the owner's words."""
    spoken = language(in_language)
    rows = rows_of(overview.shown, dossier)
    places = defaultdict(list)
    for row in rows:
        places[row.device.address].append(row.number)
    return page(
        "report.html",
        in_language,
        dossier=dossier,
        overview=overview,
        owner=title,
        today=datetime.fromtimestamp(dossier.now, UTC).date(),
        rows=rows,
        places=places,
        at={row.device.id: row for row in rows},
        pictures=pictures(dossier, overview, spoken),
        words=words_of(spoken),
        heard=heard,
        unsettled=unsettled,
    )
