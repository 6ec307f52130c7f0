"""Every device that is there, with everything that stands of it now, for reports: no history, and no reply's bytes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.engine import Connection, Row

from camscan.dossier import Heard, Sheet
from camscan.inventory.decisions import all_decisions
from camscan.inventory.facts import MIDDLEBOX
from camscan.inventory.in_force import InForce
from camscan.inventory.packed import DamagedError, unpacked_list, unpacked_mapping
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import attribute, device, heard, judgement, observation, phrase
from camscan.model import AdvisoryVerdict, Capability, Device, Finding, Ignored, Middlebox, PolicyVerdict, Service
from camscan.register import BAD, PRESENCE

_TEXTS = ("mac", "vendor", "brand", "model", "firmware", "build", "serial", "kind", "site")
_UNTOLD = "nobody asked how many addresses it answers for"

_UNSURE = "cannot-say"
_AT_ONCE = 5_000  # rows

_Said = tuple[str, str, str, str | None, int, int]
"""Of a judgement its kind, name, state and severity, and the numbers of its words."""

Judged = Finding | AdvisoryVerdict | PolicyVerdict


@dataclass(slots=True)
class _Parts:
    """What was read of one device so far."""

    first_scan: int
    values: dict[str, str] = field(default_factory=dict)
    confidence: dict[str, float] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    judged: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    since: dict[str, float] = field(default_factory=dict)
    unconfirmed: dict[str, float] = field(default_factory=dict)
    untold: dict[str, float] = field(default_factory=dict)
    heard: dict[Heard, None] = field(default_factory=dict)
    vantages: set[str] = field(default_factory=set)


def sheets(connection: Connection, *, now: float) -> list[Sheet]:
    """The devices, in the order of their numbers. Decisions are those that hold `now`, in seconds since the epoch."""
    times = {one.number: one.time for one in all_scans(connection)}
    decided = InForce(all_decisions(connection), now)
    rows = connection.execute(_devices()).all()
    parts = {row.number: _Parts(row.first_scan) for row in rows}
    _read_attributes(connection, parts, times)
    _read_judgements(connection, parts, times, decided)
    _read_heard(connection, parts)
    return [_sheet(row, parts.pop(row.number), times, decided) for row in rows]


def _there() -> Select[tuple[int]]:
    return select(attribute.c.device).where(attribute.c.name == PRESENCE, attribute.c.until.is_(None))


def _devices() -> Select[Any]:
    columns = device.c
    query = select(columns.number, columns.public_id, columns.first_scan, columns.last_scan)
    return query.where(columns.merged_into.is_(None), columns.number.in_(_there())).order_by(columns.number)


def _read_attributes(connection: Connection, parts: Mapping[int, _Parts], times: Mapping[int, float]) -> None:
    columns = attribute.c
    query = select(columns.device, columns.name, columns.value, columns.confidence, columns.untold)
    for number, name, value, confidence, untold in _rows(connection, query.where(columns.until.is_(None))):
        one = parts.get(number)
        if one is None:
            continue
        if name in ("addresses", "services", "capabilities"):
            one.members[name].append(value)
            continue
        one.values[name] = value
        if confidence is not None:
            one.confidence[name] = confidence
        if untold is not None:
            one.untold[name] = times[untold]


def _read_judgements(
    connection: Connection, parts: Mapping[int, _Parts], times: Mapping[int, float], decided: InForce
) -> None:
    """What is found, affects, covers or cannot be said; what is fixed, or does not affect, calls for nothing."""
    judgements = _Judgements(connection, decided)
    columns = judgement.c
    query = select(
        columns.device, columns.since, columns.unconfirmed, columns.kind, columns.name, columns.state,
        columns.severity, columns.said, columns.basis,
    )  # fmt: skip
    query = query.where(columns.until.is_(None), or_(columns.kind == "verdict", columns.state.in_((*BAD, _UNSURE))))
    for number, since, unconfirmed, *said in _rows(connection, query.order_by(columns.name)):
        one = parts.get(number)
        if one is None:
            continue
        kind, name, state = said[:3]
        one.judged[kind].append(judgements.of(number, tuple(said)))
        if state != _UNSURE and since != one.first_scan:
            one.since[name] = times[since]
        if unconfirmed is not None:
            one.unconfirmed[name] = times[unconfirmed]


def _rows(connection: Connection, query: Select[Any]) -> Iterator[Any]:
    """The rows, many at a time: one by one takes twice as long."""
    return chain.from_iterable(connection.execute(query).partitions(_AT_ONCE))


class _Judgements:
    """Judgements, each made once: the same is said of thousands of devices."""

    def __init__(self, connection: Connection, decided: InForce) -> None:
        self._texts = {row.id: row.text for row in connection.execute(select(phrase.c.id, phrase.c.text))}
        self._decided = decided
        self._made: dict[_Said, Judged] = {}

    def of(self, number: int, said: _Said) -> Judged:
        """That of a device, by what its row says. Raises `DamagedError`."""
        ignored = self._decided.ignored(number, said[1])
        if ignored is not None:
            return self._new(said, ignored)
        made = self._made.get(said)
        if made is None:
            made = self._made[said] = self._new(said, None)
        return made

    def _new(self, said: _Said, ignored: Ignored | None) -> Judged:
        kind, name, state, severity, words, rests = said
        return _judged(kind, name, state, severity or "info", self._words(words), self._words(rests), ignored)

    def _words(self, number: int) -> dict[str, Any]:
        if number not in self._texts:
            raise DamagedError("a judgement has no words")
        return unpacked_mapping(self._texts[number])


def _judged(
    kind: str,
    name: str,
    state: Any,
    severity: str,
    said: Mapping[str, Any],
    basis: Mapping[str, Any],
    ignored: Ignored | None,
) -> Judged:
    if kind == "finding":
        return Finding(
            id=name, state=state, severity=severity, confidence=said.get("confidence", 0.0), reason=said.get("reason"),
            evidence=tuple(said.get("evidence", ())), remedy=basis.get("remedy", ""), source=basis.get("source", ""),
            date=basis.get("date", ""), ignored=ignored,
        )  # fmt: skip
    if kind == "advisory":
        return AdvisoryVerdict(
            id=name, verdict=state, reason=said.get("reason") or "", severity=severity, fixed_in=basis.get("fixed_in"),
            kev=bool(basis.get("kev")), confidence=said.get("confidence", 0.0), ignored=ignored,
        )  # fmt: skip
    return PolicyVerdict(
        policy=name, verdict=state, reason=said.get("reason") or "", citation=basis.get("citation", ""),
        date=basis.get("date", ""), ignored=ignored,
    )  # fmt: skip


def _read_heard(connection: Connection, parts: Mapping[int, _Parts]) -> None:
    columns = observation.c
    query = (
        select(
            heard.c.device, heard.c.vantages, columns.protocol, columns.transport, columns.port, columns.request,
        )
        .join(observation, heard.c.observation == columns.id)
        .where(heard.c.until.is_(None))
        .order_by(columns.protocol, columns.port, columns.request)
    )  # fmt: skip
    places: dict[str, list[str]] = {}
    ways: dict[Any, Heard] = {}
    for number, vantages, *told in _rows(connection, query):
        one = parts.get(number)
        if one is None:
            continue
        if vantages not in places:
            places[vantages] = [str(name) for name in unpacked_list(vantages)]
        one.vantages.update(places[vantages])
        one.heard[ways.setdefault(tuple(told), Heard._make(told))] = None


def _sheet(row: "Row[Any]", parts: _Parts, times: Mapping[int, float], decided: InForce) -> Sheet:
    return Sheet(
        number=row.number,
        device=_device(row, parts, times, decided),
        uuid=parts.values.get("uuid"),
        since=parts.since,
        unconfirmed=parts.unconfirmed,
        untold=parts.untold,
        heard=tuple(parts.heard),
        vantages=tuple(sorted(parts.vantages)),
    )


def _device(row: "Row[Any]", parts: _Parts, times: Mapping[int, float], decided: InForce) -> Device:
    values = parts.values
    box = Middlebox(addresses=0, networks=(), reason=_UNTOLD) if values.get("kind") == MIDDLEBOX else None
    address = values.get("address", "")
    return Device(
        id=row.public_id,
        address=address,
        addresses=tuple(dict.fromkeys((address, *sorted(parts.members["addresses"])))),
        **{name: values.get(name) for name in _TEXTS},  # type: ignore[arg-type]  # the names are those of texts
        capabilities=tuple(
            Capability(id=name, state="observed", enabled=None, evidence=())
            for name in sorted(parts.members["capabilities"])
        ),
        confidence=parts.confidence,
        claims=(),
        conflicts=(),
        services=tuple(_services(parts.members["services"], address)),
        observations=(),
        channels=(),
        middlebox=box,
        findings=tuple(parts.judged["finding"]),
        advisories=tuple(parts.judged["advisory"]),
        verdicts=tuple(parts.judged["verdict"]),
        approved=decided.approved(row.number),
        tags=decided.tags(row.number),
        first_seen=times[row.first_scan],
        last_seen=times[row.last_scan],
    )


def _services(members: list[str], address: str) -> Iterator[Service]:
    """`tcp/554/rtsp`, as the register keeps them."""
    for member in sorted(members):
        transport, _, rest = member.partition("/")
        port, _, protocol = rest.partition("/")
        if port.isdecimal():
            yield Service(address=address, port=int(port), transport=transport, protocol=protocol)
