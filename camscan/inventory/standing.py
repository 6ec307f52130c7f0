"""What stands on devices: every finding that is found and every advisory that affects, with what explains it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Row

from camscan.inventory.as_one import weight
from camscan.inventory.decisions import all_decisions
from camscan.inventory.groups import ROOT, silent
from camscan.inventory.in_force import InForce
from camscan.inventory.numbers import chunks
from camscan.inventory.packed import unpacked_mapping
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import device, judgement, phrase
from camscan.register import BAD, Listed, Standing, Unit

PHRASES = 4096  # that are kept read: there are some hundred, and the same ones are said of thousands of devices


def units(connection: Connection, devices: Iterable[Listed], *, now: float) -> list[Unit]:
    """Each of these devices with what stands on it. Decisions are those that hold `now`, in seconds since the
    epoch."""
    listed = list(devices)
    found = _standing(connection, [one.id for one in listed], now)
    return [Unit(device=one, standing=_ordered(found.get(one.id, ()))) for one in listed]


def _ordered(standing: Iterable[Standing]) -> tuple[Standing, ...]:
    """By kind and id; databases do not agree on the order of the alphabet. What stands on several parts of a device
    stands on it once, as the weightiest, since the first."""
    alike: dict[tuple[str, str], list[Standing]] = defaultdict(list)
    for one in sorted(standing, key=lambda one: (one.kind, one.id, one.since)):
        alike[one.kind, one.id].append(one)
    return tuple(_weightiest(some) if len(some) > 1 else some[0] for some in alike.values())


def _weightiest(some: Sequence[Standing]) -> Standing:
    return replace(max(some, key=_weight), since=some[0].since)


def _weight(one: Standing) -> tuple[bool, int, bool]:
    return weight(BAD[0], one.severity, one.exploited)


def _standing(connection: Connection, ids: Sequence[str], now: float) -> dict[str, list[Standing]]:
    times = {one.number: one.time for one in all_scans(connection)}
    decided = InForce(all_decisions(connection), now)
    mute = silent(connection)
    read = lru_cache(PHRASES)(unpacked_mapping)
    found: dict[str, list[Standing]] = defaultdict(list)
    for some in chunks(ids):
        for row in connection.execute(_QUERY.where(_WHOLE.c.public_id.in_(some))):
            if row.record not in mute:
                found[row.public_id].append(_one(row, times, decided, read))
    return found


def _one(
    row: "Row[*tuple[Any, ...]]",
    times: Mapping[int, float],
    decided: InForce,
    read: Callable[[str], Mapping[str, object]],
) -> Standing:
    return Standing(
        kind=row.kind,
        id=row.name,
        severity=row.severity,
        exploited=row.exploited,
        since=times[row.since],
        unconfirmed=None if row.unconfirmed is None else times[row.unconfirmed],
        said=read(row.told),
        basis=read(row.rests),
        ignored=decided.ignored(row.number, row.name),
    )


_WHOLE = device.alias("whole")
_SAID, _BASIS, _JUDGED = phrase.alias("said_phrase"), phrase.alias("basis_phrase"), judgement.c
_QUERY = (
    select(
        _WHOLE.c.public_id, _WHOLE.c.number, device.c.number.label("record"), _JUDGED.kind, _JUDGED.name,
        _JUDGED.severity, _JUDGED.exploited, _JUDGED.since, _JUDGED.unconfirmed,
        _SAID.c.text.label("told"), _BASIS.c.text.label("rests"),
    )
    .join(device, _WHOLE.c.number == ROOT)
    .join(judgement, _JUDGED.device == device.c.number)
    .join(_SAID, _JUDGED.said == _SAID.c.id)
    .join(_BASIS, _JUDGED.basis == _BASIS.c.id)
    .where(_JUDGED.until.is_(None), _JUDGED.state.in_(BAD))
)  # fmt: skip
