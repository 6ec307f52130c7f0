"""What is left to people to decide: no scan can know it, and the inventory shows that it waits."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

from camscan.answer import Choice
from camscan.dossier import Dossier, Overview
from camscan.place import NOWHERE


def choices(dossier: Dossier, overview: Overview) -> tuple[Choice, ...]:
    """Each that something waits for, in the order in which it presses."""
    today = datetime.fromtimestamp(dossier.now, UTC).date()
    return tuple(one for one in _choices(dossier, overview, today) if one.count)


def _choices(dossier: Dossier, overview: Overview, today: date) -> Iterator[Choice]:
    sites = [one for one in overview.places if one.where != NOWHERE and one.tally.makers]
    yield Choice(id="exploited", count=overview.exploited)
    yield Choice(id="overdue", count=sum(one.is_overdue(today) for one in sites))
    yield Choice(id="sensitive-first", count=overview.sensitive or 0)
    yield Choice(id="no-day", count=sum(one.said.remove_by is None for one in sites))
    yield Choice(id="is-it-sensitive", count=sum(one.said.sensitive is None for one in sites))
    yield Choice(id="at-no-site", count=sum(one.tally.makers for one in overview.places if one.where == NOWHERE))
    yield Choice(id="look-at-hosts", count=len(overview.suspects))
    yield Choice(id="look-again", count=overview.removal.unasked)
    yield Choice(id="ask-networks", count=len({network for one in overview.unseen for network in one.networks}))
