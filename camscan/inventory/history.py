"""Everything the register knows of a device: each value of each attribute and each judgement, from when to when."""

import re
from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import Select, func, or_, select
from sqlalchemy.engine import Connection

from camscan.errors import UsageError
from camscan.inventory.facts import storable
from camscan.inventory.listing import Filter, listed
from camscan.inventory.locations import words_about
from camscan.inventory.packed import unpacked_mapping
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import attribute, device, judgement, phrase, sighting
from camscan.register import PRESENCE, SEVERAL, SINGLE, History, Judged, Listed, Run

ID_LEAST = 4  # characters of an id that may stand for all of it

_NAMES = ("address", "addresses", "serial", "mac", "uuid")


def histories(connection: Connection, word: str) -> list[History]:
    """The devices that go by an id or its beginning, an address, a serial, a MAC or a UUID; those that once did come
    last. Empty where nobody does."""
    numbers = [*_going_by(connection, word), *connection.execute(_named(storable(word))).scalars()]
    times = {one.number: one.time for one in all_scans(connection)}
    return [_history(connection, number, times) for number in dict.fromkeys(numbers)]


def _going_by(connection: Connection, word: str) -> list[int]:
    """The devices that go by it now."""
    word = storable(word)
    numbers = [row.number for row in connection.execute(_by_id(word))]
    numbers += connection.execute(_named(word).where(attribute.c.until.is_(None))).scalars()
    return list(dict.fromkeys(numbers))


def _named(word: str) -> Select[tuple[int]]:
    """The devices that have, or had, this value."""
    return select(attribute.c.device).where(
        attribute.c.name.in_(_NAMES),
        or_(*(func.lower(attribute.c.value) == func.lower(form) for form in (word, *_as_mac(word)))),
    )


def the_device(connection: Connection, word: str) -> tuple[int, str]:
    """The number and the id of the one device that goes by this now, one that is there before one that is gone. Raises
    `UsageError` where there is none, or several."""
    numbers = _going_by(connection, word)
    there = select(attribute.c.device).where(attribute.c.name == PRESENCE, attribute.c.until.is_(None))
    present = list(connection.execute(there.where(attribute.c.device.in_(numbers))).scalars())
    numbers = present or numbers
    if not numbers:
        raise UsageError(f"no device {word} in the inventory")
    if len(numbers) > 1:
        raise UsageError(f"{len(numbers)} devices go by {word}; name one by its id (`camscan history {word}`)")
    public = connection.execute(select(device.c.public_id).where(device.c.number == numbers[0])).scalar_one()
    return numbers[0], public


def _as_mac(word: str) -> Iterator[str]:
    """The word as MACs are stored, where it may be one in another spelling."""
    digits = re.sub("[-:.]", "", word)
    if re.fullmatch("[0-9A-Fa-f]{12}", digits):
        yield ":".join(digits[i : i + 2] for i in range(0, 12, 2)).lower()


def _by_id(word: str) -> Select[tuple[int]]:
    query = select(device.c.number)
    whole = device.c.public_id == word.lower()
    if len(word) < ID_LEAST or not word.isalnum():
        return query.where(whole)
    return query.where(or_(whole, device.c.public_id.like(f"{word.lower()}%")))


def _history(connection: Connection, number: int, times: Mapping[int, float]) -> History:
    sightings = list(
        connection.execute(
            select(sighting.c.scan).where(sighting.c.device == number).order_by(sighting.c.scan)
        ).scalars()
    )
    runs = _runs(connection, number, times)
    return History(
        device=_device(connection, number, runs),
        runs=runs,
        judged=_judged(connection, number, times, sightings),
        located=words_about(connection, number),
        scans=len(sightings),
    )


def _device(connection: Connection, number: int, runs: Sequence[Run]) -> Listed:
    public = connection.execute(select(device.c.public_id).where(device.c.number == number)).scalar_one()
    there = any(run.attribute == PRESENCE and run.until is None for run in runs)
    found = listed(connection, Filter(gone=not there, id=public), (*SINGLE, *SEVERAL, "findings", "advisories"))
    return found[0]


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
