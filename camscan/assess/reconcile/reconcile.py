"""An owner's list against the devices of a network → a row for each line and for each device that no line means."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_address

from camscan.assess.reconcile.differences import differences
from camscan.assess.reconcile.join import Joined, join
from camscan.assess.reconcile.knowing import Knowing
from camscan.assess.reconcile.present import Present
from camscan.assess.reconcile.twice import Repeats, said_twice
from camscan.model import MAKERS
from camscan.reconciliation import CATEGORIES, Category, Covered, Entry, OwnerList, Reconciliation, Row, Unit

CoveredAt = Callable[[str | None], Covered]
"""How far an address was asked."""


def reconcile(
    listed: OwnerList,
    there: Sequence[Unit],
    gone: Sequence[Unit],
    covered: CoveredAt,
    knowing: Knowing,
    *,
    source: str,
    asked: float | None,
    every: bool = False,
) -> Reconciliation:
    """The whole of it. `there` are the devices of the network, `gone` those that are there no more."""
    joined = join(listed.entries, there, knowing)
    left = _left(listed.entries, joined)
    was = {left[one.entry].line: gone[one.unit] for one in join(left, gone, knowing) if not one.another}
    taken = {one.unit for one in joined}
    unlisted = [unit for place, unit in enumerate(there) if place not in taken and (every or unit.vendor in MAKERS)]
    present = Present(((listed.entries[one.entry], there[one.unit]) for one in joined), knowing)
    rows = [
        *(_both(listed.entries[one.entry], there[one.unit], one, knowing) for one in joined),
        *(Row(category="network-only", unit=unit) for unit in unlisted),
        *_in_list_alone(listed.entries, left, was, present, covered, knowing, every),
    ]
    return Reconciliation(
        listed=listed,
        source=source,
        asked=asked,
        every=every,
        rows=tuple(sorted(rows, key=_order)),
        twice=said_twice(listed.entries),
    )


def _left(entries: Sequence[Entry], joined: Sequence[Joined]) -> list[Entry]:
    taken = {one.entry for one in joined}
    return [entry for place, entry in enumerate(entries) if place not in taken]


def _both(entry: Entry, unit: Unit, joined: Joined, knowing: Knowing) -> Row:
    found = differences(entry, unit, knowing)
    return Row(
        category="differing" if found else "matched",
        entry=entry,
        unit=unit,
        by=joined.by,
        another=joined.another,
        differences=found,
    )


def _in_list_alone(
    entries: Sequence[Entry],
    left: Sequence[Entry],
    was: Mapping[int, Unit],
    present: Present,
    covered: CoveredAt,
    knowing: Knowing,
    every: bool,
) -> Iterator[Row]:
    lines = {entry.line for entry in left}
    repeats = Repeats([entry for entry in entries if entry.line not in lines], knowing)
    for entry in left:
        holder = present.holder(entry)
        repeated = holder.line if holder and holder.same else repeats.line(entry)
        repeats.add(entry)
        if repeated is not None:
            yield Row(category="repeated", entry=entry, repeats=repeated)
            continue
        known, reason = was.get(entry.line), None if every else _of_others(entry, knowing)
        category: Category = "other" if reason and known is None else "list-only"
        asked = holder.covered() if holder else _covered(entry, known, covered)
        yield Row(category=category, entry=entry, covered=asked, known=known, reason=reason)


def _covered(entry: Entry, known: Unit | None, covered: CoveredAt) -> Covered:
    """How far it was asked: one that is gone was, where it used to be, unless the list has it elsewhere."""
    if known is None or known.gone is None or entry.address not in (None, *known.addresses):
        return covered(entry.address)
    return Covered(state="asked", reason="looked for in vain where it was", time=known.gone)


def _of_others(entry: Entry, knowing: Knowing) -> str | None:
    """Why it is none of the devices that are looked for: the maker that the list names builds others."""
    for text in filter(None, (entry.vendor, entry.brand)):
        name = knowing.names.brand_id(text)
        makers = knowing.names.makers_of(name) if name else ()
        if makers and not set(makers) & set(MAKERS):
            return f"the list names {text}, neither Hikvision nor Dahua"
    return None


def _order(row: Row) -> tuple[int, int, int, int, str]:
    """By category, then by line, then by address."""
    address = row.unit.address if row.unit and not row.entry else None
    line = row.entry.line if row.entry else 0
    try:
        parsed = ip_address((address or "").split("%")[0])
    except ValueError:
        return CATEGORIES.index(row.category), line, 9, 0, row.unit.id if row.unit else ""
    return CATEGORIES.index(row.category), line, parsed.version, int(parsed), row.unit.id if row.unit else ""
