"""What the register holds before a scan is recorded: who is known by what, and the open runs of those that changed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from sqlalchemy import select
from sqlalchemy.engine import Connection

from camscan.inventory.asked import Way, ways_heard
from camscan.inventory.facts import Statement
from camscan.inventory.identity import Marks, known_marks
from camscan.inventory.numbers import chunks
from camscan.inventory.packed import unpacked_list
from camscan.inventory.runs import Held, Stands
from camscan.inventory.tables import attribute, device, heard, judgement, observation, phrase
from camscan.register import PRESENCE, Able

_MARKING = ("serial", "mac", "uuid", "vendor", "model", "kind", "address", "addresses", PRESENCE)

Slot = tuple[str, str, int | None, str]
"""Address, protocol, port and request: a newer answer there takes the place of the older one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The devices by number: their marks, the digest of their last scan, and which of them are there."""

    marks: dict[int, Marks]
    digests: dict[int, str | None]
    present: set[int]


@dataclass(slots=True)
class Open:
    """The open runs of one device: attributes, judgements, and by observation the slot, the vantages, whether it was
    missed, and the ways it was heard."""

    held: list[Held] = field(default_factory=list)
    stands: list[Stands] = field(default_factory=list)
    heard: dict[int, Slot] = field(default_factory=dict)
    vantages: dict[int, frozenset[str]] = field(default_factory=dict)
    missed: set[int] = field(default_factory=set)
    ways: dict[int, tuple[Way, ...]] = field(default_factory=dict)

    def all_ways(self) -> list[Way]:
        """The ways of all observations."""
        return list(chain.from_iterable(self.ways.values()))


def known_devices(connection: Connection) -> Known:
    """Everybody in the register. A part of another by a word of its owner is found, and missed, like the others."""
    columns = device.c
    rows = connection.execute(select(columns.number, columns.digest, columns.last_scan)).all()
    digests = {row.number: row.digest for row in rows}
    values: dict[int, dict[str, str]] = defaultdict(dict)
    addresses: dict[int, list[str]] = defaultdict(list)
    present: set[int] = set()
    marking = select(attribute.c.device, attribute.c.name, attribute.c.value).where(
        attribute.c.until.is_(None), attribute.c.name.in_(_MARKING)
    )
    for number, name, value in connection.execute(marking):
        if name == PRESENCE:
            present.add(number)
        elif name == "addresses":
            addresses[number].append(value)
        else:
            values[number][name] = value
    marks = {
        row.number: known_marks(
            values[row.number], addresses[row.number], row.last_scan, is_there=row.number in present
        )
        for row in rows
    }
    return Known(marks=marks, digests=digests, present=present)


def open_runs(connection: Connection, numbers: Iterable[int]) -> dict[int, Open]:
    """What is open of each of these devices."""
    found: dict[int, Open] = defaultdict(Open)
    for some in chunks(list(numbers)):
        _attributes(connection, some, found)
        _judgements(connection, some, found)
        _heard(connection, some, found)
    return found


def _attributes(connection: Connection, some: Iterable[int], found: dict[int, Open]) -> None:
    columns = attribute.c
    query = select(
        columns.device, columns.id, columns.name, columns.value, columns.confidence, columns.untold,
        columns.state, columns.enabled,
    ).where(columns.device.in_(some), columns.until.is_(None))  # fmt: skip
    for number, row, name, value, confidence, untold, *able in connection.execute(query):
        found[number].held.append(Held(row, name, value, confidence, untold is not None, Able(*able)))


def _judgements(connection: Connection, some: Iterable[int], found: dict[int, Open]) -> None:
    said, basis, columns = phrase.alias("said_phrase"), phrase.alias("basis_phrase"), judgement.c
    query = (
        select(
            columns.device, columns.id, columns.kind, columns.name, columns.state, columns.severity, columns.exploited,
            columns.unconfirmed, said.c.text, basis.c.text,
        )
        .join(said, columns.said == said.c.id)
        .join(basis, columns.basis == basis.c.id)
        .where(columns.device.in_(some), columns.until.is_(None))
    )  # fmt: skip
    for number, row, kind, name, state, severity, exploited, unconfirmed, told, rests in connection.execute(query):
        statement = Statement(state=state, severity=severity, exploited=exploited, said=told, basis=rests)
        found[number].stands.append(Stands(row, (kind, name), statement, unconfirmed is not None))


def _heard(connection: Connection, some: Iterable[int], found: dict[int, Open]) -> None:
    columns = observation.c
    query = (
        select(
            heard.c.device, columns.id, columns.address, columns.protocol, columns.port, columns.request,
            columns.transport, columns.channels, columns.sensor, columns.foreign,
            heard.c.vantages, heard.c.missed,
        )
        .join(observation, heard.c.observation == columns.id)
        .where(heard.c.device.in_(some), heard.c.until.is_(None))
    )  # fmt: skip
    for row in connection.execute(query):
        one, vantages = found[row.device], frozenset(map(str, unpacked_list(row.vantages)))
        one.heard[row.id] = (row.address, row.protocol, row.port, row.request)
        one.vantages[row.id] = vantages
        one.missed |= {row.id} if row.missed else set()
        one.ways[row.id] = tuple(
            ways_heard(
                transport=row.transport,
                protocol=row.protocol,
                channels=row.channels.split(","),
                address=row.address,
                port=row.port,
                sensor=row.sensor,
                foreign=row.foreign,
                vantages=vantages,
                missed=row.missed,
            )
        )


def ports_asked(text: str | None) -> frozenset[int] | None:
    """The ports that a scan tried at every host, as they are stored."""
    return None if text is None else frozenset(unpacked_list(text))
