"""How many devices of each maker were there after each scan, from the runs of their presence alone."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import and_, func, select
from sqlalchemy.engine import Connection

from camscan.dossier import Moment
from camscan.inventory.boxes import boxes
from camscan.inventory.groups import ROOT
from camscan.inventory.scans import all_scans, kept_from
from camscan.inventory.tables import attribute, device
from camscan.register import PRESENCE

_THERE = attribute.alias("there")
_MADE = attribute.alias("made")
_EVER = 2_000_000_000  # the scan in which who is there will be gone: later than any

_Runs = frozenset[tuple[int, int]]
"""Since and until, exclusive, of one device."""


def timeline(connection: Connection) -> list[Moment]:
    """After each scan and each recording, in their order; a whole and its parts are one, what answers for many
    addresses is none. The maker of a device is the one that is known now. Who was there before the first scan that was
    kept when others were pruned, nobody knows any more."""
    first = kept_from(connection)
    lives = Counter(_lives(connection))
    return [
        Moment(scan=one.number, time=one.time, there=_there_after(one.number, lives.items()))
        for one in all_scans(connection)
        if one.kind in ("scan", "replay") and one.number >= first
    ]


def _lives(connection: Connection) -> Iterator[tuple[str | None, _Runs]]:
    """The maker of each device and when it was there: thousands have both in common. Of a whole that has no maker it is
    that of its first part that has one (`as_one.py`)."""
    query = (
        select(ROOT, _THERE.c.since, func.coalesce(_THERE.c.until, _EVER), _MADE.c.value)
        .join(_THERE, and_(_THERE.c.device == device.c.number, _THERE.c.name == PRESENCE))
        .outerjoin(_MADE, and_(_MADE.c.device == device.c.number, _MADE.c.name == "vendor", _MADE.c.until.is_(None)))
        .where(ROOT.not_in(boxes()))
        .order_by(device.c.merged_into.is_not(None), device.c.number)
    )
    runs: dict[int, set[tuple[int, int]]] = defaultdict(set)
    makers: dict[int, str | None] = {}
    for whole, since, until, maker in connection.execute(query):
        runs[whole].add((since, until))
        if makers.get(whole) is None:
            makers[whole] = maker
    return ((maker, frozenset(runs[number])) for number, maker in makers.items())


def _there_after(scan: int, lives: Iterable[tuple[tuple[str | None, _Runs], int]]) -> Mapping[str | None, int]:
    there: Counter[str | None] = Counter()
    for (maker, runs), devices in lives:
        if any(since <= scan < until for since, until in runs):
            there[maker] += devices
    return there
