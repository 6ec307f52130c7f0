"""What the register knows after one scan and did not after another, from the runs that began or ended between them.

It compares states of the register, not two scans: what a scan did not look for is as it was. So a partial scan, or one
of another network, makes nobody disappear; how many devices were not looked for is counted instead.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sqlalchemy import func, or_, select
from sqlalchemy.engine import Connection

from camscan.change import EVENTS, Change, Comparison, Event
from camscan.inventory.cases import Case, Stand, cases_between
from camscan.inventory.decisions import Decided, all_decisions
from camscan.inventory.groups import ROOT
from camscan.inventory.in_force import InForce
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import attribute, device, judgement, sighting
from camscan.model import SEVERITIES
from camscan.register import BAD, PRESENCE, SINGLE, ScanEntry

PARTIAL = "the scan was partial"
OUTSIDE = "no channel that reaches them asked their addresses, or from another vantage"


class _Said(NamedTuple):
    """What the owner's word was at the time of both scans."""

    before: InForce
    after: InForce


def compare(connection: Connection, before: ScanEntry | None, after: ScanEntry) -> Comparison:
    """The difference; `before` must be the older one, or None for the empty register. What is ignored is no change, and
    its end is one."""
    start, beginning = (before.number, before.time) if before else (0, after.time)
    decided = all_decisions(connection)
    said = _Said(InForce(decided, beginning), InForce(decided, after.time))
    ended = [one for one in decided if one.decision.holds(beginning) and not one.decision.holds(after.time)]
    cases = cases_between(connection, start, after.number, _concerned(connection, ended, after.number))
    changes = [change for case in cases for change in _changes(case, said)]
    order = {event: position for position, event in enumerate(EVENTS)}
    return Comparison(
        before=before,
        after=after,
        changes=tuple(sorted(changes, key=lambda change: order[change.event])),
        unasked=_unasked(connection, start, after),
    )


def changes_of(connection: Connection, number: int) -> Comparison:
    """What recording this scan changed: the register after it, against the register as it stood before."""
    until = [one for one in all_scans(connection) if one.number <= number]
    return compare(connection, until[-2] if len(until) > 1 else None, until[-1])


def _concerned(connection: Connection, ended: Iterable[Decided], after: int) -> Iterator[int]:
    """The devices of which a decision has ended, as they stood after this scan."""
    everywhere = []
    for one in ended:
        if one.device is not None:
            yield one.device
        else:
            everywhere.append(one.decision.subject)
    if everywhere:
        columns = judgement.c
        query = select(columns.device).where(columns.name.in_(everywhere), columns.since <= after)
        query = query.where(or_(columns.until.is_(None), columns.until > after)).distinct()
        yield from connection.execute(query).scalars()


def _changes(case: Case, said: _Said) -> Iterator[Change]:
    case.approved = said.after.approved(case.number)
    if case.new:
        if case.after[PRESENCE]:  # who came and went in between is in neither of the two
            yield _change(case, "new", after=_in_short(case, said))
        return
    there, is_there = bool(case.before[PRESENCE]), bool(case.after[PRESENCE])
    if there != is_there:
        yield _change(case, "returned" if is_there else "gone")
    if is_there and said.before.approved(case.number) and not said.after.approved(case.number):
        yield _change(case, "approval-ended")
    yield from _of_attributes(case)
    yield from _of_judgements(case, said, is_there)


def _in_short(case: Case, said: _Said) -> str:
    states = Counter(
        stand.state for (_, name), stand in case.stands.items() if not said.after.ignored(case.number, name)
    )
    return f"{states['found']} found, {states['affected']} affecting"


def _of_attributes(case: Case) -> Iterator[Change]:
    for name in sorted(case.before.keys() | case.after.keys()):
        old, new = case.before[name], case.after[name]
        if name == PRESENCE or old == new:
            continue
        if name in SINGLE:
            event: Event = "moved" if name == "address" else "changed"
            yield _change(case, event, subject=name, before=next(iter(old), None), after=next(iter(new), None))
            continue
        yield from (_change(case, "changed", subject=name, before=value) for value in sorted(old - new))
        yield from (_change(case, "changed", subject=name, after=value) for value in sorted(new - old))


def _of_judgements(case: Case, said: _Said, is_there: bool) -> Iterator[Change]:
    for key in sorted(case.stood.keys() | case.stands.keys()):
        old, new = case.stood.get(key, Stand()), case.stands.get(key, Stand())
        was_ignored = bool(said.before.ignored(case.number, key[1]))
        if (old == new and not was_ignored) or said.after.ignored(case.number, key[1]):
            continue
        if was_ignored and old.state == new.state:
            if is_there and new.state in (*BAD, "covered"):
                yield _judged_change(case, "exception-ended", key[1], old, new)
            continue
        event = _judged(key[0], old.state, new.state)
        if event is not None:
            yield _judged_change(case, event, key[1], old, new)
        elif old.state == new.state in BAD:
            yield from _worse(case, key[1], old, new)


def _judged_change(case: Case, event: Event, name: str, old: Stand, new: Stand) -> Change:
    severity = new.severity or old.severity
    return _change(case, event, subject=name, before=old.state, after=new.state, severity=severity)


def _worse(case: Case, name: str, old: Stand, new: Stand) -> Iterator[Change]:
    """What stands as before, and weighs more."""
    if None not in (old.severity, new.severity) and _rank(new.severity) > _rank(old.severity):
        yield _change(
            case, "severity-raised", subject=name, before=old.severity, after=new.severity, severity=new.severity
        )
    if new.exploited and not old.exploited:
        yield _judged_change(case, "newly-exploited", name, old, new)


def _rank(severity: str | None) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else -1


def _judged(kind: str, old: str | None, new: str | None) -> Event | None:
    """What happened, if anything: what cannot be said is neither better nor worse."""
    if old == new:
        return None
    if kind == "verdict":
        return "changed"
    bad = "found" if kind == "finding" else "affected"
    if new == bad:
        return "exposed" if kind == "finding" else "affected"
    if old == bad and new != "cannot-say":
        return "no-longer-exposed" if kind == "finding" else "no-longer-affected"
    return None


def _change(
    case: Case,
    event: Event,
    *,
    subject: str | None = None,
    before: str | None = None,
    after: str | None = None,
    severity: str | None = None,
) -> Change:
    called = " ".join(case.called[name] for name in ("vendor", "model") if name in case.called)
    return Change(
        event=event,
        device=case.id,
        address=case.called.get("address"),
        name=called or "unknown",
        gone=not case.after[PRESENCE],
        subject=subject,
        before=before,
        after=after,
        severity=severity,
        approved=case.approved,
    )


def _unasked(connection: Connection, a: int, after: ScanEntry) -> dict[str, int]:
    """Devices that were known before and are not known to be gone, and that the scan did not see."""
    if after.kind != "scan":
        return {}
    columns = attribute.c
    seen = select(ROOT).join(sighting, sighting.c.device == device.c.number).where(sighting.c.scan == after.number)
    query = (
        select(func.count(ROOT.distinct()))
        .join(attribute, columns.device == device.c.number)
        .where(
            columns.name == PRESENCE,
            columns.since <= a,
            or_(columns.until.is_(None), columns.until > after.number),
            ROOT.not_in(seen),
        )
    )
    count = connection.execute(query).scalar() or 0
    return {(OUTSIDE if after.complete else PARTIAL): count} if count else {}
