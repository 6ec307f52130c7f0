"""A scan as metrics for Prometheus, in the text format that node_exporter's textfile collector reads
(prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4).

Rule: labels are of closed vocabularies, never what a device says: a label that grows without end costs a time series
for each of its values.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from camscan.change import EVENTS, Comparison
from camscan.model import SEVERITIES, ScanResult

UNKNOWN = "unknown"
_STATES = ("asked", "partial", "not-possible")

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the inventory holds: devices that are there and that are gone, and messages that wait to be sent."""

    present: int
    gone: int
    waiting: int


def as_metrics(result: ScanResult, code: int, changes: Comparison | None, standing: Standing | None) -> str:
    """All of them; of changes and the inventory only what is known."""
    return "".join((*_scan(result, code), *_devices(result), *_changes(changes), *_standing(standing)))


def _scan(result: ScanResult, code: int) -> Iterator[str]:
    started, ended = result.started or 0.0, result.ended or 0.0
    yield _metric("scan_timestamp_seconds", "When the last scan ended.", {(): ended})
    yield _metric("scan_duration_seconds", "How long it took, all runs of one that was resumed.", {(): ended - started})
    yield _metric("scan_partial", "Whether addresses in scope could not be asked to the end.", {(): result.partial})
    yield _metric("scan_exit_code", "Its exit code.", {(): code})
    states: Counter[str] = Counter(row.state for row in result.coverage)
    counted: dict[Labels, float] = {(("state", state),): states[state] for state in _STATES}
    yield _metric("scan_coverage_rows", "Channels on networks, by how far they could ask.", counted)


def _devices(result: ScanResult) -> Iterator[str]:
    devices = [device for device in result.devices if device.middlebox is None]
    kinds = Counter(_labels(vendor=one.vendor or UNKNOWN, kind=one.kind or UNKNOWN) for one in devices)
    yield _metric("devices", "Devices that the last scan found.", kinds)
    found = Counter(row.severity for one in devices for row in one.findings if row.is_open)
    by_severity: dict[Labels, float] = {_labels(severity=name): found[name] for name in SEVERITIES}
    yield _metric("findings", "Findings on them that nobody ignores.", by_severity)
    affecting = [row for one in devices for row in one.advisories if row.is_open]
    weighed = Counter(_labels(severity=row.severity, exploited=str(row.kev).lower()) for row in affecting)
    yield _metric("advisories", "Advisories that affect them, but the ignored; exploited as CISA lists it.", weighed)
    exploited = sum(any(row.is_open and row.kev for row in one.advisories) for one in devices)
    yield _metric("devices_exploitable", "Devices that an exploited advisory affects.", {(): exploited})


def _changes(changes: Comparison | None) -> Iterator[str]:
    if changes is not None:
        told = Counter(change.event for change in changes.changes)
        counted: dict[Labels, float] = {_labels(event=event): told[event] for event in EVENTS}
        yield _metric("changes", "What the last scan changed in the inventory.", counted)


def _standing(standing: Standing | None) -> Iterator[str]:
    if standing is not None:
        there: dict[Labels, float] = {_labels(state="present"): standing.present, _labels(state="gone"): standing.gone}
        yield _metric("inventory_devices", "Devices that the inventory knows.", there)
        yield _metric("notices_waiting", "Messages about changes that nobody has taken yet.", {(): standing.waiting})


def _labels(**given: str) -> Labels:
    return tuple(given.items())


def _metric(name: str, text: str, values: Mapping[Labels, float]) -> str:
    """One metric with its samples, in a steady order."""
    lines = [f"# HELP camscan_{name} {text}", f"# TYPE camscan_{name} gauge"]
    lines += [f"camscan_{name}{_shown(labels)} {_number(value)}" for labels, value in sorted(values.items())]
    return "".join(f"{line}\n" for line in lines)


def _shown(labels: Iterable[tuple[str, str]]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _number(value: float) -> str:
    return f"{value:d}" if isinstance(value, int) else repr(round(value, 3))
