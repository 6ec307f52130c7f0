"""Who is reached from where, for people: a sentence for each vantage, the matrix, and why something is not known."""

from collections.abc import Iterator

from camscan.model import ScanResult
from camscan.reach import Cell, DeviceReach, Matrix, Verdict
from camscan.report.document import moment
from camscan.report.table import maker
from camscan.report.terminal import Cell as Shown
from camscan.report.terminal import Grid, Line, Part, cell, heading, line, to_text

REASONS_SHOWN = 20  # of one vantage; the JSON and the CSV have them all
NAMES_SHOWN = 3  # devices of one reason, and scans of one vantage

_COLUMNS = ("Address", "Maker (brand)", "Model")
_WORDS: dict[Verdict, tuple[str, str]] = {
    "reached": ("reached", "bold"),
    "not-reached": ("not reached", "green"),
    "not-asked": ("not asked", "yellow"),
    "cannot-say": ("cannot say", "yellow"),
}


def as_table(matrix: Matrix, *, terminal: bool = False, width: int = 80) -> str:
    """The whole matrix as text."""
    return to_text(_parts(matrix), terminal=terminal, width=width)


def _parts(matrix: Matrix) -> Iterator[Part]:
    yield from (line(text, "bold") for text in statements(matrix))
    if matrix.devices:
        yield Line("")
        yield _grid(matrix)
    for place, vantage in enumerate(matrix.vantages):
        lines = list(_doubts(matrix, place))
        if lines:
            yield from heading(f"Not known, or not for certain, from {vantage.name}")
            yield from (line(text, "yellow") for text in lines[:REASONS_SHOWN])
        if len(lines) > REASONS_SHOWN:
            yield line(f"and {len(lines) - REASONS_SHOWN:,} more reasons, all in the JSON", "yellow")


def statements(matrix: Matrix) -> Iterator[str]:
    """`guest-wifi reaches 3 of 12 devices, 5 were not asked (scan of 2026-11-29 22:54 UTC)`, a line for each."""
    for place, vantage in enumerate(matrix.vantages):
        total, named = len(matrix.devices), "device" if len(matrix.devices) == 1 else "devices"
        said = [f"{vantage.name} reaches {matrix.count(place, 'reached'):,} of {total:,} {named}"]
        unasked, unsure = matrix.count(place, "not-asked"), matrix.count(place, "cannot-say")
        said += [f"{_were(unasked)} not asked"] if unasked else []
        said += [f"of {unsure:,} it cannot be said"] if unsure else []
        said += [f"{_counted(vantage.unnamed, 'host')} of no known maker answered too"] if vantage.unnamed else []
        boxes = vantage.middleboxes
        said += [f"{_counted(boxes, 'middlebox', 'middleboxes')} answered for many addresses"] if boxes else []
        said += ["its scan is partial"] if vantage.partial else []
        yield f"{', '.join(said)} ({_times(vantage.scans)})"


def _were(count: int) -> str:
    return f"{count:,} {'was' if count == 1 else 'were'}"


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _times(scans: tuple[ScanResult, ...]) -> str:
    times = [_moment(scan.started) for scan in scans[:NAMES_SHOWN]]
    more = f" and {len(scans) - NAMES_SHOWN} more" if len(scans) > NAMES_SHOWN else ""
    return f"{'scan' if len(scans) == 1 else 'scans'} of {', '.join(times)}{more}"


def _moment(seconds: float | None) -> str:
    written = moment(seconds)
    return f"{written[:10]} {written[11:16]} UTC" if written else "an unknown time"


def _grid(matrix: Matrix) -> Grid:
    names = tuple(cell(vantage.name).text for vantage in matrix.vantages)
    rows = [
        (
            cell(row.device.address),
            maker(row.device),
            cell(row.device.model),
            *(_place(row, place) for place in range(len(names))),
        )
        for row in matrix.devices
    ]
    return Grid(columns=(*_COLUMNS, *names), rows=rows, spare=("Model",))


def _place(row: DeviceReach, place: int) -> Shown:
    """`tcp/80 tcp/554`: the ports reached, with the address where it is another one there, and a mark where that is not
    certain; else the verdict."""
    verdict = row.cells[place].verdict
    words, style = _WORDS[verdict]
    if verdict != "reached":
        return cell(words, style)
    ports = [f"{s.transport}/{s.port}" for s in row.services if s.cells[place].verdict == "reached"]
    there = row.addresses[place][:1]
    at = f"at {there[0]}: " if there and there[0] != row.device.address else ""
    mark = " *" if row.cells[place].reason else ""
    return cell(f"{at}{' '.join(ports) or 'answers, no service'}{mark}", style)


def _doubts(matrix: Matrix, place: int) -> Iterator[str]:
    """Each reason once, with the devices it is given for."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for row in matrix.devices:
        for doubt in (row.cells[place], *(service.cells[place] for service in row.services)):
            if doubt.reason:
                found.setdefault(_reason(doubt), {})[row.device.address] = None
    for (words, reason), addresses in found.items():
        listed = list(addresses)
        more = f" and {len(listed) - NAMES_SHOWN:,} more" if len(listed) > NAMES_SHOWN else ""
        yield f"{words}, {reason}: {', '.join(listed[:NAMES_SHOWN])}{more}"


def _reason(doubt: Cell) -> tuple[str, str]:
    return _WORDS[doubt.verdict][0], doubt.reason or ""
