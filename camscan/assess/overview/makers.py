"""How many devices of which maker: a range, never one false number.

The least is what was seen. The most is that, with the hosts that may be such devices and with every network channel
that a recorder announces: cameras behind a recorder's own ports answer nobody else. Which channels are in use, and by
whom, no recorder tells without a login. Where a scan left something out, or a recorder announces nothing, nobody knows
the most.
"""

from collections import Counter
from collections.abc import Sequence

from camscan.dossier import Dossier, MakerCount, Share, Sheet, Span
from camscan.model import MAKERS

RECORDER = "recorder"


def maker_counts(dossier: Dossier) -> tuple[MakerCount, ...]:
    """One for each of the two makers, also where nothing of it was seen."""
    return tuple(_count(maker, dossier) for maker in MAKERS)


def _count(maker: str, dossier: Dossier) -> MakerCount:
    mine = [one for one in dossier.sheets if one.device.vendor == maker and not one.is_middlebox]
    recorders = [one for one in mine if one.device.kind == RECORDER]
    announced = [dossier.channels[one.device.id] for one in recorders if one.device.id in dossier.channels]
    return MakerCount(
        maker=maker,
        seen=len(mine),
        rebranded=sum(is_rebranded(one) for one in mine),
        recorders=len(recorders),
        channels=sum(announced),
        silent=len(recorders) - len(announced),
    )


def is_rebranded(one: Sheet) -> bool:
    """Whether it was sold under another name than its maker's."""
    return one.device.brand is not None and one.device.brand != one.device.vendor


def rebranded(dossier: Dossier) -> tuple[Share, ...]:
    """The other names under which devices of the two makers were sold, the most frequent first."""
    brands = Counter(
        one.device.brand or ""
        for one in dossier.sheets
        if one.device.vendor in MAKERS and not one.is_middlebox and is_rebranded(one)
    )
    return tuple(
        Share(label=brand, count=count) for brand, count in sorted(brands.items(), key=lambda b: (-b[1], b[0]))
    )


def span(dossier: Dossier, makers: Sequence[MakerCount], suspects: int) -> Span:
    """How many devices of the makers there may be in the networks that were asked."""
    seen = sum(one.seen for one in makers)
    scans = [one for one in dossier.scans if one.kind == "scan"]
    if not scans or not scans[-1].complete or any(one.silent for one in makers):
        return Span(low=seen, high=None)
    return Span(low=seen, high=seen + suspects + sum(one.channels for one in makers))
