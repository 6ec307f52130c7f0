"""The devices that the database cannot simply add up: those of several records, and those on which somebody ignores
something. They are few, and are looked at one by one, by the rules for all (`as_one.py`, `in_force.py`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CompoundSelect, Table, func, select, union
from sqlalchemy.engine import Connection, Row

from camscan.inventory.as_one import as_one
from camscan.inventory.facts import MIDDLEBOX
from camscan.inventory.groups import silent, with_parts
from camscan.inventory.in_force import InForce
from camscan.inventory.lookup import wholes
from camscan.inventory.numbers import chunks
from camscan.inventory.tables import NAMED, attribute, decision, device, judgement
from camscan.place import WHERE
from camscan.register import PRESENCE

_VALUES = ("vendor", "brand", "kind", *WHERE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Special:
    """Such a device: its records, its own first; the scan that saw it last; the scan in which all of it was gone, None
    while one is there; its maker, brand, kind and place; the judgements that hold and are not ignored, as rows of kind,
    name, state, severity and `exploited`."""

    records: tuple[int, ...]
    last_scan: int
    until: int | None
    values: Mapping[str, str]
    judged: Sequence[Any]

    @property
    def is_box(self) -> bool:
        """Whether it answers for many addresses, and so is no device that counts."""
        return self.values.get("kind") == MIDDLEBOX


def special_numbers() -> CompoundSelect[tuple[int | None]]:
    """The wholes among them, and maybe a part."""
    ignored = decision.c.device.is_not(None), decision.c.kind == "ignore"
    return union(
        select(device.c.merged_into).where(device.c.merged_into.is_not(None)), select(decision.c.device).where(*ignored)
    )


def specials(connection: Connection, decided: InForce) -> list[Special]:
    """All of them."""
    named = [number for number in connection.execute(special_numbers()).scalars() if number is not None]
    roots = {whole for some in chunks(named) for whole in wholes(connection, some)}
    groups = with_parts(connection, sorted(roots)).values()
    records = [number for group in groups for number in group]
    values, judged, mute = _values(connection, records), _judged(connection, records), silent(connection)
    presence, last = _presence(connection, records), _last_scans(connection, records)
    made = []
    for group in groups:
        speaking = [number for number in group if number not in mute]
        said = as_one([values[number] for number in group], [values[number] for number in speaking])
        ends = [presence[number] for number in group if number in presence]
        made.append(
            Special(
                records=group,
                last_scan=max(last[number] for number in group),
                until=None if None in ends else max((end for end in ends if end is not None), default=0),
                values={name: next(iter(value)) for name, value in said.items()},
                judged=[one for n in speaking for one in judged[n] if not decided.ignored(group[0], one.name)],
            )
        )
    return made


def _values(connection: Connection, records: Sequence[int]) -> dict[int, dict[str, set[str]]]:
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    columns = attribute.c
    query = select(columns.device, columns.name, columns.value)
    query = query.where(NAMED.in_(_VALUES), columns.until.is_(None))
    for row in _rows(connection, query, attribute, records):
        found[row.device][row.name].add(row.value)
    return found


def _judged(connection: Connection, records: Sequence[int]) -> dict[int, list["Row[Any]"]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    columns = judgement.c
    query = select(columns.device, columns.kind, columns.name, columns.state, columns.severity, columns.exploited)
    for row in _rows(connection, query.where(columns.until.is_(None)), judgement, records):
        found[row.device].append(row)
    return found


def _presence(connection: Connection, records: Sequence[int]) -> dict[int, int | None]:
    """The scan in which each was gone, None of those that are there."""
    columns = attribute.c
    query = select(columns.device, func.max(columns.until).label("until"), func.count(columns.until).label("ended"))
    query = query.add_columns(func.count().label("runs")).where(NAMED == PRESENCE).group_by(columns.device)
    rows = _rows(connection, query, attribute, records)
    return {row.device: row.until if row.runs == row.ended else None for row in rows}


def _last_scans(connection: Connection, records: Sequence[int]) -> dict[int, int]:
    query = select(device.c.number, device.c.last_scan)
    return {
        row.number: row.last_scan
        for some in chunks(records)
        for row in connection.execute(query.where(device.c.number.in_(some)))
    }


def _rows(connection: Connection, query: Any, table: Table, records: Collection[int]) -> list["Row[Any]"]:
    return [row for some in chunks(list(records)) for row in connection.execute(query.where(table.c.device.in_(some)))]
