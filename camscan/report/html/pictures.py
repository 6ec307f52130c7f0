"""The plots of a report, each with the table of its numbers; one that has nothing to show is left out."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup

from camscan.dossier import Dossier, Moment, Overview, Share
from camscan.model import MAKERS
from camscan.removal import Progress, Removal
from camscan.report.document import moment
from camscan.report.html.language import Language
from camscan.report.html.plots.bars import Bar, bars
from camscan.report.html.plots.grid import grid
from camscan.report.html.plots.lines import Series, lines
from camscan.report.html.words import AGE, SEVERITY

BARS = 12  # of a plot; the table has them all
MOMENTS = 400  # points of a line: a year of nights
_DAY = len("2026-11-29")


class Picture(NamedTuple):
    """A plot and its numbers: `rows` under `columns`, the first cell of each is its head."""

    id: str
    title: Markup
    plot: Markup
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


def pictures(dossier: Dossier, overview: Overview, spoken: Language) -> list[Picture]:
    """Those that there is something for."""
    drawn = _Drawn(dossier, overview, spoken)
    found = (
        drawn.makers(),
        drawn.severities(),
        drawn.sites(),
        drawn.ages(),
        drawn.history(),
        drawn.removal(),
        drawn.vantages(),
    )
    return [one for one in found if one is not None]


class _Drawn:
    def __init__(self, dossier: Dossier, overview: Overview, spoken: Language) -> None:
        self.dossier, self.overview, self._, self.count = dossier, overview, spoken.say, spoken.count

    def makers(self) -> Picture:
        title = self._("Devices by maker")
        text = self._("How many devices of each maker were seen. Hatched: sold under another name.")
        shares = [Share(label=self.name(m.maker), count=m.seen, marked=m.rebranded) for m in self.overview.makers]
        return self.barred("makers", title, text, shares, self._("Under another brand"))

    def severities(self) -> Picture:
        title = self._("Devices by the worst that was found")
        text = self._("How many devices have what as their worst finding. Hatched: a vulnerability is exploited.")
        shares = [self.worded(one, SEVERITY) for one in self.overview.severities]
        return self.barred("severities", title, text, shares, self._("Exploited"))

    def sites(self) -> Picture | None:
        if not any(one.label for one in self.overview.sites):
            return None
        title = self._("Devices by site")
        text = self._("How many devices are at each site. Hatched: affected by a vulnerability that is exploited.")
        nowhere = str(self._("at no site"))
        shares = [Share(label=s.label or nowhere, count=s.count, marked=s.marked) for s in self.overview.sites]
        return self.barred("sites", title, text, shares, self._("Exploited"))

    def ages(self) -> Picture:
        title = self._("Age of the firmware")
        text = self._("How many devices have firmware that was built how long ago.")
        return self.barred("ages", title, text, [self.worded(one, AGE) for one in self.overview.ages], None)

    def barred(
        self, identity: str, title: Markup, text: Markup, shares: Sequence[Share], marked: Markup | None
    ) -> Picture:
        rows = [Bar(one.label, one.count, self.shown(one), one.marked) for one in self.most(shares)]
        numbers = [(one.label, self.count(one.count), *((self.count(one.marked),) if marked else ())) for one in shares]
        columns = [str(title), str(self._("Devices")), *((str(marked),) if marked else ())]
        return Picture(identity, title, bars(identity, str(title), str(text), rows), columns, numbers)

    def most(self, shares: Sequence[Share]) -> Sequence[Share]:
        """As many as a plot can hold, the last of them all others together."""
        rest = shares[BARS - 1 :]
        if len(rest) < 2:  # one more bar takes no more room than a word on it
            return shares
        label = str(self._("%(n)s more", n=len(rest)))
        together = Share(label=label, count=sum(r.count for r in rest), marked=sum(r.marked for r in rest))
        return [*shares[: BARS - 1], together]

    def shown(self, one: Share) -> str:
        """`120`, or `120 (12)` where some stand out."""
        return self.count(one.count) + (f" ({self.count(one.marked)})" if one.marked else "")

    def worded(self, one: Share, words: dict[str, str]) -> Share:
        return Share(label=str(self._(words[one.label])), count=one.count, marked=one.marked)

    def history(self) -> Picture | None:
        moments = sorted(_thinned(self.dossier.moments), key=lambda one: one.time)
        if len(moments) < 2:  # a line takes two points
            return None
        title = self._("Devices over time")
        text = self._("How many devices of each maker were there after each scan, as far as is known.")
        series = [Series(self.name(m), [(one.time, one.there.get(m, 0)) for one in moments]) for m in MAKERS]
        days = [(moment(one.time) or "")[:_DAY] for one in moments]
        plot = lines("history", str(title), str(text), series, days[0], days[-1])
        rows = [
            (day, *(self.count(one.there.get(maker, 0)) for maker in MAKERS))
            for day, one in zip(days, moments, strict=True)
        ]
        return Picture("history", title, plot, [str(self._("Day")), *map(self.name, MAKERS)], rows)

    def removal(self) -> Picture | None:
        points = _by_time(self.dossier.progress)
        if len(points) < 2 or not any(removal.replaced for removal in points.values()):
            return None
        title = self._("Removal over time")
        text = self._("How many devices of the makers were gone, and how many there, at the end of each month.")
        names = [str(self._("Gone")), str(self._("There"))]
        gone = [(time, one.replaced) for time, one in points.items()]
        there = [(time, one.total - one.replaced) for time, one in points.items()]
        days = [(moment(time) or "")[:_DAY] for time in points]
        series = [Series(name, numbers) for name, numbers in zip(names, (gone, there), strict=True)]
        plot = lines("removing", str(title), str(text), series, days[0], days[-1])
        rows = [
            (day, self.count(one), self.count(other))
            for day, (_, one), (_, other) in zip(days, gone, there, strict=True)
        ]
        return Picture("removing", title, plot, [str(self._("Day")), *names], rows)

    def vantages(self) -> Picture | None:
        if len(self.overview.reached) < 2:  # one place reaches what there is
            return None
        title = self._("Heard from which vantage")
        text = self._("How many devices of each maker were heard from each place in the network.")
        names = [*map(self.name, MAKERS), str(self._("other and unknown"))]
        keys = (*MAKERS, "other")
        counts = [(one.vantage, [one.by_maker.get(key, 0) for key in keys]) for one in self.overview.reached]
        cells = [(name, [(number, self.count(number)) for number in row]) for name, row in counts]
        plot = grid("vantages", str(title), str(text), names, cells)
        rows = [(name, *map(self.count, row)) for name, row in counts]
        return Picture("vantages", title, plot, [str(self._("Vantage")), *names], rows)

    def name(self, identity: str) -> str:
        return self.dossier.names.get(identity, identity)


def _by_time(progress: Sequence[Progress]) -> dict[float, Removal]:
    """That of all sites together, in the order of time."""
    found: dict[float, Removal] = {}
    for one in sorted(progress, key=lambda one: one.time):
        found[one.time] = found.get(one.time, Removal()) + one.removal
    return found


def _thinned(moments: Sequence[Moment]) -> Iterator[Moment]:
    """At most so many as a plot can show, the first and the last among them."""
    step = max(1, -(-len(moments) // MOMENTS))
    yield from moments[:-1:step]
    yield from moments[-1:]
