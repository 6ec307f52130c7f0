"""The table a person reads: devices, what disagrees, what to do first, who is affected, what was asked or not."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from camscan.model import Coverage, Device, ScanResult
from camscan.report.affected import affected_parts
from camscan.report.document import in_order
from camscan.report.printable import printable
from camscan.report.ranges import as_ranges
from camscan.report.terminal import Cell, Grid, Line, Part, cell, heading, line, to_text
from camscan.report.todo import todo_parts
from camscan.report.verdicts import policy_parts

SURE = 0.9  # from here on several independent replies, or the maker's own protocol, agree
LIKELY = 0.6
MAKERS_SHOWN = 5  # in the summary; the others are counted together
CONFLICTS_SHOWN = 20  # of one device; the JSON has them all, and `explain` tells them
VALUES_SHOWN = 5  # of one conflict
NETWORKS_SHOWN = 3  # of one row of the coverage; the JSON has them all

_DEVICE_COLUMNS = ("Address", "Maker (brand)", "Model", "Firmware", "Kind", "Sure", "Found by")
_COVERAGE_COLUMNS = ("Channel", "Where", "Asked", "Answered", "Silent")
_STATES = {"asked": "", "partial": "not to the end", "not-possible": "not possible"}


def as_table(result: ScanResult, *, terminal: bool = False, width: int = 80) -> str:
    """The whole result as text; for a terminal in colour and at most `width` columns wide."""
    return to_text(_parts(result), terminal=terminal, width=width)


def _parts(result: ScanResult) -> Iterator[Part]:
    devices = in_order(result.devices)
    if devices:
        yield _devices(devices)
        yield Line("")
    yield line(summary(result))
    disagreements = [text for device in devices for text in _disagreements(device)]
    if disagreements:
        yield from heading("! Evidence that disagrees")
        yield from (line(text) for text in disagreements)
    yield from todo_parts(result)
    yield from affected_parts(devices, result.data.get("advisories"))
    yield from policy_parts(devices)
    foreign = [device for device in devices if device.foreign]
    if foreign:
        yield from heading("Answers from addresses that do not belong to the wire (factory address, wrong subnet)")
        yield from (line(f"{device.address}  {device.model or device.vendor or 'unknown'}") for device in foreign)
    if result.coverage:
        yield from heading(f"Coverage, from {result.vantage}" if result.vantage else "Coverage")
        yield from _coverage(result.coverage)
    if result.partial:
        yield Line("")
        yield line("Partial: some addresses could not be asked, or not for sure.", "bold yellow")


def summary(result: ScanResult) -> str:
    """`12 devices: 7 hikvision, 4 dahua, 1 unknown. 2 replies could not be read.` A middlebox is none of them."""
    devices = [device for device in result.devices if device.middlebox is None]
    makers = Counter(device.vendor for device in devices if device.vendor)
    ranked = sorted(makers.items(), key=lambda pair: (-pair[1], pair[0]))
    others = sum(count for _, count in ranked[MAKERS_SHOWN:])
    unknown = len(devices) - makers.total()
    listed = [(count, printable(name)) for name, count in ranked[:MAKERS_SHOWN]]
    shown = [f"{count} {name}" for count, name in (*listed, (others, "of other makers"), (unknown, "unknown")) if count]
    found = f"{_counted(len(devices), 'device', 'devices')}: {', '.join(shown)}." if shown else "No device found."
    unread = len(result.undecoded)
    said = [found, *_middleboxes(result.devices)]
    said += [f"{_counted(unread, 'reply', 'replies')} could not be read."] if unread else []
    return " ".join(said)


def _middleboxes(devices: Iterable[Device]) -> Iterator[str]:
    """`1 middlebox answers for 254 addresses.`, if there is one.

    Where it names a maker: `…, or these are as many alike devices (hikvision).`
    """
    boxes = [(device, device.middlebox) for device in devices if device.middlebox]
    if not boxes:
        return
    verb = "answers" if len(boxes) == 1 else "answer"
    answered = sum(box.addresses for _, box in boxes)
    alike = sum(box.addresses for device, box in boxes if device.vendor)
    makers = sorted({printable(device.vendor) for device, _ in boxes if device.vendor})
    which = "these" if alike == answered else f"{alike:,} of these"
    doubt = f", or {which} are as many alike devices ({', '.join(makers)})" if makers else ""
    yield f"{_counted(len(boxes), 'middlebox', 'middleboxes')} {verb} for {answered:,} addresses{doubt}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _devices(devices: Iterable[Device]) -> Grid:
    rows = [
        (
            cell(_place(device)),
            maker(device),
            cell(device.model),
            cell(device.firmware),
            cell("middlebox" if device.middlebox else device.kind),
            _sureness(device),
            cell(found_by(device), "dim"),
        )
        for device in devices
    ]
    return Grid(columns=_DEVICE_COLUMNS, rows=rows, right=frozenset(["Sure"]), spare=("Found by", "Kind"))


def _place(device: Device) -> str:
    """The address; of a middlebox the network it answers for, and for how many of its addresses."""
    if device.middlebox is None:
        return device.address
    first, *others = as_ranges(device.middlebox.networks)
    more = f" and {len(others)} more" if others else ""
    return f"{first}{more} ({device.middlebox.addresses:,})"


def maker(device: Device) -> Cell:
    """`hikvision`, or `hikvision (annke)` where it was sold under another name; `unknown` is an answer."""
    if device.brand is None or device.brand == device.vendor:
        return cell(device.vendor, "bold", missing="unknown")
    return cell(f"{device.vendor or 'unknown'} ({device.brand})", "bold")


def found_by(device: Device) -> str:
    """The protocols that answered."""
    return " ".join(dict.fromkeys(channel.split(" ")[0] for channel in device.channels))


def _sureness(device: Device) -> Cell:
    """How sure the maker is, in per cent; `!` where evidence disagrees."""
    mark = "!" if device.conflicts else ""
    confidence = device.confidence.get("vendor") if device.vendor else None
    if confidence is None:
        return Cell(mark or "-", "yellow" if mark else "dim")
    return Cell(
        f"{mark}{confidence:.0%}", "green" if confidence >= SURE else "yellow" if confidence >= LIKELY else "red"
    )


def _disagreements(device: Device) -> Iterator[str]:
    """The first few; one device may contradict itself thousands of times."""
    for conflict in device.conflicts[:CONFLICTS_SHOWN]:
        values = _values(conflict.values)
        reason = printable(conflict.reason)
        yield f"{_place(device)}  {conflict.attribute}: {reason}" + (f": {values}" if values else "")
    if len(device.conflicts) > CONFLICTS_SHOWN:
        yield f"{_place(device)}  and {len(device.conflicts) - CONFLICTS_SHOWN:,} more"


def _values(values: Sequence[tuple[str, float]]) -> str:
    shown = [printable(value) + (f" ({sure:.0%})" if sure else "") for value, sure in values[:VALUES_SHOWN]]
    more = [f"{len(values) - VALUES_SHOWN:,} more"] if len(values) > VALUES_SHOWN else []
    return " or ".join((*shown, *more))


def _coverage(rows: Sequence[Coverage]) -> Iterator[Part]:
    """What was asked as a table, and below it each reason why something was not, or not to the end."""
    groups = _alike(rows)
    asked = [group for group in groups if group[0].state != "not-possible"]
    if asked:
        cells = [_coverage_row(group) for group in asked]
        yield Grid(columns=_COVERAGE_COLUMNS, rows=cells, right=frozenset(_COVERAGE_COLUMNS[2:]))
    limited = [group for group in groups if group[0].state != "asked" or group[0].reason]
    if limited:
        yield Line("")
        yield from (line(_limitation(group), "yellow") for group in limited)


def _alike(rows: Iterable[Coverage]) -> list[list[Coverage]]:
    """Rows that differ in the network alone, together."""
    groups: dict[object, list[Coverage]] = {}
    for row in rows:
        groups.setdefault((row.interface, row.channel, row.state, row.reason), []).append(row)
    return list(groups.values())


def _coverage_row(group: Sequence[Coverage]) -> tuple[Cell, ...]:
    first = group[0]
    counts = (sum(r.asked for r in group), sum(r.answered for r in group), sum(r.silent for r in group))
    style = "yellow" if first.state == "partial" else ""
    return cell(first.channel, style), cell(_where(group)), *(cell(f"{count:,}") for count in counts)


def _limitation(group: Sequence[Coverage]) -> str:
    first = group[0]
    said = [printable(text) for text in (_STATES[first.state], first.reason) if text]
    return f"{first.channel}, {_where(group)}: {', '.join(said)}"


def _where(group: Sequence[Coverage]) -> str:
    return where(group[0].interface, (row.network for row in group))


def where(interface: str | None, names: Iterable[str]) -> str:
    """`eth0 10.0.0.0/24`: the interface if known, the first few networks, and how many more."""
    listed = as_ranges(names)
    more = (f"and {len(listed) - NETWORKS_SHOWN} more",) if len(listed) > NETWORKS_SHOWN else ()
    known = (interface,) if interface else ()
    return " ".join((*known, *listed[:NETWORKS_SHOWN], *more))
