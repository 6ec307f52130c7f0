"""Every device that is there, with everything that stands of it now, for reports: no history, and no reply's bytes."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.engine import Connection, Row

from camscan.dossier import Heard, Sheet
from camscan.inventory.decisions import all_decisions
from camscan.inventory.facts import MIDDLEBOX
from camscan.inventory.in_force import InForce
from camscan.inventory.packed import DamagedError, unpacked_list, unpacked_mapping
from camscan.inventory.scans import all_scans
from camscan.inventory.tables import attribute, device, heard, judgement, observation, phrase
from camscan.model import AdvisoryVerdict, Capability, Device, Finding, Middlebox, PolicyVerdict, Service
from camscan.register import PRESENCE

_TEXTS = ("mac", "vendor", "brand", "model", "firmware", "build", "serial", "kind", "site")
_UNTOLD = "nobody asked how many addresses it answers for"

Judged = Finding | AdvisoryVerdict | PolicyVerdict


@dataclass(slots=True)
class _Parts:
    """What was read of one device so far."""

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
    parts = {row.number: _Parts() for row in rows}
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
    for number, name, value, confidence, untold in connection.execute(query.where(columns.until.is_(None))):
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
    phrases = _Phrases(connection)
    columns = judgement.c
    query = select(
        columns.device, columns.kind, columns.name, columns.state, columns.severity, columns.said, columns.basis,
        columns.since, columns.unconfirmed,
    ).where(columns.until.is_(None)).order_by(columns.name)  # fmt: skip
    for row in connection.execute(query):
        one = parts.get(row.device)
        if one is None:
            continue
        one.judged[row.kind].append(_judged(row, phrases, decided))
        one.since[row.name] = times[row.since]
        if row.unconfirmed is not None:
            one.unconfirmed[row.name] = times[row.unconfirmed]


class _Phrases:
    """The words of judgements, read once: the same are said of thousands of devices."""

    def __init__(self, connection: Connection) -> None:
        self._texts = {row.id: row.text for row in connection.execute(select(phrase.c.id, phrase.c.text))}
        self._read: dict[int, dict[str, Any]] = {}

    def of(self, number: int) -> dict[str, Any]:
        """Those of this number. Raises `DamagedError`."""
        found = self._read.get(number)
        if found is None:
            if number not in self._texts:
                raise DamagedError("a judgement has no words")
            found = self._read[number] = unpacked_mapping(self._texts[number])
        return found


def _judged(row: Any, phrases: _Phrases, decided: InForce) -> Judged:
    said, basis = phrases.of(row.said), phrases.of(row.basis)
    ignored = decided.ignored(row.device, row.name)
    if row.kind == "finding":
        return Finding(
            id=row.name, state=row.state, severity=row.severity or "info", confidence=said.get("confidence", 0.0),
            evidence=tuple(said.get("evidence", ())), reason=said.get("reason"), remedy=basis.get("remedy", ""),
            source=basis.get("source", ""), date=basis.get("date", ""), ignored=ignored,
        )  # fmt: skip
    if row.kind == "advisory":
        return AdvisoryVerdict(
            id=row.name, verdict=row.state, reason=said.get("reason") or "", severity=row.severity or "info",
            fixed_in=basis.get("fixed_in"), kev=bool(basis.get("kev")), confidence=said.get("confidence", 0.0),
            ignored=ignored,
        )  # fmt: skip
    return PolicyVerdict(
        policy=row.name, verdict=row.state, reason=said.get("reason") or "", citation=basis.get("citation", ""),
        date=basis.get("date", ""), ignored=ignored,
    )  # fmt: skip


def _read_heard(connection: Connection, parts: Mapping[int, _Parts]) -> None:
    columns = observation.c
    query = (
        select(
            heard.c.device, heard.c.vantages, columns.protocol, columns.transport, columns.port, columns.request,
            columns.latest_time,
        )
        .join(observation, heard.c.observation == columns.id)
        .where(heard.c.until.is_(None))
        .order_by(columns.protocol, columns.port, columns.request)
    )  # fmt: skip
    places: dict[str, list[str]] = {}
    for number, vantages, protocol, transport, port, request, time in connection.execute(query):
        one = parts.get(number)
        if one is None:
            continue
        if vantages not in places:
            places[vantages] = [str(name) for name in unpacked_list(vantages)]
        one.vantages.update(places[vantages])
        way = Heard(protocol=protocol, transport=transport, port=port, request=request, time=time)
        one.heard[way] = None


def _sheet(row: "Row[Any]", parts: _Parts, times: Mapping[int, float], decided: InForce) -> Sheet:
    return Sheet(
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
