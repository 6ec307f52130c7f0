"""Adds up places: a district is its sites, a site its buildings, a building its rooms. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from camscan.place import WHERE, Location
from camscan.removal import Level, Removal, Said, SiteCount, Tally

_LEVELS: tuple[Level, ...] = ("district", "site", "building", "room")
_Key = tuple[Location, Level]


def site_tree(
    found: Mapping[Location, tuple[Tally, Removal]], said: Mapping[Location, Said], by: Level | None = None
) -> list[SiteCount]:
    """Every place at which something is or of which the owner says something, a place before what is in it, no site
    last. `found` has at each place what is in no narrower one. `by`: only this level, so that the sum is all there is;
    without it every level, each holding those below it."""
    sums: dict[_Key, tuple[Tally, Removal]] = defaultdict(lambda: (Tally(), Removal()))
    words: dict[_Key, list[Said]] = defaultdict(list)
    for where in {**found, **said}:
        tally, removal = found.get(where, (Tally(), Removal()))
        for key in _keys(where, by):
            sums[key] = sums[key][0] + tally, sums[key][1] + removal
            words[key] += [said[where]] if where in said else []
    return [
        SiteCount(where=where, level=level, tally=tally, removal=removal, said=_said(where, words[where, level], said))
        for (where, level), (tally, removal) in sorted(sums.items(), key=lambda item: _order(item[0]))
    ]


def _keys(where: Location, by: Level | None) -> Iterator[_Key]:
    """The places that hold this one, itself among them; only that of one level."""
    if where.site is None:
        yield Location(), "none"
        return
    for level in _LEVELS:
        if level == by or (by is None and getattr(where, level) is not None):
            yield _cut(where, level), level


def _cut(where: Location, level: Level) -> Location:
    """The place without what is narrower than this level."""
    return Location(**{name: getattr(where, name) for name in WHERE[: _LEVELS.index(level) + 1]})


def _order(key: _Key) -> tuple[tuple[int, str], ...]:
    where, level = key
    if level == "none":
        return ((2, ""),)
    values = [getattr(where, name) for name in WHERE[: _LEVELS.index(level) + 1]]
    return tuple((value is None, (value or "").casefold()) for value in values)


def _said(where: Location, words: Sequence[Said], said: Mapping[Location, Said]) -> Said:
    """What holds for a place: what is said of anything in it, the strictest of it; else of what it is in."""
    if not words:
        above = (_cut(where, level) for level in reversed(_LEVELS))
        words = [said[place] for place in above if place in said][:1]
    days = [one.remove_by for one in words if one.remove_by is not None]
    return Said(sensitive=_any([one.sensitive for one in words]), remove_by=_first(days))


def _any(answers: Sequence[bool | None]) -> bool | None:
    """Yes where one says so, no where all that say something say no."""
    known = [answer for answer in answers if answer is not None]
    return any(known) if known else None


def _first(days: Sequence[date]) -> date | None:
    return min(days, default=None)
