"""A reconciliation for people: one sentence, what was understood of the list, and a table for each category."""

from collections.abc import Iterator, Mapping, Sequence

from camscan.reconciliation import Category, Covered, CoveredState, Entry, Reconciliation, Row, Unit
from camscan.report.document import moment
from camscan.report.terminal import Cell, Grid, Part, cell, heading, line, to_text

REMARKS_SHOWN = 20  # lines that could not be read; the JSON has them all

_TITLES: Mapping[Category, str] = {
    "differing": "In both, and not the same",
    "network-only": "Only on the network",
    "list-only": "Only in the list",
    "other": "Only in the list, and none of what is looked for",
    "repeated": "In the list twice",
    "matched": "In both",
}
_COVERED: Mapping[CoveredState, str] = {
    "asked": "asked and did not answer",
    "partly": "partly asked",
    "not-asked": "not asked",
    "cannot-say": "cannot be said",
}
_DAY = len("2026-11-29")


def summary(found: Reconciliation) -> str:
    """`41 in the list, 435 on the network: 39 in both (4 differ), 396 only on the network, 2 only in the list (1 was
    asked and did not answer, 1 was not asked)`."""
    counts = found.counts()
    both = counts["matched"] + counts["differing"]
    another = sum(row.another for row in found.rows)
    said = [
        f"{both:,} in both{_bracketed(_differ(counts['differing'], another))}",
        f"{counts['network-only']:,} only on the network",
        f"{counts['list-only']:,} only in the list{_bracketed(_asked(found))}",
    ]
    said += [f"{counts['other']:,} of other makers"] if counts["other"] else []
    said += [f"{counts['repeated']:,} in the list twice"] if counts["repeated"] else []
    refused = found.listed.refused
    unread = f"; {refused:,} {'line' if refused == 1 else 'lines'} of the list could not be read" if refused else ""
    network = both + counts["network-only"]
    return f"{len(found.listed.entries):,} in the list, {network:,} on the network: {', '.join(said)}{unread}"


def _differ(differing: int, another: int) -> Iterator[str]:
    if differing:
        yield f"{differing:,} {'differs' if differing == 1 else 'differ'}"
    if another:
        yield f"at {another:,} {'address' if another == 1 else 'addresses'} another device stands"


def _asked(found: Reconciliation) -> Iterator[str]:
    words: Mapping[CoveredState, str] = {**_COVERED, "cannot-say": "of {} it cannot be said"}
    for state, count in found.covered().items():
        if not count:
            continue
        if state == "cannot-say":
            yield words[state].format(f"{count:,}")
        else:
            yield f"{count:,} {'was' if count == 1 else 'were'} {words[state]}"


def _bracketed(parts: Iterator[str]) -> str:
    told = ", ".join(parts)
    return f" ({told})" if told else ""


def understood(found: Reconciliation) -> Iterator[str]:
    """What was understood of the list, a line for each thing."""
    listed = found.listed
    used = ", ".join(f"{column} → {meaning}" for meaning, column in listed.columns.items())
    unused = f"; not used: {', '.join(text or '(no name)' for text in listed.unused)}" if listed.unused else ""
    yield f"{listed.name} ({listed.encoding}): {used}{unused}"
    for remark in listed.remarks[:REMARKS_SHOWN]:
        yield f"{listed.name}:{remark.line}: {remark.reason}{' (line not used)' if remark.refused else ''}"
    if len(listed.remarks) > REMARKS_SHOWN:
        yield f"and {len(listed.remarks) - REMARKS_SHOWN:,} more lines like these, all in the JSON"


def as_reconcile_text(found: Reconciliation, *, terminal: bool, width: int) -> str:
    """The sentence, and a table for each category; of those that are the same in both only the number."""
    return to_text(_parts(found), terminal=terminal, width=width)


def _parts(found: Reconciliation) -> Iterator[Part]:
    yield line(summary(found), "bold")
    yield line(f"network: {found.source}{_as_of(found)}")
    for category, title in _TITLES.items():
        rows = found.of(category)
        if rows and category != "matched":
            yield from heading(f"{title} ({len(rows):,})")
            yield _grid(category, rows)
    if found.twice:
        yield from heading(f"Identifiers on several lines of the list ({len(found.twice):,})")
        yield Grid(
            columns=("Mark", "Value", "Lines"),
            rows=[(cell(one.mark), cell(one.value), cell(_numbers(one.lines))) for one in found.twice],
        )


def _as_of(found: Reconciliation) -> str:
    told = moment(found.asked)
    return f", asked last {told[:_DAY]}" if told else ""


def _numbers(lines: Sequence[int]) -> str:
    return " ".join(map(str, lines))


def _grid(category: Category, rows: Sequence[Row]) -> Grid:
    if category == "differing":
        columns: tuple[str, ...] = ("Line", "Address", "Device", "What", "List", "Network")
        lines = [cells for row in rows for cells in _differing(row)]
        return Grid(columns=columns, rows=lines, right=frozenset({"Line"}), spare=("Device",))
    if category == "network-only":
        columns = ("Address", "Maker (brand)", "Model", "Serial", "Mac", "Site", "Last seen")
        return Grid(columns=columns, rows=[_network(row.unit) for row in rows if row.unit], spare=("Site", "Mac"))
    columns = ("Line", "Address", "Serial", "Mac", "Name", "Model", "Asked", "Why")
    lines = [(*_listed(row.entry), *_why(row)) for row in rows if row.entry]
    return Grid(columns=columns, rows=lines, right=frozenset({"Line"}), spare=("Mac", "Name"))


def _differing(row: Row) -> Iterator[tuple[Cell, ...]]:
    entry, unit = row.entry, row.unit
    if entry is None or unit is None:
        return
    device = " ".join(filter(None, (unit.vendor, unit.model))) or None
    first: tuple[Cell, ...] = (cell(str(entry.line)), cell(unit.address), cell(device))
    if row.another:
        yield (*first, cell("another device stands there", "bold yellow"), cell(None), cell(None))
    for one in row.differences:
        yield (*first, cell(one.field), cell(one.listed), cell(one.network))


def _network(unit: Unit) -> tuple[Cell, ...]:
    brand = f" ({unit.brand})" if unit.brand not in (None, unit.vendor) else ""
    told = (
        unit.address,
        f"{unit.vendor}{brand}" if unit.vendor else None,
        unit.model,
        unit.serial,
        unit.mac,
        unit.site,
    )
    return (*map(cell, told), cell((moment(unit.last_seen) or "")[:_DAY] or None))


def _listed(entry: Entry) -> tuple[Cell, ...]:
    model = " ".join(filter(None, (entry.vendor or entry.brand, entry.model))) or None
    return (cell(str(entry.line)), *map(cell, (entry.address, entry.serial, entry.mac, entry.name, model)))


def _why(row: Row) -> tuple[Cell, Cell]:
    return cell(row.covered.state.replace("-", " ") if row.covered else None), cell(reason_of(row))


def reason_of(row: Row) -> str | None:
    """Everything that explains a line of the list alone, in a sentence."""
    said = [row.reason] if row.reason else []
    said += [f"says the same as line {row.repeats}"] if row.repeats is not None else []
    said += [_known(row.known)] if row.known else []
    said += [_when(row.covered)] if row.covered else []
    return "; ".join(said) or None


def _known(unit: Unit) -> str:
    at = f" at {unit.address}" if unit.address else ""
    return f"was there{at} until {(moment(unit.last_seen) or 'an unknown time')[:_DAY]}"


def _when(covered: Covered) -> str:
    told = moment(covered.time)
    return f"{covered.reason} ({told[:_DAY]})" if told else covered.reason
