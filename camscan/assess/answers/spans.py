"""How many there are at least, as the overview counts them, and at most: with all of whom nobody can say."""

from collections.abc import Callable, Sequence

from camscan.answer import Spans
from camscan.assess.overview.places import said_of
from camscan.assess.overview.weights import WEIGHTY, exploited, exposed
from camscan.dossier import Dossier, Overview, Sheet, Span
from camscan.model import MAKERS, SEVERITIES


def spans(dossier: Dossier, overview: Overview) -> Spans:
    """Of what was seen; what nobody has seen is not in it."""
    ours = [one for one in dossier.sheets if one.device.vendor in MAKERS and not one.is_middlebox]
    shown = overview.shown
    return Spans(
        rebranded=_span(sum(one.rebranded for one in overview.makers), ours, _may_be_rebranded),
        sensitive=None
        if overview.sensitive is None
        else _span(overview.sensitive, ours, lambda one: said_of(one.where, dossier.said).sensitive is None),
        exploited=_span(overview.exploited, shown, _may_be_exploited),
        exposed=_span(overview.exposed, shown, _may_be_exposed),
    )


def _span(known: int, devices: Sequence[Sheet], may_be: Callable[[Sheet], bool]) -> Span:
    return Span(low=known, high=known + sum(may_be(one) for one in devices))


def _may_be_rebranded(one: Sheet) -> bool:
    return one.device.brand is None


def _may_be_exploited(one: Sheet) -> bool:
    return not exploited(one.device) and any(
        row.kev and row.verdict == "cannot-say" and row.ignored is None for row in one.device.advisories
    )


def _may_be_exposed(one: Sheet) -> bool:
    least = SEVERITIES.index(WEIGHTY)
    return not exposed(one.device) and any(
        row.state == "cannot-say" and row.ignored is None and SEVERITIES.index(row.severity) >= least
        for row in one.device.findings
    )
