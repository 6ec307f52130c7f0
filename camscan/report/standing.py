"""What stands on devices, gathered by what it is: one finding or advisory, and all the devices on which it stands; and
how its parts are worded, fit to be shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from camscan.model import SEVERITIES
from camscan.register import Standing, Unit
from camscan.report.document import SOURCE_LIMIT, Record, moment
from camscan.report.printable import printable

Case = tuple[Unit, Standing]
"""A device, and one thing that stands on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One finding or advisory with every device on which it stands, in the order of these; `severity` is the worst that
    it has at any of them."""

    id: str
    kind: str
    severity: str | None
    exploited: bool
    cases: Sequence[Case]

    @property
    def since(self) -> float:
        """When it was first seen at one of the devices, in seconds since the epoch."""
        return min(one.since for _, one in self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is asked for: at least this severity, one of these ids, only what is
    exploited; what is ignored instead of what is open."""

    severity: str | None = None
    ids: frozenset[str] = frozenset()
    exploited: bool = False
    ignored: bool = False

    def holds(self, one: Standing) -> bool:
        """Whether this is asked for."""
        if (one.ignored is not None) is not self.ignored or (self.exploited and not one.exploited):
            return False
        return (not self.ids or one.id in self.ids) and _rank(one.severity) >= _rank(self.severity)


def grouped(units: Iterable[Unit], wanted: Wanted) -> list[Group]:
    """What is asked for, by id: what is exploited first, then the worst, then what stands on the most devices."""
    cases: Mapping[tuple[str, str], list[Case]] = defaultdict(list)
    for unit in units:
        for one in filter(wanted.holds, unit.standing):
            cases[one.kind, one.id].append((unit, one))
    groups = [_group(kind, name, some) for (kind, name), some in cases.items()]
    return sorted(groups, key=lambda one: (not one.exploited, -_rank(one.severity), -len(one.cases), one.id))


def _group(kind: str, name: str, cases: Sequence[Case]) -> Group:
    severity = max((one.severity for _, one in cases), key=_rank)
    return Group(id=name, kind=kind, severity=severity, exploited=any(one.exploited for _, one in cases), cases=cases)


def _rank(severity: str | None) -> int:
    """-1 for what nobody has rated."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def remedy(one: Standing) -> str | None:
    """What to do about it, as far as that is known."""
    if one.kind == "finding":
        return said(one.basis.get("remedy"))
    fixed = said(one.basis.get("fixed_in"))
    return f"Firmware {fixed} or later." if fixed else None


def remedies(cases: Iterable[Standing]) -> str | None:
    """What to do about the same thing at several devices: the firmware that is fixed differs from model to model."""
    return " ".join(dict.fromkeys(filter(None, map(remedy, cases)))) or None


def reasons(one: Standing) -> tuple[str, ...]:
    """What it rests on."""
    evidence = one.said.get("evidence")
    told = [*(evidence if isinstance(evidence, list | tuple) else ()), one.said.get("reason")]
    return tuple(printable(str(part), SOURCE_LIMIT) for part in told if part)


def source(one: Standing) -> str | None:
    """By whom it is said, where that is kept."""
    return said(one.basis.get("source"))


def ignored_record(one: Standing) -> Record | None:
    """Who lives with it, why, and until when."""
    if one.ignored is None:
        return None
    reason = printable(one.ignored.reason, SOURCE_LIMIT)
    return {"who": printable(one.ignored.who), "reason": reason, "until": moment(one.ignored.until)}


def said(part: object) -> str | None:
    """A text that explains it, fit to be shown; None where there is none."""
    return printable(part, SOURCE_LIMIT) if isinstance(part, str) else None
