"""What is where, as a table, as CSV and as plain data of `sites_shape.py`."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from camscan.place import WHERE
from camscan.removal import Removal, SiteCount
from camscan.report.csv import write_rows
from camscan.report.document import Record
from camscan.report.printable import printable
from camscan.report.terminal import Cell, Grid, Line, Part, cell, line, to_text

SCHEMA = "camscan.sites/1"

_TALLIES = ("devices", "makers", "rebranded", "exposed", "exploited")
_REMOVALS = ("total", "replaced", "left", "unasked")
COLUMNS = (
    *WHERE, "level", *_TALLIES, "sensitive", "remove_by", "days_left", "removal", *_REMOVALS,
)  # fmt: skip
"""Everything that can be said of a place in one cell."""

USUAL = ("where", *_TALLIES, "sensitive", "remove_by", "removal")
"""What the table shows unless other columns are wanted; `where` is the tree."""

_SPARE = ("Rebranded", "Sensitive", "Exploited", "Exposed")
_RIGHT = frozenset({"days_left", *_TALLIES, *_REMOVALS})
_DEPTH = {"district": 0, "site": 1, "building": 2, "room": 3, "none": 0}
_NOWHERE = "(no site)"

_CELLS: Mapping[str, Callable[[SiteCount, date], object]] = {
    **{name: lambda one, today, name=name: getattr(one.where, name) for name in WHERE},  # type: ignore[misc]
    **{name: lambda one, today, name=name: getattr(one.tally, name) for name in _TALLIES},  # type: ignore[misc]
    **{name: lambda one, today, name=name: getattr(one.removal, name) for name in _REMOVALS},  # type: ignore[misc]
    "level": lambda one, today: one.level,
    "where": lambda one, today: _name(one),
    "sensitive": lambda one, today: {True: "yes", False: "no", None: None}[one.said.sensitive],
    "remove_by": lambda one, today: one.said.remove_by,
    "days_left": lambda one, today: one.days_left(today),
    "removal": lambda one, today: replaced(one.removal),
}


def replaced(removal: Removal) -> str | None:
    """`118 of 132 replaced, 3 not looked for`; nothing where there was nothing to replace."""
    if not removal.total:
        return None
    unasked = f", {removal.unasked:,} not looked for" if removal.unasked else ""
    return f"{removal.replaced:,} of {removal.total:,} replaced{unasked}"


def as_sites_table(
    rows: Sequence[SiteCount], columns: Sequence[str], today: date, *, terminal: bool, width: int
) -> str:
    """One place a row, what is in it indented below it, and the sum of all in a line."""
    return to_text(_parts(rows, columns, today), terminal=terminal, width=width)


def _parts(rows: Sequence[SiteCount], columns: Sequence[str], today: date) -> Iterator[Part]:
    if rows:
        titles = {name: name.replace("_", " ").capitalize() for name in columns}
        least = min(_DEPTH[one.level] for one in rows if one.level != "none") if any(map(_is_somewhere, rows)) else 0
        yield Grid(
            columns=tuple(titles.values()),
            rows=[tuple(_cell(name, one, today, least) for name in columns) for one in rows],
            right=frozenset(title for name, title in titles.items() if name in _RIGHT),
            spare=tuple(name for name in _SPARE if name in titles.values()),
        )
        yield Line("")
    yield line(summary(rows))


def _is_somewhere(one: SiteCount) -> bool:
    return one.level != "none"


def _cell(name: str, one: SiteCount, today: date, least: int) -> Cell:
    value = _CELLS[name](one, today)
    if name == "where":
        return cell("  " * max(0, _DEPTH[one.level] - least) + printable(str(value)))
    if name == "remove_by" and value is not None:
        return _deadline(one, today)
    return cell(f"{value:,}" if isinstance(value, int) else None if value is None else str(value))


def _deadline(one: SiteCount, today: date) -> Cell:
    """`2027-06-30, 212 days left`, `overdue by 3 days` where something is still there."""
    days = one.days_left(today) or 0
    if one.is_overdue(today):
        return cell(f"{one.said.remove_by}, overdue by {_days(-days)}", "bold red")
    return cell(f"{one.said.remove_by}, {_days(days)} left" if days >= 0 else f"{one.said.remove_by}, past")


def _days(count: int) -> str:
    return f"{count:,} {'day' if count == 1 else 'days'}"


def _name(one: SiteCount) -> str:
    """The narrowest that is known of it, and where that says too little, what it lacks."""
    if one.level == "none":
        return _NOWHERE
    return getattr(one.where, one.level) or f"({one.level} not known)"


def summary(rows: Sequence[SiteCount]) -> str:
    """`1,204 devices at 12 sites, 3 at none; 118 of 132 replaced`, of the places that no other row holds."""
    widest = [one for one in rows if not _is_within(one, rows)]
    removal = sum((one.removal for one in widest), Removal())
    somewhere = sum(one.tally.devices for one in widest if _is_somewhere(one))
    nowhere = sum(one.tally.devices for one in widest if not _is_somewhere(one))
    sites = len({(one.where.district, one.where.site) for one in rows if one.where.site is not None})
    at = f"{somewhere:,} {'device' if somewhere == 1 else 'devices'}"
    at += f" at {sites:,} {'site' if sites == 1 else 'sites'}" if sites else ""
    parts = [f"{at}, {nowhere:,} at none" if nowhere else at]
    return "; ".join([*parts, *([text] if (text := replaced(removal)) else [])])


def _is_within(one: SiteCount, rows: Sequence[SiteCount]) -> bool:
    """Whether another row holds this one: only then has the tree more than one level."""
    levels = {row.level for row in rows if row.level != "none"}
    if one.level in ("none", "district") or len(levels) < 2:
        return False
    return one.level != "site" or one.where.district is not None


def as_sites_csv(rows: Iterable[SiteCount], columns: Sequence[str], today: date) -> str:
    """A header line and one line a place; what is not known is empty."""
    return write_rows(columns, ([_CELLS[name](one, today) for name in columns] for one in rows))


def site_record(one: SiteCount, today: date) -> Record:
    """One place in the published shape."""
    where = {name: None if (value := getattr(one.where, name)) is None else printable(value) for name in WHERE}
    return {
        **where,
        "level": one.level,
        **{name: getattr(one.tally, name) for name in _TALLIES},
        "sensitive": one.said.sensitive,
        "remove_by": None if one.said.remove_by is None else str(one.said.remove_by),
        "days_left": one.days_left(today),
        "removal": removal_record(one.removal),
    }


def removal_record(removal: Removal) -> Record:
    """How far removal has come, in the published shape."""
    return {name: getattr(removal, name) for name in _REMOVALS}


def sites_document(rows: Iterable[SiteCount], today: date, tool_version: str) -> Record:
    """All of them in the published shape."""
    tool = {"name": "camscan", "version": tool_version}
    return {"schema": SCHEMA, "tool": tool, "sites": [site_record(one, today) for one in rows]}
