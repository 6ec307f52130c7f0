"""Everything the register knows of a device: each value of each attribute and each judgement, from when to when."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.engine import Connection

from camscan.inventory.decisions import all_decisions
from camscan.inventory.groups import with_parts
from camscan.inventory.listing import Filter, listed
from camscan.inventory.locations import words_about
from camscan.inventory.lookup import numbers_called, public_ids
from camscan.inventory.packed import unpacked_mapping
from camscan.inventory.scans import scan_times
from camscan.inventory.tables import attribute, device, judgement, phrase, sighting
from camscan.register import PRESENCE, SEVERAL, SINGLE, Able, History, Judged, Listed, Run


def histories(connection: Connection, word: str, *, now: float) -> list[History]:
    """The devices that go by an id or its beginning, an address, a serial, a MAC or a UUID; those that once did come
    last. Empty where nobody does. Decisions are those that hold `now`, in seconds since the epoch."""
    times = scan_times(connection)
    return [_history(connection, number, times, now) for number in numbers_called(connection, word)]


def _history(connection: Connection, number: int, times: Mapping[int, float], now: float) -> History:
    query = select(sighting.c.scan).where(sighting.c.device == number).order_by(sighting.c.scan)
    sightings = list(connection.execute(query).scalars())
    (group,) = with_parts(connection, [number]).values()
    names = public_ids(connection, list(group))
    return History(
        device=_device(connection, number, now),
        runs=_runs(connection, number, times),
        judged=_judged(connection, number, times, sightings),
        located=words_about(connection, number),
        scans=len(sightings),
        decisions=tuple(one.decision for one in all_decisions(connection, group)),
        whole=connection.execute(_WHOLE_OF, {"number": number}).scalar(),
        parts=tuple(names[part] for part in group[1:]),
    )


def _device(connection: Connection, number: int, now: float) -> Listed:
    public = connection.execute(select(device.c.public_id).where(device.c.number == number)).scalar_one()
    return listed(connection, Filter(id=public), (*SINGLE, *SEVERAL, "findings", "advisories"), now=now)[0]


def _runs(connection: Connection, number: int, times: Mapping[int, float]) -> tuple[Run, ...]:
    rows = connection.execute(
        select(attribute).where(attribute.c.device == number).order_by(attribute.c.since, attribute.c.id)
    )
    runs = [
        Run(
            attribute=row.name,
            value=row.value,
            confidence=row.confidence,
            since=times[row.since],
            until=None if row.until is None else times[row.until],
            untold=None if row.untold is None else times[row.untold],
            able=Able(row.state, row.enabled),
        )
        for row in rows
    ]
    order = {name: position for position, name in enumerate((PRESENCE, *SINGLE, *SEVERAL))}
    return tuple(sorted(runs, key=lambda run: order[run.attribute]))


def _judged(
    connection: Connection, number: int, times: Mapping[int, float], sightings: Sequence[int]
) -> tuple[Judged, ...]:
    said, basis, columns = phrase.alias("said_phrase"), phrase.alias("basis_phrase"), judgement.c
    query = (
        select(
            columns.kind, columns.name, columns.state, columns.severity, columns.since, columns.until,
            columns.unconfirmed, said.c.text.label("told"), basis.c.text.label("rests"),
        )
        .join(said, columns.said == said.c.id)
        .join(basis, columns.basis == basis.c.id)
        .where(columns.device == number)
        .order_by(columns.kind.desc(), columns.name, columns.since)
    )  # fmt: skip
    return tuple(
        Judged(
            kind=row.kind,
            id=row.name,
            state=row.state,
            severity=row.severity,
            since=times[row.since],
            until=None if row.until is None else times[row.until],
            unconfirmed=None if row.unconfirmed is None else times[row.unconfirmed],
            last=times[_last(sightings, row.since, row.unconfirmed or row.until)],
            said=unpacked_mapping(row.told),
            basis=unpacked_mapping(row.rests),
        )
        for row in connection.execute(query)
    )


def _last(sightings: Sequence[int], since: int, until: int | None) -> int:
    """The last scan that saw the device while this held; where it was only judged anew, that."""
    return max((n for n in sightings if since <= n and (until is None or n < until)), default=since)


_WHOLE = device.alias("whole")
_WHOLE_OF = (
    select(_WHOLE.c.public_id)
    .join(device, device.c.merged_into == _WHOLE.c.number)
    .where(device.c.number == bindparam("number"))
)
