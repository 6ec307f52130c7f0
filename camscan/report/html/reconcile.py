"""A reconciliation as a page."""

from collections.abc import Iterator

from camscan.reconciliation import Reconciliation
from camscan.report.html.page import page
from camscan.report.reconcile_table import reason_of, summary


def as_reconcile_page(found: Reconciliation) -> Iterator[str]:
    """The page, piece by piece."""
    return page("reconcile.html", found=found, summary=summary(found), reason_of=reason_of)
